/* SPDX-License-Identifier: Apache-2.0 */
/* Adaptive portfolios of a plan, from `workflow.regime_choice`. */
#ifndef ADMF_ENGINE_PLAN_ADAPTIVE_H
#define ADMF_ENGINE_PLAN_ADAPTIVE_H

#include "engine/plan/plan.h"

/*
 * Fills in plan->adaptive from the configuration: rows of one symbol, classifier, risk and
 * execution are one portfolio; where signals are but stored there is none. Symbols and labels that
 * there are not, and what stands twice, are reported at their places.
 */
admf_status plan_find_adaptive(struct plan *plan, admf_diagnostics *errors);

#endif
