/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sequencer: the phases of a workflow in their order, each with a cube of its own. What a
 * phase has found is handed on; a checkpoint beside the cubes says how far the workflow is.
 */
#ifndef ADMF_ENGINE_WORKFLOW_SEQUENCER_H
#define ADMF_ENGINE_WORKFLOW_SEQUENCER_H

#include "engine/plan/plan.h"
#include "engine/workflow/record.h"

struct sequence {
    const struct config *config; /* of the file */
    const admf_options *options;
    struct record *record;
    admf_workflow_result *result;
    admf_diagnostics *errors, *warnings;
};

/* Phases of a configuration, at least one, and the configuration of each. */
size_t sequence_phases(const struct config *config);
const struct config *sequence_config(const struct config *config, size_t phase);

/*
 * Plans a phase. `bars_of`: a plan of the same workflow whose bars are borrowed and which must
 * outlive this one; NULL: they are read. `ahead`: before its turn, when the signals it replays may
 * not be there. Freed with plan_free.
 */
admf_status sequence_plan(const struct sequence *sequence, size_t phase, const struct plan *bars_of,
                          bool ahead, struct plan **out, admf_diagnostics *errors);

/*
 * Runs all phases; `first` is the plan of the first, and `path` where its cube goes if it is the
 * only one: those of several are STEM.PHASE.h5, and PATH.checkpoint.json is written after each.
 * Fills in result->phases, for which there is room, and result->phase_count.
 */
admf_status sequence_run(const struct sequence *sequence, const struct plan *first,
                         const char *path);

#endif
