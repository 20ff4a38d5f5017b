/* SPDX-License-Identifier: Apache-2.0 */
/* The short table of the best that ends a run. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_BEST_H
#define ADMF_ENGINE_WORKFLOW_PHASE_BEST_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"
#include "io/cube/cube_writer.h"

/*
 * Fills in result->best_by, best and best_count: by the workflow's objective, none where the cube
 * does not hold that metric. From `cube`, before it is finished, or, where that is NULL, from the
 * finished cube result->cube. Labels are copies, which phase_result_deinit frees, after a failure
 * too.
 */
admf_status phase_find_best(const struct plan *plan, struct cube_writer *cube,
                            admf_phase_result *result, admf_error *error);

#endif
