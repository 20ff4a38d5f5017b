/* SPDX-License-Identifier: Apache-2.0 */
/* Many cells once more (rerun.h), by several threads; what comes of them is used in order. */
#ifndef ADMF_ENGINE_WORKFLOW_RERUN_SERIES_H
#define ADMF_ENGINE_WORKFLOW_RERUN_SERIES_H

#include "engine/workflow/rerun.h"

struct rerun_series {
    const struct plan *plan;
    unsigned wanted;          /* of enum rerun_wanted, or 0 */
    const volatile int *stop; /* the run's, or NULL */
    uint64_t count;
    void *context; /* of these two, which one thread calls, each for 0 … count-1 in order: */
    struct cube_cell (*cell)(void *context, uint64_t i);
    /* May change what the rerun holds; ends the series unless ADMF_OK. */
    admf_status (*use)(void *context, uint64_t i, struct rerun *rerun, admf_error *error);
};

/* Never holds more bars than the plan's longest series has, or those of one cell. The status of
 * `stop` leaves *error untouched. */
admf_status rerun_series(const struct rerun_series *series, admf_error *error);

#endif
