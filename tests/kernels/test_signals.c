/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels of strategies and classifiers, on every instruction set, against rules written
 * out bar by bar: random values that often lie exactly on a threshold, with holes, and
 * numbers of bars that fill no word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/signal_rows.h"
#include "tests/kernels/tables.h"

static const size_t lengths[] = {1, 5, 63, 64, 65, 131, 1021};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static int sg(double x, double threshold) { return x > threshold ? 1 : x < -threshold ? -1 : 0; }

static int outside(double x, double low, double high) { return x < low ? -1 : x > high ? 1 : 0; }

static int rule_of_strategy(int id, const double *x, const double *p)
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
        give_up("%s has no rule", strategy_rows[id].name);
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
        give_up("%s has no parameters here", strategy_rows[id].name);
    }
}

/* Multiples of 1/4 in -2 ... 2, one in ten missing. */
static struct padded random_columns(int n, size_t count, uint64_t seed)
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
static void order_channel(int id, struct padded *x)
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

static void check_strategy(const struct kernel_table *table, int id, size_t count)
{
    const admf_component *row = &strategy_rows[id];
    const double *p = params_of_strategy(id);
    struct padded x = random_columns(row->n_needs, count, 77 + count);
    order_channel(id, &x);
    int *signal = run_strategy(table, id, p, &x);
    for (size_t t = 0; t < x.words * WORD_BARS; t++) {
        double at[ADMF_NEEDS_MAX];
        for (int k = 0; k < row->n_needs; k++)
            at[k] = x.column[k][t];
        int expected = defined_at(&x, row->n_needs, t) ? rule_of_strategy(id, at, p) : 0;
        if (signal[t] != expected)
            fail_msg("%s on %s: bar %zu of %zu is %d, not %d", row->name, table->name, t, count,
                     signal[t], expected);
    }
    free(signal);
    free_padded(&x, row->n_needs);
}

static void strategies_follow_their_rules(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++)
        for (int id = 0; id < STRATEGY_COUNT; id++)
            for (int k = 0; k < LENGTHS; k++)
                check_strategy(tables[i], id, lengths[k]);
}

static void strength_of_momentum(void **state)
{
    static const double params[][2] = {{20, 0.5}, {20, 0}, {20, 0.3}};
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int id = 0; id < STRATEGY_COUNT; id++)
        if (tables[0]->strength[id] && id != STRATEGY_momentum)
            fail_msg("the strength of %s is not tested", strategy_rows[id].name);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            const double *p = params[k];
            struct padded x = random_columns(1, 131, 5);
            double *strength = allocate(x.words * WORD_BARS * sizeof *strength);
            tables[i]->strength[STRATEGY_momentum]((const double *const *)x.column, p, x.words,
                                                   strength);
            for (size_t t = 0; t < 131; t++) {
                double expected = fabs(x.column[0][t]) / (2 * p[1]);
                expected = p[1] == 0 || expected > 1 ? 1 : expected;
                if (!isnan(x.column[0][t]) && !same_bits(strength[t], expected))
                    fail_msg("bar %zu: strength %g, not %g", t, strength[t], expected);
            }
            free(strength);
            free_padded(&x, 1);
        }
}

/* Label and confidence of one bar of trend. */
static int rule_of_trend(const double *x, const double *p, double *confidence)
{
    double d = (x[0] - x[1]) / x[1];
    int label = d > p[2] ? 3 : d < -p[2] ? 1 : 2;
    double share = fabs(d) / (2 * p[2]);
    if (p[2] != 0)
        *confidence = label == 2 ? 1 - share : share > 1 ? 1 : share;
    return label;
}

static int rule_of_volatility(const double *x, const double *p)
{
    double q = x[0] / x[1];
    return q < p[2] ? 1 : q > p[3] ? 3 : 2;
}

/* Label and confidence of one bar. */
static int rule_of_classifier(int id, const double *x, const double *p, double *confidence)
{
    *confidence = 1;
    switch (id) {
    case CLASSIFIER_trend:
        return x[1] == 0 ? 0 : rule_of_trend(x, p, confidence);
    case CLASSIFIER_volatility:
        return x[1] == 0 ? 0 : rule_of_volatility(x, p);
    default:
        give_up("%s has no rule", classifier_rows[id].name);
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
        give_up("%s has no parameters here", classifier_rows[id].name);
    }
}

static void check_classifier(const struct kernel_table *table, int id, const double *p,
                             size_t count)
{
    const admf_component *row = &classifier_rows[id];
    struct padded x = random_columns(row->n_needs, count, 33 + count);
    int *label = run_classifier(table, id, p, &x);
    for (size_t t = 0; t < x.words * WORD_BARS; t++) {
        double at[ADMF_NEEDS_MAX], expected_confidence = 0;
        for (int k = 0; k < row->n_needs; k++)
            at[k] = x.column[k][t];
        bool defined = defined_at(&x, row->n_needs, t);
        int expected = defined ? rule_of_classifier(id, at, p, &expected_confidence) : 0;
        if (label[t] != expected)
            fail_msg("%s on %s: bar %zu of %zu is %d, not %d", row->name, table->name, t, count,
                     label[t], expected);
        if (label[t] &&
            !same_bits(confidence_at(table, id, p, &x, t, label[t]), expected_confidence))
            fail_msg("%s on %s: confidence at bar %zu", row->name, table->name, t);
    }
    free(label);
    free_padded(&x, row->n_needs);
}

static void classifiers_follow_their_rules(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++)
        for (int id = 0; id < CLASSIFIER_COUNT; id++)
            for (int k = 0; k < LENGTHS; k++)
                for (int j = 0; j < CLASSIFIER_CASES; j++)
                    if (tables[i]->classifier[id]) /* those of days have tests of their own */
                        check_classifier(tables[i], id, params_of_classifier(id, j), lengths[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strategies_follow_their_rules),
        cmocka_unit_test(strength_of_momentum),
        cmocka_unit_test(classifiers_follow_their_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
