/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trades: from flat to flat or to a change of sign.
 *
 * A trade's net profit is what its reductions brought against its entry price, less all
 * its fees; the fee of a reversal is shared with the trade that follows.
 */
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/trace/run.h"

static void open_trade(struct run *run, const struct deal *deal, double price, double fee)
{
    double size = fabs(run->units);
    run->trade = (struct open_trade){.direction = sign_of(run->units),
                                     .entry = price,
                                     .best = price,
                                     .bar = run->t,
                                     .decided = deal->decided,
                                     .at_open = deal->at_open,
                                     .fees = fee,
                                     .entry_value = size * price,
                                     .largest = size};
    event_open(run->sink, run, deal->cause);
}

static void add_to_trade(struct run *run, double before, double delta, double price, double fee)
{
    struct open_trade *trade = &run->trade;
    double held = fabs(before), x = fabs(delta);
    trade->entry = (held * trade->entry + x * price) / (held + x);
    trade->entry_value = trade->entry_value + x * price;
    trade->fees = trade->fees + fee;
    if (fabs(run->units) > trade->largest)
        trade->largest = fabs(run->units);
}

static void reduce_trade(struct run *run, double delta, double price, double fee)
{
    run->trade.gross = run->trade.gross + -delta * (price - run->trade.entry);
    run->trade.fees = run->trade.fees + fee;
}

void scalar_book(struct run *run, const struct deal *deal, double before, double delta,
                 double price, double fee)
{
    int was = sign_of(before), is = sign_of(run->units);
    double entry = run->trade.entry;
    if (was == 0 && is != 0) {
        open_trade(run, deal, price, fee);
    } else if (was == is && sign_of(delta) == was) {
        add_to_trade(run, before, delta, price, fee);
    } else if (was == is) {
        reduce_trade(run, delta, price, fee);
    } else if (is == 0) {
        run->trade.fees = run->trade.fees + fee;
        scalar_close_trade(run, before * (price - entry), price, deal->reason, deal->cause);
    } else {
        double share = fee * (fabs(before) / fabs(delta));
        run->trade.fees = run->trade.fees + share;
        scalar_close_trade(run, before * (price - entry), price, deal->reason, deal->cause);
        open_trade(run, deal, price, fee - share);
    }
}

/* Appends to the list of trades where it is asked for. */
static void list_trade(struct run *run, const struct trade *trade)
{
    struct scalar_result *result = run->result;
    if (!result->want_trades)
        return;
    if (result->trade_count == result->trade_capacity) {
        size_t capacity = result->trade_capacity ? 2 * result->trade_capacity : 64;
        struct trade *grown = memory_resize(result->trades, capacity, sizeof *grown);
        if (!grown) {
            run->failure = fail_memory(run->error);
            return;
        }
        result->trades = grown;
        result->trade_capacity = capacity;
    }
    result->trades[result->trade_count++] = *trade;
}

static void sum_trade(struct trade_sums *sums, const struct trade *trade)
{
    sums->count++;
    sums->net = sums->net + trade->profit;
    if (trade->profit > 0) {
        sums->wins++;
        sums->won = sums->won + trade->profit;
    } else if (trade->profit < 0) {
        sums->losses++;
        sums->lost = sums->lost + trade->profit;
    }
    if (!(trade->net_return <= sums->best))
        sums->best = trade->net_return;
    if (!(trade->net_return >= sums->worst))
        sums->worst = trade->net_return;
    sums->bars_held += (double)(trade->exit_bar - trade->entry_bar);
}

static struct trade describe(const struct run *run, double gross, double price)
{
    const struct open_trade *open = &run->trade;
    double profit = (open->gross + gross) - open->fees;
    return (struct trade){.entry_bar = open->bar,
                          .exit_bar = run->t,
                          .direction = open->direction,
                          .units = open->largest,
                          .entry_price = open->entry,
                          .exit_price = price,
                          .profit = profit,
                          .net_return = profit / open->entry_value};
}

void scalar_close_trade(struct run *run, double gross, double price, enum exit_reason reason,
                        uint64_t cause)
{
    struct trade trade = describe(run, gross, price);
    trade.reason = reason;
    sum_trade(&run->trades, &trade);
    if (trade.profit < 0) {
        run->lost = true;
        run->lost_bar = run->t;
    }
    struct scalar_result *result = run->result;
    int regime = run->in->label ? run->in->label[run->trade.decided] : 0;
    if (result->regime_trades)
        result->regime_trades[regime]++;
    if (result->regime_wins && trade.profit > 0)
        result->regime_wins[regime]++;
    list_trade(run, &trade);
    event_close(run->sink, run, &trade, cause);
}

void scalar_list_open_trade(struct run *run)
{
    double close = run->close[run->count - 1];
    struct trade trade = describe(run, run->units * (close - run->trade.entry), close);
    trade.exit_bar = run->count;
    trade.reason = EXIT_OPEN;
    list_trade(run, &trade);
}
