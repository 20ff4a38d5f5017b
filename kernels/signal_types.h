/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of strategy and classifier kernels; signal.h is how to write one. */
#ifndef ADMF_KERNELS_SIGNAL_TYPES_H
#define ADMF_KERNELS_SIGNAL_TYPES_H

#include <stddef.h>
#include <stdint.h>

enum { WORD_BARS = 64 };

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
 * The same for a strategy that only compares column[0] with column[1], from their codes
 * (encode): unequal codes say which is larger, words with an equal pair look at the columns.
 */
typedef void coded_strategy_kernel(const double *const *column, const int16_t *const *code,
                                   size_t words, uint64_t *up, uint64_t *down);
/*
 * Maps a column to code[words·64], 16 bits each, by (x - low)*scale, cut to what fits: all
 * columns of a tile with the same low and scale, so that code(a) > code(b) only where a > b.
 */
typedef void encode_kernel(const double *column, size_t words, double low, double scale,
                           int16_t *code);
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
