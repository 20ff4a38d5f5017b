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
 * depend on each other: whole blocks are worked on side by side, one to a lane of a
 * vector. What is left of a stretch at its two ends is summed bar by bar.
 */
#ifndef ADMF_FEATURES_WINDOW_MOMENTS_H
#define ADMF_FEATURES_WINDOW_MOMENTS_H

#include <math.h>
#include <string.h>

#include "kernels/feature.h"
#include "kernels/features/lanes.h"

enum {
    WINDOW_BARS = 4096, /* most bars of one call                                   */
    LANE_BARS = 1024    /* longest block that is summed in lanes; others bar by bar */
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

/* The formulas above, for doubles and for vectors alike. */
#define D1(s1, a, delta, p1) (((s1) + (a) * (delta)) + (p1))
#define D2(s1, s2, a, delta, p2)                                                                   \
    ((((s2) + (2 * (delta)) * (s1)) + ((a) * (delta)) * (delta)) + (p2))
#define DW(sw, a, delta, p1, pw) (((sw) + (delta) * ((a) * ((a) + 1) / 2)) + ((a) * (p1) + (pw)))

static inline size_t window_bytes(enum past past, double period)
{
    return sizeof(struct window) +
           (past == PAST_IN_WINDOW ? 3 : 2) * (size_t)period * sizeof(double);
}

/* ---- blocks in lanes --------------------------------------------------------------- */

/* The results of bar i; WEIGHTED_MEAN is made of DW in d2, the others of D1 and D2. */
VEC void scatter(enum kind kind, const struct results *o, const size_t *place, size_t i, lanes r,
                 lanes d1, lanes d2)
{
    const lanes n = every_lane(o->n);
    lanes mean = kind == SUM ? d1 : kind == WEIGHTED_MEAN ? r + d2 / (n * (n + 1) / 2) : r + d1 / n;
    if (o->mean)
        for (int k = 0; k < LANES; k++)
            o->mean[place[k] + i] = mean[k];
    if (kind == VARIANCE) {
        lanes v = (d2 - d1 * d1 / n) / every_lane(o->divisor);
        v = (lanes)((lane_bits)v & ~(v < 0)); /* 0 if negative */
        for (int k = 0; k < LANES; k++)
            o->variance[place[k] + i] = v[k];
    }
}

/* Left sums of one block a lane, those of bar i of the block after it at s[i*LANES]. */
VEC void sum_backwards(enum kind kind, int n, const double *const *block, double *s1, double *s2)
{
    const lanes q = kind == SUM ? every_lane(0) : gather(block, n - 1);
    lanes sum1 = every_lane(0), sum2 = every_lane(0);
    for (int i = n - 2; i >= 0; i--) {
        lanes d = gather(block, i + 1) - q;
        sum1 += d;
        sum2 += kind == WEIGHTED_MEAN ? sum1 : d * d;
        memcpy(s1 + i * LANES, &sum1, sizeof sum1);
        if (kind == VARIANCE || kind == WEIGHTED_MEAN)
            memcpy(s2 + i * LANES, &sum2, sizeof sum2);
    }
}

/*
 * The windows that end in `blocks` whole blocks from x on, at most LANES; spare lanes
 * repeat the last block. `before` is where the block before them begins.
 */
VEC void whole_blocks(enum kind kind, const struct results *o, int blocks, const double *x,
                      const double *before, size_t at)
{
    double s1[LANE_BARS * LANES], s2[LANE_BARS * LANES];
    const double *left[LANES], *right[LANES];
    size_t place[LANES];
    const int n = o->n;
    for (int k = 0; k < LANES; k++) {
        int j = k < blocks ? k : blocks - 1;
        right[k] = x + (ptrdiff_t)j * n;
        left[k] = j == 0 ? before : right[k] - n;
        place[k] = at + (size_t)j * (size_t)n;
    }
    sum_backwards(kind, n, left, s1, s2);
    const lanes first = gather(right, 0), r = kind == SUM ? every_lane(0) : first;
    const lanes delta = gather(left, n - 1) - first;
    lanes p1 = every_lane(0), p2 = every_lane(0), a = every_lane(n - 1), weight = every_lane(1),
          d1 = p1, d2 = p2;
    for (int i = 0; i < n; i++) {
        lanes d = gather(right, i) - r;
        p1 += d;
        p2 += kind == WEIGHTED_MEAN ? weight * d : d * d;
        if (i == n - 1)
            break; /* no left part */
        lanes l1, l2;
        memcpy(&l1, s1 + i * LANES, sizeof l1);
        memcpy(&l2, s2 + i * LANES, sizeof l2);
        d1 = kind == SUM ? l1 + p1 : D1(l1, a, delta, p1);
        d2 = kind == WEIGHTED_MEAN ? DW(l2, a, delta, p1, p2) : D2(l1, l2, a, delta, p2);
        scatter(kind, o, place, (size_t)i, r, d1, d2);
        a -= every_lane(1);
        weight += every_lane(1);
    }
    scatter(kind, o, place, (size_t)n - 1, r, p1, p2);
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
        double d2 =
            kind == WEIGHTED_MEAN ? DW(s2[i], a, delta, q1, q2) : D2(s1[i], s2[i], a, delta, q2);
        conclude(kind, o, at + (size_t)(i - from), r, d1, d2);
    }
    if (to == n) /* no left part */
        conclude(kind, o, at + (size_t)(n - 1 - from), r, p1, p2);
}

/* ---- a stretch --------------------------------------------------------------------- */

/*
 * The windows that end at the bars t ... t+count-1 of the series x (x[0] is bar t); at
 * most WINDOW_BARS.
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
        size_t blocks = (count - done) / (size_t)n;
        blocks = blocks < LANES ? blocks : LANES;
        size_t bars = blocks * (size_t)n;
        if (from == 0 && before && blocks > 1 && n <= LANE_BARS) {
            whole_blocks(kind, o, (int)blocks, at, before, done);
            if (past == PAST_IN_WINDOW)
                memcpy(kept, at + bars - n, (size_t)n * sizeof *kept);
            done += bars;
            continue;
        }
        int to = count - done < (size_t)(n - from) ? from + (int)(count - done) : n;
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
    for (size_t done = 0; done < count;) {
        size_t bars = count - done < WINDOW_BARS ? count - done : WINDOW_BARS;
        struct results o = {.n = n, .mean = out + done};
        windows(kind, past, w, &o, x + done, t + done, bars);
        done += bars;
    }
}

/* Mean (NULL: not wanted) and variance of at most WINDOW_BARS windows. */
VEC void window_variances(enum past past, struct window *w, int n, double divisor, const double *x,
                          size_t t, size_t count, double *mean, double *variance)
{
    struct results o = {.n = n, .divisor = divisor, .mean = mean, .variance = variance};
    windows(VARIANCE, past, w, &o, x, t, count);
}

#endif
