/* SPDX-License-Identifier: Apache-2.0 */
/* How large the cube of a plan will be. */
#ifndef ADMF_ENGINE_PLAN_DISK_H
#define ADMF_ENGINE_PLAN_DISK_H

#include "engine/plan/plan.h"

/* Nobody knows how often signals change, or how many trades there are: one in so many bars is
 * often. */
enum { BARS_PER_CHANGE = 20 };

/*
 * Bytes of the metrics, statuses, blocks and regimes of all combinations in `series` windows of
 * symbols, before compression: each as wide as it is stored. False where they are more than a cube
 * can hold, which is beyond any disk; `bytes` is not set then.
 */
bool plan_cells_bytes(const struct plan *plan, uint64_t series, uint64_t *bytes);

/*
 * Fills in plan->sizes.cube_bytes, before compression, and partial_bytes, of what is beside it
 * while it runs. How often positions change is not known and taken as often. ADMF_BAD_CONFIG where
 * what is kept beside the cells, which must fit by themselves, is more than a cube can hold.
 */
admf_status plan_estimate_disk(struct plan *plan, admf_diagnostics *errors);

#endif
