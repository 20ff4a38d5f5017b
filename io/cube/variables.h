/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of a cube that have a value per cell, and the rows of /by_regime: the same
 * list makes PATH.partial and the finished file, which differ only in how they store them.
 */
#ifndef ADMF_IO_CUBE_VARIABLES_H
#define ADMF_IO_CUBE_VARIABLES_H

#include "io/cube/cube_writer.h"

enum { CUBE_RANK = 6, CUBE_RANK_MAX = 7 };
/* Names of the dimensions, in order; the seventh is `block`. */
extern const char *const cube_dimension[CUBE_RANK_MAX];

enum value_type { VALUE_FLOAT64, VALUE_FLOAT32, VALUE_UINT8 };

struct variable {
    const char *group; /* NULL: the root */
    const char *name, *long_name, *units;
    enum value_type type;
    int rank; /* 6; 7: with `block`; 1: a column of /by_regime */
    uint64_t dims[CUBE_RANK_MAX];
    size_t element; /* bytes */
    uint64_t elements;
    uint64_t offset; /* of its first byte in PATH.partial */
};

struct variables {
    uint64_t dims[CUBE_RANK_MAX];   /* sizes of the dimensions */
    uint64_t cells;                 /* of one symbol and window */
    size_t count, metrics;          /* metrics come first, then status */
    size_t status, blocks, regimes; /* index of status, block_sum, profit; 0: none */
    struct variable *list;
    /* /by_regime: labels per classifier and rows before each, [classifiers + 1] */
    uint64_t *regime_start;
    uint64_t regime_rows; /* of one symbol and window */
};

admf_status variables_init(struct variables *variables, const struct cube_layout *layout,
                           admf_error *error);
void variables_deinit(struct variables *variables);

/* Row of /by_regime at which a cell's labels begin, within its symbol and window. */
uint64_t regime_row(const struct variables *variables, uint64_t cell);

/*
 * Chunks of a variable: at most 1 MiB along the fastest dimensions, evenly cut, so that
 * each is one run of neighbouring elements (the last of a row may be shorter).
 */
void chunk_dims(int rank, const uint64_t *dims, size_t element, uint64_t *chunk);

#endif
