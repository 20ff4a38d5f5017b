/* SPDX-License-Identifier: Apache-2.0 */
/* /selection and /stitched: what folds chose in training, and its equity out of sample. */
#ifndef ADMF_ENGINE_WORKFLOW_SELECTION_H
#define ADMF_ENGINE_WORKFLOW_SELECTION_H

#include "engine/plan/plan.h"
#include "io/cube/cube_writer.h"

/*
 * For each symbol and fold the combination whose objective is best over the fold's training
 * windows (the mean of several, weighted by their samples; ties go to the lower number), and the
 * equity of the chosen ones over their test windows, one behind the other: each goes on with what
 * the one before left. A test window ends where the next begins. Nothing where windows have no
 * folds. Between cube_collect and cube_finish. `stop`: the run's, or NULL.
 */
admf_status select_combinations(const struct plan *plan, struct cube_writer *cube,
                                const volatile int *stop, admf_error *error);

#endif
