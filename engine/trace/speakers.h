/* SPDX-License-Identifier: Apache-2.0 */
/* The strategies of a portfolio that follows another in each regime, as its events show them. */
#ifndef ADMF_ENGINE_TRACE_SPEAKERS_H
#define ADMF_ENGINE_TRACE_SPEAKERS_H

#include "engine/trace/inputs.h"

struct speakers {
    struct event_speaker by_label[ADMF_LABELS_MAX]; /* by code */

    /* owned */
    size_t count;
    struct inputs *of; /* [count]: strategies other than the composite's own */
    char (*combo)[32]; /* [ADMF_LABELS_MAX] */
    const char **hub_input;
    const double **hub_column;
};

/*
 * Makes what events show of the strategies of `composite` (composite_init, inputs_describe), which
 * are computed for that once more, and lets its source say so: signals come from whoever has the
 * say, and the features are those that any of them reads. Both must live as long as the sink.
 * speakers_deinit also after a failure.
 */
admf_status speakers_init(struct speakers *speakers, struct inputs *composite,
                          const struct plan_adaptive *adaptive, admf_error *error);
void speakers_deinit(struct speakers *speakers);

#endif
