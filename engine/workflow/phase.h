/* SPDX-License-Identifier: Apache-2.0 */
/* One phase: a plan is executed into a cube. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_H
#define ADMF_ENGINE_WORKFLOW_PHASE_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"

/*
 * Runs `plan` into the cube at `path` (and PATH.partial before that), or goes on with
 * what is there. Fills in *result, whose strings (path, labels, name) are its own, after a failure
 * too; phase_result_deinit.
 *
 * Refuses what cube_create does, or with options->resume what cube_resume does, and blocks that
 * were cut for more memory than there may be (ADMF_BAD_CONFIG). ADMF_IO when the cube cannot be
 * written, or why a store of signals cannot be read; ADMF_INTERNAL when memory runs
 * out. When options->stop ends the run, its status is returned and *error is untouched.
 */
admf_status phase_run(const struct plan *plan, const admf_options *options, const char *path,
                      const char *name, const char *correlation_id, admf_phase_result *result,
                      admf_error *error);
/* Seconds on a clock that never goes back. */
double phase_clock(void);
void phase_result_deinit(admf_phase_result *result);

#endif
