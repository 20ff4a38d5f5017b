/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals of instances over all bars of a symbol, in one pass: what is stored. While the pass goes
 * on they are bits, two a bar for a strategy and one a label for a classifier, so that the memory
 * is known before anything is computed; afterwards their changes are read off.
 */
#ifndef ADMF_ENGINE_SIMULATE_GENERATE_H
#define ADMF_ENGINE_SIMULATE_GENERATE_H

#include "admf/error.h"
#include "engine/features/stored_signals.h"
#include "engine/simulate/computed.h"
#include "io/signals/signal_layout.h"

struct generation {
    const struct plan *plan;
    const struct day_labels *days;
    size_t symbol;
    struct instance_range range[SIGNAL_AXES];
    /* Called on the thread of generation_run after each tile with the bars done so far; a status
     * other than ADMF_OK ends the pass there. May be NULL. */
    admf_status (*after_tile)(void *context, size_t bars);
    void *context;

    /* private */
    size_t words;               /* of a row */
    size_t *plane[SIGNAL_AXES]; /* first row of each instance of the range */
    uint64_t *bits;             /* rows */
    size_t *strength_row;       /* of each strategy of the range; SIZE_MAX: it has none */
    double *strength;           /* rows of words * 64 */
    uint32_t *bar;              /* of the changes last read off */
    int8_t *value;
};

/* Bytes that an instance takes in a pass, and those that changes take as they are read off. */
uint64_t generation_bytes(const struct plan *plan, enum axis_kind axis, size_t instance,
                          size_t bars);
uint64_t generation_scratch_bytes(size_t bars);

/* Whether a strategy has strengths that are to be stored. */
bool generation_has_strength(const struct plan *plan, size_t strategy);

/*
 * Runs the pass. generation_deinit afterwards, also after a failure: ADMF_INTERNAL for want of
 * memory, which *error says, or what after_tile said, *error untouched.
 */
admf_status generation_run(struct generation *generation, admf_error *error);
void generation_deinit(struct generation *generation);

/* Changes of an instance of the range; they stand until the next call. */
struct signal_changes generation_changes(struct generation *generation, enum axis_kind axis,
                                         size_t instance);
/* Strength at every bar, NaN where there is no signal; NULL: the strategy has none. */
const double *generation_strength(struct generation *generation, size_t strategy);

#endif
