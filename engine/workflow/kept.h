/* SPDX-License-Identifier: Apache-2.0 */
/* `output.keep`: equity, trades, signals and regimes of single combinations. */
#ifndef ADMF_ENGINE_WORKFLOW_KEPT_H
#define ADMF_ENGINE_WORKFLOW_KEPT_H

#include "engine/plan/plan.h"
#include "io/cube/cube_writer.h"

/*
 * Runs the combinations to keep once more, alone, and writes them to the cube; between
 * cube_collect and cube_finish. `stop` (may be NULL) is read before each of them: a status
 * other than ADMF_OK ends it there and is returned, *error untouched.
 */
admf_status keep_combinations(const struct plan *plan, struct cube_writer *cube,
                              const volatile int *stop, admf_error *error);

#endif
