/* SPDX-License-Identifier: Apache-2.0 */
/* Which pattern a phase follows: the workflow manager's one decision. */
#ifndef ADMF_ENGINE_PLAN_PATTERN_H
#define ADMF_ENGINE_PLAN_PATTERN_H

#include "engine/plan/plan.h"

/*
 * What the configuration alone shows to be wrong with its base pattern: classifiers where the
 * pattern has no such service. Goes to `errors` with its place; ADMF_BAD_CONFIG.
 */
admf_status pattern_check(const struct config *config, admf_diagnostics *errors);

/* What a plan of this configuration is for. */
enum plan_mode pattern_mode(const struct config *config);

/*
 * Chooses plan->pattern and plan->base_pattern: the named one (full_backtest where none is
 * named), or auto_stateless_optimization over it where a grid is anywhere.
 */
void plan_choose_pattern(struct plan *plan);

/* The outer loop: the smaller of strategies and classifiers; a tie: strategies. */
enum axis_kind plan_outer_axis(const struct plan *plan);

#endif
