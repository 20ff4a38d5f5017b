/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What strategies and classifiers say, written out bar by bar, and kernels held to it on random
 * values that often lie exactly on a threshold, with holes.
 */
#ifndef ADMF_TESTS_SIGNAL_RULES_H
#define ADMF_TESTS_SIGNAL_RULES_H

#include "tests/kernels/signal_rows.h"

static inline int sg(double x, double threshold)
{
    return x > threshold ? 1 : x < -threshold ? -1 : 0;
}

static inline int outside(double x, double low, double high)
{
    return x < low ? -1 : x > high ? 1 : 0;
}

static inline int rule_of_strategy(int id, const double *x, const double *p)
{
    switch (id) {
    case STRATEGY_buy_and_hold:
        return 1;
    case STRATEGY_momentum:
        return sg(x[0], p[1]);
    case STRATEGY_sma_crossover:
    case STRATEGY_ema_crossover:
        return sg(x[0] - x[1], 0);
    case STRATEGY_macd_crossover:
        return sg(x[0], p[3]);
    case STRATEGY_mean_reversion:
        return -sg(x[0], p[1]);
    case STRATEGY_bollinger_breakout:
    case STRATEGY_donchian_breakout:
        return outside(x[0], x[2], x[1]);
    case STRATEGY_rsi_bands:
        return -outside(x[0], p[1], p[2]);
    case STRATEGY_adx_trend:
        return x[2] > p[1] ? sg(x[0] - x[1], 0) : 0;
    default:
        give_up("strategy %d of the catalogue has no rule", id);
    }
}

/* Parameters that put thresholds among the values of random_columns(). */
static const double *params_of_strategy(int id)
{
    static const double none[1],
        momentum[] = {20, 0.5}, averages[] = {10, 20}, macd[] = {12, 26, 9, 0.25},
        reversion[] = {20, 1}, bands[] = {14, -0.5, 0.75}, channel[] = {20, 2}, adx[] = {14, 0.25};
    switch (id) {
    case STRATEGY_buy_and_hold:
        return none;
    case STRATEGY_momentum:
        return momentum;
    case STRATEGY_sma_crossover:
    case STRATEGY_ema_crossover:
        return averages;
    case STRATEGY_macd_crossover:
        return macd;
    case STRATEGY_mean_reversion:
        return reversion;
    case STRATEGY_bollinger_breakout:
    case STRATEGY_donchian_breakout:
        return channel;
    case STRATEGY_rsi_bands:
        return bands;
    case STRATEGY_adx_trend:
        return adx;
    default:
        give_up("strategy %d of the catalogue has no parameters here", id);
    }
}

/* Multiples of 1/4 in -2 ... 2, one in ten missing. */
static inline struct padded random_columns(int n, size_t count, uint64_t seed)
{
    double *column[ADMF_NEEDS_MAX];
    for (int k = 0; k < n; k++) {
        column[k] = allocate(count * sizeof(double));
        for (size_t t = 0; t < count; t++) {
            column[k][t] = floor(17 * random_unit(&seed)) / 4 - 2;
            if (random_unit(&seed) < 0.1)
                column[k][t] = NAN;
        }
    }
    struct padded x = pad(column, n, count);
    for (int k = 0; k < n; k++)
        free(column[k]);
    return x;
}

/* The last column lies below the one before it, as the lower edge of a channel does. */
static inline void order_channel(int id, struct padded *x)
{
    if (id != STRATEGY_bollinger_breakout && id != STRATEGY_donchian_breakout)
        return;
    for (size_t t = 0; t < x->words * WORD_BARS; t++)
        if (x->column[2][t] > x->column[1][t]) {
            double low = x->column[1][t];
            x->column[1][t] = x->column[2][t];
            x->column[2][t] = low;
        }
}

/* A strategy on `count` bars; what is wrong, or nothing, into `text`. */
static inline bool strategy_follows_rule(const struct kernel_table *table, int id, size_t count,
                                         uint64_t seed, char text[DIFFERENCE_MAX])
{
    const admf_component *row = &strategy_rows[id];
    struct padded x = random_columns(row->n_needs, count, seed);
    order_channel(id, &x);
    int *signal = run_strategy(table, id, params_of_strategy(id), &x);
    bool same = true;
    for (size_t t = 0; same && t < x.words * WORD_BARS; t++) {
        double at[ADMF_NEEDS_MAX];
        for (int k = 0; k < row->n_needs; k++)
            at[k] = x.column[k][t];
        int expected =
            defined_at(&x, row->n_needs, t) ? rule_of_strategy(id, at, params_of_strategy(id)) : 0;
        same = signal[t] == expected;
        if (!same)
            snprintf(text, DIFFERENCE_MAX, "%s on %s: bar %zu of %zu is %d, not %d", row->name,
                     table->name, t, count, signal[t], expected);
    }
    free(signal);
    free_padded(&x, row->n_needs);
    return same;
}

static inline double rule_of_strength(int id, const double *x, const double *p)
{
    if (id != STRATEGY_momentum)
        give_up("the strength of strategy %d of the catalogue has no rule", id);
    double share = fabs(x[0]) / (2 * p[1]);
    return p[1] == 0 || share > 1 ? 1 : share;
}

/* The strength of a strategy that has one, with parameters p. */
static inline bool strength_follows_rule(const struct kernel_table *table, int id, const double *p,
                                         size_t count, uint64_t seed, char text[DIFFERENCE_MAX])
{
    const admf_component *row = &strategy_rows[id];
    struct padded x = random_columns(row->n_needs, count, seed);
    double *strength = allocate(x.words * WORD_BARS * sizeof *strength);
    bool same = true;
    table->strength[id]((const double *const *)x.column, p, x.words, strength);
    for (size_t t = 0; same && t < count; t++) {
        double at[ADMF_NEEDS_MAX];
        for (int k = 0; k < row->n_needs; k++)
            at[k] = x.column[k][t];
        if (!defined_at(&x, row->n_needs, t))
            continue;
        double expected = rule_of_strength(id, at, p);
        same = same_bits(strength[t], expected);
        if (!same)
            snprintf(text, DIFFERENCE_MAX, "strength of %s on %s: bar %zu of %zu is %g, not %g",
                     row->name, table->name, t, count, strength[t], expected);
    }
    free(strength);
    free_padded(&x, row->n_needs);
    return same;
}

/* Label and confidence of one bar of trend. */
static inline int rule_of_trend(const double *x, const double *p, double *confidence)
{
    double d = (x[0] - x[1]) / x[1];
    int label = d > p[2] ? 3 : d < -p[2] ? 1 : 2;
    double share = fabs(d) / (2 * p[2]);
    if (p[2] != 0)
        *confidence = label == 2 ? 1 - share : share > 1 ? 1 : share;
    return label;
}

static inline int rule_of_volatility(const double *x, const double *p)
{
    double q = x[0] / x[1];
    return q < p[2] ? 1 : q > p[3] ? 3 : 2;
}

/* Label and confidence of one bar. */
static inline int rule_of_classifier(int id, const double *x, const double *p, double *confidence)
{
    *confidence = 1;
    switch (id) {
    case CLASSIFIER_trend:
        return x[1] == 0 ? 0 : rule_of_trend(x, p, confidence);
    case CLASSIFIER_volatility:
        return x[1] == 0 ? 0 : rule_of_volatility(x, p);
    default:
        give_up("classifier %d of the catalogue has no rule", id);
    }
}

enum { CLASSIFIER_CASES = 3 };

/* Parameters that put thresholds among the values of random_columns(). */
static const double *params_of_classifier(int id, int k)
{
    static const double trend[CLASSIFIER_CASES][3] = {{10, 20, 0.5}, {10, 20, 0}, {10, 20, 0.3}};
    static const double volatility[CLASSIFIER_CASES][4] = {
        {14, 20, 0.5, 1.5}, {14, 20, 0, 1}, {14, 20, 0.25, 0.75}};
    switch (id) {
    case CLASSIFIER_trend:
        return trend[k];
    case CLASSIFIER_volatility:
        return volatility[k];
    default:
        give_up("classifier %d of the catalogue has no parameters here", id);
    }
}

/* A classifier of bars, labels and confidences, with the parameters of a case. */
static inline bool classifier_follows_rule(const struct kernel_table *table, int id, int k,
                                           size_t count, uint64_t seed, char text[DIFFERENCE_MAX])
{
    const admf_component *row = &classifier_rows[id];
    const double *p = params_of_classifier(id, k);
    struct padded x = random_columns(row->n_needs, count, seed);
    int *label = run_classifier(table, id, p, &x);
    bool same = true;
    for (size_t t = 0; same && t < x.words * WORD_BARS; t++) {
        double at[ADMF_NEEDS_MAX], confidence = 0;
        for (int i = 0; i < row->n_needs; i++)
            at[i] = x.column[i][t];
        bool defined = defined_at(&x, row->n_needs, t);
        int expected = defined ? rule_of_classifier(id, at, p, &confidence) : 0;
        same =
            label[t] == expected &&
            (label[t] == 0 || same_bits(confidence_at(table, id, p, &x, t, label[t]), confidence));
        if (!same)
            snprintf(text, DIFFERENCE_MAX,
                     "%s on %s: bar %zu of %zu is %d, not %d, or its "
                     "confidence differs",
                     row->name, table->name, t, count, label[t], expected);
    }
    free(label);
    free_padded(&x, row->n_needs);
    return same;
}

#endif
