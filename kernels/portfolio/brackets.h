/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions of lanes that jump may end before their next order. Stops and targets follow from
 * the entry's price and the best one since, so the range of the lows and highs says whether one
 * does, and only then the bar is searched; the bars of a holding from the entry's bar. What happens
 * there is the same code as bar by bar (exits.h).
 */
#ifndef ADMF_KERNELS_PORTFOLIO_BRACKETS_H
#define ADMF_KERNELS_PORTFOLIO_BRACKETS_H

#include "kernels/portfolio/exits.h"
#include "kernels/portfolio/stretch.h"

/* Whether any of bars begin … end-1 reaches the levels, given mirrored for a short. */
static inline bool reaches(const struct price_ranges *ranges, bool is_long, double stop,
                           double target, size_t begin, size_t end)
{
    struct price_range range = range_of(&ranges->traded, begin, end);
    return is_long ? range.low <= stop || range.high >= target
                   : -range.high <= stop || -range.low >= target;
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

/* One lane's levels while its trailing stop is searched for, all mirrored for a short. */
struct trail {
    bool is_long;
    double fixed, least, factor; /* see stop_terms */
    double target;
    double best; /* since entry, before the bar in hand */
};

static inline double stop_from(const struct trail *x, double best)
{
    double trailing = (best > x->least ? best : x->least) * x->factor;
    return trailing > x->fixed ? trailing : x->fixed;
}

/*
 * The first of bars begin … end-1 that reaches the levels; end if none. The best price is left as
 * that bar finds it. The stop never falls, so bars whose lowest price stays above where all of
 * them leave it are passed over together.
 */
static __attribute__((noinline)) size_t first_trailed(const struct price_ranges *ranges,
                                                      struct trail *x, size_t begin, size_t end)
{
    for (size_t length = (end - begin + 1) / 2; begin < end;) {
        length = length < end - begin ? length : end - begin;
        struct price_range range = range_of(&ranges->traded, begin, begin + length);
        double down = x->is_long ? range.low : -range.high;
        double up = x->is_long ? range.high : -range.low;
        double best = up > x->best ? up : x->best;
        if (down > stop_from(x, length == 1 ? x->best : best) && !(up >= x->target)) {
            x->best = best;
            begin += length;
            length *= 2;
        } else if (length == 1) {
            return begin;
        } else {
            length /= 2;
        }
    }
    return end;
}

/* What a stretch may end a position by. */
struct position_ends {
    vm listed;      /* lanes that have the stretch */
    vm entered;     /* whose position the open of its first bar bought */
    vm orders;      /* that have an order behind it */
    vd tests_begin; /* first bar of the tile at which the position is tested */
    vd to_window;   /* from bars of the tile to those of the window */
};

/* Lows and highs of the bars at which each lane's position is tested. */
struct tested_range {
    vd low, high;
};

VEC struct tested_range tested_range(const struct desk *desk, vm m, const struct lane_exit *exit,
                                     vd tests_begin)
{
    const struct price_ranges *ranges = desk->tile->ranges;
    struct tested_range r = {load(exit->lowest + desk->lane), load(exit->highest + desk->lane)};
    if (!desk->shape->has_trail)
        return r; /* what it holds too much may be searched in vain */
    FOR_LANES(desk, both(m, ne(tests_begin, load(exit->begin + desk->lane))), lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t begin = (size_t)tests_begin[l], end = (size_t)exit->end[lane];
        struct price_range range = range_or_none(&ranges->traded, begin, end);
        r.low[l] = range.low;
        r.high[l] = range.high;
    }
    return r;
}

/* The bar at which prices end the position of lane l of the vector; infinity: none does. */
VEC double level_bar(const struct desk *desk, struct portfolio *q, const struct exit_levels *levels,
                     vd best_before, size_t begin, size_t end, unsigned l)
{
    const struct price_ranges *ranges = desk->tile->ranges;
    bool is_long = q->units[l] > 0;
    size_t found;
    if (desk->shape->has_trail) {
        struct stop_terms terms = stop_terms(desk, q, gt(q->units, splat(0)));
        struct trail trail = {.is_long = is_long,
                              .fixed = terms.fixed[l],
                              .least = terms.least[l],
                              .factor = terms.factor[l],
                              .target = levels->target[l],
                              .best = is_long ? best_before[l] : -best_before[l]};
        found = first_trailed(ranges, &trail, begin, end);
        q->best_price[l] = is_long ? trail.best : -trail.best;
    } else {
        found = first_reached(ranges, is_long, levels->stop[l], levels->target[l], begin, end);
    }
    return found < end ? (double)found : INFINITY;
}

/*
 * Bars of the tile at which prices end the positions of lanes m; infinity: never. Best prices
 * become those before the exit, or those of all tests.
 */
VEC vd level_bars(const struct desk *desk, struct portfolio *q, vm m, const struct lane_exit *exit,
                  vd tests_begin)
{
    vm is_long = gt(q->units, splat(0));
    struct tested_range range = tested_range(desk, m, exit, tests_begin);
    vd low = sel(is_long, range.low, -range.high), high = sel(is_long, range.high, -range.low);
    vd before = q->best_price, bar = splat(INFINITY);
    if (desk->shape->has_trail)
        q->best_price =
            sel(m, sel(is_long, larger(range.high, before), smaller(range.low, before)), before);
    struct exit_levels levels = exit_levels(desk, q);
    vm hit = both(m, either(le(low, levels.stop), ge(high, levels.target)));
    FOR_LANES(desk, hit, lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        bar[l] =
            level_bar(desk, q, &levels, before, (size_t)tests_begin[l], (size_t)exit->end[lane], l);
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
    after_exit(desk, q, m, sel(gt(q->units, splat(0)), splat(1), splat(-1)));
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

/* Where the positions of lanes `out` end within their stretches, by levels or in time. */
struct left_at {
    vd bar; /* of the tile; infinity: they do not */
    vm out, timed;
};

VEC struct left_at find_exit(const struct desk *desk, struct portfolio *q,
                             const struct stretch_lanes *s, const struct lane_exit *exit,
                             const struct position_ends *ends)
{
    const struct shape *shape = desk->shape;
    vm held = both(ends->listed, ne(q->units, splat(0)));
    struct left_at left = {.bar = splat(INFINITY), .timed = none()};
    if (shape->has_exits)
        left.bar = level_bars(desk, q, held, exit, ends->tests_begin);
    if (shape->has_holding || shape->flat_at)
        left.timed = time_ends(desk, q, held, s, exit, ends, &left.bar);
    left.out = lt(left.bar, splat(INFINITY));
    return left;
}

/* A stretch of every lane, in which its position may end: up to there, the exit, the rest. */
VEC void mark_bracket(const struct desk *desk, struct portfolio *q, const struct stretch_lanes *s,
                      struct lane_exit *exit, const struct position_ends *ends,
                      const struct left_at *left, double *bankrupt_bar)
{
    vm early = both(left->out, lt(left->bar, s->end));
    struct stretch_lanes part = *s;
    store(exit->bar + desk->lane, left->bar);
    part.end = sel(early, left->bar, s->end);
    FOR_LANES(desk, early, lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t begin = (size_t)s->begin[l], end = (size_t)left->bar[l];
        find_range(desk->tile->ranges, &part, l, begin, end);
    }
    mark_stretch(desk, q, lt(part.begin, part.end), &part, bankrupt_bar);
    if (!any(left->out))
        return;
    if (desk->shape->has_exits)
        leave_at_levels(desk, q, without(left->out, left->timed), left->bar,
                        both(ends->entered, eq(left->bar, s->begin)), ends->to_window);
    if (any(left->timed))
        leave_in_time(desk, q, left->timed, left->bar,
                      without(orders_at_close(desk, exit, ends->orders), early), ends->to_window);
    store(exit->cash + desk->lane, q->cash);
    part.begin = part.end;
    part.end = s->end;
    /* Without a position any price will do. */
    mark_stretch(desk, q, both(early, lt(part.begin, part.end)), &part, bankrupt_bar);
}

#endif
