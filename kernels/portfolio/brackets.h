/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions of lanes that jump may end before their next order. Stops and targets follow from
 * the entry's price, so the range of the lows and highs says whether one does, and only then
 * the bar is searched; the bars of a holding from the entry's bar. What happens there is the
 * same code as bar by bar (exits.h).
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

/* What a stretch may end a position by. */
struct position_ends {
    vm listed;      /* lanes that have the stretch */
    vm entered;     /* whose position the open of its first bar bought */
    vm orders;      /* that have an order behind it */
    vd tests_begin; /* first bar of the tile at which the position is tested */
    vd to_window;   /* from bars of the tile to those of the window */
};

/* Bars of the tile at which prices end the positions of lanes m; infinity: never. */
VEC vd level_bars(const struct desk *desk, const struct portfolio *q, vm m,
                  const struct lane_exit *exit, vd tests_begin)
{
    vm is_long = gt(q->units, splat(0));
    vd lowest_low = load(exit->lowest + desk->lane),
       highest_high = load(exit->highest + desk->lane);
    vd low = sel(is_long, lowest_low, -highest_high),
       high = sel(is_long, highest_high, -lowest_low);
    struct exit_levels levels = exit_levels(desk, q);
    vm hit = both(m, either(le(low, levels.stop), ge(high, levels.target)));
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

/* Lanes m leave at the levels of their bars, if they still hold anything. */
VEC void leave_at_levels(const struct desk *desk, struct portfolio *q, vm m, vd bar, vm at_open,
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

/* Lanes whose order behind the stretch fills at a close. */
VEC vm orders_at_close(const struct desk *desk, const struct lane_exit *exit, vm orders)
{
    if (desk->shape->fill != FILL_NEXT_OPEN)
        return orders;
    return desk->shape->flat_at ? both(orders, set(load(exit->flat + desk->lane))) : none();
}

/*
 * Lanes m that still hold anything leave at the closes of their bars; lanes `merged` do so with
 * an order that fills there.
 */
VEC void leave_in_time(const struct desk *desk, struct portfolio *q, vm m, vd bar, vm merged,
                       vd to_window)
{
    const struct lane_tile *tile = desk->tile;
    m = both(m, ne(q->units, splat(0)));
    q->time_exits = plus_one(q->time_exits, m);
    m = without(m, merged);
    if (!any(m))
        return;
    double close[WIDTH];
    vd at = sel(m, bar, splat((double)tile->begin));
    for (int l = 0; l < WIDTH; l++)
        close[l] = tile->close[(size_t)at[l]];
    close_position(desk, q, m, load(close), none(), at + to_window);
}

/* Lanes whose positions end at the close of a bar, `held` by now; *leaves: that bar. */
VEC vm time_ends(const struct desk *desk, const struct portfolio *q, vm held,
                 const struct stretch_lanes *s, const struct lane_exit *exit,
                 const struct position_ends *ends, vd *leaves)
{
    vd due = splat(INFINITY);
    if (desk->shape->flat_at)
        due = sel(both(ends->orders, set(load(exit->flat + desk->lane))), s->end, due);
    if (desk->shape->has_holding)
        due = smaller(holding_end(desk, q) - ends->to_window, due);
    /* What a bar's prices do comes before its close. */
    vm timed = both(both(held, lt(due, load(exit->end + desk->lane))), lt(due, *leaves));
    *leaves = sel(timed, due, *leaves);
    return timed;
}

/*
 * A stretch of every lane, in which its position may end: up to there, the exit, the rest.
 */
VEC void mark_bracket(const struct desk *desk, struct portfolio *q, const struct stretch_lanes *s,
                      struct lane_exit *exit, const struct position_ends *ends,
                      double *bankrupt_bar)
{
    const struct shape *shape = desk->shape;
    vm held = both(ends->listed, ne(q->units, splat(0))), timed = none();
    vd leaves = splat(INFINITY);
    if (shape->has_exits)
        leaves = level_bars(desk, q, held, exit, ends->tests_begin);
    if (shape->has_holding || shape->flat_at)
        timed = time_ends(desk, q, held, s, exit, ends, &leaves);
    vm out = lt(leaves, splat(INFINITY)), early = both(out, lt(leaves, s->end));
    struct stretch_lanes part = *s;
    store(exit->bar + desk->lane, leaves);
    part.end = sel(early, leaves, s->end);
    FOR_LANES(desk, early, lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t begin = (size_t)s->begin[l], end = (size_t)leaves[l];
        if (begin < end) {
            part.lowest[l] = lowest(&desk->tile->ranges->lowest_close, begin, end);
            part.highest[l] = highest(&desk->tile->ranges->highest_close, begin, end);
        }
    }
    mark_stretch(desk, q, lt(part.begin, part.end), &part, bankrupt_bar);
    if (!any(out))
        return;
    if (shape->has_exits)
        leave_at_levels(desk, q, without(out, timed), leaves,
                        both(ends->entered, eq(leaves, s->begin)), ends->to_window);
    if (any(timed))
        leave_in_time(desk, q, timed, leaves,
                      without(orders_at_close(desk, exit, ends->orders), early), ends->to_window);
    store(exit->cash + desk->lane, q->cash);
    part.begin = part.end;
    part.end = s->end;
    /* Without a position any price will do. */
    mark_stretch(desk, q, both(early, lt(part.begin, part.end)), &part, bankrupt_bar);
}

#endif
