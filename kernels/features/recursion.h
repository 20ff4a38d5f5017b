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
 * run side by side, and a long stretch is cut into pieces: each begins some bars early
 * with a guess that is a few roundings off, and in nearly all cases arrives at the very
 * bits of the piece before it. Where it does not, its results are thrown away. `kind` and
 * `chains` (1 or 2) are constants wherever they appear.
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

/* What a step keeps of the value, and takes of x: e = keeps*e + takes*x but for rounding. */
#define KEEPS(kind, n)                                                                             \
    ((kind) == WILDER || (kind) == WILDER_SUM ? 1 - 1 / (double)(n) : 1 - 2 / ((double)(n) + 1))
#define TAKES(kind, n) ((kind) == WILDER_SUM ? 1 : 1 - KEEPS(kind, n))

/*
 * Bars after which two recursions that are but a few roundings apart are the same number,
 * nearly always: at each bar the chance that rounding unites them is about 1/n (2/(n + 1)).
 */
VEC size_t bars_to_unite(enum recursion_kind kind, int n)
{
    return kind == WILDER || kind == WILDER_SUM ? 10 * (size_t)n : 5 * ((size_t)n + 1);
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

enum { PIECES = 8, ROWS = PIECES / LANES };

/* A value for each piece, in rows of lanes. */
struct row_of_pieces {
    lanes row[ROWS];
};

/* The values of a bar of each piece; x is that of the first, the next is `length` bars on. */
VEC lanes gather_pieces(const double *x, ptrdiff_t length, int row)
{
    lanes v;
    for (int k = 0; k < LANES; k++)
        v[k] = x[(row * LANES + k) * length];
    return v;
}

/*
 * Where each piece begins: the response to the bars of each by itself, then one after
 * the other. Right but for the last bits, as the order of operations is another.
 */
VEC struct row_of_pieces guess(enum recursion_kind kind, int n, double value, const double *x,
                               ptrdiff_t length)
{
    struct row_of_pieces response = {0}, start = {0};
    double kept = 1;
    for (ptrdiff_t t = 0; t < length; t++) {
        for (int r = 0; r < ROWS; r++)
            response.row[r] =
                response.row[r] * KEEPS(kind, n) + gather_pieces(x + t, length, r) * TAKES(kind, n);
        kept *= KEEPS(kind, n);
    }
    for (int k = 0; k < PIECES; k++) {
        start.row[k / LANES][k % LANES] = value;
        value = response.row[k / LANES][k % LANES] + value * kept;
    }
    return start;
}

/* Steps first ... end-1 of every piece. */
VEC void step_pieces(enum recursion_kind kind, int chains, int n, struct row_of_pieces *value,
                     const double *const *x, double *const *out, ptrdiff_t length, ptrdiff_t first,
                     ptrdiff_t end)
{
    for (ptrdiff_t t = first; t < end; t++)
        for (int c = 0; c < chains; c++)
            for (int r = 0; r < ROWS; r++) {
                lanes v = gather_pieces(x[c] + t, length, r);
                v = ADVANCE(kind, n, value[c].row[r], v);
                for (int k = 0; k < LANES; k++)
                    out[c][t + (r * LANES + k) * length] = v[k];
                value[c].row[r] = v;
            }
}

/* How many pieces are right: those that met the piece before, and stayed finite. */
VEC int right_pieces(int chains, const struct row_of_pieces *met, const struct row_of_pieces *end)
{
    for (int k = 0; k < PIECES; k++)
        for (int c = 0; c < chains; c++) {
            double last = end[c].row[k / LANES][k % LANES];
            int before = k ? k - 1 : 0;
            bool meets =
                met[c].row[k / LANES][k % LANES] == end[c].row[before / LANES][before % LANES];
            if (!(last - last == 0) || (k > 0 && !meets))
                return k;
        }
    return PIECES;
}

/*
 * From bar i on as PIECES pieces side by side. Each begins with a guess, `early` bars
 * before the one ahead of it ends; both write these bars, the one ahead later. Returns the
 * first bar that is not known to be right, and leaves the chains as they are before it.
 */
VEC size_t glide_in_pieces(enum recursion_kind kind, int chains, int n, struct recursion *e,
                           const double *const *x, size_t i, size_t count, double *const *out)
{
    const ptrdiff_t early = (ptrdiff_t)bars_to_unite(kind, n);
    const ptrdiff_t length = ((ptrdiff_t)(count - i) - early) / PIECES;
    const double *from[2];
    double *to[2];
    struct row_of_pieces value[2], met[2];
    for (int c = 0; c < chains; c++) {
        from[c] = x[c] + i;
        to[c] = out[c] + i;
        value[c] = guess(kind, n, e[c].value, from[c], length);
    }
    step_pieces(kind, chains, n, value, from, to, length, 0, early);
    for (int c = 0; c < chains; c++)
        met[c] = value[c];
    step_pieces(kind, chains, n, value, from, to, length, early, early + length);
    int right = right_pieces(chains, met, value);
    if (right == 0)
        return i;
    for (int c = 0; c < chains; c++)
        e[c].value = value[c].row[(right - 1) / LANES][(right - 1) % LANES];
    return i + (size_t)early + (size_t)right * (size_t)length;
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
    if (count - i >= 3 * bars_to_unite(kind, n) && count - i >= 64 &&
        all_finite(chains, x, i, count))
        i = glide_in_pieces(kind, chains, n, e, x, i, count, out);
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
