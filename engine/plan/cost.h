/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_ENGINE_PLAN_COST_H
#define ADMF_ENGINE_PLAN_COST_H

#include "engine/plan/plan.h"

/*
 * Roughly how many seconds of one core a combination takes for one bar, the mean of all risk
 * profiles and classifiers. For estimates alone: no result depends on it.
 */
double plan_bar_seconds(const struct plan *plan);
/* Threads that a tile of bars has work for, at most those of the run: where there is little,
 * waiting for one another takes longer. Of the sizes those of tile and block must be there. */
int plan_tile_threads(const struct plan *plan);

#endif
