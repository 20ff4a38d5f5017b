/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores of a trial in halves of its time, and its rank in them (engine/analysis). Scores are in
 * the order of Sharpe ratios without their square roots: e·|e|/v of the mean excess e and the
 * variance v; −∞ where the returns do not vary.
 */
#ifndef ADMF_KERNELS_ANALYSIS_HALVES_H
#define ADMF_KERNELS_ANALYSIS_HALVES_H

#include <stddef.h>

#include "kernels/isa.h"

/* Halves that have one set of blocks in common: its sums, and those of the other set of each. */
struct halves {
    double sum, sum2;
    const double *other_sum, *other_sum2; /* [count] */
    const double *weight;                 /* [count], 1/samples */
    double risk_free;                     /* return of a sample */
};

typedef void score_kernel(const struct halves *halves, size_t count, double *score);
/*
 * Adds to twice[k]: 2 where the score is below `chosen`, 1 where it equals it. A trial whose
 * returns do not vary is compared as one with a Sharpe ratio of 0. All [count].
 */
typedef void rank_kernel(const double *score, const double *chosen, size_t count, double *twice);

#endif
