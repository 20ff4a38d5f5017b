/* SPDX-License-Identifier: Apache-2.0 */
/* What a phase takes over from an earlier one: its best combinations, or the best of each regime.
 */
#ifndef ADMF_ENGINE_WORKFLOW_INHERITANCE_H
#define ADMF_ENGINE_WORKFLOW_INHERITANCE_H

#include "engine/workflow/regime_choice.h"
#include "engine/workflow/sequencer.h"

/* All zero at first. */
struct inheritance {
    uint64_t *ids;
    struct regime_choices choices;
    uint64_t *kept, *listed; /* what is kept of the list in output.keep, and that list; or NULL */
    size_t listed_count;
};

/*
 * Lets the configuration of `phase` run what it inherits, which may be nothing, from the finished
 * cube of the phase that it names; `first`: the plan of the first phase. Of a list of combinations
 * in output.keep those are kept that are inherited. To inherit an empty set is an error
 * (ADMF_BAD_CONFIG), told at its place. inheritance_drop, after the phase and after a failure,
 * takes it out of the configuration again and frees it.
 */
admf_status inheritance_take(struct inheritance *out, const struct sequence *sequence,
                             const struct phase_entry *phase, const struct plan *first);
void inheritance_drop(struct inheritance *inheritance, const struct phase_entry *phase);

#endif
