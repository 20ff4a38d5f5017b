/* SPDX-License-Identifier: Apache-2.0 */
/* Orders meet their price: size, limits and cash are those of the fill, not of the decision. */
#include "engine/trace/run.h"

/* The target of an order; a direction of 0 is exactly 0 and passes every limit. */
static void set_target(struct run *run, const struct order *order, struct deal *deal)
{
    struct sizing sizing = {.price = deal->price, .equity = equity_at(run, deal->price)};
    struct decision decision = {.verdict = APPROVED, .reason = LIMIT_NONE, .smallest = INFINITY};
    uint64_t clock = event_clock(run->sink);
    if (order->direction != 0)
        scalar_size(run, order->direction, order->bar, deal->price, &sizing);
    event_spent(run->sink, SERVICE_SIZING, clock);
    decision.asked = decision.target = sizing.target;
    clock = event_clock(run->sink);
    for (int i = 0; i < LIMIT_COUNT; i++)
        decision.allowed[i] = NAN;
    if (sizing.target != 0)
        scalar_validate(run, &sizing, &decision);
    event_spent(run->sink, SERVICE_RISK, clock);
    run->rejected += decision.verdict == REJECTED;
    run->clipped += decision.verdict == CLIPPED;
    deal->target = decision.target;
    deal->clipped = decision.verdict == CLIPPED;
    deal->cause = event_decision(run->sink, run, order, &sizing, &decision);
}

static void fill(struct run *run, const struct order *order, double price, bool at_open)
{
    struct deal deal = {.price = price,
                        .slips = true,
                        .at_open = at_open,
                        .reason = run->exit_due    ? EXIT_TIME
                                  : order->by_halt ? EXIT_HALT
                                                   : EXIT_SIGNAL,
                        .decided = order->bar};
    set_target(run, order, &deal);
    scalar_trade(run, &deal);
}

void scalar_fill_at_open(struct run *run)
{
    if (run->fill != FILL_NEXT_OPEN)
        return;
    double price = cell(run->open, run->t);
    if (!is_price(price))
        return; /* stays pending */
    run->pending.exists = false;
    fill(run, &run->pending, price, true);
}

/* A time exit alone, or one delta with an order that fills at the same close. */
static void exit_at_close(struct run *run, const struct order *order, double price)
{
    bool day_over = run->flat_at && run->day_ends;
    if (order && !(day_over && order->direction != 0)) {
        fill(run, order, price, false);
        return;
    }
    struct deal deal = {
        .price = price, .slips = true, .reason = EXIT_TIME, .cause = event_of_bar(run->sink)};
    scalar_trade(run, &deal);
}

/* Which order may fill at this close: this bar's, or one decided before. */
static struct order *order_for_close(struct run *run)
{
    int when = run->fill;
    if (when == FILL_CLOSE && run->order.exists)
        run->pending = run->order;
    if (when == FILL_CLOSE)
        run->order.exists = false;
    return when != FILL_NEXT_OPEN && run->pending.exists ? &run->pending : NULL;
}

void scalar_fill_at_close(struct run *run)
{
    double price = run->close[run->t];
    bool day_over = run->flat_at && run->day_ends;
    struct order *order = order_for_close(run);
    if (is_price(price)) {
        if (order)
            order->exists = false;
        if (run->exit_due)
            exit_at_close(run, order, price);
        else if (order && !(day_over && order->direction != 0))
            fill(run, order, price, false);
    }
    run->exit_due = false;
    if (run->order.exists)
        run->pending = run->order;
    run->order.exists = false;
    if (day_over && run->fill == FILL_NEXT_OPEN)
        run->pending.exists = false; /* nothing is carried over the end of the day */
}

void scalar_close_at_end(struct run *run)
{
    double price = run->close[run->t];
    if (run->in->terms->portfolio[PORTFOLIO_close_at_end] == 0 || run->units == 0 ||
        !is_price(price))
        return;
    struct deal deal = {
        .price = price, .slips = true, .reason = EXIT_END, .cause = event_of_bar(run->sink)};
    scalar_trade(run, &deal);
}
