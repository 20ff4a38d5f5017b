/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns of a plan, tile by tile.
 *
 * columns_advance computes the next tile of every column that is needed; what stands
 * there before is overwritten. It is called by all threads of a parallel region, which
 * share the work and leave together. Rows are padded to whole words with NaN.
 */
#ifndef ADMF_ENGINE_FEATURES_COLUMNS_H
#define ADMF_ENGINE_FEATURES_COLUMNS_H

#include <stdbool.h>

#include "engine/plan/plan.h"

struct columns;

/* Bytes columns_new takes for the columns marked in `needed` (see columns_mark): proportional to
 * them, and where they are a good part of the plan's also to those. */
uint64_t columns_bytes(const struct plan *plan, const bool *needed, size_t tile_bars);
/* Of these what one feature takes whose members are needed, their rows apart. */
uint64_t columns_state_bytes(const struct plan_feature *feature);
/* The same at most, for `columns` columns whose features take `state` bytes. */
uint64_t columns_bytes_most(const struct plan *plan, uint64_t columns, uint64_t state,
                            size_t tile_bars);

/*
 * Marks column `column` and all that it is made from in `needed` ([plan->column_count],
 * false at first).
 */
void columns_mark(const struct plan *plan, int column, bool *needed);

/*
 * Columns of one symbol, looked at from bar `first` on: before it they may have any value. NULL:
 * out of memory.
 */
struct columns *columns_new(const struct plan *plan, const struct bars *bars, const bool *needed,
                            size_t tile_bars, size_t first);
void columns_free(struct columns **columns);

/* The bar to begin with, or one before it: features that forget do not need all the past. */
size_t columns_begin(const struct columns *columns);
/* Every thread of the region: computes bars first … first+count-1 (count <= tile_bars). */
void columns_advance(struct columns *columns, size_t first, size_t count);

/*
 * Sees the row of a column over bars first … first+count-1, padded, on the thread that made it, in
 * whose cache it lies: rows of a tile at once, the same row never twice. What it keeps, the other
 * threads may look at when they have left columns_advance.
 */
typedef void row_reader(void *context, int column, const double *row, size_t first, size_t count);
/* Before the first tile: columns_advance calls `reader`, one at most, for every row it makes. */
void columns_read(struct columns *columns, row_reader *reader, void *context);

/* Whether a column of the plan is one of those that were marked as needed. */
bool columns_have(const struct columns *columns, int column);
/* Bar 0 of the tile of a needed column. */
const double *columns_row(const struct columns *columns, int column);
/* Bits of the bars at which a needed column is defined; NULL: at all of the tile. */
const uint64_t *columns_defined(const struct columns *columns, int column);

#endif
