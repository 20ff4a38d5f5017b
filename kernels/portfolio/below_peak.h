/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a lane is below its peak over a stretch that comes up to it: since the last time, and at
 * most. Few of its bars are looked at: those that the answer depends on are found by leaps.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_BELOW_PEAK_H
#define ADMF_KERNELS_PORTFOLIO_BELOW_PEAK_H

#include "kernels/portfolio/held_stretch.h"

/* The best equity of bars begin … end-1. */
static inline double best_equity(const struct stretch_lane *s, const struct price_ranges *ranges,
                                 size_t begin, size_t end)
{
    return equity_at(s, best_price(s, ranges, begin, end));
}

/* The best equity of the 2^level bars from `begin` on, where a block begins; of a block at least.
 */
static inline double best_of_row(const struct stretch_lane *s, const struct price_ranges *ranges,
                                 int level, size_t begin)
{
    struct range_entry range = ranges->close.block[level - BLOCK_LEVEL][begin / BLOCK_BARS];
    return equity_at(s, s->units < 0 ? range.low : -range.minus_high);
}

/* Vectors side by side are quicker than rows of the table for bars that are near. */
enum { NEAR_LEVEL = 7, NEAR = 1 << NEAR_LEVEL };

static inline size_t whole_blocks(size_t bars) { return bars / BLOCK_BARS * BLOCK_BARS; }

/* At which of WIDTH bars equity is `least` at least, a bit each. */
VEC unsigned bars_from(const struct stretch_lane *s, size_t bar, double least)
{
    vd equity = splat(s->cash) + splat(s->units) * load(s->close + bar);
    return bits(ge(equity, splat(least)));
}

/* The first bar of begin … end-1 at which equity is `least` at least; `end`: there is none. */
static inline size_t first_near(const struct stretch_lane *s, size_t begin, size_t end,
                                double least)
{
    for (; begin + WIDTH <= end; begin += WIDTH) {
        unsigned found = bars_from(s, begin, least);
        if (found)
            return begin + (size_t)__builtin_ctz(found);
    }
    while (begin < end && equity_at(s, s->close[begin]) < least)
        begin++;
    return begin;
}

/* One behind the last such bar; `begin`: there is none. */
static inline size_t behind_last_near(const struct stretch_lane *s, size_t begin, size_t end,
                                      double least)
{
    for (; begin + WIDTH <= end; end -= WIDTH) {
        unsigned found = bars_from(s, end - WIDTH, least);
        if (found)
            return end - WIDTH + 32 - (size_t)__builtin_clz(found);
    }
    while (begin < end && equity_at(s, s->close[end - 1]) < least)
        end--;
    return end;
}

/* The last bar of begin … end-1 at which equity is the best of them, `best`: the bars behind it are
 * left out by powers of two. Steps that depend on prices are selects: no processor foresees them.
 */
static inline size_t last_at(const struct stretch_lane *s, const struct price_ranges *ranges,
                             size_t begin, size_t end, double best)
{
    bool far = end - begin > NEAR && ranges->close.has_rows;
    size_t near = far ? whole_blocks(end - NEAR + BLOCK_BARS - 1) : begin;
    size_t behind = behind_last_near(s, near, end, best);
    if (behind > near)
        return behind - 1;
    end = near;
    for (int level = range_level(end - begin); level >= NEAR_LEVEL; level--) {
        size_t width = (size_t)1 << level;
        if (end - begin > width)
            end = best_of_row(s, ranges, level, end - width) < best ? end - width : end;
    }
    return behind_last_near(s, begin, end, best) - 1;
}

/* The first bar of begin … end-1 at which equity is `least` at least; there is one, most often
 * soon: bars before it are left out by growing powers of two, then by falling ones. */
static inline size_t first_from(const struct stretch_lane *s, const struct price_ranges *ranges,
                                size_t begin, size_t end, double least)
{
    bool far = end - begin > NEAR && ranges->close.has_rows;
    size_t near = far ? whole_blocks(begin + NEAR) : end;
    size_t first = first_near(s, begin, near, least);
    if (first < near)
        return first;
    int level = NEAR_LEVEL;
    begin = near;
    while (end - begin >= (size_t)1 << level && best_of_row(s, ranges, level, begin) < least)
        begin += (size_t)1 << level++;
    while (level-- > NEAR_LEVEL) {
        size_t width = (size_t)1 << level;
        if (end - begin > width)
            begin = best_of_row(s, ranges, level, begin) < least ? begin + width : begin;
    }
    return first_near(s, begin, end, least);
}

/* How long equity has been below its peak, in bars, and at most. */
struct below_peak {
    double peak;
    size_t now, longest;
};

static inline void stay_below(struct below_peak *b, size_t bars)
{
    b->now += bars;
    b->longest = b->now > b->longest ? b->now : b->longest;
}

/* Bar by bar, by selects: in the first bars of a window a new peak comes often. */
static inline void walk_below(const struct stretch_lane *s, size_t begin, size_t end,
                              struct below_peak *b)
{
    struct below_peak w = *b;
    for (size_t t = begin; t < end; t++) {
        double equity = equity_at(s, s->close[t]);
        w.now = equity >= w.peak ? 0 : w.now + 1;
        w.longest = w.now > w.longest ? w.now : w.longest;
        w.peak = equity >= w.peak ? equity : w.peak;
    }
    *b = w;
}

/*
 * From a peak on, or below one: the longest time below before bar `end`, which is at a peak. Peaks
 * that follow each other within the longest time known cannot make it longer, so of each such
 * stretch only the last one is found; behind it the next peak is.
 */
static inline size_t longest_before(const struct stretch_lane *s, const struct price_ranges *ranges,
                                    size_t end, struct below_peak b)
{
    enum { FEW = 16 }; /* bars */
    for (size_t t = s->begin; b.now + (end - t) > b.longest;) {
        size_t room = b.longest - b.now + 1; /* a peak among so many bars makes nothing longer */
        bool next = room < FEW;              /* it is the next that counts, else the last of them */
        size_t stop = next ? end : t + room;
        if (next && b.now < FEW) {
            stop = t + FEW < end ? t + FEW : end;
            walk_below(s, t, stop, &b);
            t = stop;
            continue;
        }
        double best = best_equity(s, ranges, t, stop);
        if (best < b.peak) {
            stay_below(&b, stop - t);
            t = stop;
        } else if (next) {
            size_t first = first_from(s, ranges, t, stop, b.peak);
            stay_below(&b, first - t);
            b = (struct below_peak){equity_at(s, s->close[first]), 0, b.longest};
            t = first + 1;
        } else {
            t = last_at(s, ranges, t, stop, best) + 1;
            b = (struct below_peak){best, 0, b.longest};
            stay_below(&b, stop - t); /* no longer than the room */
            t = stop;
        }
    }
    return b.longest;
}

/*
 * A lane whose equity comes up to `peak` or beyond, perhaps often, and at most to `most`: how long
 * it was below at most, and since the last time. Behind its last bar at `most` it stays below, most
 * often so long that what was before does not matter. Returns that bar.
 */
static __attribute__((noinline)) size_t settle_below(const struct desk *desk, struct portfolio *q,
                                                     const struct stretch_lanes *stretch,
                                                     double peak, double most, unsigned l)
{
    const struct stretch_lane s = lane_of(desk, q, stretch, l);
    const struct price_ranges *ranges = desk->tile->ranges;
    size_t last = last_at(&s, ranges, s.begin, s.end, most), since = s.end - 1 - last;
    struct below_peak b = {peak, (size_t)q->below_peak[l], (size_t)q->longest_below[l]};
    b.longest = since > b.longest ? since : b.longest;
    q->below_peak[l] = (double)since;
    q->longest_below[l] = (double)longest_before(&s, ranges, last, b);
    return last;
}

#endif
