/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From signals to directions: the regime policy, shorts, halts, session ends and
 * re-entry. What depends on signals alone is in the words (signal_words); what depends on
 * the portfolio is decided bar by bar (decide).
 */
#ifndef ADMF_KERNELS_PORTFOLIO_DECIDE_H
#define ADMF_KERNELS_PORTFOLIO_DECIDE_H

#include "kernels/portfolio/orders.h"
#include "kernels/signal_types.h"

/* 64 bars of every lane: the raw signals and what the policy allows of them. */
struct signal_words {
    vu up, down;             /* allowed signals */
    vu stray_up, stray_down; /* disallowed ones: they may keep a position (block_entries) */
};

VEC void words_load(const struct desk *desk, size_t w, struct signal_words *words)
{
    const struct lane_group *g = desk->group;
    int l = desk->lane;
    vu up = gather_words(g->up + l, w), down = gather_words(g->down + l, w);
    vu may_long = gather_words(g->may_long + l, w), may_short = gather_words(g->may_short + l, w);
    if (!g->shape.allow_short)
        down = down ^ down;
    words->up = up & may_long;
    words->down = down & may_short;
    words->stray_up = up & ~may_long;
    words->stray_down = down & ~may_short;
}

/* The direction the signals of bar `bit` of the words ask for. */
VEC vd raw_direction(const struct desk *desk, const struct portfolio *q,
                     const struct signal_words *words, unsigned bit)
{
    vm up = bit_at(words->up, bit), down = bit_at(words->down, bit);
    if (desk->shape->block_entries) {
        up = either(up, both(bit_at(words->stray_up, bit), gt(q->wanted, splat(0))));
        down = either(down, both(bit_at(words->stray_down, bit), lt(q->wanted, splat(0))));
    }
    return sel(up, splat(1), sel(down, splat(-1), splat(0)));
}

/* Which lanes are halted at the close of bar t; opens and ends halts. */
VEC vm halts(const struct desk *desk, struct portfolio *q, size_t t)
{
    vd equity = q->cash + q->units * desk->tile->close[t];
    vd deep = RISK(desk, max_drawdown), daily = RISK(desk, max_daily_loss);
    vm sunk = le(equity, q->peak * (1.0 - deep));
    vm lost = le(equity, q->day_equity * (1.0 - daily));
    /* A day's bar halts itself and the one after. */
    vd days = splat(desk->tile->daily_or_longer ? 2 : 1);
    q->halted_for_good = sel(sunk, splat(1), q->halted_for_good);
    q->halted_days = sel(lost, days, q->halted_days);
    vm halted = either(set(q->halted_for_good), gt(q->halted_days, splat(0)));
    q->halted_bars = plus_one(q->halted_bars, halted);
    return halted;
}

/* Whether closing the position at this close would be a losing trade. */
VEC vm would_lose(const struct desk *desk, const struct portfolio *q, vd price)
{
    vd delta = -q->units, adjusted = slipped(desk, price, gt(delta, splat(0)));
    vd gross = q->trade_gross + q->units * (adjusted - q->entry_price);
    vd fees = q->trade_fees + fee_of(desk, vabs(delta), adjusted);
    return lt(gross - fees, splat(0));
}

/*
 * Under `immediate`: lanes whose order from wanted = 0 a cooldown would refuse at its fill,
 * or that would order at this close what a time exit leaves at it.
 */
VEC vm held_back(const struct desk *desk, const struct portfolio *q, vd direction, vd side, vm due,
                 vd price, vd bar)
{
    bool at_close = desk->shape->fill == FILL_CLOSE;
    vm enters = both(eq(q->wanted, splat(0)), ne(direction, splat(0)));
    vm back = none();
    if (at_close)
        back = both(due, eq(direction, side));
    if (desk->shape->has_cooldown) {
        vd fill_bar = at_close ? bar : bar + 1.0, rest = RISK(desk, cooldown_bars);
        vm cools = le(fill_bar, q->cooling_until);
        /* A loss that the exit of this close brings counts already. */
        if (any(due))
            cools = either(cools,
                           both(both(due, would_lose(desk, q, price)), le(fill_bar, bar + rest)));
        back = either(back, cools);
    }
    return both(enters, back);
}

#endif
