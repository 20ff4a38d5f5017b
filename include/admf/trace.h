/* SPDX-License-Identifier: Apache-2.0 */
/* One combination again, alone, event by event. */
#ifndef ADMF_TRACE_H
#define ADMF_TRACE_H

#include "admf/workflow.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_trace_options {
    const char *path; /* a configuration, or a cube: then the summary is checked against its cell */
    uint64_t combo;
    const char *symbol;    /* NULL: the first */
    const char *window;    /* NULL: the first */
    const char *from, *to; /* ISO 8601; only events between are written; NULL: all */
    const char *types;     /* comma-separated event types; NULL: all */
    bool timing;           /* calls and nanoseconds per service in the summary */
    const char *isa;
    /* Receives one JSON object per event, without a line feed. False: stop. */
    bool (*line)(void *context, const char *json, size_t length);
    void *context;
    /* NULL, or set: whether the summary was compared with a cube's cell and equals it. */
    bool *equals_cube;
} admf_trace_options;

/*
 * ADMF_OK when the whole trace was delivered and, given a cube, the summary equals the
 * cube's cell bit for bit; ADMF_FAILED, naming the metric, when it does not.
 */
admf_status admf_trace(const admf_trace_options *options, admf_diagnostics *errors,
                       admf_diagnostics *warnings);

#ifdef __cplusplus
}
#endif
#endif
