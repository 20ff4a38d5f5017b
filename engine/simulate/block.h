/* SPDX-License-Identifier: Apache-2.0 */
/* One block of cells from the first bar to the last. */
#ifndef ADMF_ENGINE_SIMULATE_BLOCK_H
#define ADMF_ENGINE_SIMULATE_BLOCK_H

#include "admf/error.h"
#include "engine/simulate/lanes.h"

struct block {
    const struct plan *plan;
    const struct plan_window *window;
    const struct day_labels *days;
    uint64_t first, count; /* cells */
    /* Called on the thread of block_run after each tile with the bars done; a status other than
     * ADMF_OK ends the run there. May be NULL. */
    admf_status (*after_tile)(void *context, size_t bars);
    void *context;
};

/*
 * Runs the block; on ADMF_OK the caller owns *results and *lanes (whose block sums belong
 * to the results too) and gives both back with lane_results_deinit and lanes_deinit.
 */
admf_status block_run(const struct block *block, struct lanes *lanes, struct lane_results *results,
                      admf_error *error);

#endif
