/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stops and targets of lanes that jump. The levels follow from the entry's price, so the
 * range of the lows and highs says whether a stretch ends early, and only then the bar is
 * searched; what happens there is the same code as bar by bar (exits.h).
 */
#ifndef ADMF_KERNELS_PORTFOLIO_BRACKETS_H
#define ADMF_KERNELS_PORTFOLIO_BRACKETS_H

#include "kernels/portfolio/exits.h"
#include "kernels/portfolio/stretch.h"

/* Whether any of bars begin … end-1 reaches the levels, given mirrored for a short. */
static inline bool reaches(const struct price_ranges *ranges, bool is_long, double stop,
                           double target, size_t begin, size_t end)
{
    double low = lowest(&ranges->lowest_low, begin, end);
    double high = highest(&ranges->highest_high, begin, end);
    return is_long ? low <= stop || high >= target : -high <= stop || -low >= target;
}

/* The first of bars begin … end-1 that does; end if none. */
static __attribute__((noinline)) size_t first_reached(const struct price_ranges *ranges,
                                                      bool is_long, double stop, double target,
                                                      size_t begin, size_t end)
{
    if (begin >= end || !reaches(ranges, is_long, stop, target, begin, end))
        return end;
    while (end - begin > 1) {
        size_t middle = begin + (end - begin) / 2;
        if (reaches(ranges, is_long, stop, target, begin, middle))
            end = middle;
        else
            begin = middle;
    }
    return begin;
}

/* Bars of the tile at which lanes leave their positions within their tests; infinity: never. */
VEC vd exit_bars(const struct desk *desk, const struct portfolio *q, vm m,
                 const struct lane_exit *exit, vd tests_begin)
{
    vd zero = splat(0);
    vm is_long = gt(q->units, zero);
    vd lowest_low = load(exit->lowest + desk->lane),
       highest_high = load(exit->highest + desk->lane);
    vd low = sel(is_long, lowest_low, -highest_high),
       high = sel(is_long, highest_high, -lowest_low);
    struct exit_levels levels = exit_levels(desk, q);
    vm hit =
        both(both(m, ne(q->units, zero)), either(le(low, levels.stop), ge(high, levels.target)));
    vd bar = splat(INFINITY);
    FOR_LANES(desk, hit, lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t end = (size_t)exit->end[lane];
        size_t found = first_reached(desk->tile->ranges, q->units[l] > 0, levels.stop[l],
                                     levels.target[l], (size_t)tests_begin[l], end);
        if (found < end)
            bar[l] = (double)found;
    }
    return bar;
}

/* Lanes m leave at their bars, if they still hold anything. */
VEC void leave_positions(const struct desk *desk, struct portfolio *q, vm m, vd bar, vm at_open,
                         vd to_window)
{
    const struct lane_tile *tile = desk->tile;
    double open[WIDTH], low[WIDTH], high[WIDTH];
    vd at = sel(m, bar, splat((double)tile->begin));
    for (int l = 0; l < WIDTH; l++) {
        size_t t = (size_t)at[l];
        open[l] = tile->open[t];
        low[l] = tile->low[t];
        high[l] = tile->high[t];
    }
    struct tested_bar prices = {load(open), load(low), load(high)};
    protective_exits(desk, q, m, &prices, at_open, at + to_window);
}

/*
 * A stretch of every lane; lanes m may hold positions with stops and targets. Up to the exit
 * where there is one, the exit, the rest. `entered` are the lanes whose position the open of the
 * stretch's first bar bought.
 */
VEC void mark_bracket(const struct desk *desk, struct portfolio *q, vm m,
                      const struct stretch_lanes *s, struct lane_exit *exit, vd tests_begin,
                      vm entered, vd to_window, double *bankrupt_bar)
{
    vd leaves = exit_bars(desk, q, m, exit, tests_begin);
    vm out = lt(leaves, splat(INFINITY)), early = both(out, lt(leaves, s->end));
    struct stretch_lanes held = *s;
    store(exit->bar + desk->lane, leaves);
    held.end = sel(early, leaves, s->end);
    FOR_LANES(desk, early, lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t begin = (size_t)s->begin[l], end = (size_t)leaves[l];
        if (begin < end) {
            held.lowest[l] = lowest(&desk->tile->ranges->lowest_close, begin, end);
            held.highest[l] = highest(&desk->tile->ranges->highest_close, begin, end);
        }
    }
    mark_stretch(desk, q, lt(held.begin, held.end), &held, bankrupt_bar);
    if (!any(out))
        return;
    leave_positions(desk, q, out, leaves, both(entered, eq(leaves, s->begin)), to_window);
    store(exit->cash + desk->lane, q->cash);
    held.begin = held.end;
    held.end = s->end;
    /* Without a position any price will do. */
    mark_stretch(desk, q, both(early, lt(held.begin, held.end)), &held, bankrupt_bar);
}

#endif
