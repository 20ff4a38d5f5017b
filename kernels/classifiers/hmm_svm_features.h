/* SPDX-License-Identifier: Apache-2.0 */
/* The five features of a session day that the support vector machine sees. */
#ifndef ADMF_HMM_SVM_FEATURES_H
#define ADMF_HMM_SVM_FEATURES_H

#include "kernels/classifiers/hmm_svm.h"

enum { FEATURES_START = 20, RSI_PERIOD = 14, DEVIATION_PERIOD = 10, HORIZON = 5 };

/*
 * Sample deviation of the n values that end at x[t]. Windows are summed in two parts, on
 * both sides of the last multiple of n, as in the features of bars.
 */
static inline double block_deviation(const double *x, size_t t, size_t n)
{
    size_t border = t / n * n;
    double d1 = 0.0, d2 = 0.0, reference = x[border];
    for (size_t i = border; i <= t; i++) {
        d1 += x[i] - reference;
        d2 += (x[i] - reference) * (x[i] - reference);
    }
    size_t left = n - (t - border + 1);
    if (left > 0) {
        double s1 = 0.0, s2 = 0.0, q = x[border - 1], delta = q - reference, a = (double)left;
        for (size_t i = border - 1; i + left >= border; i--) {
            s1 += x[i] - q;
            s2 += (x[i] - q) * (x[i] - q);
        }
        d1 = (s1 + a * delta) + d1;
        d2 = ((s2 + (2.0 * delta) * s1) + (a * delta) * delta) + d2;
    }
    double variance = (d2 - d1 * d1 / (double)n) / ((double)n - 1.0);
    return variance < 0.0 ? 0.0 : __builtin_sqrt(variance); /* NaN stays NaN */
}

/* Wilder's index of relative strength (1978) of the days 0 … last; 50 where it is 0/0. */
static inline void relative_strength(const double *close, size_t last, double *rsi)
{
    double gain = 0.0, loss = 0.0, first_gain = 0.0, first_loss = 0.0;
    for (size_t d = 1; d <= last; d++) {
        double up = close[d] - close[d - 1], down = close[d - 1] - close[d];
        up = up > 0.0 ? up : 0.0;
        down = down > 0.0 ? down : 0.0;
        if (d == 1) {
            first_gain = up;
            first_loss = down;
        }
        if (d <= RSI_PERIOD) { /* seed: the first value plus the mean distance from it */
            gain += up - first_gain;
            loss += down - first_loss;
        }
        if (d == RSI_PERIOD) {
            gain = first_gain + gain / RSI_PERIOD;
            loss = first_loss + loss / RSI_PERIOD;
        } else if (d > RSI_PERIOD) {
            gain = gain + (up - gain) / RSI_PERIOD;
            loss = loss + (down - loss) / RSI_PERIOD;
        }
        double sum = gain + loss;
        rsi[d] = sum == 0.0 ? 50.0 : 100.0 * gain / sum;
    }
}

/* Returns over `span` days of the days from … last. */
static inline void returns_over(const double *close, size_t span, size_t from, size_t last,
                                double *out)
{
    for (size_t d = from; d <= last; d++)
        out[d] = close[d] / close[d - span] - 1.0;
}

/* f[k][d] for the days 20 … last; log_return is room for as many days. */
static inline void make_svm_features(const double *close, size_t last, double *log_return,
                                     double *const *f)
{
    static const size_t span[3] = {1, 5, 20};
    size_t d = 1;
    for (int k = 0; k < 3; k++)
        returns_over(close, span[k], FEATURES_START, last, f[k]);
    for (; d <= last; d++)
        log_return[d] = math_log(close[d] / close[d - 1]);
    for (d = FEATURES_START; d <= last; d++)
        f[3][d] = block_deviation(log_return, d, DEVIATION_PERIOD);
    relative_strength(close, last, f[4]);
}

#endif
