/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Risk validators: limits on an order. Each gives the largest |target| it allows;
 * together they pass the order, clip it or reject what it would open.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_LIMITS_H
#define ADMF_KERNELS_PORTFOLIO_LIMITS_H

#include "kernels/portfolio/sizing.h"

/* One function per VALIDATOR row; NaN (off) allows everything. */
#define VALIDATE(name)                                                                             \
    VEC vd allowed_##name(const struct portfolio *q, vd limit, vd value, vd price, vd bar)

VALIDATE(max_position_value)
{
    (void)q, (void)value, (void)bar;
    return limit / price;
}

VALIDATE(max_position_percent)
{
    (void)q, (void)bar;
    return (limit * value) / price;
}

VALIDATE(max_leverage)
{
    (void)q, (void)bar;
    return (limit * value) / price;
}

VALIDATE(cooldown_bars)
{
    (void)limit, (void)value, (void)price;
    return sel(le(bar, q->cooling_until), splat(0), splat(INFINITY));
}
#undef VALIDATE

VEC vd allowed_units(const struct desk *desk, const struct portfolio *q, vd value, vd price, vd bar)
{
    vd allowed = splat(INFINITY);
#define PARAM(...)
#define HALT PARAM
#define EXIT PARAM
#define VALIDATOR(name, ...)                                                                       \
    allowed = smaller(allowed_##name(q, RISK(desk, name), value, price, bar), allowed);
#include "kernels/catalog/risk.def"
#undef VALIDATOR
#undef EXIT
#undef HALT
#undef PARAM
    return allowed;
}

/*
 * The signed target after the limits, for an order of |units| that `cut` lanes already had
 * made smaller by leverage; *clipped where a limit cut it. What only reduces a position is
 * never rejected; of a reversal the closing half always passes.
 */
VEC vd limited(const struct desk *desk, struct portfolio *q, vm m, const struct order *o, vd value,
               vd units, vm cut, vm *clipped, vd bar)
{
    vd held = vabs(q->units), d = o->direction;
    vd target = d * (any(both(m, cut)) ? sel(cut, floor_to_lot(desk, units), units) : units);
    *clipped = none();
    if (!desk->shape->has_limits)
        return sel(eq(d, splat(0)), splat(0), target);
    vd allowed = allowed_units(desk, q, value, o->price, bar);
    /* An order to 0 passes everything. */
    vm breached = both(gt(units, splat(0)), gt(units, allowed * (1 + SIZE_TOLERANCE)));
    vd clip = splat(0);
    if (desk->shape->on_breach == BREACH_CLIP) {
        clip = floor_to_lot(desk, allowed);
        *clipped = both(breached, gt(clip, splat(0)));
    }
    vm refused = without(breached, *clipped);
    vm same_side = gt(q->units * d, splat(0));
    vm reduces = both(same_side, le(units, held));
    vm rejected = without(refused, reduces);

    target = sel(*clipped, d * clip, target);
    target = sel(rejected, sel(same_side, q->units, splat(0)), target);
    q->orders_clipped = plus_one(q->orders_clipped, both(m, *clipped));
    q->orders_rejected = plus_one(q->orders_rejected, both(m, rejected));
    return sel(eq(d, splat(0)), splat(0), target);
}

#endif
