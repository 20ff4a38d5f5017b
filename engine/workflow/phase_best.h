/* SPDX-License-Identifier: Apache-2.0 */
/* The short table of the best that ends a run. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_BEST_H
#define ADMF_ENGINE_WORKFLOW_PHASE_BEST_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"

/*
 * Fills in result->best_by, best and best_count from the finished cube result->cube: by the
 * workflow's objective, none where the cube does not hold that metric. Labels are copies, which
 * phase_result_deinit frees, after a failure too.
 */
admf_status phase_find_best(const struct plan *plan, admf_phase_result *result, admf_error *error);

#endif
