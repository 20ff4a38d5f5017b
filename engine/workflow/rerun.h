/* SPDX-License-Identifier: Apache-2.0 */
/* A cell once more, through the scalar path: the same bits, and what nobody held before. */
#ifndef ADMF_ENGINE_WORKFLOW_RERUN_H
#define ADMF_ENGINE_WORKFLOW_RERUN_H

#include "engine/trace/inputs.h"
#include "io/cube/cube_writer.h"

enum rerun_wanted { RERUN_TRADES = 1, RERUN_SAMPLES = 2 };

struct rerun {
    struct inputs inputs;
    struct scalar_result result; /* equity at every bar of the window; what else is wanted */
    size_t count;                /* bars */
    const int64_t *time;         /* [count], of the plan's bars */
};

/* Given back with rerun_deinit, also after a failure. `wanted`: of enum rerun_wanted, or 0.
 * `stop`: the run's, or NULL. */
admf_status rerun_cell(struct rerun *rerun, const struct plan *plan, const struct cube_cell *cell,
                       unsigned wanted, const volatile int *stop, admf_error *error);
/* The same of an adaptive portfolio in a window. */
admf_status rerun_adaptive(struct rerun *rerun, const struct plan *plan, size_t window,
                           const struct plan_adaptive *adaptive, unsigned wanted,
                           const volatile int *stop, admf_error *error);
void rerun_deinit(struct rerun *rerun);

#endif
