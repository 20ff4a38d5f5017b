/* SPDX-License-Identifier: Apache-2.0 */
/* One deal: from a target and a raw price to cash, units and the trade they belong to. */
#include "engine/trace/run.h"

const char *exit_reason_word(enum exit_reason reason)
{
    static const char *const words[] = {"open",          "signal",      "stop_loss",
                                        "trailing_stop", "take_profit", "time",
                                        "halt",          "bankrupt",    "end"};
    return words[reason];
}

static void count_deal(struct run *run, const struct deal *deal, double delta, double price,
                       double fee)
{
    run->orders++;
    run->fees = run->fees + fee;
    run->slippage = run->slippage + fabs(delta) * fabs(price - deal->price);
    run->traded = run->traded + fabs(delta * deal->price);
    run->stop_exits += deal->reason == EXIT_STOP;
    run->trailing_exits += deal->reason == EXIT_TRAILING;
    run->target_exits += deal->reason == EXIT_TARGET;
    run->time_exits += deal->reason == EXIT_TIME;
}

/* Buys must fit the cash; false: nothing can be bought. */
static bool fit_cash(struct run *run, const struct deal *deal, double price, double *delta)
{
    double asked = *delta;
    if (asked > 0)
        *delta = scalar_affordable(run, asked, deal->price, price);
    if (*delta != asked && !deal->clipped)
        run->cash_cut++;
    return asked < 0 || *delta > 0;
}

void scalar_trade(struct run *run, const struct deal *deal)
{
    double asked = deal->target - run->units;
    if (asked == 0 || (isfinite(asked) && fabs(asked) <= 1e-9 * fabs(deal->target)))
        return;
    uint64_t clock = event_clock(run->sink);
    double price = deal->slips ? scalar_fill_price(run, deal->price, asked) : deal->price;
    double delta = asked, before = run->units, cash = run->cash;
    if (!fit_cash(run, deal, price, &delta)) {
        event_refusal(run->sink, run, deal, asked, price);
        return;
    }
    double fee = scalar_fee(run, fabs(delta), price);
    run->cash = (run->cash - delta * price) - fee;
    run->units = delta == asked ? deal->target : before + delta;
    if (fabs(run->units) < 1e-12 * fabs(delta))
        run->units = 0;
    event_spent(run->sink, SERVICE_EXECUTION, clock);
    count_deal(run, deal, delta, price, fee);
    struct deal booked = *deal;
    booked.cause = event_fill(run->sink, run, deal, before, cash, asked, delta, price, fee);
    scalar_book(run, &booked, before, delta, price, fee);
    event_portfolio(run->sink, run, deal->price, booked.cause);
}

double scalar_net_if_closed(const struct run *run, double price)
{
    double a = scalar_fill_price(run, price, -run->units);
    double fee = scalar_fee(run, fabs(run->units), a);
    return (run->trade.gross + run->units * (a - run->trade.entry)) - (run->trade.fees + fee);
}
