/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The largest value of the last n bars; the smallest is the largest of the negated
 * values. A maximum does not round, so any order will do: short windows double their
 * length, or take it four times, until they cover n bars, all bars at once; long ones are joined
 * from the two parts of blocks as in window_moments.h (van Herk 1992; Gil and Werman 1993).
 *
 * Inside, +infinity stands for NaN: a plain maximum then keeps it, so a window that
 * holds a NaN is NaN.
 */
#ifndef ADMF_FEATURES_WINDOW_EXTREMA_H
#define ADMF_FEATURES_WINDOW_EXTREMA_H

#include <math.h>

#include "kernels/feature.h"
#include "kernels/features/fetch.h"

enum {
    SHORT_WINDOW = 512, /* longest window that is found by doubling */
    EXTREMA_BARS = 1024 /* most bars of one call                    */
};

/* Of long windows: the maximum of the block so far, then of the block before from bar i+1 on:
 * left[n]. */
struct extremum {
    double right;
    double left[];
};

static inline size_t extremum_bytes(double period)
{
    return period <= SHORT_WINDOW ? 0 : sizeof(struct extremum) + (size_t)period * sizeof(double);
}

static inline double greater(double a, double b) { return a > b ? a : b; }

static inline double key(double sign, double x) { return x == x ? sign * x : INFINITY; }

static inline void extremum_begin_block(struct extremum *w, double sign, int n, const double *end,
                                        bool is_first)
{
    double largest = is_first ? INFINITY : -INFINITY;
    w->right = -INFINITY;
    for (int i = n - 2; i >= 0; i--) {
        if (!is_first)
            largest = greater(key(sign, end[i + 1 - n]), largest);
        w->left[i] = largest;
    }
}

/*
 * reach[i] = the largest of reach[i], reach[i+width], … of `parts` (2 or 4), all i at once.
 * Asks for `bars` values of the column `wanted`.
 */
VEC void join(int parts, double *reach, ptrdiff_t width, ptrdiff_t bars, const double *wanted)
{
    for (ptrdiff_t i = 0; i + (parts - 1) * width < bars; i += WIDTH) {
        if (i % LINE == 0)
            fetch(wanted, i);
        vd largest = larger(load(reach + i), load(reach + i + width));
        if (parts == 4) {
            vd rest = larger(load(reach + i + 2 * width), load(reach + i + 3 * width));
            largest = larger(largest, rest);
        }
        store(reach + i, largest);
    }
}

static inline void short_extrema(double sign, int n, const double *restrict x, size_t t,
                                 size_t count, double *restrict out)
{
    /* reach[i]: the maximum of the `width` bars from bar t-n+1+i on; and room for a vector. */
    double reach[EXTREMA_BARS + SHORT_WINDOW + WIDTH];
    const ptrdiff_t past = n - 1, bars = (ptrdiff_t)count + past;
    ptrdiff_t missing = past > (ptrdiff_t)t ? past - (ptrdiff_t)t : 0, width = 1;
    if (missing > bars)
        missing = bars;
    for (ptrdiff_t i = 0; i < missing; i++)
        reach[i] = INFINITY;
    for (ptrdiff_t i = missing; i < bars; i++)
        reach[i] = key(sign, x[i - past]);
    for (ptrdiff_t i = bars; i < bars + WIDTH; i++)
        reach[i] = INFINITY;
    for (; 4 * width <= n; width *= 4)
        join(4, reach, width, bars, width == 1 ? out : x + count);
    if (2 * width <= n) {
        join(2, reach, width, bars, x + count);
        width *= 2;
    }
    for (ptrdiff_t i = 0; i < (ptrdiff_t)count; i++) {
        double largest = greater(reach[i], reach[i + n - width]);
        out[i] = largest < INFINITY ? sign * largest : NAN;
    }
}

static inline void long_extrema(struct extremum *w, double sign, int n, const double *restrict x,
                                size_t t, size_t count, double *restrict out)
{
    int from = (int)(t % (size_t)n);
    for (size_t k = 0; k < count;) {
        if (from == 0)
            extremum_begin_block(w, sign, n, x + k, t + k == 0);
        int to = count - k < (size_t)(n - from) ? from + (int)(count - k) : n;
        double right = w->right;
        double *restrict o = out + k;
        for (int i = 0; i < to - from; i++) {
            right = greater(key(sign, x[k + (size_t)i]), right);
            o[i] = right;
        }
        w->right = right;
        int joined = (to < n ? to : n - 1) - from; /* the last bar has no left part */
        for (int i = 0; i < joined; i++)
            o[i] = greater(o[i], w->left[from + i]);
        for (int i = 0; i < to - from; i++)
            o[i] = o[i] < INFINITY ? sign * o[i] : NAN;
        k += (size_t)(to - from);
        from = to < n ? to : 0;
    }
}

/*
 * sign = 1: the maximum, sign = -1: the minimum of the windows that end at bars
 * t ... t+count-1 of the market column x (x[0] is bar t); at most EXTREMA_BARS.
 */
static inline void window_extrema(void *state, double sign, int n, const double *x, size_t t,
                                  size_t count, double *out)
{
    if (n <= SHORT_WINDOW)
        short_extrema(sign, n, x, t, count, out);
    else
        long_extrema(state, sign, n, x, t, count, out);
}

#endif
