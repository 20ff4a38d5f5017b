/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what one combination did, as JSON Lines.
 *
 * The sink gives every event an id (`event_1`, `event_2`, … in the order of time), links
 * it to the event that caused it, and passes on those that the filter asks for. An event
 * that is filtered out keeps its id, so the links of the others stay the same.
 *
 *     FILL → RISK_DECISION → ORDER → SIGNAL → FEATURES → BAR
 *
 * An order that a change of regime made is caused by that CLASSIFICATION; protective
 * exits, halts and what `flat_at` or `close_at_end` does are caused by the BAR.
 */
#ifndef ADMF_ENGINE_TRACE_EVENT_H
#define ADMF_ENGINE_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/types.h"
#include "engine/base/text.h"

/* EVENT(name): the types, in the order of a bar. */
#define EVENT_TYPES(EVENT)                                                                         \
    EVENT(BAR)                                                                                     \
    EVENT(FEATURES)                                                                                \
    EVENT(CLASSIFICATION)                                                                          \
    EVENT(REGIME_CHANGE)                                                                           \
    EVENT(SIGNAL)                                                                                  \
    EVENT(ORDER)                                                                                   \
    EVENT(RISK_DECISION)                                                                           \
    EVENT(FILL)                                                                                    \
    EVENT(PORTFOLIO_UPDATE)                                                                        \
    EVENT(POSITION_OPEN)                                                                           \
    EVENT(POSITION_CLOSE)                                                                          \
    EVENT(RISK_BREACH)                                                                             \
    EVENT(SUMMARY)

enum event_type {
#define EVENT(name) EVENT_##name,
    EVENT_TYPES(EVENT)
#undef EVENT
        EVENT_TYPE_COUNT
};

/* What `timing` counts; the first three are the caller's (event_add_time). */
enum service {
    SERVICE_FEATURES,
    SERVICE_CLASSIFIER,
    SERVICE_STRATEGY,
    SERVICE_SIZING,
    SERVICE_RISK,
    SERVICE_EXECUTION,
    SERVICE_EXITS,
    SERVICE_COUNT
};

/* A pure service: columns and parameters in, a value per bar out. */
struct event_service {
    const char *type; /* "momentum" */
    const char *name; /* "momentum[lookback_period=10,…]"; NULL: there is none */
    size_t params;
    const char *const *param; /* [params] names */
    const double *value;      /* [params]; NaN: off */
    const char *const *word;  /* [params], or NULL: text instead of the number, where not NULL */
    size_t inputs;
    const char *const *input;    /* [inputs] names of columns: "return(10)" */
    const double *const *column; /* [inputs]; index 0 is the window's first bar */
};

/* Who has the say in a regime of a portfolio that follows another strategy in each. */
struct event_speaker {
    const char *combo;             /* "combo_7", one text for each combination; NULL: flat */
    struct event_service strategy; /* of it */
};

/* Who speaks. Everything is borrowed and must live as long as the sink. */
struct event_source {
    const char *combo;       /* "combo_7" */
    const char *portfolio;   /* "portfolio_7" */
    const char *correlation; /* "workflow_20260102_150405_1a2b3c4d" */
    const char *symbol;
    struct event_service features; /* every column once; type and name "feature_hub" */
    struct event_service strategy, classifier;
    const struct event_speaker *speaker; /* by code of the label; NULL: `strategy` in each */
    const char *risk, *execution;        /* labels of profile and model: "risk[stop_loss=0.02]" */
    const char *const *label;            /* names of regimes, by code */
    const double *confidence;            /* of the label at every bar; NULL: not shown */
};

struct event_filter {
    int64_t from, to; /* ns UTC, both included; all: INT64_MIN, INT64_MAX */
    unsigned types;   /* bit 1 << enum event_type; 0: all */
};

struct event_sink {
    const struct event_source *source;
    struct event_filter filter;
    bool timing;
    /* One JSON object, without line feed. False: no more, please. */
    bool (*line)(void *context, const char *json, size_t length);
    void *context;

    /* private; zero to start with */
    struct text text;
    uint64_t seq, last[EVENT_TYPE_COUNT];
    uint64_t calls[SERVICE_COUNT], nanoseconds[SERVICE_COUNT];
    int signal, label; /* as last announced */
    const char *combo; /* of the speaker then */
    bool announced, stopped;
    uint64_t signal_cause; /* of an order now: the signal's last change or the regime's */
};

/* Frees what the sink has written into; the sink itself is the caller's. */
void event_sink_deinit(struct event_sink *sink);

/* The types of a comma-separated list as bits; an unknown word is an error that names one. */
admf_status event_types_read(const char *list, unsigned *types, admf_error *error);

/* Adds to what the SUMMARY says of a service that ran outside the simulation. */
void event_add_time(struct event_sink *sink, enum service service, uint64_t calls,
                    uint64_t nanoseconds);

/* An error when memory ran out while writing; ADMF_OK also when `line` said to stop. */
admf_status event_status(const struct event_sink *sink, admf_error *error);

/*
 * Private to engine/trace: an event from its envelope to its end. event_begin returns
 * false when nothing is to be written; otherwise the payload's keys follow, then event_end.
 * The event's id is sink->seq from then on; `cause` 0: none.
 */
struct event_head {
    enum event_type type;
    int64_t time;
    size_t bar;
    const char *from, *to; /* source and target */
    uint64_t cause;
};
bool event_begin(struct event_sink *sink, const struct event_head *head);
void event_end(struct event_sink *sink);

/* Keys of the payload. */
void event_number(struct event_sink *sink, const char *key, double value);
void event_text(struct event_sink *sink, const char *key, const char *value);
/* One of the words of a catalogue's parameter under the parameter's name; NaN: off, as null. */
void event_word(struct event_sink *sink, const admf_param *param, double value);
void event_bool(struct event_sink *sink, const char *key, bool value);
void event_key(struct event_sink *sink, const char *key); /* a value must follow */
/* "parameters": {…} and "inputs": {…} of a service at a bar. */
void event_parameters(struct event_sink *sink, const struct event_service *service);
void event_service_inputs(struct event_sink *sink, const struct event_service *service, size_t bar);

#endif
