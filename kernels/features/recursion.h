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

#include "kernels/features/fetch.h"
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
    return kind == WILDER || kind == WILDER_SUM ? 6 * (size_t)n : 3 * ((size_t)n + 1);
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

/* What the bars of each piece by themselves make of 0: bar j of a piece counts keeps^(length-1-j).
 */
VEC void respond(enum recursion_kind kind, int n, const double *x, ptrdiff_t length,
                 double *response)
{
    vd sum[PIECES] = {0}, weight;
    double power = 1;
    for (int k = WIDTH - 1; k >= 0; k--) {
        weight[k] = power;
        power *= KEEPS(kind, n);
    }
    ptrdiff_t t = length;
    for (; t >= WIDTH; t -= WIDTH) {
        for (int k = 0; k < PIECES; k++)
            sum[k] += load(x + k * length + (t - WIDTH)) * weight;
        weight *= power;
    }
    for (int k = 0; k < PIECES; k++) {
        double first = 0;
        for (ptrdiff_t i = 0; i < t; i++)
            first = first * KEEPS(kind, n) + x[k * length + i];
        response[k] = first * weight[WIDTH - 1];
        for (int j = 0; j < WIDTH; j++)
            response[k] += sum[k][j];
    }
}

/*
 * Where each piece begins: the response to the bars of each by itself, then one after
 * the other. Right but for the last bits, as the order of operations is another. False if
 * any of the bars is not finite.
 */
VEC bool guess(enum recursion_kind kind, int n, double value, const double *x, ptrdiff_t length,
               struct row_of_pieces *start)
{
    double response[PIECES], kept = 1, power = KEEPS(kind, n);
    respond(kind, n, x, length, response);
    for (ptrdiff_t rest = length; rest > 0; rest /= 2) { /* keeps^length */
        kept = rest % 2 ? kept * power : kept;
        power *= power;
    }
    for (int k = 0; k < PIECES; k++) {
        start->row[k / LANES][k % LANES] = value;
        value = response[k] * TAKES(kind, n) + value * kept;
    }
    return value - value == 0;
}

/*
 * Steps first ... end-1 of every piece. A step asks for a line of each output and of what the
 * caller wants next.
 */
VEC void step_pieces(enum recursion_kind kind, int chains, int n, struct row_of_pieces *value,
                     const double *const *x, double *const *out, const struct wanted *next,
                     ptrdiff_t length, ptrdiff_t first, ptrdiff_t end)
{
    for (ptrdiff_t t = first; t < end; t++) {
        for (int c = 0; c < chains; c++)
            fetch(out[c], t % PIECES * length + t + PIECES * LINE);
        for (int w = 0; w < WANTED && next->column[w]; w++)
            fetch(next->column[w], t * LINE);
        for (int c = 0; c < chains; c++)
            for (int r = 0; r < ROWS; r++) {
                lanes v = gather_pieces(x[c] + t, length, r);
                v = ADVANCE(kind, n, value[c].row[r], v);
                for (int k = 0; k < LANES; k++)
                    out[c][t + (r * LANES + k) * length] = v[k];
                value[c].row[r] = v;
            }
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
                           const double *const *x, size_t i, size_t count, double *const *out,
                           const struct wanted *next)
{
    const ptrdiff_t early = (ptrdiff_t)bars_to_unite(kind, n);
    const ptrdiff_t length = ((ptrdiff_t)(count - i) - early) / PIECES;
    const double *from[2];
    double *to[2];
    struct row_of_pieces value[2], met[2];
    for (int c = 0; c < chains; c++) {
        from[c] = x[c] + i;
        to[c] = out[c] + i;
        if (!guess(kind, n, e[c].value, from[c], length, &value[c]))
            return i;
    }
    step_pieces(kind, chains, n, value, from, to, next, length, 0, early);
    for (int c = 0; c < chains; c++)
        met[c] = value[c];
    step_pieces(kind, chains, n, value, from, to, next, length, early, early + length);
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
                 const double *const *x, size_t i, size_t count, double *const *out,
                 const struct wanted *next)
{
    double value[2];
    bool defined = true;
    for (int c = 0; c < chains; c++)
        if (e[c].seen < warm_up(kind, n))
            return i;
    if (count - i >= 3 * bars_to_unite(kind, n) && count - i >= 64)
        i = glide_in_pieces(kind, chains, n, e, x, i, count, out, next);
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

/*
 * The chains e over the series x; out[c] is not x[c]. While it computes it asks for `count`
 * values of the columns that are wanted next.
 */
VEC void recurse(enum recursion_kind kind, int chains, int n, struct recursion *e,
                 const double *const *x, size_t count, double *const *out,
                 const struct wanted *next)
{
    for (size_t i = 0; i < count;) {
        i = glide(kind, chains, n, e, x, i, count, out, next);
        if (i < count) {
            for (int c = 0; c < chains; c++)
                out[c][i] = step(kind, n, &e[c], x[c][i]);
            i++;
        }
    }
}

/* One chain. */
VEC void recurse_one(enum recursion_kind kind, int n, struct recursion *e, const double *x,
                     size_t count, double *out, const struct wanted *next)
{
    recurse(kind, 1, n, e, &x, count, &out, next);
}

#endif
