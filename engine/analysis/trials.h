/* SPDX-License-Identifier: Apache-2.0 */
/* The combinations of one symbol and window that have a Sharpe ratio, in order of their ids. */
#ifndef ADMF_ENGINE_ANALYSIS_TRIALS_H
#define ADMF_ENGINE_ANALYSIS_TRIALS_H

#include "admf/error.h"
#include "io/cube/reader.h"

/* Called for each; anything but ADMF_OK ends the walk, and is what it returns. */
typedef admf_status trial_visitor(void *context, uint64_t combo, double sharpe, admf_error *error);

/*
 * Visits those `within` some combinations. `sharpe`: index of that metric. Memory: some MiB, or
 * what one strategy's combinations need.
 */
admf_status trials_visit(admf_cube *cube, int sharpe, uint64_t symbol, uint64_t window,
                         const struct cube_piece *within, trial_visitor *visit, void *context,
                         admf_error *error);

#endif
