/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marking to market over a stretch of bars in which a lane neither trades nor decides,
 * from the lowest and highest close alone; every lane has a stretch of its own.
 *
 * For constant cash and units the rounded equity cash + units*price never falls as the
 * price rises (or never rises, for a short), so its extremes over a stretch are exactly
 * those at the extremes of the price. peak - lowest equity bounds every difference of the
 * stretch; where it stays within the threshold (mark.h), or within maximum*(1 - 2^-50) of
 * the new peak, no bar can be a new maximum of drawdown. Where it does not: one division if
 * the peak stands; else the stretch is halved until one of these holds.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_STRETCH_H
#define ADMF_KERNELS_PORTFOLIO_STRETCH_H

#include "kernels/portfolio/mark.h"

/* A stretch of each lane: bars begin … end-1 of the tile, and the close's extremes. */
struct stretch_lanes {
    vd begin, end, lowest, highest;
};

/* The range of lane l, whose stretch is bars begin … end-1. Of none, any price will do. */
static inline void find_range(const struct price_ranges *ranges, struct stretch_lanes *s,
                              unsigned l, size_t begin, size_t end)
{
    if (begin >= end)
        return;
    struct price_range range = range_of(&ranges->close, begin, end);
    s->lowest[l] = range.low;
    s->highest[l] = range.high;
}

/* One lane's numbers, for what is done lane by lane. */
struct stretch_lane {
    const double *close;
    double cash, units;
    size_t begin, end;
};

static inline struct stretch_lane lane_of(const struct desk *desk, const struct portfolio *q,
                                          const struct stretch_lanes *s, unsigned l)
{
    return (struct stretch_lane){.close = desk->tile->close,
                                 .cash = q->cash[l],
                                 .units = q->units[l],
                                 .begin = (size_t)s->begin[l],
                                 .end = (size_t)s->end[l]};
}

static inline double equity_at(const struct stretch_lane *s, double price)
{
    return s->cash + s->units * price;
}

/* The closes that are best and worst for the position. */
static inline double best_price(const struct stretch_lane *s, const struct price_ranges *ranges,
                                size_t begin, size_t end)
{
    return s->units < 0 ? lowest(&ranges->close, begin, end) : highest(&ranges->close, begin, end);
}

static inline double worst_price(const struct stretch_lane *s, const struct price_ranges *ranges,
                                 size_t begin, size_t end)
{
    return s->units < 0 ? highest(&ranges->close, begin, end) : lowest(&ranges->close, begin, end);
}

/* What a lane's drawdown is known by while its stretch is searched. */
struct depth {
    double peak, deepest, threshold;
};

/* Equity is `difference` below the peak: perhaps deeper than ever. */
static inline void look_deeper(struct depth *d, double difference)
{
    double drawdown = difference / d->peak;
    d->deepest = drawdown > d->deepest ? drawdown : d->deepest;
    d->threshold = safe_threshold(difference, d->deepest, d->peak);
}

/*
 * Peak and deepest drawdown over bars begin … end-1 by halves: a part whose bounds show no
 * deeper drawdown is done, a short one is walked. Equity is positive throughout.
 */
static void search_drawdown(const struct stretch_lane *s, const struct price_ranges *ranges,
                            size_t begin, size_t end, struct depth *d)
{
    enum { SHORT = 32 }; /* bars: bounds of their parts would take longer */
    double least = equity_at(s, worst_price(s, ranges, begin, end));
    double most = equity_at(s, best_price(s, ranges, begin, end));
    double peak = most > d->peak ? most : d->peak, difference = peak - least;
    double bound = (d->deepest * JUST_BELOW_ONE) * peak;
    if (difference <= d->threshold || difference <= bound) {
        d->peak = peak;
    } else if (most <= d->peak) {
        look_deeper(d, difference);
    } else if (end - begin <= SHORT) {
        for (size_t t = begin; t < end; t++) {
            double equity = equity_at(s, s->close[t]);
            d->peak = equity > d->peak ? equity : d->peak;
            if (d->peak - equity > d->threshold)
                look_deeper(d, d->peak - equity);
        }
    } else {
        size_t middle = begin + (end - begin) / 2;
        search_drawdown(s, ranges, begin, middle, d);
        search_drawdown(s, ranges, middle, end, d);
    }
}

static __attribute__((noinline)) void deepen(const struct desk *desk, struct portfolio *q,
                                             const struct stretch_lanes *stretch, double peak,
                                             unsigned l)
{
    struct stretch_lane s = lane_of(desk, q, stretch, l);
    struct depth d = {peak, q->max_drawdown[l], q->threshold[l]};
    search_drawdown(&s, desk->tile->ranges, s.begin, s.end, &d);
    q->max_drawdown[l] = d.deepest;
    q->threshold[l] = d.threshold;
}

/*
 * Bar by bar, as mark_quiet, to the bar at which the lane goes bankrupt, which is returned;
 * equity is 0 from there on.
 */
static __attribute__((noinline)) size_t go_bankrupt(const struct desk *desk, struct portfolio *q,
                                                    const struct stretch_lanes *stretch, unsigned l)
{
    const struct lane_tile *tile = desk->tile;
    struct stretch_lane s = lane_of(desk, q, stretch, l);
    double peak = q->peak[l], below = q->below_peak[l], longest = q->longest_below[l], equity;
    size_t t = s.begin;
    for (; (equity = equity_at(&s, s.close[t])) > 0; t++) {
        peak = equity > peak ? equity : peak;
        below = equity < peak ? below + 1 : 0;
        longest = below > longest ? below : longest;
    }
    below += (double)(s.end - t);
    q->peak[l] = peak;
    q->below_peak[l] = below;
    q->longest_below[l] = below > longest ? below : longest;
    settle_bankruptcy(desk, q, mask_of(1u << l), splat(equity),
                      splat((double)(tile->window_bar + (t - tile->begin))));
    return t;
}

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
enum { NEAR_LEVEL = 6, NEAR = 1 << NEAR_LEVEL };

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
 * A lane whose equity comes up to `peak` or beyond, perhaps often: how long it was below at most,
 * and since the last time. Peaks that follow each other within the longest time below cannot make
 * it longer, so of each such stretch only the last one is found; behind it the next peak is.
 */
static __attribute__((noinline)) void settle_below(const struct desk *desk, struct portfolio *q,
                                                   const struct stretch_lanes *stretch, double peak,
                                                   unsigned l)
{
    enum { FEW = 16 }; /* bars */
    const struct stretch_lane s = lane_of(desk, q, stretch, l);
    const struct price_ranges *ranges = desk->tile->ranges;
    struct below_peak b = {peak, (size_t)q->below_peak[l], (size_t)q->longest_below[l]};
    for (size_t t = s.begin; t < s.end;) {
        size_t room = b.longest - b.now + 1; /* a peak among so many bars makes nothing longer */
        bool next = room < FEW;              /* it is the next that counts, else the last of them */
        size_t end = next || room > s.end - t ? s.end : t + room;
        if (next && b.now < FEW) {
            end = t + FEW < s.end ? t + FEW : s.end;
            walk_below(&s, t, end, &b);
            t = end;
            continue;
        }
        double best = best_equity(&s, ranges, t, end);
        if (best < b.peak) {
            stay_below(&b, end - t);
            t = end;
        } else if (next) {
            size_t first = first_from(&s, ranges, t, end, b.peak);
            stay_below(&b, first - t);
            b = (struct below_peak){equity_at(&s, s.close[first]), 0, b.longest};
            t = first + 1;
        } else {
            t = last_at(&s, ranges, t, end, best) + 1;
            b = (struct below_peak){best, 0, b.longest};
            stay_below(&b, end - t); /* no longer than the room */
            t = end;
        }
    }
    q->below_peak[l] = (double)b.now;
    q->longest_below[l] = (double)b.longest;
}

/*
 * Lanes m over their stretches, none of them empty. bankrupt_bar[l] becomes the bar of the
 * tile at which a lane went bankrupt.
 */
VEC void mark_stretch(const struct desk *desk, struct portfolio *q, vm m,
                      const struct stretch_lanes *s, double *bankrupt_bar)
{
    vd at_lowest = q->cash + q->units * s->lowest, at_highest = q->cash + q->units * s->highest;
    vd least = smaller(at_lowest, at_highest), most = larger(at_lowest, at_highest);
    vd before = q->peak, peak = sel(m, larger(most, before), before), difference = peak - least;
    vm top = both(m, ge(most, before)), deep = both(m, gt(difference, q->threshold));
    vm broke = none();
    if (__builtin_expect(any(deep), 0)) {
        /* Drawdown 1 is the deepest there is, so a bankrupt lane needs no other. */
        broke = both(deep, le(least, splat(0)));
        vm rises = without(both(deep, gt(peak, before)), broke);
        new_drawdown(q, without(without(deep, rises), broke), difference);
        vm deeper = both(rises, gt(difference, (q->max_drawdown * JUST_BELOW_ONE) * peak));
        FOR_LANES(desk, deeper, lane)
        {
            unsigned l = lane - (unsigned)desk->lane;
            deepen(desk, q, s, before[l], l);
        }
        FOR_LANES(desk, broke, lane)
        {
            unsigned l = lane - (unsigned)desk->lane;
            bankrupt_bar[l] = (double)go_bankrupt(desk, q, s, l);
        }
    }
    vm under = without(without(m, top), broke);
    /* Without a position every bar of the stretch is at the peak, or none. */
    top = without(top, broke);
    vm rests = both(top, eq(q->units, splat(0)));
    vd below = q->below_peak + (s->end - s->begin);
    q->below_peak = sel(under, below, sel(rests, splat(0), q->below_peak));
    q->longest_below = sel(under, larger(below, q->longest_below), q->longest_below);
    q->peak = sel(broke, q->peak, peak);
    FOR_LANES(desk, without(top, rests), lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        settle_below(desk, q, s, before[l], l);
    }
}

#endif
