/* SPDX-License-Identifier: Apache-2.0 */
/* What a portfolio trades on that follows another strategy in each regime. */
#ifndef ADMF_ENGINE_TRACE_COMPOSITE_H
#define ADMF_ENGINE_TRACE_COMPOSITE_H

#include "engine/trace/inputs.h"

/*
 * Makes the inputs of a triple (plan_adaptive) whose signal and strength at each bar are those of
 * the strategy chosen for that bar's label: strategy[code], -1: flat, and at least one is not.
 * Everything else is as for a combination of the triple, the regime policy included. inputs_deinit
 * also after a failure.
 */
admf_status composite_init(struct inputs *inputs, const struct plan *plan,
                           const struct plan_window *window, uint64_t triple,
                           const int64_t strategy[ADMF_LABELS_MAX], admf_error *error);

/* The strategy that has the say at a bar of the window; -1: none. */
int64_t composite_strategy(const struct inputs *inputs, const int64_t strategy[ADMF_LABELS_MAX],
                           size_t bar);

#endif
