/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that wait: made at the close that decides, filled at the price that comes. */
#ifndef ADMF_KERNELS_PORTFOLIO_PENDING_H
#define ADMF_KERNELS_PORTFOLIO_PENDING_H

#include "kernels/portfolio/orders.h"

/* The size inputs of the bar that decides an order. */
VEC void size_inputs(const struct desk *desk, size_t t, vd *scale, vd *strength)
{
    const struct lane_group *g = desk->group;
    bool scaled =
        desk->shape->size_type == SIZE_VOLATILITY_TARGET || desk->shape->size_type == SIZE_ATR_RISK;
    *scale = scaled ? gather(g->scale + desk->lane, t) : splat(0);
    *strength = desk->shape->scale_by_strength ? gather(g->strength + desk->lane, t) : splat(1);
}

/* Lanes m order `direction`: remembered until the fill. */
VEC void place(const struct desk *desk, struct portfolio *q, vm m, vd direction, size_t t)
{
    vd scale, strength;
    size_inputs(desk, t, &scale, &strength);
    q->pending = sel(m, splat(1), q->pending);
    q->pending_direction = sel(m, direction, q->pending_direction);
    q->pending_scale = sel(m, scale, q->pending_scale);
    q->pending_strength = sel(m, strength, q->pending_strength);
    if (desk->shape->by_regime) {
        FOR_LANES(desk, m, l)
        {
            struct regime_sums *sums = desk->group->regime[l];
            sums->pending_regime = desk->group->label[l][t];
        }
    }
}

VEC void fill_pending(const struct desk *desk, struct portfolio *q, vm m, vd price, vd bar)
{
    struct order o = {.price = price,
                      .direction = q->pending_direction,
                      .scale = q->pending_scale,
                      .strength = q->pending_strength};
    fill_orders(desk, q, m, &o, bar);
    q->pending = sel(m, splat(0), q->pending);
}

/* Pending orders meet the open of bar t; returns lanes whose trade began there. */
VEC vm fill_at_open(const struct desk *desk, struct portfolio *q, size_t t, vd bar)
{
    vd price = splat(desk->tile->open[t]);
    vm m = both(set(q->pending), eq(price, price));
    if (!any(m))
        return none();
    vd before = q->units;
    fill_pending(desk, q, m, price, bar);
    return begun(q, m, before);
}

#endif
