/* SPDX-License-Identifier: Apache-2.0 */
/* /monte_carlo: what else the best combinations could have come to. */
#ifndef ADMF_ENGINE_WORKFLOW_MONTE_CARLO_H
#define ADMF_ENGINE_WORKFLOW_MONTE_CARLO_H

#include "engine/plan/plan.h"
#include "io/cube/cube_writer.h"

/*
 * Runs the workflow's n best by its objective once more, alone, resamples their returns and writes
 * quantiles of what comes of it to the cube; between cube_collect and cube_finish. Combinations
 * without the objective or with too few trades are left out. Nothing where the workflow is of
 * another type. `stop`: the run's, or NULL.
 */
admf_status resample_best(const struct plan *plan, struct cube_writer *cube,
                          const volatile int *stop, admf_error *error);

#endif
