/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fill does to the books: cash, units, the open trade and the sums of the
 * metrics. A trade runs from flat to flat or to a change of sign.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_ACCOUNTING_H
#define ADMF_KERNELS_PORTFOLIO_ACCOUNTING_H

#include "kernels/portfolio/portfolio.h"

struct fill {
    vd units;    /* held afterwards */
    vd delta;    /* traded, signed */
    vd price;    /* raw */
    vd adjusted; /* with slippage */
    vd fee;
};

/* ((x*a)*fee_rate + fee_fixed) + x*fee_per_unit, not below fee_min. */
VEC vd fee_of(const struct desk *desk, vd amount, vd adjusted)
{
    if (!desk->shape->has_costs)
        return splat(0);
    vd fee = ((amount * adjusted) * EXECUTION(desk, fee_rate) + EXECUTION(desk, fee_fixed)) +
             amount * EXECUTION(desk, fee_per_unit);
    vd least = EXECUTION(desk, fee_min);
    return sel(lt(fee, least), least, fee);
}

VEC vd slipped(const struct desk *desk, vd price, vm buys)
{
    if (!desk->shape->has_costs)
        return price;
    vd slippage = EXECUTION(desk, slippage);
    return sel(buys, price * (1.0 + slippage), price * (1.0 - slippage));
}

/* Books the open trade of lanes m as closed with a net profit. */
VEC void close_trade(const struct desk *desk, struct portfolio *q, vm m, vd net, vd bar)
{
    vd zero = splat(0), ratio = net / q->trade_value;
    vm won = both(m, gt(net, zero)), lost = both(m, lt(net, zero));
    q->trades = plus_one(q->trades, m);
    q->wins = plus_one(q->wins, won);
    q->losers = plus_one(q->losers, lost);
    q->net_profit = sel(m, q->net_profit + net, q->net_profit);
    q->profits = sel(won, q->profits + net, q->profits);
    q->losses = sel(lost, q->losses + net, q->losses);
    q->best_trade = sel(m, larger(ratio, q->best_trade), q->best_trade);
    q->worst_trade = sel(m, smaller(ratio, q->worst_trade), q->worst_trade);
    q->bars_held = sel(m, q->bars_held + (bar - q->entry_bar), q->bars_held);
    if (desk->shape->has_cooldown) {
        vd rest = RISK(desk, cooldown_bars);
        vm cools = both(lost, eq(rest, rest));
        q->cooling_until = sel(cools, bar + rest, q->cooling_until);
    }
    if (desk->shape->by_regime) {
        FOR_LANES(desk, m, l)
        {
            struct regime_sums *sums = desk->group->regime[l];
            sums->trades[sums->entry_regime] += 1;
            sums->wins[sums->entry_regime] += bits(won) >> (l - (unsigned)desk->lane) & 1;
        }
    }
}

/* Opens a trade of lanes m: entry price and value, its share of the fee. */
VEC void open_trade(const struct desk *desk, struct portfolio *q, vm m, const struct fill *f,
                    vd fee, vd bar)
{
    q->entry_price = sel(m, f->adjusted, q->entry_price);
    if (desk->shape->has_trail)
        q->best_price = sel(m, f->adjusted, q->best_price);
    q->entry_bar = sel(m, bar, q->entry_bar);
    q->trade_gross = sel(m, splat(0), q->trade_gross);
    q->trade_fees = sel(m, fee, q->trade_fees);
    q->trade_value = sel(m, vabs(f->units) * f->adjusted, q->trade_value);
    if (desk->shape->by_regime) {
        FOR_LANES(desk, m, l)
        {
            struct regime_sums *sums = desk->group->regime[l];
            sums->entry_regime = sums->pending_regime;
        }
    }
}

VEC void book_trade(const struct desk *desk, struct portfolio *q, vm m, const struct fill *f,
                    vd bar)
{
    vd zero = splat(0), before = q->units, after = f->units, a = f->adjusted;
    vd held = vabs(before), traded = vabs(f->delta);
    bool shorts = desk->shape->allow_short;
    vm was_flat = eq(before, zero), reverses = none(), less = lt(f->delta, zero);
    if (shorts) {
        reverses = both(m, opposite(before, after));
        less = opposite(before, f->delta);
    }
    vm opens = both(m, was_flat);
    vm adds = without(without(m, was_flat), less);
    vm reduces = without(without(without(m, was_flat), adds), reverses);
    vm closes = either(both(reduces, eq(after, zero)), reverses);

    /* An addition averages the entry price; a reduction leaves it. */
    vd averaged = q->entry_price;
    if (any(adds)) {
        averaged = (held * q->entry_price + traded * a) / (held + traded);
        q->trade_value = sel(adds, q->trade_value + traded * a, q->trade_value);
    }

    /* A reversal's fee is split by units: the old trade's share, the rest to the new one. */
    vd fee = f->fee, old_share = fee;
    if (any(reverses)) {
        old_share = fee * (held / traded);
        fee = sel(reverses, old_share, fee);
    }
    vd closed = sel(reverses, before, before - after);
    vm realises = either(reduces, reverses);
    q->trade_gross = sel(realises, q->trade_gross + closed * (a - q->entry_price), q->trade_gross);
    if (desk->shape->has_costs)
        q->trade_fees = sel(either(adds, realises), q->trade_fees + fee, q->trade_fees);
    q->entry_price = sel(adds, averaged, q->entry_price);
    if (any(closes))
        close_trade(desk, q, closes, q->trade_gross - q->trade_fees, bar);

    vm starts = either(opens, reverses);
    if (any(starts))
        open_trade(desk, q, starts, f, sel(reverses, f->fee - old_share, f->fee), bar);

    vm left = without(closes, reverses);
    q->bars_in_position =
        sel(left, q->bars_in_position + (bar - q->position_since), q->bars_in_position);
    q->position_since = sel(opens, bar, q->position_since);
}

VEC void book_fill(const struct desk *desk, struct portfolio *q, vm m, const struct fill *f, vd bar)
{
    vd traded = vabs(f->delta);
    q->orders = plus_one(q->orders, m);
    if (desk->shape->has_costs) {
        q->fees = sel(m, q->fees + f->fee, q->fees);
        q->slippage = sel(m, q->slippage + traded * vabs(f->adjusted - f->price), q->slippage);
    }
    q->traded = sel(m, q->traded + vabs(f->delta * f->price), q->traded);
    book_trade(desk, q, m, f, bar);
    q->cash = sel(m, (q->cash - f->delta * f->adjusted) - f->fee, q->cash);
    q->units = sel(m, f->units, q->units);
}

/* Closes the position of lanes m at `price`; targets are resting limits without slippage. */
VEC void close_position(const struct desk *desk, struct portfolio *q, vm m, vd price, vm no_slip,
                        vd bar)
{
    vd delta = -q->units;
    vd adjusted = sel(no_slip, price, slipped(desk, price, gt(delta, splat(0))));
    struct fill f = {.units = splat(0),
                     .delta = delta,
                     .price = price,
                     .adjusted = adjusted,
                     .fee = fee_of(desk, vabs(delta), adjusted)};
    book_fill(desk, q, m, &f, bar);
}

/* close_at_end: what is held is closed at the close of bar t, as an order of its own. */
VEC void close_held(const struct desk *desk, struct portfolio *q, size_t t, vd bar)
{
    vm held = ne(q->units, splat(0));
    if (any(held))
        close_position(desk, q, held, splat(desk->tile->close[t]), none(), bar);
}

#endif
