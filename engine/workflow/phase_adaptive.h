/* SPDX-License-Identifier: Apache-2.0 */
/* The short table of adaptive portfolios, behind that of the best. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_ADAPTIVE_H
#define ADMF_ENGINE_WORKFLOW_PHASE_ADAPTIVE_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"

/*
 * Fills in result->adaptive and adaptive_count from the finished cube result->cube: the rows of its
 * /adaptive that were best in training. Nothing where the plan has no such portfolios. Labels are
 * copies, which phase_result_deinit frees, after a failure too.
 */
admf_status phase_find_adaptive(const struct plan *plan, admf_phase_result *result,
                                admf_error *error);

#endif
