/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protective exits inside a bar: stop_loss, trailing_stop, take_profit.
 *
 * A short is the mirror image of a long: with prices negated, its stop lies below and
 * its target above, and lows and highs change places. So both are one computation on
 * mirrored prices; negation is exact.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_EXITS_H
#define ADMF_KERNELS_PORTFOLIO_EXITS_H

#include "kernels/portfolio/accounting.h"

/* The bar of the window at whose close max_holding_bars ends a trade; NaN: none. */
VEC vd holding_end(const struct desk *desk, const struct portfolio *q)
{
    return q->entry_bar + RISK(desk, max_holding_bars);
}

/* After a protective exit of lanes m that held `side`: orders that wait, and re-entry. */
VEC void after_exit(const struct desk *desk, struct portfolio *q, vm m, vd side)
{
    vm waits = both(m, set(q->pending)), same = eq(q->pending_direction, side);
    q->pending = sel(both(waits, same), splat(0), q->pending);
    if (desk->shape->reentry == REENTRY_IMMEDIATE)
        q->wanted = sel(without(m, without(waits, same)), splat(0), q->wanted);
}

/*
 * What a stop is made of, in mirrored prices: it is `fixed`, or the best price since entry, which
 * counts as `least` at least, times `factor` where that is higher. Without stop_loss `fixed` is
 * -infinity, without trailing_stop `factor` NaN.
 */
struct stop_terms {
    vd fixed, least, factor;
};

VEC struct stop_terms stop_terms(const struct desk *desk, const struct portfolio *q, vm is_long)
{
    vd loss = RISK(desk, stop_loss), trail = RISK(desk, trailing_stop), e = q->entry_price;
    vm has_loss = eq(loss, loss);
    vd none_at_all = splat(-INFINITY);
    return (struct stop_terms){
        .fixed = sel(has_loss, sel(is_long, e * (1.0 - loss), -(e * (1.0 + loss))), none_at_all),
        .least = sel(has_loss, none_at_all, sel(is_long, e, -e)),
        .factor = sel(is_long, 1.0 - trail, 1.0 + trail)};
}

/* Where a bar's prices end a position: mirrored for shorts. */
struct exit_levels {
    vd stop, target;
    vm trails; /* the stop is the trailing one */
};

VEC struct exit_levels exit_levels(const struct desk *desk, const struct portfolio *q)
{
    struct exit_levels levels;
    vm is_long = gt(q->units, splat(0));
    vd profit = RISK(desk, take_profit), e = q->entry_price;
    struct stop_terms terms = stop_terms(desk, q, is_long);
    levels.stop = terms.fixed;
    levels.trails = none();
    if (desk->shape->has_trail) {
        vd best = sel(is_long, q->best_price, -q->best_price);
        vd trailing = larger(best, terms.least) * terms.factor;
        levels.trails = gt(trailing, terms.fixed);
        levels.stop = sel(levels.trails, trailing, terms.fixed);
    }
    levels.target = sel(is_long, e * (1.0 + profit), -(e * (1.0 - profit)));
    return levels;
}

/* Prices of the bar at which each lane is tested. */
struct tested_bar {
    vd open, low, high;
};

VEC struct tested_bar same_bar(const struct lane_tile *tile, size_t t)
{
    return (struct tested_bar){splat(tile->open[t]), splat(tile->low[t]), splat(tile->high[t])};
}

/*
 * Tests the positions of lanes m; `at_open` are the lanes whose trade was opened at the open
 * of the bar.
 */
VEC void protective_exits(const struct desk *desk, struct portfolio *q, vm m,
                          const struct tested_bar *prices, vm at_open, vd bar)
{
    vd zero = splat(0), side = sel(gt(q->units, zero), splat(1), splat(-1));
    vm held = both(m, ne(q->units, zero)), is_long = gt(q->units, zero);
    if (!any(held))
        return;
    vd open = side * prices->open;
    vd low = sel(is_long, prices->low, -prices->high);
    vd high = sel(is_long, prices->high, -prices->low);

    struct exit_levels levels = exit_levels(desk, q);
    vd stop = levels.stop, target = levels.target;
    vm trails = levels.trails;

    vm tested_at_open = without(held, at_open);
    vm stop_open = both(tested_at_open, le(open, stop));
    vm target_open = without(both(tested_at_open, ge(open, target)), stop_open);
    vm gone = either(stop_open, target_open);
    vm stop_inside = without(both(held, le(low, stop)), gone);
    gone = either(gone, stop_inside);
    vm target_inside = without(both(held, ge(high, target)), gone);

    vm stopped = either(stop_open, stop_inside), reached = either(target_open, target_inside);
    vm left = either(stopped, reached);
    if (any(left)) {
        vd price = sel(stop_inside, smaller(stop, open), open);
        price = side * sel(target_inside, larger(target, open), price);
        close_position(desk, q, left, price, reached, bar);
        q->trailing_exits = plus_one(q->trailing_exits, both(stopped, trails));
        q->stop_exits = plus_one(q->stop_exits, without(stopped, trails));
        q->target_exits = plus_one(q->target_exits, reached);
        after_exit(desk, q, left, side);
    }
    /* The best price of those who stayed, for the bars to come. */
    vd best = side * larger(high, side * q->best_price);
    q->best_price = sel(without(held, left), best, q->best_price);
}

#endif
