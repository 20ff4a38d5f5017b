/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terms under which one combination trades: everything that is neither price nor
 * signal, with defaults filled in. The trace starts from it; the lanes of a sweep read the
 * parameters of their instances where the axes have them.
 */
#ifndef ADMF_ENGINE_TRACE_TERMS_H
#define ADMF_ENGINE_TRACE_TERMS_H

#include <stdbool.h>

#include "kernels/catalog/catalog.h"

struct terms {
    double risk[RISK_COUNT]; /* words as indices, booleans 0 or 1, off as NaN */
    double execution[EXECUTION_COUNT];
    double portfolio[PORTFOLIO_COUNT];
    bool block_entries; /* regime policy: a disallowed signal keeps an open position */

    bool sample_daily;     /* sample equity at day ends, else at every bar */
    double periods;        /* P of the metrics: samples a year */
    double risk_free_rate; /* a year */
    int blocks;            /* B stretches of samples; 0: off */
};

#endif
