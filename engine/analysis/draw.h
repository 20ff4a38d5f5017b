/* SPDX-License-Identifier: Apache-2.0 */
/* The trials of a cube that are compared: all, or a sample where they are many. */
#ifndef ADMF_ENGINE_ANALYSIS_DRAW_H
#define ADMF_ENGINE_ANALYSIS_DRAW_H

#include "admf/error.h"
#include "io/cube/reader.h"

struct drawn_trials {
    uint64_t count, *combos; /* owned, ascending */
};

/*
 * Trials of one symbol and window, `most` at most; `blocks` are what is to be read of them. Where
 * there are more, they are drawn from the cells that are read together in DRAW_PIECES reads at
 * most, which are drawn first: reading costs more than comparing. The same cube always gives the
 * same ones. draw_deinit also after a failure.
 */
enum { DRAW_PIECES = 32 };
admf_status draw_trials(struct drawn_trials *drawn, admf_cube *cube,
                        const struct cube_blocks *blocks, uint64_t symbol, uint64_t window,
                        uint64_t most, admf_error *error);
void draw_deinit(struct drawn_trials *drawn);

#endif
