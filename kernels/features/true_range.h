/* SPDX-License-Identifier: Apache-2.0 */
/* The true range (Wilder 1978): the largest of h-l, |h - c[1]| and |l - c[1]|. */
#ifndef ADMF_FEATURES_TRUE_RANGE_H
#define ADMF_FEATURES_TRUE_RANGE_H

#include <math.h>

#include "kernels/feature.h"
#include "kernels/features/fetch.h"

/*
 * Bars ahead of which the market's columns are asked for once more: of what is asked for while a
 * recursion runs, processors leave out some, as far as they are busy with other lines.
 */
enum { AHEAD = 384 };

/* A NaN in any of the three shows in range + up. */
VEC vd true_ranges(vd high, vd low, vd before)
{
    vd range = high - low, up = vabs(high - before), down = vabs(low - before);
    vd sum = range + up;
    return sel(eq(sum, sum), larger(larger(range, up), down), sum);
}

/*
 * Of the bars t ... t+count-1 of market columns; NaN at bar 0. Asks for the memory of as many
 * values from `wanted` on.
 */
static inline void true_range(const double *restrict h, const double *restrict l,
                              const double *restrict c, size_t t, size_t count, double *restrict tr,
                              const double *wanted)
{
    ptrdiff_t i = 0;
    if (t == 0 && count > 0)
        tr[i++] = NAN;
    for (; i + LINE <= (ptrdiff_t)count; i += LINE) {
        fetch(wanted, i);
        fetch(h, i + AHEAD);
        fetch(l, i + AHEAD);
        fetch(c, i + AHEAD);
        for (ptrdiff_t k = i; k < i + LINE; k += WIDTH)
            store(tr + k, true_ranges(load(h + k), load(l + k), load(c + k - 1)));
    }
    for (; i < (ptrdiff_t)count; i++)
        tr[i] = true_ranges(splat(h[i]), splat(l[i]), splat(c[i - 1]))[0];
}

#endif
