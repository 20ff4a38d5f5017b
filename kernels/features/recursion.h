/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursive averages and Wilder's sum (Wilder, New Concepts in Technical Trading
 * Systems, 1978).
 *
 *   EXPONENTIAL   e = e[1] + alpha*(x - e[1]), alpha = 2/(n + 1)
 *   WILDER        e = e[1] + (x - e[1])/n
 *   WILDER_SUM    the sum of the first n-1 values, then s = (s[1] - s[1]/n) + x
 *   FROM_FIRST    as EXPONENTIAL, but starts with its first value; shown from the n-th
 *
 * The two averages are seeded at their n-th defined bar with the mean of the first n
 * values, summed as differences from the first. A NaN makes a recursion NaN and it
 * starts anew, seed and warm-up included, at the next defined bar.
 *
 * A step waits for the one before. To fill the time, two recursions over the same bars
 * run side by side, and a long stretch is cut into pieces: a recursion forgets where it
 * began, so each piece begins some bars early with a guess and in nearly all cases
 * arrives at the very bits of the piece before it. Where it does not, its results are
 * thrown away. `kind` and `chains` (1 or 2) are constants wherever they appear.
 */
#ifndef ADMF_FEATURES_RECURSION_H
#define ADMF_FEATURES_RECURSION_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernels/features/lanes.h"

enum { PIECE = 4096 }; /* bars a kernel works on at a time, in buffers on its stack */

enum recursion_kind { EXPONENTIAL, WILDER, WILDER_SUM, FROM_FIRST };

/* All zero before the first bar. */
struct recursion {
    double value;
    double base, sum; /* of the seed */
    int seen;         /* defined bars so far, up to those of the warm-up */
};

VEC int warm_up(enum recursion_kind kind, int n) { return kind == WILDER_SUM ? n - 1 : n; }

/* One step after the warm-up, for doubles and for lanes alike. */
#define ADVANCE(kind, n, value, x)                                                                 \
    ((kind) == WILDER       ? (value) + ((x) - (value)) / (double)(n)                              \
     : (kind) == WILDER_SUM ? ((value) - (value) / (double)(n)) + (x)                              \
                            : (value) + (2 / ((double)(n) + 1)) * ((x) - (value)))

/* The value at a bar of the warm-up, NaN but for the last. */
static inline double warm_up_step(enum recursion_kind kind, int n, struct recursion *e, double x)
{
    if (e->seen == 0) {
        e->base = x;
        e->sum = 0;
    }
    e->sum += x - e->base;
    if (kind == WILDER_SUM)
        e->value = e->seen == 0 ? x : e->value + x;
    if (kind == FROM_FIRST)
        e->value = e->seen == 0 ? x : ADVANCE(kind, n, e->value, x);
    e->seen++;
    if (kind == WILDER_SUM || e->seen < n)
        return NAN;
    if (kind != FROM_FIRST)
        e->value = e->base + e->sum / n;
    return e->value;
}

/* Any one step. */
static inline double step(enum recursion_kind kind, int n, struct recursion *e, double x)
{
    if (x == x && e->seen < warm_up(kind, n))
        return warm_up_step(kind, n, e, x);
    e->value = ADVANCE(kind, n, e->value, x);
    if (x != x || e->value != e->value) {
        e->seen = 0;
        return NAN;
    }
    return e->value;
}

/*
 * Bars after which two recursions from different starts are the same number, nearly
 * always: they approach each other by 1/n a bar (2/(n + 1)) down to the last bit.
 */
VEC size_t bars_to_forget(enum recursion_kind kind, int n)
{
    return (size_t)n * (kind == WILDER || kind == WILDER_SUM ? 45 : 23);
}

/* Are the values from bar i on all finite? */
VEC bool all_finite(int chains, const double *const *x, size_t i, size_t count)
{
    for (int c = 0; c < chains; c++) {
        double others = 0;
        for (size_t k = i; k < count; k++)
            others = x[c][k] - x[c][k] == 0 ? others : 1;
        if (others != 0)
            return false;
    }
    return true;
}

/* A chain in lanes: where each piece is, and the value it takes for that before it. */
struct pieces {
    const double *x[LANES];
    double *out[LANES];
    lanes guess;
};

/* The steps of one bar of every piece. */
VEC void step_in_lanes(enum recursion_kind kind, int chains, int n, const struct pieces *p,
                       ptrdiff_t t, lanes *value)
{
    for (int c = 0; c < chains; c++)
        value[c] = ADVANCE(kind, n, value[c], gather(p[c].x, t));
}

/* How many pieces are right: the first, and those that began as the one before ended. */
VEC int right_pieces(int chains, const struct pieces *p, const lanes *end)
{
    for (int k = 1; k < LANES; k++)
        for (int c = 0; c < chains; c++)
            if (!(p[c].guess[k] == end[c][k - 1]))
                return k;
    return LANES;
}

/*
 * Bars i ... count-1 as LANES pieces of equal length, side by side. Returns the first bar
 * that is not known to be right, and leaves the chains as they are before it.
 */
VEC size_t glide_in_lanes(enum recursion_kind kind, int chains, int n, struct recursion *e,
                          const double *const *x, size_t i, size_t count, double *const *out)
{
    const ptrdiff_t length = (ptrdiff_t)((count - i) / LANES);
    const ptrdiff_t early = (ptrdiff_t)bars_to_forget(kind, n);
    struct pieces p[2];
    lanes value[2];
    for (int c = 0; c < chains; c++) {
        for (int k = 0; k < LANES; k++) {
            p[c].x[k] = x[c] + i + (k ? k : 1) * length;
            p[c].out[k] = out[c] + i + k * length;
        }
        value[c] = gather(p[c].x, -early) * (kind == WILDER_SUM ? n : 1.0);
    }
    for (ptrdiff_t t = -early; t < 0; t++)
        step_in_lanes(kind, chains, n, p, t, value);
    for (int c = 0; c < chains; c++) {
        p[c].x[0] = x[c] + i; /* the first piece begins where and as it should */
        value[c][0] = e[c].value;
        p[c].guess = value[c];
    }
    for (ptrdiff_t t = 0; t < length; t++) {
        step_in_lanes(kind, chains, n, p, t, value);
        for (int c = 0; c < chains; c++)
            for (int k = 0; k < LANES; k++)
                p[c].out[k][t] = value[c][k];
    }
    int right = right_pieces(chains, p, value);
    for (int c = 0; c < chains; c++)
        e[c].value = value[c][right - 1];
    return i + (size_t)right * (size_t)length;
}

/*
 * Steps from bar i on while all chains are past their warm-up, up to and with the first
 * NaN. Returns the next bar.
 */
VEC size_t glide(enum recursion_kind kind, int chains, int n, struct recursion *e,
                 const double *const *x, size_t i, size_t count, double *const *out)
{
    double value[2];
    bool defined = true;
    for (int c = 0; c < chains; c++)
        if (e[c].seen < warm_up(kind, n))
            return i;
    if (count - i >= LANES * bars_to_forget(kind, n) && all_finite(chains, x, i, count))
        i = glide_in_lanes(kind, chains, n, e, x, i, count, out);
    for (int c = 0; c < chains; c++)
        value[c] = e[c].value;
    for (; i < count && defined; i++)
        for (int c = 0; c < chains; c++) {
            value[c] = ADVANCE(kind, n, value[c], x[c][i]);
            out[c][i] = value[c];
            defined = defined && value[c] == value[c];
        }
    for (int c = 0; c < chains; c++) {
        e[c].value = value[c];
        e[c].seen = value[c] == value[c] ? e[c].seen : 0;
    }
    return i;
}

/* The chains e over the series x; out[c] is not x[c]. */
VEC void recurse(enum recursion_kind kind, int chains, int n, struct recursion *e,
                 const double *const *x, size_t count, double *const *out)
{
    for (size_t i = 0; i < count;) {
        i = glide(kind, chains, n, e, x, i, count, out);
        if (i < count) {
            for (int c = 0; c < chains; c++)
                out[c][i] = step(kind, n, &e[c], x[c][i]);
            i++;
        }
    }
}

/* One chain. */
VEC void recurse_one(enum recursion_kind kind, int n, struct recursion *e, const double *x,
                     size_t count, double *out)
{
    recurse(kind, 1, n, e, &x, count, &out);
}

#endif
