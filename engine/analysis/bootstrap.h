/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What else the returns of one combination could have come to: the stationary bootstrap (Politis
 * and Romano, The stationary bootstrap, Journal of the American Statistical Association 89, 1994).
 * A path is made of blocks of returns, each from anywhere in the series, which begins anew at its
 * end; their lengths are geometric. Blocks keep what neighbouring returns have to do with one
 * another; a mean length of 1 gives independent draws.
 */
#ifndef ADMF_ENGINE_ANALYSIS_BOOTSTRAP_H
#define ADMF_ENGINE_ANALYSIS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/workflow.h"

enum { BOOTSTRAP_STEPS = 512 };

/* Returns to resample, and what makes the draws those of this combination and no other. */
struct bootstrap_source {
    const double *returns; /* [samples], in time order, all defined and at least -1 */
    size_t samples;        /* at least 1, below 2^32 */
    double initial_cash, periods, risk_free_rate; /* as in the metrics */
    uint64_t paths;                               /* at least 1 */
    uint64_t block; /* mean length, in samples; 0: the cube root of `samples`, rounded up */
    uint64_t seed, combo;
    uint32_t symbol, window;
    const volatile int *stop; /* as admf_options.stop, or NULL */
};

extern const int bootstrap_percent[ADMF_QUANTILES];

/*
 * Quantiles over the paths, at bootstrap_percent of them: linear between the two nearest of those
 * that are defined (type 7 of Hyndman and Fan, Sample quantiles in statistical packages, 1996), NaN
 * where none is.
 */
struct bootstrap_bands {
    uint64_t block; /* mean length, in samples */
    size_t steps;   /* at most BOOTSTRAP_STEPS; all samples where there are no more */
    size_t sample[BOOTSTRAP_STEPS];
    double equity[ADMF_QUANTILES][BOOTSTRAP_STEPS]; /* after that sample */
    double total_return[ADMF_QUANTILES], max_drawdown[ADMF_QUANTILES], sharpe[ADMF_QUANTILES];
    double losing; /* share of paths that end with less than they began with */
};

/* Fills in *bands. ADMF_INTERNAL without memory, and the status of `stop`. */
admf_status bootstrap(const struct bootstrap_source *source, struct bootstrap_bands *bands,
                      admf_error *error);
/* Bytes that so many paths take. */
uint64_t bootstrap_bytes(uint64_t paths);

#endif
