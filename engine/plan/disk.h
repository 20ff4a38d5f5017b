/* SPDX-License-Identifier: Apache-2.0 */
/* How large the cube of a plan will be. */
#ifndef ADMF_ENGINE_PLAN_DISK_H
#define ADMF_ENGINE_PLAN_DISK_H

#include "engine/plan/plan.h"

/* Nobody knows how often signals change, or how many trades there are: one in so many bars is
 * often. */
enum { BARS_PER_CHANGE = 20 };

/* Fills in plan->sizes.cube_bytes, before compression, and partial_bytes, of what is beside it
 * while it runs. How often positions change is not known and taken as often. */
void plan_estimate_disk(struct plan *plan);

#endif
