/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws cells from a grid that may be far too large to look at, without repetition and the
 * same ones for the same seed, on every machine.
 */
#ifndef ADMF_ENGINE_EXPAND_SAMPLE_H
#define ADMF_ENGINE_EXPAND_SAMPLE_H

#include "engine/expand/grid.h"

/* `sobol` covers as many dimensions with more than one value. */
enum { SOBOL_DIMENSIONS_MAX = 40 };

struct sample {
    uint64_t *cells; /* sorted; freed by memory_free */
    size_t count;    /* sample_n, or fewer where no more pass `where` */
    uint64_t looked; /* cells looked at until the search was given up; 0: all of them */
};

/* False when memory ran out. The grid is prepared and has at least sample_n cells. */
bool sample_draw(const struct grid *grid, struct sample *sample);

/* Direction number `bit` (0 the first) of a dimension of the Sobol sequence, 64 bits. */
void sobol_directions(int dimension, uint64_t directions[64]);

#endif
