/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of lanes that jump: in the tile, left by the one before, left for the next. */
#ifndef ADMF_KERNELS_PORTFOLIO_JUMP_ORDERS_H
#define ADMF_KERNELS_PORTFOLIO_JUMP_ORDERS_H

#include "kernels/portfolio/exits.h"
#include "kernels/portfolio/orders.h"

/* What an order's size is scaled by: of each lane's bar, `late` bars before that of its fill. */
VEC vd at_bars(const double *const *arrays, vd bar, double late)
{
    double values[WIDTH];
    for (int l = 0; l < WIDTH; l++)
        values[l] = arrays[l][(size_t)(bar[l] - late)];
    return load(values);
}

/* The regimes of the bars that decide the orders of lanes m; a trade is counted to its entry's. */
VEC void decide_in_regime(const struct desk *desk, vm m, vd decided)
{
    FOR_LANES(desk, m, lane)
    {
        size_t bar = (size_t)decided[lane - (unsigned)desk->lane];
        desk->group->regime[lane]->pending_regime = desk->group->label[lane][bar];
    }
}

/* An order of each lane: the bar of the tile at which it fills, and the price there. */
struct order_at {
    vd bar, price, direction;
};

/*
 * The orders of those of lanes m that still live; returns those whose trade began with it.
 * to_window: from bars of the tile to those of the window.
 */
VEC vm make_orders(const struct desk *desk, struct portfolio *q, const struct order_at *order, vm m,
                   vd to_window)
{
    m = both(m, set(q->alive));
    if (!any(m))
        return m;
    const struct lane_group *g = desk->group;
    const struct shape *shape = desk->shape;
    int lane = desk->lane;
    double late = shape->fill == FILL_CLOSE ? 0 : 1;
    vd first = splat((double)desk->tile->begin + late);
    vd at = sel(m, order->bar, first);
    if (shape->flat_at) /* an order to 0 has no use for it; its bar may be the first */
        at = larger(at, first);
    struct order o = {.price = order->price,
                      .direction = order->direction,
                      .scale = splat(0),
                      .strength = splat(1)};
    if (shape->size_type == SIZE_VOLATILITY_TARGET || shape->size_type == SIZE_ATR_RISK)
        o.scale = at_bars(g->scale + lane, at, late);
    if (shape->scale_by_strength)
        o.strength = at_bars(g->strength + lane, at, late);
    if (shape->by_regime)
        decide_in_regime(desk, m, at - late);
    q->wanted = sel(m, o.direction, q->wanted);
    vd before = q->units;
    fill_orders(desk, q, m, &o, order->bar + to_window);
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

/* Orders of the last bar, towards `left`, wait for the next tile; NaN: none. */
VEC void leave_orders(const struct desk *desk, struct portfolio *q, vd left)
{
    const struct lane_group *g = desk->group;
    const struct shape *shape = desk->shape;
    vm m = both(set(q->alive), both(eq(left, left), ne(left, q->wanted)));
    if (!any(m))
        return;
    vd last = splat((double)(desk->tile->end - 1)), scale = splat(0), strength = splat(1);
    if (shape->size_type == SIZE_VOLATILITY_TARGET || shape->size_type == SIZE_ATR_RISK)
        scale = at_bars(g->scale + desk->lane, last, 0);
    if (shape->scale_by_strength)
        strength = at_bars(g->strength + desk->lane, last, 0);
    if (shape->by_regime)
        decide_in_regime(desk, m, last);
    q->wanted = sel(m, left, q->wanted);
    q->pending = sel(m, splat(1), q->pending);
    q->pending_direction = sel(m, left, q->pending_direction);
    q->pending_scale = sel(m, scale, q->pending_scale);
    q->pending_strength = sel(m, strength, q->pending_strength);
}

#endif
