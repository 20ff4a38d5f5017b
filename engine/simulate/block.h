/* SPDX-License-Identifier: Apache-2.0 */
/* A block of cells over windows of one symbol, in one pass from the first bar to the last. */
#ifndef ADMF_ENGINE_SIMULATE_BLOCK_H
#define ADMF_ENGINE_SIMULATE_BLOCK_H

#include "admf/error.h"
#include "engine/simulate/lanes.h"

/* The cells of a block in one window. */
struct block_window {
    const struct plan_window *window;
    struct lane_books books; /* with results from the window's last bar on */
};

struct block {
    const struct plan *plan;
    const struct day_labels *days;
    uint64_t first, count; /* cells, of which at least one is to be run */
    size_t window_count;   /* at least one, all of one symbol */
    struct block_window *windows;
    /* Called when windows[w] is done, to take its results, which are gone afterwards; a status
     * other than ADMF_OK ends the run there. By any thread, but never two at a time, nor with
     * after_tile. NULL: they stay. */
    admf_status (*after_window)(void *context, size_t w);
    /* Called on the thread of block_run after each tile with the combination-bars done so far; a
     * status other than ADMF_OK ends the run there. May be NULL. */
    admf_status (*after_tile)(void *context, double combination_bars);
    void *context;
};

/*
 * Runs the block: columns and signal words of a tile are made once for all windows. Afterwards
 * the caller gives results that stayed back with block_deinit; after a failure there are none.
 * ADMF_INTERNAL for want of memory, or why a store of signals cannot be read: *error says it. Or
 * what a callback said: then *error is untouched, and for it to fill in.
 */
admf_status block_run(struct block *block, admf_error *error);
void block_deinit(struct block *block);

#endif
