/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of strategy and classifier kernels; signal.h is how to write one. */
#ifndef ADMF_KERNELS_SIGNAL_TYPES_H
#define ADMF_KERNELS_SIGNAL_TYPES_H

#include <stddef.h>
#include <stdint.h>

enum { WORD_BARS = 64 };

typedef void strategy_kernel(const double *const *column, const double *p, size_t words,
                             uint64_t *up, uint64_t *down);
/*
 * The same for a strategy that only compares column[0] with column[1], from their codes
 * (encode): unequal codes say which is larger, words with an equal pair look at the columns.
 */
typedef void coded_strategy_kernel(const double *const *column, const int16_t *const *code,
                                   size_t words, uint64_t *up, uint64_t *down);
/*
 * Maps columns to 16 bits by (x - low)*scale, cut to what fits: all columns of a tile with the
 * same low and scale, so that code(a) > code(b) only where a > b. The code of NaN says nothing.
 */
typedef void encode_kernel(const double *column, size_t words, double low, double scale,
                           int16_t *code);
/* Strength of a signal at each bar, 0 … 1; NULL in the table where it is always 1. */
typedef void strength_kernel(const double *const *column, const double *p, size_t words,
                             double *strength);
/* label[k] are the words of code k+1. A bar belongs to at most one label. */
typedef void classifier_kernel(const double *const *column, const double *p, size_t words,
                               uint64_t *const *label);
/* Confidence of a label at one bar; NULL in the table where it is always 1. */
typedef double confidence_kernel(const double *x, const double *p, int code);
/* Bits of the bars at which the column is not NaN. */
typedef void column_words_kernel(const double *column, size_t words, uint64_t *defined);

#endif
