/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums over the last n bars, re-summed in blocks of n bars counted from bar 0
 * (van Herk 1992; Gil and Werman 1993): constant cost per bar and no drift.
 *
 *        block j-1        block j
 *   |  .  .  [ x  x  | x  x  x ]  .  |     window of n = 5 bars that ends in block j
 *               left    right
 *
 * The right part is summed forwards from the first bar of the block, the left part
 * backwards from the last bar of the block before. Both are sums of differences from
 * a reference, the part's own first addend (r right, q left, delta = q - r), so that
 * nothing cancels at any price level and constant input gives exactly 0. With m bars
 * right and a = n - m bars left:
 *
 *   right   p1 = sum (x-r)    p2 = sum (x-r)^2    pw = sum i*(x-r), i = 1 ... m
 *   left    s1 = sum (x-q)    s2 = sum (x-q)^2    sw = sum of the successive s1
 *   D1 = (s1 + a*delta) + p1
 *   D2 = ((s2 + (2*delta)*s1) + (a*delta)*delta) + p2
 *   DW = (sw + delta*(a(a+1)/2)) + (a*p1 + pw)
 *
 * mean = r + D1/n, variance = (D2 - D1*D1/n)/n, weighted mean = r + DW/(n(n+1)/2).
 * A NaN spoils exactly the windows that hold it: sums after it in its block and
 * backward sums up to it. Where a = 0 the left terms are absent.
 *
 * Each sum is a chain of additions, each waiting for the one before, but blocks do not
 * depend on each other: whole blocks and the begin of the last are worked on side by
 * side, one to a strand of a vector. What a stretch begins with, the end of a block, is
 * summed bar by bar.
 */
#ifndef ADMF_FEATURES_WINDOW_MOMENTS_H
#define ADMF_FEATURES_WINDOW_MOMENTS_H

#include <math.h>
#include <string.h>

#include "kernels/feature.h"
#include "kernels/features/fetch.h"
#include "kernels/features/strands.h"

enum {
    WINDOW_BARS = 4096, /* most that are summed bar by bar at once; a good piece for
                           those who make something else of the results             */
    STRAND_BARS = 1024, /* longest block that is summed in strands; others bar by bar */
    SHORT_BLOCK = 64    /* longest block of which bars beside whole ones are few, and
                           processors fetch the next unasked                        */
};

/* What is made of the windows; `kind` and `past` are constants wherever they appear. */
enum kind { SUM, MEAN, WEIGHTED_MEAN, VARIANCE };

/* Where the values before a stretch are: in front of it, or kept by the window. */
enum past { PAST_IN_COLUMN, PAST_IN_WINDOW };

/*
 * State between stretches: the unfinished right part, then the left sums of the block
 * before, s1[n] and s2[n] (s[i] belongs to the window that ends at bar i of the
 * block), then the last n values, for series that cannot be read back.
 */
struct window {
    double p1, p2, ref, delta;
    double sums[];
};

/* The window, and where its results go: the variance to `variance`, the rest to `mean`. */
struct results {
    int n;
    double divisor;          /* of the variance: n, or n-1 for a sample */
    double *mean, *variance; /* a VARIANCE needs no mean, the others have no variance */
};

/* The formulas above, for doubles and for vectors alike; `triangle` is a(a+1)/2, exact as any a. */
#define D1(s1, a, delta, p1) (((s1) + (a) * (delta)) + (p1))
#define D2(s1, s2, a, delta, p2)                                                                   \
    ((((s2) + (2 * (delta)) * (s1)) + ((a) * (delta)) * (delta)) + (p2))
#define DW(sw, a, triangle, delta, p1, pw) (((sw) + (delta) * (triangle)) + ((a) * (p1) + (pw)))

static inline size_t window_bytes(enum past past, double period)
{
    return sizeof(struct window) +
           (past == PAST_IN_WINDOW ? 3 : 2) * (size_t)period * sizeof(double);
}

/* The block of bar `first` begins there; what is kept of the block before has to be seen again. */
static inline size_t window_begin(enum past past, double period, size_t first)
{
    size_t n = (size_t)period, block = first - first % n;
    return past == PAST_IN_COLUMN ? block : block > n ? block - n : 0;
}

/* ---- blocks in strands --------------------------------------------------------------- */

/*
 * A block is gone through in groups of STRANDS bars up to its end, before which as many bars as are
 * over are taken one by one. `bars`, a constant, are those of a group or 1.
 */
VEC int bars_over(int n) { return n % STRANDS; }

/* The most of `bars` bars from the block's first one on that end with a group. */
VEC size_t whole_groups(int n, size_t bars)
{
    const size_t over = (size_t)bars_over(n);
    return bars < over ? 0 : bars - (bars - over) % STRANDS;
}

/* Bars i ... i+bars-1 of each strand's place, a vector each. */
VEC void gather_bars(int bars, const double *const *place, ptrdiff_t i, strands *v)
{
    if (bars == 1) {
        v[0] = gather(place, i);
        return;
    }
    for (int k = 0; k < STRANDS; k++)
        v[k] = load_strands(place[k] + i);
    transpose(v);
}

/* The reverse. */
VEC void scatter_bars(int bars, double *const *place, ptrdiff_t i, strands *v)
{
    if (bars == STRANDS)
        transpose(v);
    for (int k = 0; k < STRANDS; k++)
        if (bars == STRANDS)
            store_strands(place[k] + i, v[k]);
        else
            place[k][i] = v[0][k];
}

/* Adds bars i ... i+bars-1, the last first, to the left sums of the bars before them. */
VEC void group_backwards(enum kind kind, int bars, int i, const double *const *block, strands q,
                         strands *sum1, strands *sum2, double *s1, double *s2)
{
    strands v[STRANDS];
    gather_bars(bars, block, i, v);
    for (int j = bars - 1; j >= 0; j--) {
        if (kind != WEIGHTED_MEAN)
            store_strands(s1 + (i + j) * STRANDS, *sum1);
        if (kind == VARIANCE || kind == WEIGHTED_MEAN)
            store_strands(s2 + (i + j) * STRANDS, *sum2);
        strands d = v[j] - q;
        *sum1 += d;
        *sum2 += kind == WEIGHTED_MEAN ? *sum1 : d * d;
    }
}

/*
 * Left sums of one block a strand, those of bar i of the block after it at s[i*STRANDS], but for
 * sums that nothing is made of.
 */
VEC void sum_backwards(enum kind kind, int n, const double *const *block, double *s1, double *s2)
{
    const strands q = kind == SUM ? every_strand(0) : gather(block, n - 1);
    strands sum1 = every_strand(0), sum2 = every_strand(0);
    int i = n - STRANDS;
    for (; i >= 0; i -= STRANDS)
        group_backwards(kind, STRANDS, i, block, q, &sum1, &sum2, s1, s2);
    for (i += STRANDS - 1; i >= 0; i--)
        group_backwards(kind, 1, i, block, q, &sum1, &sum2, s1, s2);
}

/* The right parts of one block a strand, up to some bar. */
struct right {
    strands ref, delta, p1, p2;
    const double *x[STRANDS];
    double *mean[STRANDS], *variance[STRANDS]; /* where the results of each go, as in results */
};

/* The results of a bar; WEIGHTED_MEAN is made of DW in d2, the others of D1 and D2. */
VEC void result(enum kind kind, const struct results *o, strands r, strands d1, strands d2,
                strands *mean, strands *variance)
{
    const strands n = every_strand(o->n);
    *mean = kind == SUM ? d1 : kind == WEIGHTED_MEAN ? r + d2 / (n * (n + 1) / 2) : r + d1 / n;
    if (kind == VARIANCE) {
        strands v = (d2 - d1 * d1 / n) / every_strand(o->divisor);
        *variance = (strands)((strand_bits)v & ~(v < 0)); /* 0 if negative */
    }
}

/* Asks for a line of what comes STRANDS blocks on, of each strand. */
VEC void fetch_blocks(const struct results *o, const struct right *b, int i)
{
    const ptrdiff_t on = i + STRANDS * (ptrdiff_t)o->n;
    for (int k = 0; k < STRANDS; k++) {
        fetch(b->x[k], on);
        if (o->mean)
            fetch(b->mean[k], on);
    }
}

/* What changes from bar to bar: the sums of the right part; a, a(a+1)/2 and i of the next. */
struct running {
    strands p1, p2, a, triangle, weight;
};

/*
 * The windows that end at bars i ... i+bars-1 of every block. `ends`, a constant: the last one ends
 * with its block and has no left part.
 */
VEC void group_forwards(enum kind kind, int bars, bool ends, const struct results *o,
                        const struct right *b, struct running *run, int i, const double *s1,
                        const double *s2)
{
    const strands r = b->ref, delta = b->delta;
    strands v[STRANDS], variance[STRANDS];
    gather_bars(bars, b->x, i, v);
    for (int j = 0; j < bars; j++) {
        strands d = v[j] - r;
        run->p1 += d;
        run->p2 += kind == WEIGHTED_MEAN ? run->weight * d : d * d;
        strands d1 = run->p1, d2 = run->p2;
        if (!ends || j < bars - 1) {
            strands l1 = load_strands(s1 + (i + j) * STRANDS),
                    l2 = load_strands(s2 + (i + j) * STRANDS);
            d1 = kind == SUM ? l1 + d1 : D1(l1, run->a, delta, d1);
            d2 = kind == WEIGHTED_MEAN ? DW(l2, run->a, run->triangle, delta, run->p1, d2)
                                       : D2(l1, l2, run->a, delta, d2);
        }
        result(kind, o, r, d1, d2, &v[j], &variance[j]);
        run->triangle -= run->a;
        run->a -= every_strand(1);
        run->weight += every_strand(1);
    }
    if (o->mean)
        scatter_bars(bars, b->mean, i, v);
    if (kind == VARIANCE)
        scatter_bars(bars, b->variance, i, variance);
}

/*
 * The windows that end at bars from ... to-1 of every block; from 0 or the begin of a group to the
 * end of one. `ask`, a constant: for the memory of those to come.
 */
VEC void sum_forwards(enum kind kind, bool ask, const struct results *o, struct right *b, int from,
                      int to, const double *s1, const double *s2)
{
    const int n = o->n;
    const double a = n - 1 - from;
    struct running run = {b->p1, b->p2, every_strand(a), every_strand(a * (a + 1) / 2),
                          every_strand(from + 1)};
    int i = from;
    if (ask && i == 0)
        fetch_blocks(o, b, i);
    for (; i < bars_over(n) && i < n - 1; i++)
        group_forwards(kind, 1, false, o, b, &run, i, s1, s2);
    for (; i < (to < n ? to : n - STRANDS); i += STRANDS) {
        if (ask && i % LINE < STRANDS)
            fetch_blocks(o, b, i);
        group_forwards(kind, STRANDS, false, o, b, &run, i, s1, s2);
    }
    if (to == n && n >= STRANDS)
        group_forwards(kind, STRANDS, true, o, b, &run, i, s1, s2);
    else if (to == n)
        group_forwards(kind, 1, true, o, b, &run, i, s1, s2);
    b->p1 = run.p1;
    b->p2 = run.p2;
}

/* Leaves the window as it is within the block of a strand, some bars on. */
VEC void leave(enum kind kind, struct window *w, int n, const struct right *b, int strand,
               const double *s1, const double *s2)
{
    w->p1 = b->p1[strand];
    w->p2 = b->p2[strand];
    w->ref = b->ref[strand];
    w->delta = b->delta[strand];
    for (int i = 0; i < n - 1; i++) {
        if (kind != WEIGHTED_MEAN)
            w->sums[i] = s1[i * STRANDS + strand];
        if (kind == VARIANCE || kind == WEIGHTED_MEAN)
            w->sums[n + i] = s2[i * STRANDS + strand];
    }
}

/*
 * The windows that end in `blocks` whole blocks from x on, at least one, and in the first `rest`
 * bars of the block after them: at most STRANDS; spare strands repeat the last. `before` is where
 * the block before them begins. Where there is a rest the window is left as after it.
 */
VEC void blocks_in_strands(enum kind kind, bool ask, struct window *w, const struct results *o,
                           int blocks, int rest, const double *x, const double *before, size_t at)
{
    double s1[STRAND_BARS * STRANDS], s2[STRAND_BARS * STRANDS], spare[STRAND_BARS];
    const double *left[STRANDS];
    const int n = o->n, last = rest ? blocks : blocks - 1;
    struct right b;
    for (int k = 0; k < STRANDS; k++) {
        ptrdiff_t j = (k < last ? k : last) * (ptrdiff_t)n;
        b.x[k] = x + j;
        left[k] = j == 0 ? before : b.x[k] - n;
        if (o->mean)
            b.mean[k] = o->mean + at + j;
        if (kind == VARIANCE)
            b.variance[k] = o->variance + at + j;
    }
    sum_backwards(kind, n, left, s1, s2);
    const strands first = gather(b.x, 0);
    b.ref = kind == SUM ? every_strand(0) : first;
    b.delta = gather(left, n - 1) - first;
    b.p1 = b.p2 = every_strand(0);
    if (rest) {
        sum_forwards(kind, ask, o, &b, 0, rest, s1, s2);
        leave(kind, w, n, &b, last, s1, s2);
        for (int k = last; k < STRANDS; k++) { /* what they make from now on is not looked at */
            b.x[k] = x;
            b.mean[k] = b.variance[k] = spare;
        }
    }
    sum_forwards(kind, ask, o, &b, rest, n, s1, s2);
}

/* ---- bar by bar -------------------------------------------------------------------- */

VEC void conclude(enum kind kind, const struct results *o, size_t i, double r, double d1, double d2)
{
    const double n = o->n;
    if (o->mean)
        o->mean[i] = kind == SUM             ? d1
                     : kind == WEIGHTED_MEAN ? r + d2 / (n * (n + 1) / 2)
                                             : r + d1 / n;
    if (kind == VARIANCE) {
        double v = (d2 - d1 * d1 / n) / o->divisor;
        o->variance[i] = v < 0 ? 0 : v;
    }
}

/*
 * Bar 0 of a block: its reference, and the left sums, of the block that begins at
 * `before`; NaN in the first block.
 */
VEC void begin_block(enum kind kind, struct window *w, int n, double x, const double *before)
{
    double *s1 = w->sums, *s2 = w->sums + n, sum1 = 0, sum2 = 0;
    double q = before && kind != SUM ? before[n - 1] : 0;
    w->p1 = w->p2 = 0;
    w->ref = kind == SUM ? 0 : x;
    w->delta = q - x;
    for (int i = n - 2; i >= 0; i--) {
        double d = before ? before[i + 1] - q : NAN;
        sum1 += d;
        sum2 += kind == WEIGHTED_MEAN ? sum1 : d * d;
        s1[i] = sum1;
        s2[i] = sum2;
    }
}

/* The bars from ... to-1 of one block. */
VEC void part_of_block(enum kind kind, struct window *w, const struct results *o, int from, int to,
                       const double *restrict x, size_t at)
{
    const int n = o->n;
    const double *s1 = w->sums, *s2 = w->sums + n, r = w->ref, delta = w->delta;
    double sum1[WINDOW_BARS], sum2[WINDOW_BARS], p1 = w->p1, p2 = w->p2;
    for (int i = from; i < to; i++) {
        double d = x[i - from] - r;
        p1 += d;
        p2 += kind == WEIGHTED_MEAN ? (i + 1) * d : d * d;
        sum1[i - from] = p1;
        sum2[i - from] = p2;
    }
    w->p1 = p1;
    w->p2 = p2;
    for (int i = from; i < (to < n ? to : n - 1); i++) {
        double a = n - 1 - i, q1 = sum1[i - from], q2 = sum2[i - from];
        double d1 = kind == SUM ? s1[i] + q1 : D1(s1[i], a, delta, q1);
        double d2 = kind == WEIGHTED_MEAN ? DW(s2[i], a, a * (a + 1) / 2, delta, q1, q2)
                                          : D2(s1[i], s2[i], a, delta, q2);
        conclude(kind, o, at + (size_t)(i - from), r, d1, d2);
    }
    if (to == n) /* no left part */
        conclude(kind, o, at + (size_t)(n - 1 - from), r, p1, p2);
}

/* ---- a stretch --------------------------------------------------------------------- */

/*
 * The windows that end at the bars t ... t+count-1 of the series x (x[0] is bar t). The longer a
 * stretch is, the fewer of its bars are those of blocks that it cuts.
 */
VEC void windows(enum kind kind, enum past past, struct window *w, const struct results *o,
                 const double *x, size_t t, size_t count)
{
    const int n = o->n;
    double *kept = w->sums + 2 * (size_t)n;
    int from = (int)(t % (size_t)n);
    for (size_t done = 0; done < count;) {
        const double *at = x + done;
        const double *before = t + done < (size_t)n ? NULL : past == PAST_IN_WINDOW ? kept : at - n;
        size_t blocks = (count - done) / (size_t)n, rest = (count - done) % (size_t)n;
        if (blocks > STRANDS)
            blocks = STRANDS;
        rest = blocks == STRANDS || n <= SHORT_BLOCK ? 0 : whole_groups(n, rest);
        if (from == 0 && before && blocks + (rest > 0) > 1 && n <= STRAND_BARS) {
            size_t bars = blocks * (size_t)n;
            if (n <= SHORT_BLOCK)
                blocks_in_strands(kind, false, w, o, (int)blocks, 0, at, before, done);
            else
                blocks_in_strands(kind, true, w, o, (int)blocks, (int)rest, at, before, done);
            if (past == PAST_IN_WINDOW) {
                memcpy(kept, at + bars - n, (size_t)n * sizeof *kept);
                memcpy(kept, at + bars, rest * sizeof *kept);
            }
            from = (int)rest;
            done += bars + rest;
            continue;
        }
        size_t part = count - done < WINDOW_BARS ? count - done : WINDOW_BARS;
        int to = part < (size_t)(n - from) ? from + (int)part : n;
        if (from == 0)
            begin_block(kind, w, n, *at, before);
        if (past == PAST_IN_WINDOW)
            memcpy(kept + from, at, (size_t)(to - from) * sizeof *kept);
        part_of_block(kind, w, o, from, to, at, done);
        done += (size_t)(to - from);
        from = to < n ? to : 0;
    }
}

/* The sum, mean or weighted mean of every window that ends in a stretch. */
VEC void window_means(enum kind kind, enum past past, struct window *w, int n, const double *x,
                      size_t t, size_t count, double *out)
{
    struct results o = {.n = n, .mean = out};
    windows(kind, past, w, &o, x, t, count);
}

/* Mean (NULL: not wanted) and variance of every window. */
VEC void window_variances(enum past past, struct window *w, int n, double divisor, const double *x,
                          size_t t, size_t count, double *mean, double *variance)
{
    struct results o = {.n = n, .divisor = divisor, .mean = mean, .variance = variance};
    windows(VARIANCE, past, w, &o, x, t, count);
}

#endif
