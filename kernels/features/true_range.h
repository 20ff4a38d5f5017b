/* SPDX-License-Identifier: Apache-2.0 */
/* The true range (Wilder 1978): the largest of h-l, |h - c[1]| and |l - c[1]|. */
#ifndef ADMF_FEATURES_TRUE_RANGE_H
#define ADMF_FEATURES_TRUE_RANGE_H

#include <math.h>

#include "kernels/feature.h"
#include "kernels/features/fetch.h"

/*
 * Of the bars t ... t+count-1 of market columns; NaN at bar 0. Asks for the memory of as many
 * values from `wanted` on.
 */
static inline void true_range(const double *restrict h, const double *restrict l,
                              const double *restrict c, size_t t, size_t count, double *restrict tr,
                              const double *wanted)
{
    enum { TOGETHER = 8 * LINE };
    ptrdiff_t i = 0, end;
    if (t == 0 && count > 0)
        tr[i++] = NAN;
    for (; i < (ptrdiff_t)count; i = end) {
        end = i + TOGETHER < (ptrdiff_t)count ? i + TOGETHER : (ptrdiff_t)count;
        for (ptrdiff_t line = i; line < end; line += LINE)
            fetch(wanted, line);
        for (ptrdiff_t k = i; k < end; k++) {
            double range = h[k] - l[k], up = fabs(h[k] - c[k - 1]), down = fabs(l[k] - c[k - 1]);
            double largest = range > up ? range : up;
            largest = largest > down ? largest : down;
            /* A NaN in any of the three inputs shows in one of these two. */
            double sum = range + up;
            tr[k] = sum == sum ? largest : sum;
        }
    }
}

#endif
