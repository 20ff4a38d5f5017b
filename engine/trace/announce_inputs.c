/* SPDX-License-Identifier: Apache-2.0 */
/* Events of what comes in: bars, features, labels, signals. */
#include "engine/trace/run.h"

struct event_head event_head_of(const struct run *run, enum event_type type, const char *from,
                                const char *to, uint64_t cause)
{
    int64_t time = run->in->bars->time[run->in->first + run->t];
    return (struct event_head){type, time, run->t, from, to, cause};
}

void event_bar(struct event_sink *sink, const struct run *run)
{
    struct event_head bar = event_head_of(run, EVENT_BAR, "data", "feature_hub", 0);
    if (!event_begin(sink, &bar))
        return;
    const struct bars *bars = run->in->bars;
    size_t index = run->in->first + run->t;
    event_text(sink, "symbol", sink->source->symbol);
    event_number(sink, "index", (double)index);
    event_number(sink, "open", cell(run->open, run->t));
    event_number(sink, "high", cell(run->high, run->t));
    event_number(sink, "low", cell(run->low, run->t));
    event_number(sink, "close", run->close[run->t]);
    event_number(sink, "volume", cell(bars->volume, index));
    event_number(sink, "session_day", run->day[run->t]);
    event_bool(sink, "session_day_ends", run->day_ends);
    event_end(sink);
}

static void features(struct event_sink *sink, const struct run *run)
{
    struct event_head event =
        event_head_of(run, EVENT_FEATURES, "feature_hub", "broadcast", event_of_bar(sink));
    if (!event_begin(sink, &event))
        return;
    const struct event_service *hub = &sink->source->features;
    for (size_t i = 0; i < hub->inputs; i++)
        event_number(sink, hub->input[i], hub->column[i][run->t]);
    event_end(sink);
}

static const char *label_name(const struct event_sink *sink, int code)
{
    if (sink->source->label)
        return sink->source->label[code];
    return code == 0 ? "unknown" : NULL;
}

static void classification(struct event_sink *sink, const struct run *run, int label)
{
    const struct event_source *source = sink->source;
    struct event_head event = event_head_of(run, EVENT_CLASSIFICATION, source->classifier.name,
                                            source->portfolio, sink->last[EVENT_FEATURES]);
    if (!event_begin(sink, &event))
        return;
    event_text(sink, "classifier", source->classifier.type);
    event_text(sink, "label", label_name(sink, label));
    event_number(sink, "code", label);
    if (source->confidence)
        event_number(sink, "confidence", source->confidence[run->t]);
    event_parameters(sink, &source->classifier);
    event_service_inputs(sink, &source->classifier, run->t);
    event_end(sink);
}

/* What the regime policy makes of the new label, as the portfolio sees it. */
static void regime_change(struct event_sink *sink, const struct run *run, int label)
{
    const char *portfolio = sink->source->portfolio;
    struct event_head event = event_head_of(run, EVENT_REGIME_CHANGE, portfolio, portfolio,
                                            sink->last[EVENT_CLASSIFICATION]);
    if (!event_begin(sink, &event))
        return;
    const unsigned char *allow = run->in->allow;
    int may = allow ? allow[label] & 3 : 3;
    static const char *const words[] = {"flat", "long", "short", "both"};
    event_text(sink, "from", sink->announced ? label_name(sink, sink->label) : NULL);
    event_text(sink, "to", label_name(sink, label));
    event_text(sink, "allows", words[may]);
    event_bool(sink, "block_entries", run->in->terms->block_entries);
    event_end(sink);
}

/* `speaker`: who has the say, NULL where there is one strategy only. */
static void signal(struct event_sink *sink, const struct run *run,
                   const struct event_speaker *speaker, uint64_t cause)
{
    const char *portfolio = sink->source->portfolio;
    const struct event_service *strategy = speaker ? &speaker->strategy : &sink->source->strategy;
    struct event_head event = event_head_of(
        run, EVENT_SIGNAL, strategy->name ? strategy->name : portfolio, portfolio, cause);
    if (!event_begin(sink, &event))
        return;
    event_text(sink, "strategy", strategy->type);
    if (speaker)
        event_text(sink, "combo", speaker->combo);
    event_number(sink, "signal", run->in->signal[run->t]);
    event_number(sink, "strength", run->in->strength ? run->in->strength[run->t] : 1);
    event_parameters(sink, strategy);
    event_service_inputs(sink, strategy, run->t);
    event_end(sink);
}

/*
 * Labels and signals are announced when they change, and once at the start; signals also when
 * another strategy has the say, which is the classification's doing.
 */
void event_inputs(struct event_sink *sink, const struct run *run)
{
    features(sink, run);
    int label = run->in->label ? run->in->label[run->t] : 0;
    const struct event_speaker *speaker =
        sink->source->speaker ? &sink->source->speaker[label] : NULL;
    const char *combo = speaker ? speaker->combo : NULL;
    if (run->in->label && (!sink->announced || label != sink->label)) {
        classification(sink, run, label);
        sink->signal_cause = sink->last[EVENT_CLASSIFICATION];
        regime_change(sink, run, label);
    }
    int s = run->in->signal[run->t];
    if (!sink->announced || s != sink->signal || combo != sink->combo) {
        bool chosen = speaker && run->in->label && combo != sink->combo;
        signal(sink, run, speaker, sink->last[chosen ? EVENT_CLASSIFICATION : EVENT_FEATURES]);
        sink->signal_cause = sink->last[EVENT_SIGNAL];
    }
    sink->announced = true;
    sink->label = label;
    sink->signal = s;
    sink->combo = combo;
}
