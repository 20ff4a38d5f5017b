/* SPDX-License-Identifier: Apache-2.0 */
/* What one combination of a plan trades on, at every bar of a window: for one run. */
#ifndef ADMF_ENGINE_TRACE_INPUTS_H
#define ADMF_ENGINE_TRACE_INPUTS_H

#include "engine/features/columns.h"
#include "engine/plan/plan.h"
#include "engine/trace/terms.h"
#include "engine/trace/event.h"
#include "engine/trace/scalar.h"
#include "kernels/signal_types.h"

enum { WORD_TEXT_MAX = 64 };

/* Texts of the parameters and inputs of one service. */
struct service_texts {
    const char *param[ADMF_PARAMS_MAX], *word[ADMF_PARAMS_MAX];
    char word_text[ADMF_PARAMS_MAX][WORD_TEXT_MAX];
    const char *input[ADMF_NEEDS_MAX];
    const double *column[ADMF_NEEDS_MAX];
};

enum { INPUTS_TILE = 2048 }; /* bars before the window that are gone through at a time */

struct inputs {
    const struct plan *plan;
    const struct plan_window *window;
    const struct bars *bars;
    struct cell cell;
    uint64_t id;         /* of the combination */
    size_t count, words; /* bars of the window; in words */

    struct terms terms;
    struct scalar_input scalar;
    struct event_source source;

    /* owned */
    struct columns *columns;
    char (*name)[COLUMN_NAME_MAX]; /* [plan->column_count]; NULL unless described */
    const char **hub_input;        /* names and values of every needed column; the same */
    const double **hub_column;
    int8_t *signal; /* [count], as the three that follow */
    double *strength, *confidence;
    uint8_t *label;
    struct service_texts strategy, classifier;
    const char *label_names[ADMF_LABELS_MAX];
    char combo[32], portfolio[48];

    uint64_t calls[SERVICE_COUNT], nanoseconds[SERVICE_COUNT];
};

/*
 * Makes the inputs of a combination in a window: what it trades on (scalar) and the names of its
 * labels (label_names). What they take is proportional to the window, not to the plan, so that many
 * may be held at a time. `plan` and `window` must outlive them. ADMF_INTERNAL for lack of memory,
 * or why a store of signals cannot be read, as of all these; inputs_deinit also after a failure.
 */
admf_status inputs_init(struct inputs *inputs, const struct plan *plan,
                        const struct plan_window *window, uint64_t combo, admf_error *error);
/* The same of its strategy alone: signal and, where sizes need it, strength. */
admf_status inputs_init_strategy(struct inputs *inputs, const struct plan *plan,
                                 const struct plan_window *window, uint64_t combo,
                                 admf_error *error);
/*
 * Adds what events show (source): names of the combination, its components, parameters and columns,
 * whose table has a row for every column of the plan. Correlation id and sink are the caller's to
 * fill in.
 */
admf_status inputs_describe(struct inputs *inputs, admf_error *error);
/* The same after inputs_init_strategy: source.strategy and source.features alone. */
admf_status inputs_describe_strategy(struct inputs *inputs, admf_error *error);
void inputs_deinit(struct inputs *inputs);

/* inputs_signals.c: signal, strength, label and confidence of every bar. */
admf_status inputs_make_signals(struct inputs *inputs, admf_error *error);
admf_status inputs_make_labels(struct inputs *inputs, admf_error *error);
/* inputs_stored.c: the same from a store, without confidence. */
admf_status inputs_take_stored(struct inputs *inputs, admf_error *error);

/* Bit `t` of words with a bit for each bar. */
static inline bool inputs_bit(const uint64_t *words, size_t t)
{
    return words[t / WORD_BARS] >> t % WORD_BARS & 1;
}

/* The instance that the combination has on an axis. */
static inline const struct instance *inputs_instance(const struct inputs *inputs,
                                                     enum axis_kind axis)
{
    return &inputs->plan->axes[axis].instances[inputs->cell.index[axis]];
}

#endif
