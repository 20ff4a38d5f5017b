/* SPDX-License-Identifier: Apache-2.0 */
/* /regime_choice and /adaptive: portfolios that follow another strategy in each regime. */
#ifndef ADMF_ENGINE_WORKFLOW_ADAPTIVE_H
#define ADMF_ENGINE_WORKFLOW_ADAPTIVE_H

#include "engine/plan/plan.h"
#include "io/cube/cube_writer.h"

/*
 * Runs the plan's adaptive portfolios through every window and writes choice, metrics and equity
 * to the cube; between cube_collect and cube_finish. Nothing where the plan has none. `stop`: the
 * run's, or NULL.
 */
admf_status adapt_to_regimes(const struct plan *plan, struct cube_writer *cube,
                             const volatile int *stop, admf_error *error);

#endif
