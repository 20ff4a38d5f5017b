/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that running a plan takes, estimated before anything of it is allocated. */
#ifndef ADMF_ENGINE_PLAN_MEMORY_H
#define ADMF_ENGINE_PLAN_MEMORY_H

#include "engine/plan/plan.h"

/* Combinations that differ in their discrete choices and so share no group of lanes, at most. */
uint64_t plan_shapes(const struct plan *plan);

/* Strategies that a block of `cells` neighbouring cells touches at most. */
uint64_t plan_block_strategies(const struct plan *plan, uint64_t cells);

/* Rows of /by_regime that one strategy has in one window: labels of all classifiers, over all risk
 * profiles and execution models. */
uint64_t plan_regime_rows(const struct plan *plan);

/* Rows of /by_regime that are read at once where a strategy is chosen for each regime, unless one
 * strategy has more. */
enum { CHOOSING_ROWS = 1 << 16 };

/* Columns, those that several instances share counted again, and the bytes their features take. */
struct plan_reading {
    uint64_t columns, state;
};

/* What the blocks of a plan read of its columns. */
struct plan_demand {
    const bool *needed;                   /* [plan->column_count], borrowed: by any block */
    uint64_t strategies;                  /* that run */
    bool bounded;                         /* what follows is known: */
    struct plan_reading strategy, others; /* of one strategy at most; of all else */
};
/* Finds out what a block of few strategies reads at most; fills in what `bounded` says. */
void plan_bound_demand(const struct plan *plan, struct plan_demand *demand);

/*
 * Estimates the peak for tiles of `tile` bars and blocks of `cells` cells, with the threads,
 * limit, chunk, shapes and windows that plan->sizes holds. Fills in the parts, their sum and how
 * many threads may compress the cube; returns the sum, in bytes.
 */
uint64_t plan_estimate_memory(struct plan *plan, const struct plan_demand *demand, uint64_t tile,
                              uint64_t cells);

/* What the same plan takes with blocks of another size, as a cube to go on with may have. */
uint64_t plan_block_memory(const struct plan *plan, uint64_t cells, uint64_t tile);

/*
 * The same where signals are stored: chooses plan->sizes.signal_bytes, as much as pays and fits,
 * at least what the largest instance takes.
 */
uint64_t plan_estimate_generation(struct plan *plan, const bool *needed, uint64_t tile);

#endif
