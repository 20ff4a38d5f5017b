/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulation tells the sink, event by event. Without a sink nothing is written
 * and ids are 0.
 */
#ifndef ADMF_ENGINE_TRACE_ANNOUNCE_H
#define ADMF_ENGINE_TRACE_ANNOUNCE_H

#include "engine/trace/event.h"
#include "kernels/catalog/catalog.h"

struct run;
struct order;
struct sizing;
struct decision;
struct deal;
struct trade;

/* The envelope of an event in the bar under way. */
struct event_head event_head_of(const struct run *run, enum event_type type, const char *from,
                                const char *to, uint64_t cause);

/* announce_inputs.c: what comes in. The sink must not be NULL. */
void event_bar(struct event_sink *sink, const struct run *run);
void event_inputs(struct event_sink *sink, const struct run *run);

/* announce_orders.c: what is decided. `forced`: by a halt or the end of the day. */
uint64_t event_order(struct event_sink *sink, const struct run *run, bool forced);
uint64_t event_decision(struct event_sink *sink, const struct run *run, const struct order *order,
                        const struct sizing *sizing, const struct decision *decision);
void event_breach(struct event_sink *sink, const struct run *run, enum risk_param limit,
                  double equity, double reference);

/* announce_fills.c: what happened to cash and units. */
uint64_t event_fill(struct event_sink *sink, const struct run *run, const struct deal *deal,
                    double units_before, double cash_before, double asked, double delta,
                    double price, double fee);
void event_refusal(struct event_sink *sink, const struct run *run, const struct deal *deal,
                   double asked, double price);
void event_open(struct event_sink *sink, const struct run *run, uint64_t cause);
void event_close(struct event_sink *sink, const struct run *run, const struct trade *trade,
                 uint64_t cause);
void event_portfolio(struct event_sink *sink, const struct run *run, double price, uint64_t cause);

/* announce_summary.c */
void event_summary(struct event_sink *sink, const struct run *run);

/* The BAR event under way; 0 without a sink. */
static inline uint64_t event_of_bar(const struct event_sink *sink)
{
    return sink ? sink->last[EVENT_BAR] : 0;
}

/* A stopwatch for a service: 0 unless timing is asked for. */
uint64_t event_now(void);
static inline uint64_t event_clock(const struct event_sink *sink)
{
    return sink && sink->timing ? event_now() : 0;
}
static inline void event_spent(struct event_sink *sink, enum service service, uint64_t start)
{
    if (sink && sink->timing)
        event_add_time(sink, service, 1, event_now() - start);
}

#endif
