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
 * run side by side, and a long stretch is cut into pieces: each begins with a guess that is
 * a few roundings off. Then each begins again where the one before it ended, and goes on
 * until it arrives at the very bits that it made of its guess, as it does in nearly all
 * cases within some 3 n bars: what follows was right. `kind` and `chains` (1 or 2) are
 * constants wherever they appear.
 */
#ifndef ADMF_FEATURES_RECURSION_H
#define ADMF_FEATURES_RECURSION_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernels/features/fetch.h"
#include "kernels/features/strands.h"

/*
 * Bars a kernel works on at a time, in buffers on its stack. Two chains walk through four of them
 * at once, in many places each: they are padded, so that not all places share a few sets of the
 * first cache.
 */
enum { PIECE = 4096, PADDED = PIECE + 64 };

enum recursion_kind { EXPONENTIAL, WILDER, WILDER_SUM, FROM_FIRST };

/* All zero before the first bar. */
struct recursion {
    double value;
    double base, sum; /* of the seed */
    int seen;         /* defined bars so far, up to those of the warm-up */
};

VEC int warm_up(enum recursion_kind kind, int n) { return kind == WILDER_SUM ? n - 1 : n; }

/* One step after the warm-up, for doubles and for strands alike. */
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

enum {
    PIECES = 8,
    ROWS = PIECES / STRANDS,
    TRIES = 3,         /* times that pieces begin again                                         */
    BARS_PER_N = 10,   /* a shorter stretch is not cut: too few pieces would arrive in time     */
    CUT_AT_LEAST = 256 /* bars; for a shorter stretch the guesses cost more than the steps      */
};

/* A value for each piece, in rows of strands. */
struct row_of_pieces {
    strands row[ROWS];
};

VEC double of_piece(const struct row_of_pieces *v, int k)
{
    return v->row[k / STRANDS][k % STRANDS];
}

/* The values of a bar of each piece; x is that of the first, the next is `length` bars on. */
VEC strands gather_pieces(const double *x, ptrdiff_t length, int row)
{
    strands v;
    for (int k = 0; k < STRANDS; k++)
        v[k] = x[(row * STRANDS + k) * length];
    return v;
}

/*
 * What the bars of each piece by themselves make of 0: bar j of a piece counts
 * keeps^(length-1-j).
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
        start->row[k / STRANDS][k % STRANDS] = value;
        value = response[k] * TAKES(kind, n) + value * kept;
    }
    return value - value == 0;
}

/* Steps first ... end-1 of every piece: a whole number of times STRANDS. */
VEC void step_pieces(enum recursion_kind kind, int chains, int n, struct row_of_pieces *value,
                     const double *const *x, double *const *out, ptrdiff_t length, ptrdiff_t first,
                     ptrdiff_t end)
{
    for (ptrdiff_t t = first; t < end; t += STRANDS) {
        strands v[2][ROWS][STRANDS];
        for (int c = 0; c < chains; c++)
            for (int r = 0; r < ROWS; r++) {
                for (int k = 0; k < STRANDS; k++)
                    v[c][r][k] = load_strands(x[c] + t + (r * STRANDS + k) * length);
                transpose(v[c][r]);
            }
        for (int k = 0; k < STRANDS; k++)
            for (int c = 0; c < chains; c++)
                for (int r = 0; r < ROWS; r++)
                    v[c][r][k] = value[c].row[r] = ADVANCE(kind, n, value[c].row[r], v[c][r][k]);
        for (int c = 0; c < chains; c++)
            for (int r = 0; r < ROWS; r++) {
                transpose(v[c][r]);
                for (int k = 0; k < STRANDS; k++)
                    store_strands(out[c] + t + (r * STRANDS + k) * length, v[c][r][k]);
            }
    }
}

/*
 * All steps of every piece, while the columns that are wanted next are asked for: a few lines at a
 * time, as memory gives no more meanwhile, and one column after the other, as it gives neighbours
 * sooner.
 */
VEC void run_pieces(enum recursion_kind kind, int chains, int n, struct row_of_pieces *value,
                    const double *const *x, double *const *out, ptrdiff_t length,
                    const struct wanted *next)
{
    int columns = 0;
    while (columns < WANTED && next->column[columns])
        columns++;
    const int turns = columns ? columns : 1, values = STRANDS * PIECES * columns;
    ptrdiff_t t = 0;
    for (int w = 0; w < turns; w++) {
        const double *ask = next->column[w];
        const ptrdiff_t end = length * (w + 1) / turns / STRANDS * STRANDS;
        for (; t < end; t += STRANDS, ask += values) {
            for (int k = 0; k < values; k += LINE)
                fetch(ask, k);
            step_pieces(kind, chains, n, value, x, out, length, t, t + STRANDS);
        }
    }
}

/*
 * Steps from `value` on until every piece arrives at what it has made before. False if one does
 * not; `value` then is where they end.
 */
VEC bool run_until_met(enum recursion_kind kind, int chains, int n, struct row_of_pieces *value,
                       const double *const *x, double *const *out, ptrdiff_t length)
{
    bool met = false;
    for (ptrdiff_t t = 0; t < length && !met; t += LINE) {
        ptrdiff_t end = t + LINE < length ? t + LINE : length;
        struct row_of_pieces before[2];
        for (int c = 0; c < chains; c++)
            for (int r = 0; r < ROWS; r++)
                before[c].row[r] = gather_pieces(out[c] + end - 1, length, r);
        step_pieces(kind, chains, n, value, x, out, length, t, end);
        strand_bits differ = {0};
        for (int c = 0; c < chains; c++)
            for (int r = 0; r < ROWS; r++)
                differ |= before[c].row[r] != value[c].row[r];
        met = true;
        for (int k = 0; k < STRANDS; k++)
            met = met && differ[k] == 0;
    }
    return met;
}

/* How many pieces are right: those that began where the one before ended, and stayed finite. */
VEC int right_pieces(int chains, const struct row_of_pieces *start, const struct row_of_pieces *end)
{
    for (int k = 0; k < PIECES; k++)
        for (int c = 0; c < chains; c++) {
            double last = of_piece(&end[c], k);
            bool meets = k == 0 || of_piece(&start[c], k) == of_piece(&end[c], k - 1);
            if (!(last - last == 0) || !meets)
                return k;
        }
    return PIECES;
}

/*
 * Bars of each of the pieces of `count` ≥ CUT_AT_LEAST bars: an odd number of times STRANDS. As far
 * apart as an eighth of a tile, which is a power of two, all pieces would share a few sets of the
 * first cache.
 */
VEC ptrdiff_t piece_length(size_t count)
{
    ptrdiff_t times = (ptrdiff_t)count / PIECES / STRANDS;
    return (times - (times % 2 == 0)) * STRANDS;
}

/*
 * From bar i on as PIECES pieces side by side. Returns the first bar that is not known to be
 * right, and leaves the chains as they are before it.
 */
VEC size_t glide_in_pieces(enum recursion_kind kind, int chains, int n, struct recursion *e,
                           const double *const *x, size_t i, size_t count, double *const *out,
                           const struct wanted *next)
{
    const ptrdiff_t length = piece_length(count - i);
    const double *from[2];
    double *to[2];
    struct row_of_pieces start[2], end[2];
    for (int c = 0; c < chains; c++) {
        from[c] = x[c] + i;
        to[c] = out[c] + i;
        if (!guess(kind, n, e[c].value, from[c], length, &start[c]))
            return i;
        end[c] = start[c];
    }
    run_pieces(kind, chains, n, end, from, to, length, next);
    bool met = false;
    for (int k = 0; k < TRIES && !met; k++) {
        struct row_of_pieces value[2];
        for (int c = 0; c < chains; c++) {
            for (int j = 1; j < PIECES; j++)
                start[c].row[j / STRANDS][j % STRANDS] = of_piece(&end[c], j - 1);
            value[c] = start[c];
        }
        met = run_until_met(kind, chains, n, value, from, to, length);
        for (int c = 0; c < chains && !met; c++)
            end[c] = value[c];
    }
    int right = right_pieces(chains, start, end);
    if (right == 0)
        return i;
    for (int c = 0; c < chains; c++)
        e[c].value = of_piece(&end[c], right - 1);
    return i + (size_t)right * (size_t)length;
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
    if (count - i >= (size_t)BARS_PER_N * (size_t)n && count - i >= CUT_AT_LEAST)
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
