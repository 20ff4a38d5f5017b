/* SPDX-License-Identifier: Apache-2.0 */
/* The true range (Wilder 1978): the largest of h-l, |h - c[1]| and |l - c[1]|. */
#ifndef ADMF_FEATURES_TRUE_RANGE_H
#define ADMF_FEATURES_TRUE_RANGE_H

#include <math.h>

#include "kernels/feature.h"

/* Of the bars t ... t+count-1 of market columns; NaN at bar 0. */
static inline void true_range(const double *restrict h, const double *restrict l,
                              const double *restrict c, size_t t, size_t count, double *restrict tr)
{
    ptrdiff_t i = 0;
    if (t == 0 && count > 0)
        tr[i++] = NAN;
    for (; i < (ptrdiff_t)count; i++) {
        double range = h[i] - l[i], up = fabs(h[i] - c[i - 1]), down = fabs(l[i] - c[i - 1]);
        double largest = range > up ? range : up;
        largest = largest > down ? largest : down;
        /* A NaN in any of the three inputs shows in one of these two. */
        double sum = range + up;
        tr[i] = sum == sum ? largest : sum;
    }
}

#endif
