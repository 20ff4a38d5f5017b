/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marking to market over a stretch of bars in which a lane neither trades nor decides,
 * from the lowest and highest close alone.
 *
 * peak - lowest equity bounds every difference of the stretch; where it stays within the
 * threshold (mark.h), or within maximum*(1 - 2^-50) of the new peak, no bar can be a new
 * maximum of drawdown. Where it does not: one division if the peak stands; else one for the bars
 * behind the new peak, and what is before it is halved until one of these holds, or is short and
 * walked.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_STRETCH_H
#define ADMF_KERNELS_PORTFOLIO_STRETCH_H

#include "kernels/portfolio/below_peak.h"
#include "kernels/portfolio/mark.h"

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
    struct price_range range = range_of(&ranges->close, begin, end);
    double at_low = equity_at(s, range.low), at_high = equity_at(s, range.high);
    double least = at_low < at_high ? at_low : at_high, most = at_low < at_high ? at_high : at_low;
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

/*
 * The deepest drawdown of a lane that rises from `peak` to `most`, at bar `last` for the last time.
 * Behind it the deepest point is at the worst price, which few bars before it then come near.
 */
static __attribute__((noinline)) void deepen(const struct desk *desk, struct portfolio *q,
                                             const struct stretch_lanes *stretch, double peak,
                                             double most, size_t last, unsigned l)
{
    const struct price_ranges *ranges = desk->tile->ranges;
    struct stretch_lane s = lane_of(desk, q, stretch, l);
    struct price_range behind = range_of(&ranges->close, last, s.end);
    double difference = most - equity_at(&s, s.units < 0 ? behind.high : behind.low);
    struct depth after = {.peak = most, .deepest = q->max_drawdown[l]};
    look_deeper(&after, difference);
    struct depth before = {peak, after.deepest, q->threshold[l]};
    if (s.begin < last)
        search_drawdown(&s, ranges, s.begin, last, &before);
    q->max_drawdown[l] = before.deepest;
    q->threshold[l] = safe_threshold(difference, before.deepest, most);
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
    vm broke = none(), deeper = none();
    if (__builtin_expect(any(deep), 0)) {
        /* Drawdown 1 is the deepest there is, so a bankrupt lane needs no other. */
        broke = both(deep, le(least, splat(0)));
        vm rises = without(both(deep, gt(peak, before)), broke);
        new_drawdown(q, without(without(deep, rises), broke), difference);
        deeper = both(rises, gt(difference, (q->max_drawdown * JUST_BELOW_ONE) * peak));
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
        size_t last = settle_below(desk, q, s, before[l], most[l], l);
        if (bits(deeper) >> l & 1)
            deepen(desk, q, s, before[l], most[l], last, l);
    }
}

#endif
