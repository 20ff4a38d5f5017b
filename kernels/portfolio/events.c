/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios from order to order: the vector axis is the ordinal of the order, so lane l
 * makes its k-th order of the tile whatever bars the other lanes are at. For lanes whose
 * orders follow from the signals alone; what an order does to the books is the same code
 * as bar by bar (orders.h). Samples of equity are taken in a second pass.
 */
#include "kernels/portfolio/brackets.h"
#include "kernels/portfolio/changes.h"
#include "kernels/portfolio/orders.h"
#include "kernels/portfolio/stretch.h"

event_kernel KERNEL(events);

/* More changes a bar than this and walking is as fast. */
#define SPARSE (1.0 / 8)

/* Lists the events of every living lane; false where one cannot jump through this tile. */
static bool prepare(const struct lane_tile *tile, const struct lane_group *group,
                    struct event_scratch *scratch)
{
    const struct shape *shape = &group->shape;
    if (shape->has_exits && !tile->ranges->orderly)
        return false;
    double most = scratch->always ? INFINITY : (double)(tile->end - tile->begin) * SPARSE;
    for (int l = 0; l < LANES; l++) {
        if (group->state->alive[l] == 0)
            continue;
        if (group->state->pending[l] != 0 && shape->fill == FILL_NEXT_OPEN &&
            isnan(tile->open[tile->begin]))
            return false;
        struct change_source source = {.strategy = group->strategy[l],
                                       .up = group->up[l],
                                       .down = group->down[l],
                                       .may_long = group->may_long[l],
                                       .may_short = group->may_short[l],
                                       .data_bar = tile->data_bar,
                                       .bars = tile->end - tile->begin,
                                       .carry = group->state->wanted[l],
                                       .fill = shape->fill,
                                       .allow_short = shape->allow_short,
                                       .stops_short = shape->close_at_end && tile->last,
                                       .has_exits = shape->has_exits,
                                       .has_holding = shape->has_holding,
                                       .flat_at = shape->flat_at};
        if (!same_source(&source, &scratch->source[l])) {
            scratch->source[l] = source;
            scratch->fits[l] = list_events(tile, &source, scratch, most, l);
        }
        if (!scratch->fits[l])
            return false;
    }
    return true;
}

/* What an order's size is scaled by: of each lane's bar, `late` bars before that of its fill. */
VEC vd at_bars(const double *const *arrays, vd bar, double late)
{
    double values[WIDTH];
    for (int l = 0; l < WIDTH; l++)
        values[l] = arrays[l][(size_t)(bar[l] - late)];
    return load(values);
}

/* The orders of lanes m; returns those whose trade began with it. */
VEC vm make_orders(const struct desk *desk, struct portfolio *q, const struct lane_event *event,
                   vm m, vd bar)
{
    const struct lane_group *g = desk->group;
    const struct shape *shape = desk->shape;
    int lane = desk->lane;
    double late = shape->fill == FILL_CLOSE ? 0 : 1;
    vd first = splat((double)desk->tile->begin + late);
    vd at = sel(m, load(event->bar + lane), first);
    if (shape->flat_at) /* an order to 0 has no use for it; its bar may be the first */
        at = larger(at, first);
    struct order o = {.price = load(event->price + lane),
                      .direction = load(event->direction + lane),
                      .scale = splat(0),
                      .strength = splat(1)};
    if (shape->size_type == SIZE_VOLATILITY_TARGET || shape->size_type == SIZE_ATR_RISK)
        o.scale = at_bars(g->scale + lane, at, late);
    if (shape->scale_by_strength)
        o.strength = at_bars(g->strength + lane, at, late);
    q->wanted = sel(m, o.direction, q->wanted);
    vd before = q->units;
    fill_orders(desk, q, m, &o, bar);
    return begun(q, m, before);
}

/* Orders left by the tile before meet its first bar; returns lanes that had one. */
VEC vm fill_left(const struct desk *desk, struct portfolio *q, vd bar)
{
    const struct lane_tile *tile = desk->tile;
    vm m = set(q->pending);
    if (!any(m))
        return m;
    /* What a close takes away was tested in its bar before. */
    if (desk->shape->has_exits && desk->shape->fill == FILL_NEXT_CLOSE) {
        struct tested_bar prices = same_bar(tile, tile->begin);
        protective_exits(desk, q, m, &prices, none(), bar);
    }
    /* One that is due at the close of the fill is merged with it. */
    if (desk->shape->fill == FILL_NEXT_CLOSE) {
        vm due = none();
        if (desk->shape->has_holding)
            due = le(holding_end(desk, q), bar);
        if (desk->shape->flat_at && ends_day(tile, tile->begin)) {
            due = all();
            q->pending_direction = splat(0);
        }
        q->time_exits = plus_one(q->time_exits, both(both(m, due), ne(q->units, splat(0))));
    }
    const double *price = desk->shape->fill == FILL_NEXT_OPEN ? tile->open : tile->close;
    struct order o = {.price = splat(price[tile->begin]),
                      .direction = q->pending_direction,
                      .scale = q->pending_scale,
                      .strength = q->pending_strength};
    fill_orders(desk, q, m, &o, bar);
    q->pending = sel(m, splat(0), q->pending);
    return m;
}

/* Orders of the last bar wait for the next tile. */
VEC void leave_orders(const struct desk *desk, struct portfolio *q, vd left)
{
    const struct lane_group *g = desk->group;
    const struct shape *shape = desk->shape;
    vm m = both(set(q->alive), eq(left, left));
    if (!any(m))
        return;
    vd last = splat((double)(desk->tile->end - 1)), scale = splat(0), strength = splat(1);
    if (shape->size_type == SIZE_VOLATILITY_TARGET || shape->size_type == SIZE_ATR_RISK)
        scale = at_bars(g->scale + desk->lane, last, 0);
    if (shape->scale_by_strength)
        strength = at_bars(g->strength + desk->lane, last, 0);
    q->wanted = sel(m, left, q->wanted);
    q->pending = sel(m, splat(1), q->pending);
    q->pending_direction = sel(m, left, q->pending_direction);
    q->pending_scale = sel(m, scale, q->pending_scale);
    q->pending_strength = sel(m, strength, q->pending_strength);
}

/* Where each lane is among its events while the samples are taken. */
struct holdings {
    vd cash, units;
    size_t until; /* the first bar at which some lane holds something else */
    size_t event[WIDTH];
};

VEC void hold(const struct desk *desk, const struct event_scratch *scratch, const vd *count,
              size_t bar, const double *bankrupt_bar, struct holdings *h)
{
    double cash[WIDTH], units[WIDTH], first = (double)desk->tile->end;
    for (int l = 0; l < WIDTH; l++) {
        int lane = desk->lane + l;
        size_t n = (size_t)(*count)[l];
        while (h->event[l] < n && scratch->event[h->event[l]].bar[lane] <= (double)bar)
            h->event[l]++;
        const struct lane_event *event = &scratch->event[h->event[l]];
        cash[l] = event->cash[lane];
        units[l] = event->units[lane];
        double until = h->event[l] < n ? event->bar[lane] : INFINITY;
        if (ends_early(desk->shape)) {
            const struct lane_exit *exit = &scratch->exit[h->event[l]];
            bool left = exit->bar[lane] <= (double)bar;
            cash[l] = left ? exit->cash[lane] : cash[l];
            units[l] = left ? 0 : units[l];
            until = !left && exit->bar[lane] < until ? exit->bar[lane] : until;
        }
        bool gone = bankrupt_bar[l] <= (double)bar;
        cash[l] = gone ? 0 : cash[l];
        units[l] = gone ? 0 : units[l];
        until = gone ? INFINITY : bankrupt_bar[l] < until ? bankrupt_bar[l] : until;
        first = until < first ? until : first;
    }
    h->cash = load(cash);
    h->units = load(units);
    h->until = (size_t)first;
}

VEC void take_samples(const struct desk *desk, struct portfolio *q,
                      const struct event_scratch *scratch, vd count, const double *bankrupt_bar)
{
    const struct lane_tile *tile = desk->tile;
    struct holdings h = {.until = 0};
    bool closed = tile->last && desk->shape->close_at_end;
    for (size_t k = 0; k < tile->samples; k++) {
        size_t t = tile->sample_bar[k];
        if (closed && t + 1 == tile->end) {
            h.cash = q->cash;
            h.units = q->units;
        } else if (t >= h.until) {
            hold(desk, scratch, &count, t, bankrupt_bar, &h);
        }
        take_sample(desk, q, h.cash + h.units * tile->close[t], k);
    }
}

VEC void run(const struct desk *desk, struct portfolio *q, struct event_scratch *scratch)
{
    const struct lane_tile *tile = desk->tile;
    int lane = desk->lane;
    size_t steps = 0;
    double counts[WIDTH], bankrupt_bar[WIDTH];
    for (int l = 0; l < WIDTH; l++) {
        size_t n = q->alive[l] != 0 ? scratch->count[lane + l] : 0;
        counts[l] = (double)n;
        bankrupt_bar[l] = INFINITY;
        steps = n > steps ? n : steps;
    }
    vd count = load(counts), begin = splat((double)tile->begin);
    vd to_window = splat((double)tile->window_bar - (double)tile->begin);
    vm closes = tile->last && desk->shape->close_at_end ? all() : none();
    vd end = splat((double)(tile->end - (any(closes) ? 1 : 0)));
    struct stretch_lanes stretch = {.begin = begin};
    vd before = q->units;
    vm filled = fill_left(desk, q, begin + to_window), entered = begun(q, filled, before);
    for (size_t k = 0; k <= steps; k++) {
        struct lane_event *event = &scratch->event[k];
        vm orders = gt(count, splat((double)k));
        stretch.end = sel(orders, load(event->bar + lane), end);
        stretch.lowest = load(event->lowest + lane);
        stretch.highest = load(event->highest + lane);
        store(event->cash + lane, q->cash);
        store(event->units + lane, q->units);
        if (ends_early(desk->shape)) {
            struct lane_exit *exit = &scratch->exit[k];
            struct position_ends ends = {.listed = le(splat((double)k), count),
                                         .entered = entered,
                                         .orders = orders,
                                         .tests_begin = load(exit->begin + lane),
                                         .to_window = to_window};
            if (k == 0 && desk->shape->fill == FILL_NEXT_CLOSE)
                ends.tests_begin = sel(filled, begin + 1.0, ends.tests_begin);
            mark_bracket(desk, q, &stretch, exit, &ends, bankrupt_bar);
        } else {
            mark_stretch(desk, q, lt(stretch.begin, stretch.end), &stretch, bankrupt_bar);
        }
        orders = both(orders, set(q->alive));
        entered = none();
        if (any(orders))
            entered = make_orders(desk, q, event, orders, stretch.end + to_window);
        stretch.begin = stretch.end;
    }
    if (any(closes)) {
        close_held(desk, q, tile->end - 1, end + to_window);
        stretch.begin = end;
        stretch.end = end + 1.0;
        stretch.lowest = stretch.highest = splat(tile->close[tile->end - 1]);
        mark_stretch(desk, q, all(), &stretch, bankrupt_bar);
    }
    if (desk->shape->fill != FILL_CLOSE)
        leave_orders(desk, q, load(scratch->left + lane));
    take_samples(desk, q, scratch, count, bankrupt_bar);
}

bool KERNEL(events)(const struct lane_tile *tile, struct lane_group *group,
                    struct event_scratch *scratch)
{
    if (!can_jump(&group->shape) || !prepare(tile, group, scratch))
        return false;
    for (int lane = 0; lane < LANES; lane += WIDTH) {
        struct desk desk;
        struct portfolio q;
        desk_open(&desk, tile, group, lane);
        portfolio_load(&q, group->state, lane);
        run(&desk, &q, scratch);
        portfolio_store(&q, group->state, lane);
    }
    return true;
}
