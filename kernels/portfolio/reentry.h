/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes that jump and order again at once after an exit. What is listed are the changes of the
 * signal; how often a position comes back between two of them only its exits tell. So each
 * lane goes on to its next event when it has no exit left before it, whatever event the others
 * are at.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_REENTRY_H
#define ADMF_KERNELS_PORTFOLIO_REENTRY_H

#include "kernels/portfolio/brackets.h"
#include "kernels/portfolio/jump_orders.h"

/* What lanes go through a tile with. */
struct course {
    vd count, begin, end; /* events; first bar; where the stretch behind the last event ends */
    size_t events;        /* the most of any lane */
    vd to_window;
    vm filled;  /* lanes that an order of the tile before filled for, at the first bar */
    vm entered; /* of them, those whose trade began there */
};

/* Where each lane is. */
struct place {
    vm open;             /* lanes that are not through yet */
    vm whole;            /* whose stretch is as listed: it begins at an event */
    vd signal;           /* over the stretch */
    vd begin;            /* of the stretch */
    vd tests_begin;      /* first bar at which what is held then is tested */
    size_t event[WIDTH]; /* that ends it */
};

/* A stretch as if it had been listed, up to the next event or the end of the tile. */
struct next_stretch {
    struct stretch_lanes stretch;
    struct lane_exit exit;
    struct order_at order; /* behind it, of lanes `has_order` */
    vm has_order;
};

/* Of lanes that have come back since their last event, what the list does not have. */
VEC void look_up(const struct desk *desk, const struct place *place, struct next_stretch *next)
{
    const struct price_ranges *ranges = desk->tile->ranges;
    FOR_LANES(desk, without(place->open, place->whole), lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t begin = (size_t)place->begin[l], end = (size_t)next->stretch.end[l];
        find_range(ranges, &next->stretch, l, begin, end);
        begin = (size_t)place->tests_begin[l];
        end = (size_t)next->exit.end[lane];
        next->exit.begin[lane] = place->tests_begin[l];
        if (desk->shape->has_exits) {
            struct price_range tested = range_or_none(&ranges->traded, begin, end);
            next->exit.lowest[lane] = tested.low;
            next->exit.highest[lane] = tested.high;
        }
    }
}

VEC void find_next(const struct desk *desk, const struct event_scratch *scratch,
                   const struct course *course, const struct place *place,
                   struct next_stretch *next)
{
    double bar[WIDTH], price[WIDTH], direction[WIDTH], low[WIDTH], high[WIDTH], has[WIDTH];
    for (int l = 0; l < WIDTH; l++) {
        int lane = desk->lane + l;
        const struct lane_event *event = &scratch->event[place->event[l]];
        const struct lane_exit *exit = &scratch->exit[place->event[l]];
        has[l] = (double)place->event[l] < course->count[l];
        bar[l] = event->bar[lane];
        price[l] = event->price[lane];
        direction[l] = event->direction[lane];
        low[l] = event->lowest[lane];
        high[l] = event->highest[lane];
        next->exit.begin[lane] = exit->begin[lane];
        next->exit.end[lane] = exit->end[lane];
        next->exit.lowest[lane] = exit->lowest[lane];
        next->exit.highest[lane] = exit->highest[lane];
        next->exit.flat[lane] = exit->flat[lane];
    }
    next->has_order = both(place->open, set(load(has)));
    next->order = (struct order_at){load(bar), load(price), load(direction)};
    vd end = sel(next->has_order, next->order.bar, course->end);
    next->stretch = (struct stretch_lanes){.begin = place->begin,
                                           .end = sel(place->open, end, place->begin),
                                           .lowest = load(low),
                                           .highest = load(high)};
    look_up(desk, place, next);
}

/*
 * Bars of the tile at which lanes that leave order again what they had: their signal is still the
 * same at the close that decides. Infinity: they do not.
 */
VEC vd return_bars(const struct desk *desk, const struct next_stretch *next,
                   const struct left_at *left)
{
    const struct shape *shape = desk->shape;
    bool at_close = shape->fill == FILL_CLOSE;
    /* A time exit leaves its direction alone at its own close. */
    vd bar = left->bar + (at_close ? flag(left->timed) : splat(1));
    /* A position that comes back at the open may still end with the day. */
    vd before = next->order.bar;
    if (shape->fill == FILL_NEXT_OPEN && shape->flat_at)
        before = before + load(next->exit.flat + desk->lane);
    before = sel(next->has_order, before, splat((double)desk->tile->end + !at_close));
    return sel(both(left->out, lt(bar, before)), bar, splat(INFINITY));
}

/* Ends the stretches of lanes m at the bars at which they come back, with an order. */
VEC void order_again(const struct desk *desk, vm m, vd bar, vd signal, struct next_stretch *next)
{
    const struct lane_tile *tile = desk->tile;
    struct stretch_lanes *stretch = &next->stretch;
    struct order_at *order = &next->order;
    const double *column = desk->shape->fill == FILL_NEXT_OPEN ? tile->open : tile->close;
    stretch->end = sel(m, bar, stretch->end);
    order->bar = sel(m, bar, order->bar);
    order->direction = sel(m, signal, order->direction);
    FOR_LANES(desk, m, lane)
    {
        unsigned l = lane - (unsigned)desk->lane;
        size_t begin = (size_t)stretch->begin[l], end = (size_t)bar[l];
        order->price[l] = column[end];
        find_range(tile->ranges, stretch, l, begin, end);
    }
}

/* Lanes `again` have come back, the others had their order, or are through. */
VEC void move_on(const struct desk *desk, struct place *place, const struct next_stretch *next,
                 vm again)
{
    vm passed = without(next->has_order, again);
    place->open = either(again, passed);
    place->whole = passed;
    place->signal = sel(passed, next->order.direction, place->signal);
    place->begin = next->stretch.end;
    place->tests_begin = next->stretch.end + (desk->shape->fill == FILL_NEXT_OPEN ? 0 : 1);
    FOR_LANES(desk, passed, lane) place->event[lane - (unsigned)desk->lane]++;
}

/* What lanes hold over a step, and where they leave it; lanes `orders` have an order behind it. */
VEC void note_step(const struct desk *desk, const struct portfolio *q, struct lane_step *step,
                   const struct next_stretch *next, const struct left_at *left, vm orders)
{
    int lane = desk->lane;
    store(step->cash + lane, q->cash);
    store(step->units + lane, q->units);
    store(step->end + lane, sel(orders, next->stretch.end, splat(INFINITY)));
    store(step->exit_bar + lane, left->bar);
}

/* All stretches of the tile; returns the orders of its last bar. */
VEC vd follow_again(const struct desk *desk, struct portfolio *q, struct event_scratch *scratch,
                    const struct course *course, double *bankrupt_bar)
{
    int lane = desk->lane;
    bool at_open = desk->shape->fill == FILL_NEXT_OPEN;
    vd tile_end = splat((double)desk->tile->end), left_orders = load(scratch->left + lane);
    struct place place = {.open = all(),
                          .whole = at_open ? all() : negate(course->filled),
                          .signal = q->wanted,
                          .begin = course->begin,
                          .tests_begin = course->begin};
    if (!at_open)
        place.tests_begin = course->begin + flag(course->filled);
    vm entered = course->entered;
    for (struct lane_step *step = scratch->step; any(place.open); step++) {
        struct next_stretch next;
        find_next(desk, scratch, course, &place, &next);
        struct position_ends ends = {.listed = place.open,
                                     .entered = entered,
                                     .orders = next.has_order,
                                     .tests_begin = place.tests_begin,
                                     .to_window = course->to_window};
        struct left_at left = find_exit(desk, q, &next.stretch, &next.exit, &ends);
        vd back = return_bars(desk, &next, &left);
        vm again = lt(back, tile_end), late = both(eq(back, tile_end), is_nan(left_orders));
        left_orders = sel(late, place.signal, left_orders);
        order_again(desk, again, back, place.signal, &next);
        vm orders = either(again, next.has_order);
        note_step(desk, q, step, &next, &left, orders);
        mark_bracket(desk, q, &next.stretch, &next.exit, &ends, &left, bankrupt_bar);
        store(step->exit_cash + lane, load(next.exit.cash + lane));
        entered = make_orders(desk, q, &next.order, orders, course->to_window);
        move_on(desk, &place, &next, again);
    }
    return left_orders;
}

#endif
