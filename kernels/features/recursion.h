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
 * A step waits for the one before, so two recursions over the same bars run side by
 * side. `kind` and `chains` (1 or 2) are constants wherever they appear.
 */
#ifndef ADMF_FEATURES_RECURSION_H
#define ADMF_FEATURES_RECURSION_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define RECURSION_INLINE static inline __attribute__((always_inline))

enum { PIECE = 1024 }; /* bars a kernel works on at a time, in buffers on its stack */

enum recursion_kind { EXPONENTIAL, WILDER, WILDER_SUM, FROM_FIRST };

/* All zero before the first bar. */
struct recursion {
    double value;
    double base, sum; /* of the seed */
    int seen;         /* defined bars so far, up to those of the warm-up */
};

RECURSION_INLINE int warm_up(enum recursion_kind kind, int n)
{
    return kind == WILDER_SUM ? n - 1 : n;
}

/* One step after the warm-up. */
RECURSION_INLINE double advance(enum recursion_kind kind, int n, double value, double x)
{
    const double alpha = 2 / ((double)n + 1);
    if (kind == WILDER)
        return value + (x - value) / n;
    if (kind == WILDER_SUM)
        return (value - value / n) + x;
    return value + alpha * (x - value);
}

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
        e->value = e->seen == 0 ? x : advance(kind, n, e->value, x);
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
    e->value = advance(kind, n, e->value, x);
    if (x != x || e->value != e->value) {
        e->seen = 0;
        return NAN;
    }
    return e->value;
}

/*
 * Steps from bar i on while all chains are past their warm-up, up to and with the first
 * NaN. Returns the next bar.
 */
RECURSION_INLINE size_t glide(enum recursion_kind kind, int chains, int n, struct recursion *e,
                              const double *const *x, size_t i, size_t count, double *const *out)
{
    double value[2];
    bool defined = true;
    for (int c = 0; c < chains; c++) {
        if (e[c].seen < warm_up(kind, n))
            return i;
        value[c] = e[c].value;
    }
    for (; i < count && defined; i++)
        for (int c = 0; c < chains; c++) {
            value[c] = advance(kind, n, value[c], x[c][i]);
            out[c][i] = value[c];
            defined = defined && value[c] == value[c];
        }
    for (int c = 0; c < chains; c++) {
        e[c].value = value[c];
        e[c].seen = value[c] == value[c] ? e[c].seen : 0;
    }
    return i;
}

/* The chains e over the series x; out[c] may be x[c]. */
RECURSION_INLINE void recurse(enum recursion_kind kind, int chains, int n, struct recursion *e,
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
RECURSION_INLINE void recurse_one(enum recursion_kind kind, int n, struct recursion *e,
                                  const double *x, size_t count, double *out)
{
    recurse(kind, 1, n, e, &x, count, &out);
}

#endif
