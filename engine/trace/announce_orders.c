/* SPDX-License-Identifier: Apache-2.0 */
/* Events of what is decided: orders, the validators' word, halts. */
#include "engine/catalog/catalog.h"
#include "engine/trace/run.h"

/* A word of the risk profile, as the configuration writes it. */
static void risk_word(struct event_sink *sink, const struct run *run, enum risk_param key)
{
    event_word(sink, &catalog_risk.params[key], run->risk[key]);
}

uint64_t event_order(struct event_sink *sink, const struct run *run, bool forced)
{
    if (!sink)
        return 0;
    struct event_head event =
        event_head_of(run, EVENT_ORDER, sink->source->portfolio, sink->source->risk,
                      forced ? event_of_bar(sink) : sink->signal_cause);
    if (event_begin(sink, &event)) {
        event_number(sink, "direction", run->order.direction);
        event_number(sink, "signal", run->in->signal[run->t]);
        event_word(sink, &catalog_execution.params[EXECUTION_fill], run->execution[EXECUTION_fill]);
        event_number(sink, "units", run->units);
        event_bool(sink, "halted", run->halted);
        event_end(sink);
    }
    return sink->last[EVENT_ORDER];
}

static void sizing_inputs(struct event_sink *sink, const struct run *run,
                          const struct sizing *sizing)
{
    int type = (int)run->risk[RISK_size_type];
    event_key(sink, "sizing");
    text_add(&sink->text, "{");
    risk_word(sink, run, RISK_size_type);
    event_number(sink, "size", run->risk[RISK_size]);
    event_number(sink, "size_by_strength", sizing->size);
    event_number(sink, "lot", run->risk[RISK_lot]);
    event_number(sink, "leverage", run->risk[RISK_leverage]);
    event_bool(sink, "cut_by_leverage", sizing->levered);
    if (type == SIZE_VOLATILITY_TARGET)
        event_number(sink, "volatility", sizing->measure);
    if (type == SIZE_ATR_RISK) {
        event_number(sink, "atr", sizing->measure);
        event_number(sink, "atr_multiple", run->risk[RISK_atr_multiple]);
    }
    text_add(&sink->text, "}");
}

/* Which key of the risk profile each validator goes by. */
static const enum risk_param limit_key[LIMIT_COUNT] = {
    [LIMIT_POSITION_VALUE] = RISK_max_position_value,
    [LIMIT_POSITION_PERCENT] = RISK_max_position_percent,
    [LIMIT_LEVERAGE] = RISK_max_leverage,
    [LIMIT_COOLDOWN] = RISK_cooldown_bars};

static const char *limit_name(enum validator limit)
{
    return limit == LIMIT_NONE ? NULL : catalog_risk.params[limit_key[limit]].name;
}

/* Every limit with its value and the units it allows. */
static void limit_inputs(struct event_sink *sink, const struct run *run,
                         const struct decision *decision)
{
    event_key(sink, "limits");
    text_add(&sink->text, "{");
    for (int i = 0; i < LIMIT_COUNT; i++) {
        double limit = run->risk[limit_key[i]];
        if (isnan(limit))
            continue;
        event_key(sink, limit_name((enum validator)i));
        text_add(&sink->text, "{");
        event_number(sink, "limit", limit);
        event_number(sink, "allowed_units", decision->allowed[i]);
        text_add(&sink->text, "}");
    }
    text_add(&sink->text, "}");
    if (run->lost)
        event_number(sink, "last_loss_bar", (double)run->lost_bar);
}

uint64_t event_decision(struct event_sink *sink, const struct run *run, const struct order *order,
                        const struct sizing *sizing, const struct decision *decision)
{
    static const char *const verdicts[] = {"approved", "clipped", "rejected"};
    if (!sink)
        return 0;
    struct event_head event = event_head_of(run, EVENT_RISK_DECISION, sink->source->risk,
                                            sink->source->execution, order->event);
    if (!event_begin(sink, &event))
        return sink->last[EVENT_RISK_DECISION];
    event_text(sink, "portfolio_id", sink->source->portfolio);
    event_text(sink, "decision", verdicts[decision->verdict]);
    event_text(sink, "reason", decision->verdict == APPROVED ? NULL : limit_name(decision->reason));
    risk_word(sink, run, RISK_on_breach);
    event_number(sink, "direction", order->direction);
    event_number(sink, "decided_bar", (double)order->bar);
    event_number(sink, "asked_units", decision->asked);
    event_number(sink, "target_units", decision->target);
    event_number(sink, "price", sizing->price);
    event_number(sink, "equity", sizing->equity);
    event_number(sink, "cash", run->cash);
    event_number(sink, "units", run->units);
    sizing_inputs(sink, run, sizing);
    limit_inputs(sink, run, decision);
    event_end(sink);
    return sink->last[EVENT_RISK_DECISION];
}

void event_breach(struct event_sink *sink, const struct run *run, enum risk_param limit,
                  double equity, double reference)
{
    if (!sink)
        return;
    struct event_head event = event_head_of(run, EVENT_RISK_BREACH, sink->source->risk,
                                            sink->source->portfolio, event_of_bar(sink));
    if (!event_begin(sink, &event))
        return;
    double value = run->risk[limit];
    event_text(sink, "limit", catalog_risk.params[limit].name);
    event_number(sink, "value", value);
    event_number(sink, "equity", equity);
    event_number(sink, "reference", reference);
    event_number(sink, "threshold", reference * (1 - value));
    risk_word(sink, run, RISK_halt);
    event_end(sink);
}
