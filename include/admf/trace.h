/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One combination, or one adaptive portfolio, again, alone, event by event.
 *
 *     admf_trace_options options = {.path = "sweep.h5", .combo = 7, .line = print_line};
 *     admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
 *     admf_status status = admf_trace(&options, &errors, &warnings);
 */
#ifndef ADMF_TRACE_H
#define ADMF_TRACE_H

#include "admf/workflow.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Strings are borrowed for the call. */
typedef struct admf_trace_options {
    const char *path; /* a configuration, or a cube: then the summary is checked against its cell */
    uint64_t combo;
    bool adaptive;         /* `combo` is not a combination but a row of the cube's /adaptive, from
                              0; a row has its symbol and window, so that both must be NULL */
    const char *symbol;    /* NULL: the first */
    const char *window;    /* NULL: the first */
    const char *from, *to; /* ISO 8601; only events between are written; NULL: all */
    const char *types;     /* comma-separated event types; NULL: all */
    bool timing;           /* calls and nanoseconds per service in the summary */
    const char *isa;       /* instruction set; NULL: as configured */
    /*
     * Required without `output`. Receives one JSON object per event, of `length` bytes without a
     * line feed, its own for the call. False: stop.
     */
    bool (*line)(void *context, const char *json, size_t length);
    void *context;
    /* NULL, or set: whether the summary was compared with a cube's cell and equals it. */
    bool *equals_cube;
    /*
     * NULL, or the file that the events go to, each a line, instead of to `line`: it has its name
     * once it is whole, which it is too where its summary is not the cube's. A pipe or a device is
     * written to as it is.
     */
    const char *output;
    bool force;               /* replace the output, but none of the inputs */
    const volatile int *stop; /* NULL, or as admf_options.stop */
} admf_trace_options;

/*
 * ADMF_OK when the whole trace was delivered and, given a cube, the summary equals the
 * cube's cell bit for bit (as rounded, where the cube holds float32); ADMF_FAILED, naming every
 * metric that differs, when it does not. A trace that `line` stopped is not compared. ADMF_USAGE
 * for a combination, portfolio, symbol, window, time or type that there is not, and for an output
 * that is what is traced or one of its inputs; ADMF_IO for one that exists (without force) or
 * cannot be written, with nothing added to `errors` where it is a pipe whose reader has left; what
 * *stop says, with nothing added either, for a trace that it cut short; otherwise what
 * admf_workflow_run returns for such a path. Both lists are the caller's.
 */
admf_status admf_trace(const admf_trace_options *options, admf_diagnostics *errors,
                       admf_diagnostics *warnings);

#ifdef __cplusplus
}
#endif
#endif
