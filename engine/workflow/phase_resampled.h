/* SPDX-License-Identifier: Apache-2.0 */
/* The short table of what was resampled, behind that of the best. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_RESAMPLED_H
#define ADMF_ENGINE_WORKFLOW_PHASE_RESAMPLED_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"

/*
 * Fills in result->paths, resampled and resampled_count from the finished cube result->cube: the
 * best rows of its /monte_carlo. Nothing where the workflow is of another type. Labels are copies,
 * which phase_result_deinit frees, after a failure too.
 */
admf_status phase_find_resampled(const struct plan *plan, admf_phase_result *result,
                                 admf_error *error);

#endif
