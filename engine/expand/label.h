/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels of instances, as they stand in a cube:
 * `momentum[lookback_period=10,signal_threshold=0.01]` with all parameters of a strategy or
 * classifier, `risk[stop_loss=0.02]` with the keys that a profile sets, `default` where it sets
 * none; `name:` replaces the type.
 */
#ifndef ADMF_ENGINE_EXPAND_LABEL_H
#define ADMF_ENGINE_EXPAND_LABEL_H

#include "engine/base/text.h"
#include "engine/expand/axis.h"
#include "engine/expand/grid.h"

/* Makes the labels of one entry. Start from {.arena, .kind}. */
struct labeller {
    struct arena *arena;
    enum axis_kind kind;
    struct text text; /* the label being put together */
};

/* The label of a cell, in the arena; NULL when memory ran out. */
const char *label_make(struct labeller *labeller, const struct grid *grid, const uint64_t *digits,
                       const double *params);
void label_deinit(struct labeller *labeller);

#endif
