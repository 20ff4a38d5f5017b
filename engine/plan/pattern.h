/* SPDX-License-Identifier: Apache-2.0 */
/* Which pattern a phase follows: the workflow manager's one decision. */
#ifndef ADMF_ENGINE_PLAN_PATTERN_H
#define ADMF_ENGINE_PLAN_PATTERN_H

#include "engine/plan/plan.h"

/*
 * The named base pattern (full_backtest where none is named), or
 * auto_stateless_optimization over it where a grid is anywhere. simple_backtest with more
 * than one combination and no grid (two strategies in a list) is an error.
 */
admf_status plan_choose_pattern(struct plan *plan, admf_diagnostics *errors);

/* The outer loop: the smaller of strategies and classifiers; a tie: strategies. */
enum axis_kind plan_outer_axis(const struct plan *plan);

#endif
