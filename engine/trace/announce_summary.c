/* SPDX-License-Identifier: Apache-2.0 */
/* The last event: every metric, the fate of the combination, and time spent by service. */
#include "admf/catalog.h"
#include "engine/catalog/catalog.h"
#include "engine/trace/run.h"

static void timing(struct event_sink *sink)
{
    static const char *const names[SERVICE_COUNT] = {
        "features", "classifier", "strategy", "sizing", "risk_validator", "execution", "exits"};
    event_key(sink, "timing");
    text_add(&sink->text, "{");
    for (int i = 0; i < SERVICE_COUNT; i++) {
        event_key(sink, names[i]);
        text_add(&sink->text, "{");
        event_number(sink, "calls", (double)sink->calls[i]);
        event_number(sink, "nanoseconds", (double)sink->nanoseconds[i]);
        text_add(&sink->text, "}");
    }
    text_add(&sink->text, "}");
}

void event_summary(struct event_sink *sink, const struct run *run)
{
    const char *portfolio = sink->source->portfolio;
    size_t last = run->count - 1;
    int64_t time = run->in->bars->time[run->in->first + last];
    struct event_head event = {EVENT_SUMMARY, time, last, portfolio, "result", event_of_bar(sink)};
    if (!event_begin(sink, &event))
        return;
    event_text(sink, "status", admf_cell_status_name((int)run->result->status));
    event_number(sink, "bars", (double)run->count);
    event_key(sink, "metrics");
    text_add(&sink->text, "{");
    for (int i = 0; i < METRIC_COUNT; i++)
        event_number(sink, catalog_metrics[i].name, run->result->metric[i]);
    text_add(&sink->text, "}");
    if (sink->timing)
        timing(sink);
    event_end(sink);
}
