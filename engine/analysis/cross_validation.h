/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Combinatorially symmetric cross-validation: Bailey, Borwein, López de Prado, Zhu, The
 * Probability of Backtest Overfitting, Journal of Computational Finance 20 (4), 2017 (2015).
 */
#ifndef ADMF_ENGINE_ANALYSIS_CROSS_VALIDATION_H
#define ADMF_ENGINE_ANALYSIS_CROSS_VALIDATION_H

#include <stdint.h>

#include "admf/error.h"
#include "kernels/table.h"

enum { CROSS_BLOCKS_MAX = 16, CROSS_BLOCKS_MIN = 4 };

/* Sums of the returns of `trials` (at least 2) in `blocks` stretches of time: an even number,
 * CROSS_BLOCKS_MIN to CROSS_BLOCKS_MAX. */
struct cross_sums {
    uint64_t trials;
    int blocks;
    double risk_free;         /* return of a sample */
    const double *n;          /* [blocks] */
    const double *sum, *sum2; /* [trials][blocks] */
};

struct cross_result {
    uint64_t splits;  /* that could be judged: some trial has a Sharpe ratio in the choosing half */
    uint64_t overfit; /* of them those with a logit ≤ 0 */
    double logits;    /* sum of the logits */
};

/*
 * Each half of the blocks chooses the trial with the highest Sharpe ratio in it, of equals the
 * first; its rank in the other half, r of m trials with ties sharing the mean of their ranks, is
 * ω = r/(m + 1), its logit ln(ω/(1 − ω)). A trial whose returns in a half do not vary is not
 * chosen there; as one to be compared with, it has a Sharpe ratio of 0. ADMF_INTERNAL without
 * memory.
 */
admf_status cross_validate(const struct kernel_table *kernels, const struct cross_sums *sums,
                           struct cross_result *out, admf_error *error);

#endif
