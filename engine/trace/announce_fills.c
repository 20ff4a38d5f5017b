/* SPDX-License-Identifier: Apache-2.0 */
/* Events of what happened: fills, positions, cash. */
#include "engine/trace/run.h"

/* All that price, fee and the cut by cash are made from. */
static void execution_inputs(struct event_sink *sink, const struct run *run)
{
    const double *e = run->execution;
    event_key(sink, "parameters");
    text_add(&sink->text, "{");
    event_number(sink, "slippage", e[EXECUTION_slippage]);
    event_number(sink, "fee_rate", e[EXECUTION_fee_rate]);
    event_number(sink, "fee_fixed", e[EXECUTION_fee_fixed]);
    event_number(sink, "fee_per_unit", e[EXECUTION_fee_per_unit]);
    event_number(sink, "fee_min", e[EXECUTION_fee_min]);
    event_bool(sink, "fee_in_cash", e[EXECUTION_fee_in_cash] != 0);
    event_number(sink, "leverage", run->risk[RISK_leverage]);
    text_add(&sink->text, "}");
}

uint64_t event_fill(struct event_sink *sink, const struct run *run, const struct deal *deal,
                    double units_before, double cash_before, double asked, double delta,
                    double price, double fee)
{
    if (!sink)
        return 0;
    const struct event_source *source = sink->source;
    struct event_head event =
        event_head_of(run, EVENT_FILL, source->execution, source->portfolio, deal->cause);
    if (!event_begin(sink, &event))
        return sink->last[EVENT_FILL];
    event_text(sink, "reason", exit_reason_word(deal->reason));
    event_text(sink, "side", delta > 0 ? "buy" : "sell");
    event_number(sink, "price", deal->price);
    event_bool(sink, "slips", deal->slips);
    event_number(sink, "fill_price", price);
    event_number(sink, "asked_units", asked);
    event_number(sink, "units", delta);
    event_bool(sink, "cut_by_cash", delta != asked);
    event_number(sink, "fee", fee);
    event_number(sink, "slippage_paid", fabs(delta) * fabs(price - deal->price));
    event_number(sink, "cash_before", cash_before);
    event_number(sink, "cash_after", run->cash);
    event_number(sink, "position_before", units_before);
    event_number(sink, "position_after", run->units);
    execution_inputs(sink, run);
    event_end(sink);
    return sink->last[EVENT_FILL];
}

/* A buy that the cash cannot pay at all: the execution's own word to the decision. */
void event_refusal(struct event_sink *sink, const struct run *run, const struct deal *deal,
                   double asked, double price)
{
    if (!sink)
        return;
    const struct event_source *source = sink->source;
    struct event_head event =
        event_head_of(run, EVENT_RISK_DECISION, source->execution, source->portfolio, deal->cause);
    if (!event_begin(sink, &event))
        return;
    event_text(sink, "portfolio_id", source->portfolio);
    event_text(sink, "decision", "rejected");
    event_text(sink, "reason", "cash");
    event_number(sink, "price", deal->price);
    event_number(sink, "fill_price", price);
    event_number(sink, "asked_units", asked);
    event_number(sink, "cash", run->cash);
    event_number(sink, "units", run->units);
    event_number(sink, "equity", equity_at(run, deal->price));
    execution_inputs(sink, run);
    event_end(sink);
}

void event_open(struct event_sink *sink, const struct run *run, uint64_t cause)
{
    if (!sink)
        return;
    const char *portfolio = sink->source->portfolio;
    struct event_head event = event_head_of(run, EVENT_POSITION_OPEN, portfolio, portfolio, cause);
    if (!event_begin(sink, &event))
        return;
    event_number(sink, "direction", run->trade.direction);
    event_number(sink, "units", run->units);
    event_number(sink, "entry_price", run->trade.entry);
    event_number(sink, "entry_value", run->trade.entry_value);
    event_number(sink, "fees", run->trade.fees);
    event_number(sink, "decided_bar", (double)run->trade.decided);
    event_end(sink);
}

void event_close(struct event_sink *sink, const struct run *run, const struct trade *trade,
                 uint64_t cause)
{
    if (!sink)
        return;
    const char *portfolio = sink->source->portfolio;
    struct event_head event = event_head_of(run, EVENT_POSITION_CLOSE, portfolio, portfolio, cause);
    if (!event_begin(sink, &event))
        return;
    event_text(sink, "reason", exit_reason_word(trade->reason));
    event_number(sink, "direction", trade->direction);
    event_number(sink, "largest_units", trade->units);
    event_number(sink, "entry_bar", (double)trade->entry_bar);
    event_number(sink, "entry_price", trade->entry_price);
    event_number(sink, "entry_value", run->trade.entry_value);
    event_number(sink, "exit_price", trade->exit_price);
    event_number(sink, "fees", run->trade.fees);
    event_number(sink, "profit", trade->profit);
    event_number(sink, "net_return", trade->net_return);
    event_end(sink);
}

void event_portfolio(struct event_sink *sink, const struct run *run, double price, uint64_t cause)
{
    if (!sink)
        return;
    const char *portfolio = sink->source->portfolio;
    struct event_head event =
        event_head_of(run, EVENT_PORTFOLIO_UPDATE, portfolio, portfolio, cause);
    if (!event_begin(sink, &event))
        return;
    event_number(sink, "cash", run->cash);
    event_number(sink, "units", run->units);
    event_number(sink, "price", price);
    event_number(sink, "equity", equity_at(run, price));
    event_number(sink, "wanted", run->wanted);
    event_number(sink, "peak", run->peak);
    event_number(sink, "max_drawdown", run->mdd);
    event_bool(sink, "halted", run->halted);
    event_end(sink);
}
