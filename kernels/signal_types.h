/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of strategy and classifier kernels; signal.h is how to write one. */
#ifndef ADMF_KERNELS_SIGNAL_TYPES_H
#define ADMF_KERNELS_SIGNAL_TYPES_H

#include <stddef.h>
#include <stdint.h>

enum { WORD_BARS = 64 };

/* Words that hold so many bars. */
static inline size_t words_for(size_t bars) { return (bars + WORD_BARS - 1) / WORD_BARS; }

/*
 * In every call below `column` are the columns of the row's NEEDS, in that order, words·64
 * bars each (bar i of the tile at [i], the last word filled up with NaN), and `p` the row's
 * parameters, in their order. Bar i is bit i % 64 of word i / 64. All arrays are the caller's;
 * nothing can fail. What is said of a bar at which a column is NaN means nothing: the caller
 * clears it (`defined`).
 */

/* The bars at which a strategy is long, up[words], and short, down[words]. */
typedef void strategy_kernel(const double *const *column, const double *p, size_t words,
                             uint64_t *up, uint64_t *down);
/*
 * A column as codes, 16 bits each: code[words·64], and the least and the greatest of each word,
 * [words], readable up to the next whole multiple of 64 words.
 */
struct code_row {
    int16_t *code, *least, *greatest;
};
static inline struct code_row code_row_from(const struct code_row *row, size_t word)
{
    return (struct code_row){row->code + word * WORD_BARS, row->least + word, row->greatest + word};
}
/*
 * The same for a strategy that only compares column[0] with column[1], from their codes
 * row[0] and row[1] (encode): words that do not overlap, then unequal codes, say which is larger;
 * bars with equal codes look at the columns.
 */
typedef void coded_strategy_kernel(const double *const *column, const struct code_row *row,
                                   size_t words, uint64_t *up, uint64_t *down);
/*
 * Maps a column to codes by (x - low)*scale, cut to what fits: all columns of a tile with the
 * same low and scale, so that code(a) > code(b) only where a > b.
 */
typedef void encode_kernel(const double *column, size_t words, double low, double scale,
                           const struct code_row *row);
/* strength[words·64]: of the signal at each bar, 0 … 1. */
typedef void strength_kernel(const double *const *column, const double *p, size_t words,
                             double *strength);
/* label[k], words of the bars that have the label of code k+1. A bar has at most one label. */
typedef void classifier_kernel(const double *const *column, const double *p, size_t words,
                               uint64_t *const *label);
/* Confidence, 0 … 1, of the label `code` (from 1) at one bar, whose columns are x[0], x[1], … */
typedef double confidence_kernel(const double *x, const double *p, int code);
/* The bars at which the column is not NaN. */
typedef void column_words_kernel(const double *column, size_t words, uint64_t *defined);

#endif
