/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes in step whose decisions depend on the portfolio (exits, halts, rebalancing, …): every
 * bar takes every step.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_EVENTFUL_H
#define ADMF_KERNELS_PORTFOLIO_EVENTFUL_H

#include "kernels/portfolio/exits.h"
#include "kernels/portfolio/pending.h"
#include "kernels/portfolio/steps.h"

/* Lanes whose position is to be closed at this close, whatever the signal. */
VEC vm time_exits_due(const struct desk *desk, struct portfolio *q, bool day_end, vd side, vd bar)
{
    const struct shape *shape = desk->shape;
    vm held = ne(q->units, splat(0)), due = none();
    if (shape->has_holding)
        due = both(held, ge(bar, holding_end(desk, q)));
    if (shape->flat_at && day_end) {
        due = held;
        /* An order that would fill at this close only closes. */
        q->pending_direction = sel(set(q->pending), splat(0), q->pending_direction);
    }
    if (any(due))
        after_exit(desk, q, due, side);
    return due;
}

struct decision {
    vm orders;
    vd direction;
};

VEC struct decision decide(const struct desk *desk, struct portfolio *q,
                           const struct signal_words *words, size_t t, vm halted, vm due, vd side,
                           bool day_end, vd bar)
{
    const struct shape *shape = desk->shape;
    vd zero = splat(0);
    vm alive = set(q->alive), flat = eq(q->units, zero), idle = none();
    vd d = raw_direction(desk, q, words, (unsigned)(t % WORD_BARS));
    if (shape->flat_at && day_end)
        d = zero;
    if (shape->has_halts) {
        if (shape->halt == HALT_ENTRIES) {
            d = sel(both(halted, ne(d, q->wanted)), zero, d);
        } else {
            d = sel(halted, zero, d);
            idle = both(halted, flat);
        }
    }
    vm orders = without(ne(d, q->wanted), idle);
    if (shape->reentry == REENTRY_IMMEDIATE)
        orders =
            without(orders, held_back(desk, q, d, side, due, splat(desk->tile->close[t]), bar));
    orders = both(orders, alive);
    q->wanted = sel(orders, d, q->wanted);
    if (shape->rebalance == REBALANCE_EVERY_BAR) {
        vm again = both(both(eq(d, q->wanted), ne(d, zero)), both(alive, negate(flat)));
        orders = either(orders, without(without(again, halted), due));
    }
    return (struct decision){orders, d};
}

/* Step 5: what fills at this close, time exits merged with it. */
VEC void fills_at_close(const struct desk *desk, struct portfolio *q, struct decision made, vm due,
                        bool day_end, size_t t, vd bar)
{
    const struct shape *shape = desk->shape;
    vd close = splat(desk->tile->close[t]);
    vm filling = none();
    if (shape->fill == FILL_CLOSE) {
        place(desk, q, made.orders, made.direction, t);
        filling = made.orders;
    } else if (shape->fill == FILL_NEXT_CLOSE) {
        filling = set(q->pending);
    }
    vm alone = without(due, filling);
    if (any(alone))
        close_position(desk, q, alone, close, none(), bar);
    if (any(filling))
        fill_pending(desk, q, filling, close, bar);
    q->time_exits = plus_one(q->time_exits, due);
    if (shape->fill != FILL_CLOSE)
        place(desk, q, made.orders, made.direction, t);
    if (shape->fill == FILL_NEXT_OPEN && shape->flat_at && day_end)
        q->pending = splat(0);
}

/* A bar belongs to the regime at the close before; stretches are summed when they end. */
VEC void follow_regimes(const struct desk *desk, const struct portfolio *q, size_t t)
{
    vd equity = q->cash + q->units * desk->tile->close[t];
    bool end = desk->tile->last && t + 1 == desk->tile->end;
    FOR_LANES(desk, all(), l)
    {
        struct regime_sums *sums = desk->group->regime[l];
        double now = equity[l - (unsigned)desk->lane];
        sums->bars[sums->regime] += 1;
        uint8_t next = desk->group->label[l][t];
        if (next != sums->regime || end) {
            sums->profit[sums->regime] += now - sums->stretch_equity;
            sums->stretch_equity = now;
            sums->regime = next;
        }
    }
}

VEC void test_exits(const struct desk *desk, struct portfolio *q, size_t t, vm at_open, vd bar)
{
    struct tested_bar prices = same_bar(desk->tile, t);
    protective_exits(desk, q, all(), &prices, at_open, bar);
}

static __attribute__((noinline)) void eventful_bar(const struct desk *desk, struct portfolio *q,
                                                   const struct signal_words *words, size_t t,
                                                   bool new_day, vd bar)
{
    const struct lane_tile *tile = desk->tile;
    const struct shape *shape = desk->shape;
    bool day_end = ends_day(tile, t);
    vm at_open = none(), halted = none();
    if (shape->fill == FILL_NEXT_OPEN)
        at_open = fill_at_open(desk, q, t, bar);
    if (shape->has_exits)
        test_exits(desk, q, t, at_open, bar);
    if (shape->has_halts) {
        if (tile->daily_or_longer)
            q->halted_days = larger(q->halted_days - 1.0, splat(0));
        else if (new_day)
            q->halted_days = splat(0);
        halted = halts(desk, q, t);
    }
    vd side = sel(gt(q->units, splat(0)), splat(1), splat(-1));
    vm due = time_exits_due(desk, q, day_end, side, bar);
    struct decision made = decide(desk, q, words, t, halted, due, side, day_end, bar);
    fills_at_close(desk, q, made, due, day_end, t, bar);
    if (tile->last && t + 1 == tile->end && shape->close_at_end)
        close_held(desk, q, t, bar);
}

VEC void run_eventful(const struct desk *desk, struct portfolio *q)
{
    const struct lane_tile *tile = desk->tile;
    size_t sample = 0;
    struct signal_words words = {0};
    for (size_t t = tile->begin; t < tile->end; t++) {
        if (t == tile->begin || t % WORD_BARS == 0)
            words_load(desk, t / WORD_BARS, &words);
        bool new_day = t > 0 ? ends_day(tile, t - 1) : tile->begins_day;
        eventful_bar(desk, q, &words, t, new_day, bar_number(tile, t));
        mark_and_sample(desk, q, t, t + 1, &sample);
        if (desk->shape->has_halts && ends_day(tile, t))
            q->day_equity = q->cash + q->units * tile->close[t];
        if (desk->shape->by_regime)
            follow_regimes(desk, q, t);
    }
}

#endif
