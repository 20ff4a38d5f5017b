/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns of the tile as 16-bit codes, for the strategies of a block that only compare two
 * columns: where there are many pairs of few columns, comparing codes is what pays.
 */
#ifndef ADMF_ENGINE_SIMULATE_CODES_H
#define ADMF_ENGINE_SIMULATE_CODES_H

#include "engine/features/columns.h"

struct code_range; /* of each piece of the data; see codes.c */

struct codes {
    const struct plan *plan;
    const struct bars *bars;
    size_t words, extremes; /* of a column; the latter up to whole 64 */
    size_t count;           /* coded columns; 0: it does not pay */
    int *place;             /* [plan->column_count]: row of a column; -1: not coded */
    struct code_range *range;
    int16_t *code;  /* [count][words * 64] */
    int16_t *least; /* [2][count][extremes]: of each word; then the greatest */
};

/* Bytes at most, for strategies that read so many columns. */
uint64_t codes_bytes(const struct plan *plan, uint64_t columns, size_t tile_bars);
/* For strategies first … first+count-1. False: out of memory. */
bool codes_init(struct codes *codes, const struct plan *plan, const struct bars *bars, size_t first,
                size_t count, size_t tile_bars);
void codes_deinit(struct codes *codes);

/*
 * Codes of a row, a row_reader of `columns`: `codes` is the struct, and there must be a barrier
 * before they are read.
 */
void codes_take(void *codes, int column, const double *row, size_t first, size_t count);

/* The codes of the two columns that strategy `i` of the plan compares. False: it has none. */
bool codes_of(const struct codes *codes, size_t i, struct code_row row[2]);

#endif
