/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid of one entry: the product of its parameters' values, never materialised. A cell has
 * an index below `cells`; its digits, one a dimension, say which value of each parameter it
 * takes. Dimensions stand in the order written, `parameter_sets` first; the last runs fastest.
 */
#ifndef ADMF_ENGINE_EXPAND_GRID_H
#define ADMF_ENGINE_EXPAND_GRID_H

#include "io/config/arena.h"
#include "io/config/config.h"

enum { DIMENSIONS_MAX = ADMF_PARAMS_MAX + 1 };

struct dimension {
    const struct given *given; /* NULL: the entry's parameter sets */
    uint64_t count;
    double *values;     /* all of them, where they are few; else NULL */
    const char **texts; /* theirs, made when first needed; NULL with `values` */
};

struct grid {
    const struct component_entry *entry;
    double defaults[ADMF_PARAMS_MAX]; /* what a cell has where the entry gives nothing */
    int dimensions;
    struct dimension dimension[DIMENSIONS_MAX];
    uint64_t cells;
};

/* The grid borrows the entry. False when the cells do not fit 63 bits (then grid->cells is 0). */
bool grid_init(struct grid *grid, const struct component_entry *entry, const struct config *config);
/* Keeps the values of short dimensions, in `arena`; false when memory ran out. */
bool grid_prepare(struct grid *grid, struct arena *arena);

/* A cell's digits, [grid->dimensions], from its index, and back. */
void grid_digits(const struct grid *grid, uint64_t index, uint64_t *digits);
uint64_t grid_index(const struct grid *grid, const uint64_t *digits);
/* The parameters of a cell, [n_params of the entry's row]. */
void grid_params(const struct grid *grid, const uint64_t *digits, double *params);
/* Whether every `where` holds for these parameters. */
bool grid_passes(const struct grid *grid, const double *params);
/* To the next cell in order. */
void grid_advance(const struct grid *grid, uint64_t *digits);
/* The dimension with the most values; NULL where the grid has none. */
const struct dimension *grid_longest(const struct grid *grid);

#endif
