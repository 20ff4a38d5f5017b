/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the columns and features a plan needs, each once. */
#ifndef ADMF_ENGINE_PLAN_COLUMNS_NEEDED_H
#define ADMF_ENGINE_PLAN_COLUMNS_NEEDED_H

#include "engine/plan/plan.h"

/*
 * Adds what the axes' instances read to plan->columns and plan->features (sorted by level)
 * and fills in plan->strategies, classifiers, scale_column and market_needed. ADMF_INTERNAL for
 * want of memory, or where a row of the catalogue needs what is no series. *error must be zero
 * before.
 */
admf_status plan_find_columns(struct plan *plan, admf_error *error);

#endif
