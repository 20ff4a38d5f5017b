/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many units an order wants: size_type, strength, lot and leverage, in this order.
 * Parentheses are the binding order of evaluation; docs/NUMERICS.md.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_SIZING_H
#define ADMF_KERNELS_PORTFOLIO_SIZING_H

#include "kernels/portfolio/portfolio.h"

/* A relative excess that is rounding, not a breach. */
#define SIZE_TOLERANCE 1e-9

/* The order in hand: per lane its price, direction and the size inputs of its decision bar. */
struct order {
    vd price;     /* raw */
    vd direction; /* -1, 0, +1 */
    vd scale;     /* volatility or atr; anything where not asked for */
    vd strength;  /* anything where not asked for */
};

VEC vd floor_to_lot(const struct desk *desk, vd amount)
{
    if (!desk->shape->has_lot)
        return amount;
    vd lot = RISK(desk, lot), floored = vfloor(amount / lot + SIZE_TOLERANCE) * lot;
    return sel(gt(lot, splat(0)), floored, amount);
}

/* The largest |units| that `leverage` permits. */
VEC vd leverage_cap(const struct desk *desk, vd value, vd price)
{
    return (RISK(desk, leverage) * value) / price;
}

/* Signed units before lot and leverage; NaN where an input is undefined. */
VEC vd wanted_units(const struct desk *desk, const struct order *o, vd value)
{
    const struct shape *shape = desk->shape;
    vd size = RISK(desk, size), d = o->direction, p = o->price, scale = o->scale;
    if (shape->scale_by_strength)
        size = size * o->strength;
    switch (shape->size_type) {
    case SIZE_FIXED_VALUE:
        return (d * size) / p;
    case SIZE_FIXED_UNITS:
        return d * size;
    case SIZE_VOLATILITY_TARGET: {
        vd multiple = smaller(size / scale, RISK(desk, leverage));
        multiple = sel(eq(size, splat(0)), splat(0), multiple);
        vd units = ((d * multiple) * value) / p;
        return sel(either(is_nan(scale), is_nan(size)), splat(NAN), units);
    }
    case SIZE_ATR_RISK: {
        vd units = ((d * size) * value) / (RISK(desk, atr_multiple) * scale);
        vd cap = sel(eq(size, splat(0)), splat(0), d * leverage_cap(desk, value, p));
        units = sel(eq(scale, splat(0)), cap, units);
        return sel(either(is_nan(scale), is_nan(size)), splat(NAN), units);
    }
    default:
        return ((d * size) * value) / p;
    }
}

/* |target| after lot and leverage; *cut: where leverage made it smaller. */
VEC vd sized(const struct desk *desk, const struct order *o, vd value, vm *cut)
{
    vd units = vabs(wanted_units(desk, o, value));
    vm defined = both(both(eq(units, units), gt(value, splat(0))), ne(o->direction, splat(0)));
    units = sel(defined, units, splat(0));
    units = floor_to_lot(desk, units);
    *cut = none();
    /* What takes no more of V than leverage gives is not larger: rounding is monotone. */
    if (desk->shape->size_type == SIZE_PERCENT_EQUITY && !desk->shape->scale_by_strength &&
        !desk->shape->has_lot && every(le(RISK(desk, size), RISK(desk, leverage))))
        return units;
    vd cap = leverage_cap(desk, value, o->price);
    *cut = both(defined, gt(units, cap * (1 + SIZE_TOLERANCE)));
    return sel(*cut, cap, units);
}

#endif
