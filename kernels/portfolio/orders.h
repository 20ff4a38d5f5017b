/* SPDX-License-Identifier: Apache-2.0 */
/* An order meets its price: size, limits, cash, then the books. */
#ifndef ADMF_KERNELS_PORTFOLIO_ORDERS_H
#define ADMF_KERNELS_PORTFOLIO_ORDERS_H

#include <float.h>

#include "kernels/portfolio/accounting.h"
#include "kernels/portfolio/limits.h"

/*
 * What an order comes to hangs on divisions and on what they are compared with, and the next order
 * hangs on it. So where all lanes do the same, which a processor foresees, branches say it and not
 * selects, which wait for what they leave out. What other lanes hold is anything, so that branches
 * ask of lanes with an order alone.
 */

/* The most that `available` can pay for in lanes m, fee included, at price a each. */
VEC vd most_affordable(const struct desk *desk, vm m, vd available, vd a)
{
    if (!desk->shape->fee_in_cash)
        return available / a;
    vd rate = EXECUTION(desk, fee_rate), least = EXECUTION(desk, fee_min);
    vd most = (available - EXECUTION(desk, fee_fixed)) /
              (a * (1.0 + rate) + EXECUTION(desk, fee_per_unit));
    vm least_applies = both(m, le(fee_of(desk, most, a), least));
    if (any(least_applies))
        most = sel(least_applies, (available - least) / a, most);
    return most;
}

/*
 * A buy of lanes m that cash cannot pay for is made smaller, never below what covers a short to
 * flat; *refused where nothing is left of it. `a`: price of a buy. Returns the delta that can be
 * paid.
 */
VEC vd affordable(const struct desk *desk, const struct portfolio *q, vm m, vd value, vd delta,
                  vd a, vm *cut, vm *refused)
{
    vd zero = splat(0), available = q->cash + (RISK(desk, leverage) - 1.0) * value;
    vd need = delta * a;
    if (desk->shape->fee_in_cash)
        need = need + fee_of(desk, delta, a);
    vm buys_too_much = both(both(m, gt(delta, zero)), gt(need, available * (1 + SIZE_TOLERANCE)));
    *cut = *refused = none();
    if (!any(buys_too_much))
        return delta;
    vd most =
        floor_to_lot(desk, smaller(most_affordable(desk, buys_too_much, available, a), delta));
    if (desk->shape->allow_short) {
        vd cover = smaller(-q->units, delta);
        most = sel(lt(q->units, zero), larger(cover, most), most);
    }
    *refused = without(buys_too_much, gt(most, zero));
    *cut = both(both(buys_too_much, gt(most, zero)), lt(most, delta));
    return any(without(m, *cut)) ? sel(*cut, most, delta) : most;
}

/* What lanes m hold once they have traded `paid`: their targets, but for the lanes that are cut. */
VEC vd units_after(const struct portfolio *q, vm m, vd target, vd paid, vm cut)
{
    vd units = target;
    if (any(cut))
        units = any(without(m, cut)) ? sel(cut, q->units + paid, target) : q->units + paid;
    vm dust = both(m, lt(vabs(units), 1e-12 * vabs(paid)));
    return any(dust) ? sel(dust, splat(0), units) : units;
}

/*
 * Fills the orders of lanes m. Lanes whose order comes to nothing (no change, rejected,
 * refused) keep their books.
 */
VEC void fill_orders(const struct desk *desk, struct portfolio *q, vm m, const struct order *o,
                     vd bar)
{
    vd value = q->cash + q->units * o->price, target = splat(0);
    vm clipped = none();
    if (any(without(m, eq(o->direction, splat(0))))) {
        vm cut_by_leverage;
        vd size = sized(desk, o, value, &cut_by_leverage);
        target = limited(desk, q, m, o, value, size, cut_by_leverage, &clipped, bar);
    }

    vd delta = target - q->units, traded = vabs(delta);
    /* Of a target without a number any part is a change: the lane becomes invalid. */
    m = without(m, le(traded, smaller(vabs(target), splat(DBL_MAX)) * SIZE_TOLERANCE));
    vm cut, refused;
    vd buying = slipped(desk, o->price, all());
    vd paid = affordable(desk, q, m, value, delta, buying, &cut, &refused);
    /* What a limit clipped counts as that alone. */
    vm short_of_cash = without(either(cut, refused), clipped);
    q->orders_cash_cut = plus_one(q->orders_cash_cut, short_of_cash);
    m = without(m, refused);
    if (!any(m))
        return;

    vm buys = gt(delta, splat(0));
    struct fill f = {.units = units_after(q, m, target, paid, cut),
                     .delta = paid,
                     .price = o->price,
                     .adjusted = buying};
    if (any(without(m, buys)))
        f.adjusted = slipped(desk, o->price, buys);
    f.fee = fee_of(desk, vabs(paid), f.adjusted);
    book_fill(desk, q, m, &f, bar);
}

/* Of lanes m, which held `before` when an order met them, those whose trade began with it. */
VEC vm begun(const struct portfolio *q, vm m, vd before)
{
    vm grew = either(eq(before, splat(0)), opposite(before, q->units));
    return both(both(m, grew), ne(q->units, splat(0)));
}

#endif
