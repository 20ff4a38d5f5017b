/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The largest value of the last n bars; the smallest is the largest of the negated
 * values. A maximum does not round, so any order will do: short windows double their
 * length until a few of them cover n bars, all bars at once; longer ones are joined from the
 * two parts of blocks as in window_moments.h (van Herk 1992; Gil and Werman 1993). Up to
 * LOOKED_BACK_AT bars these are blocks of whole vectors, begun anew at each call.
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
    SHORT_WINDOW = 16 * WIDTH, /* longest window that is found by doubling */
    LOOKED_BACK_AT = 512,      /* longest window that needs no state        */
    EXTREMA_BARS = 1024        /* most bars of one call                     */
};

/*
 * Bars of one call: few enough for the first cache, many beside the window, which is gone through
 * again at every call.
 */
static inline size_t extrema_bars(int n) { return n <= 64 ? EXTREMA_BARS / 4 : EXTREMA_BARS; }

/* Of long windows: the maximum of the block so far, then of the block before from bar i+1 on:
 * left[n]. */
struct extremum {
    double right;
    double left[];
};

static inline size_t extremum_bytes(double period)
{
    return period <= LOOKED_BACK_AT ? 0 : sizeof(struct extremum) + (size_t)period * sizeof(double);
}

/* Short windows look back, long ones go on from where a block of n bars begins. */
static inline size_t extremum_begin(double period, size_t first)
{
    return period <= LOOKED_BACK_AT ? first : first - first % (size_t)period;
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

/* The values `bars` (1, 2 or 4) places before those of v; `before` is the vector before v. */
VEC vd earlier(int bars, vd v, vd before)
{
#if defined(__AVX512F__)
    return bars == 1   ? __builtin_shufflevector(before, v, 7, 8, 9, 10, 11, 12, 13, 14)
           : bars == 2 ? __builtin_shufflevector(before, v, 6, 7, 8, 9, 10, 11, 12, 13)
                       : __builtin_shufflevector(before, v, 4, 5, 6, 7, 8, 9, 10, 11);
#elif defined(__AVX__)
    return bars == 1 ? __builtin_shufflevector(before, v, 3, 4, 5, 6)
                     : __builtin_shufflevector(before, v, 2, 3, 4, 5);
#else
    (void)bars;
    return __builtin_shufflevector(before, v, 1, 2);
#endif
}

/* The keys of x[i] and on; infinity where that is not one of first ... end-1. */
VEC vd keys_at_edge(double sign, const double *x, ptrdiff_t i, ptrdiff_t first, ptrdiff_t end)
{
    vd v = splat(INFINITY);
    for (int k = 0; k < WIDTH; k++)
        if (first <= i + k && i + k < end)
            v[k] = key(sign, x[i + k]);
    return v;
}

VEC vd keys(double sign, const double *x)
{
    vd v = load(x);
    return sel(eq(v, v), sign * v, splat(INFINITY));
}

/* Of keys those of the last `width` bars; before[1], before[2] and before[4] are for the next. */
VEC vd lengthen(int width, vd largest, vd *before)
{
    for (int bars = 1; bars < width; bars *= 2) {
        vd shorter = largest;
        largest = larger(earlier(bars, shorter, before[bars]), shorter);
        before[bars] = shorter;
    }
    return largest;
}

/*
 * reach[i] = the largest key of the `width` (1 or WIDTH) bars up to x[i], for whole vectors from
 * `from` on. There are the bars first ... end-1. Asks for the memory of the result.
 */
VEC void reach_back(int width, double sign, const double *x, ptrdiff_t first, ptrdiff_t from,
                    ptrdiff_t end, double *reach, const double *out)
{
    vd before[WIDTH];
    for (int bars = 1; bars < width; bars *= 2)
        before[bars] = splat(-INFINITY);
    ptrdiff_t i = from;
    for (; i < first && i < end; i += WIDTH)
        store(reach + i, lengthen(width, keys_at_edge(sign, x, i, first, end), before));
    for (; i + WIDTH <= end; i += WIDTH) {
        if (i % LINE == 0)
            fetch(out, i);
        store(reach + i, lengthen(width, keys(sign, x + i), before));
    }
    if (i < end)
        store(reach + i, lengthen(width, keys_at_edge(sign, x, i, first, end), before));
}

/* Makes reach[i] four times as long as a vector. */
VEC void reach_further(ptrdiff_t from, ptrdiff_t end, double *reach)
{
    for (ptrdiff_t i = from + (end - 1 - from) / WIDTH * WIDTH; i >= from + 3 * WIDTH; i -= WIDTH) {
        vd older = larger(load(reach + i - 3 * WIDTH), load(reach + i - 2 * WIDTH));
        vd newer = larger(load(reach + i - WIDTH), load(reach + i));
        store(reach + i, larger(older, newer));
    }
}

/* What stands for a window with these keys. */
VEC vd from_key(double sign, vd largest)
{
    return sel(lt(largest, splat(INFINITY)), sign * largest, splat(NAN));
}

/*
 * The window of n bars up to reach[0], of `parts` that are `width` bars long: one at the window's
 * begin, the others one after the other up to its end.
 */
VEC vd joined(int parts, ptrdiff_t n, ptrdiff_t width, double sign, const double *reach)
{
    vd largest = load(reach - (n - width));
    for (int part = parts - 2; part >= 0; part--)
        largest = larger(largest, load(reach - part * width));
    return from_key(sign, largest);
}

/* The windows that end at `count` bars. Asks for what comes next. */
VEC void join(int parts, ptrdiff_t n, ptrdiff_t width, double sign, const double *reach,
              ptrdiff_t count, double *out, const double *next)
{
    ptrdiff_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        if (i % LINE == 0)
            fetch(next, i);
        store(out + i, joined(parts, n, width, sign, reach + i));
    }
    if (i < count) {
        vd rest = joined(parts, n, width, sign, reach + i);
        memcpy(out + i, &rest, (size_t)(count - i) * sizeof *out);
    }
}

/*
 * The same from reach[i] of WIDTH bars, for windows of many vectors. A block has as many whole
 * vectors as a window. A window ends with the maximum of its block so far; its begin is read from
 * the block before, where each vector has become the maximum from there to the block's end. Where a
 * window ends with its block, what is read there is a part of it as well.
 */
VEC void join_blocks(ptrdiff_t n, double sign, double *reach, ptrdiff_t count, double *out,
                     const double *next)
{
    const ptrdiff_t block = n / WIDTH * WIDTH;
    for (ptrdiff_t begin = 0; begin < count; begin += block) {
        vd largest = splat(-INFINITY);
        for (ptrdiff_t i = begin - WIDTH; i >= begin - block; i -= WIDTH) {
            largest = larger(largest, load(reach + i));
            store(reach + i, largest);
        }
        largest = splat(-INFINITY);
        const ptrdiff_t end = begin + block < count ? begin + block : count;
        for (ptrdiff_t i = begin; i < end; i += WIDTH) {
            if (i % LINE == 0)
                fetch(next, i);
            largest = larger(largest, load(reach + i));
            vd older = larger(load(reach + i - (n - WIDTH)), load(reach + i - (block - WIDTH)));
            vd value = from_key(sign, larger(older, largest));
            if (i + WIDTH <= count)
                store(out + i, value);
            else
                memcpy(out + i, &value, (size_t)(count - i) * sizeof *out);
        }
    }
}

/* Of windows that need no state. */
static inline void near_extrema(double sign, int n, const double *x, size_t t, size_t count,
                                double *out)
{
    /* Whole vectors of bars before those that are wanted, and what is made of them. */
    const ptrdiff_t past = (n - 1 + WIDTH - 1) / WIDTH * WIDTH, end = (ptrdiff_t)count;
    double buffer[LOOKED_BACK_AT + EXTREMA_BARS + WIDTH], *reach = buffer + past;
    ptrdiff_t width = n < WIDTH ? 1 : WIDTH;
    if (width == 1)
        reach_back(1, sign, x, -(ptrdiff_t)t, -past, end, reach, out);
    else
        reach_back(WIDTH, sign, x, -(ptrdiff_t)t, -past, end, reach, out);
    if (n > SHORT_WINDOW) {
        join_blocks(n, sign, reach, end, out, x + count);
        return;
    }
    if (4 * width < n && width == WIDTH) {
        reach_further(-past, end, reach);
        width *= 4;
    }
    const int parts = (int)((n + width - 1) / width);
    if (parts == 2)
        join(2, n, width, sign, reach, end, out, x + count);
    else if (parts == 3)
        join(3, n, width, sign, reach, end, out, x + count);
    else if (parts == 4)
        join(4, n, width, sign, reach, end, out, x + count);
    else
        join(parts, n, width, sign, reach, end, out, x + count);
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
    if (n <= LOOKED_BACK_AT)
        near_extrema(sign, n, x, t, count, out);
    else
        long_extrema(state, sign, n, x, t, count, out);
}

#endif
