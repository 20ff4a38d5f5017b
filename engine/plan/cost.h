/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_ENGINE_PLAN_COST_H
#define ADMF_ENGINE_PLAN_COST_H

#include "engine/plan/plan.h"

/*
 * Roughly how many seconds of one core a combination takes for one bar, the mean of all risk
 * profiles and classifiers. For estimates alone: no result depends on it.
 */
double plan_bar_seconds(const struct plan *plan);

#endif
