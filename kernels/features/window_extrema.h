/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The largest value of the last n bars, in blocks as in window_moments.h (van Herk
 * 1992; Gil and Werman 1993). The smallest is the largest of the negated values.
 *
 * Inside, +infinity stands for NaN: a plain maximum then keeps it, so a window that
 * holds a NaN is NaN.
 */
#ifndef ADMF_FEATURES_WINDOW_EXTREMA_H
#define ADMF_FEATURES_WINDOW_EXTREMA_H

#include <math.h>

#include "kernels/feature.h"

/* The maximum of the block so far, then of the block before from bar i+1 on: left[n]. */
struct extremum {
    double right;
    double left[];
};

static inline size_t extremum_bytes(double period)
{
    return sizeof(struct extremum) + (size_t)period * sizeof(double);
}

static inline double greater(double a, double b)
{
    return a > b ? a : b;
}

static inline double key(double sign, double x)
{
    return x == x ? sign * x : INFINITY;
}

static inline void extremum_begin_block(struct extremum *w, double sign, int n,
                                        const double *end, bool is_first)
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
 * sign = 1: the maximum, sign = -1: the minimum of the windows that end at bars
 * t ... t+count-1 of the market column x (x[0] is bar t).
 */
static inline void window_extrema(struct extremum *w, double sign, int n, const double *restrict x,
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

#endif
