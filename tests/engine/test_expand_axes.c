/* SPDX-License-Identifier: Apache-2.0 */
/* Axes against nested loops, labels, what makes an axis impossible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/catalog/catalog.h"
#include "engine/expand/axis.h"
#include "io/config/config.h"

struct expanded {
    struct config *config;
    struct axis axes[AXIS_COUNT];
    admf_diagnostics errors;
    admf_status status;
};

static void expand(struct expanded *e, const char *text)
{
    admf_diagnostics warnings = ADMF_DIAGNOSTICS_INIT;
    memset(e, 0, sizeof *e);
    e->status = config_parse("t.yaml", text, strlen(text), &e->config, &e->errors, &warnings);
    for (size_t i = 0; i < e->errors.count; i++)
        fprintf(stderr, "%d:%d: %s\n", e->errors.items[i].line, e->errors.items[i].column,
                e->errors.items[i].message);
    assert_int_equal(e->status, ADMF_OK);
    e->status = axes_expand(e->config, e->config->memory, e->axes, &e->errors);
    assert_true((e->status == ADMF_OK) == (e->errors.count == 0));
}

static void finish(struct expanded *e)
{
    for (int i = 0; i < AXIS_COUNT; i++)
        axis_deinit(&e->axes[i]);
    config_free(&e->config);
    admf_diagnostics_deinit(&e->errors);
}

static const char *label(const struct expanded *e, enum axis_kind kind, size_t index)
{
    assert_true(index < e->axes[kind].count);
    return e->axes[kind].instances[index].label;
}

static void the_example_has_24_combinations(void **state)
{
    (void)state;
    struct expanded e;
    expand(&e, "strategies:\n  - type: momentum\n    parameters: {lookback_period: [10, 20, 30], "
               "signal_threshold: [0.01, 0.02]}\n"
               "classifiers:\n  - type: hmm\n    parameters: {model_type: ['hmm', 'svm'], "
               "lookback_days: [30, 60]}\n");
    assert_int_equal(e.axes[AXIS_STRATEGY].count, 6);
    assert_int_equal(e.axes[AXIS_CLASSIFIER].count, 4);
    assert_int_equal(e.axes[AXIS_RISK].count, 1);
    assert_int_equal(e.axes[AXIS_EXECUTION].count, 1);
    assert_string_equal(label(&e, AXIS_STRATEGY, 0),
                        "momentum[lookback_period=10,signal_threshold=0.01]");
    assert_string_equal(label(&e, AXIS_STRATEGY, 5),
                        "momentum[lookback_period=30,signal_threshold=0.02]");
    assert_string_equal(label(&e, AXIS_CLASSIFIER, 2),
                        "hmm[model_type=svm,lookback_days=30,refit_days=5]");
    assert_true(e.axes[AXIS_STRATEGY].has_grid && !e.axes[AXIS_RISK].has_grid);
    finish(&e);
}

static void a_product_is_nested_loops(void **state)
{
    (void)state;
    struct expanded e;
    expand(&e, "strategies:\n  - type: macd_crossover\n    parameters:\n"
               "      signal_period: {start: 3, stop: 9, step: 3}\n"
               "      slow_period: [30, 20, 40]\n      fast_period: [25, 5]\n"
               "      min_histogram: {linspace: [0, 1, 5]}\n"
               "    where: [\"fast_period < slow_period\", \"min_histogram != 0.5\"]\n");
    static const double slow[] = {30, 20, 40}, fast[] = {25, 5};
    const struct axis *axis = &e.axes[AXIS_STRATEGY];
    size_t n = 0;
    for (int a = 3; a <= 9; a += 3)
        for (int b = 0; b < 3; b++)
            for (int c = 0; c < 2; c++)
                for (int d = 0; d < 5; d++) {
                    if (fast[c] >= slow[b] || d == 2)
                        continue;
                    assert_true(n < axis->count);
                    const double *p = axis->instances[n++].params;
                    assert_true(p[0] == fast[c] && p[1] == slow[b] && p[2] == a && p[3] == d / 4.0);
                }
    assert_int_equal(n, axis->count);
    assert_int_equal(axis->before_where, 90);
    finish(&e);
}

static void sets_are_the_slowest_axis(void **state)
{
    (void)state;
    struct expanded e;
    expand(&e,
           "strategies:\n  - type: rsi_bands\n    parameters: {period: [7, 14]}\n"
           "    parameter_sets: [{lower: 20, upper: 80}, {lower: 25}]\n  - type: buy_and_hold\n");
    static const char *const labels[] = {"rsi_bands[period=7,lower=20,upper=80]",
                                         "rsi_bands[period=14,lower=20,upper=80]",
                                         "rsi_bands[period=7,lower=25,upper=70]",
                                         "rsi_bands[period=14,lower=25,upper=70]", "buy_and_hold"};
    assert_int_equal(e.axes[AXIS_STRATEGY].count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(label(&e, AXIS_STRATEGY, i), labels[i]);
    finish(&e);
}

static void profiles_show_the_keys_they_set(void **state)
{
    (void)state;
    struct expanded e;
    expand(&e, "strategies: [{type: buy_and_hold, name: hold}]\n"
               "risk:\n  - stop_loss: [off, 0.02]\n    size: 0.5\n  - {name: plain}\n"
               "  - {name: wide, stop_loss: 0.1, flat_at: session_end}\n  - {}\n"
               "execution: {fee_rate: [0, 0.001], fee_in_cash: false}\n"
               "portfolio: {size: 0.25, leverage: 3}\n");
    static const char *const labels[] = {"risk[size=0.5,stop_loss=off]",
                                         "risk[size=0.5,stop_loss=0.02]", "plain",
                                         "wide[stop_loss=0.1,flat_at=session_end]", "default"};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(label(&e, AXIS_RISK, i), labels[i]);
    assert_string_equal(label(&e, AXIS_EXECUTION, 1),
                        "execution[fee_rate=0.001,fee_in_cash=false]");
    assert_string_equal(label(&e, AXIS_STRATEGY, 0), "hold");
    assert_string_equal(label(&e, AXIS_CLASSIFIER, 0), "none");
    /* A key that a profile leaves out keeps the portfolio's value. */
    const double *first = e.axes[AXIS_RISK].instances[0].params;
    const double *last = e.axes[AXIS_RISK].instances[4].params;
    assert_true(first[RISK_size] == 0.5 && last[RISK_size] == 0.25 && last[RISK_leverage] == 3);
    assert_true(isnan(first[RISK_stop_loss]) && isnan(last[RISK_max_holding_bars]));
    finish(&e);
}

static void implicit_instances(void **state)
{
    (void)state;
    struct expanded e;
    expand(&e, "strategies: [{type: buy_and_hold}]\nportfolio: {size: 0.5}\n");
    const struct instance *none = e.axes[AXIS_CLASSIFIER].instances;
    assert_null(none->entry);
    assert_null(none->row);
    assert_string_equal(label(&e, AXIS_RISK, 0), "default");
    assert_string_equal(label(&e, AXIS_EXECUTION, 0), "default");
    assert_true(e.axes[AXIS_RISK].instances[0].params[RISK_size] == 0.5);
    assert_true(e.axes[AXIS_EXECUTION].instances[0].params[EXECUTION_fee_in_cash] == 1);
    for (int i = 0; i < AXIS_COUNT; i++)
        assert_false(e.axes[i].has_grid);
    finish(&e);
}

static void what_a_grid_is(void **state)
{
    (void)state;
    static const struct {
        const char *parameters;
        bool grid;
    } cases[] = {{"{lookback_period: 10}", false},
                 {"{lookback_period: [10]}", false},
                 {"{lookback_period: [10, 20]}", true},
                 {"{lookback_period: {start: 10, stop: 10, step: 1}}", true},
                 {"{signal_threshold: {linspace: [0, 1, 2]}}", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct expanded e;
        snprintf(text, sizeof text, "strategies: [{type: momentum, parameters: %s}]\n",
                 cases[i].parameters);
        expand(&e, text);
        assert_int_equal(e.axes[AXIS_STRATEGY].has_grid, cases[i].grid);
        finish(&e);
    }
}

static void a_million_instances(void **state)
{
    (void)state;
    struct expanded e;
    expand(
        &e,
        "strategies:\n  - type: rsi_bands\n    parameters: {period: {start: 2, stop: 1001, step: "
        "1}, "
        "lower: {linspace: [1, 49, 1000]}}\n  - type: rsi_bands\n    parameters: {period: 5000}\n");
    assert_int_equal(e.axes[AXIS_STRATEGY].count, 1000001);
    assert_string_equal(label(&e, AXIS_STRATEGY, 999999),
                        "rsi_bands[period=1001,lower=49,upper=70]");
    finish(&e);
}

static void counting_needs_no_memory(void **state)
{
    (void)state;
    static const char text[] = "strategies:\n  - type: macd_crossover\n    parameters:\n"
                               "      fast_period: {start: 1, stop: 100000, step: 1}\n"
                               "      slow_period: {start: 1, stop: 100000, step: 1}\n"
                               "      min_histogram: {linspace: [0, 1, 100000]}\n"
                               "risk: {size: {linspace: [0, 1, 1000]}}\n";
    struct config *config = NULL;
    uint64_t cells[AXIS_COUNT];
    struct axis axes[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(config_parse("t", text, sizeof text - 1, &config, &errors, &warnings),
                     ADMF_OK);
    assert_int_equal(axes_count(config, cells, &errors), ADMF_OK);
    assert_true(cells[AXIS_STRATEGY] == UINT64_C(1000000000000000));
    assert_int_equal(cells[AXIS_CLASSIFIER], 1);
    assert_int_equal(cells[AXIS_RISK], 1000);
    assert_int_equal(axes_expand(config, config->memory, axes, &errors), ADMF_BAD_CONFIG);
    assert_non_null(strstr(errors.items[0].message, "'fast_period' (100000 values)"));
    assert_int_equal(errors.items[0].line, 4);
    config_free(&config);
    admf_diagnostics_deinit(&errors);
}

static void combinations_fit_63_bits(void **state)
{
    (void)state;
    static const char text[] =
        "strategies:\n  - type: momentum\n    parameters: {signal_threshold: "
        "{linspace: [0, 1, 1e12]}}\n"
        "risk: {size: {linspace: [0, 1, 1e12]}}\n";
    struct config *config = NULL;
    uint64_t cells[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(config_parse("t", text, sizeof text - 1, &config, &errors, &warnings),
                     ADMF_OK);
    assert_int_equal(axes_count(config, cells, &errors), ADMF_BAD_CONFIG);
    assert_int_equal(errors.count, 1);
    config_free(&config);
    admf_diagnostics_deinit(&errors);
}

static void expect_too_large(const char *text, uint64_t memory, const char *says)
{
    struct config *config = NULL;
    struct axis axes[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(config_parse("t", text, strlen(text), &config, &errors, &warnings), ADMF_OK);
    assert_int_equal(axes_expand(config, memory, axes, &errors), ADMF_BAD_CONFIG);
    assert_int_equal(errors.count, 1);
    if (!strstr(errors.items[0].message, says))
        fail_msg("%s", errors.items[0].message);
    assert_non_null(strstr(errors.items[0].message, "--memory"));
    config_free(&config);
    admf_diagnostics_deinit(&errors);
}

/* Their number shows that sets were counted and not made until no more would fit. */
static void memory_is_a_limit(void **state)
{
    (void)state;
    expect_too_large("strategies:\n  - type: momentum\n    parameters: {signal_threshold: "
                     "{linspace: [0, 1, 100000]}}\n",
                     1 << 20, "'momentum': 100000 sets take at least ");
    expect_too_large("strategies:\n  - type: momentum\n    parameters: {signal_threshold: "
                     "{linspace: [0, 1, 100000]}}\n",
                     1 << 20, "shorten 'signal_threshold' (100000 values), or draw some");
    expect_too_large("strategies:\n  - type: momentum\n    parameters: {signal_threshold: "
                     "{linspace: [0, 1, 100000]}}\n    sample: {n: 90000, method: latin}\n",
                     1 << 20, "'momentum': 90000 sets take at least ");
    expect_too_large("strategies:\n  - type: sma_crossover\n    parameters: {fast_period: "
                     "{start: 1, stop: 1000, step: 1}, slow_period: {start: 1, stop: 1000, step: "
                     "1}}\n    where: fast_period < slow_period\n",
                     1 << 24, "'sma_crossover': more than ");
    /* All axes share it: each of these alone would fit. */
    expect_too_large("strategies:\n  - type: momentum\n    parameters: {signal_threshold: "
                     "{linspace: [0, 1, 10]}}\nrisk: {size: {linspace: [0, 1, 3000]}}\n"
                     "execution: {slippage: {linspace: [0, 0.1, 3000]}}\n",
                     1200000, "'execution': 3000 sets take at least 2 MiB of memory, and 1 MiB");
}

static void conditions_mean_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *where;
        size_t left; /* of fast 1 … 4 by slow 5 … 8 */
    } cases[] = {{"fast_period + slow_period == 9", 4},
                 {"slow_period - fast_period - 1 >= 3 and fast_period < 3", 7},
                 {"not fast_period < 3 or slow_period == 5", 10},
                 {"fast_period * 2 + 1 == 5", 4},
                 {"slow_period / 2 / 2 <= 1.5", 8},
                 {"-fast_period < -3", 4},
                 {"1 / (fast_period - 2) < 100", 12},
                 {"1 / (fast_period - 2) < 100 or true", 12},
                 {"(fast_period == 1) == (slow_period == 5)", 10},
                 {"fast_period != 1 and not (slow_period > 6 or slow_period < 6)", 3},
                 {"'a' == \"a\"", 16},
                 {"true and not false", 16},
                 {"fast_period <= 1_0e-1", 4},
                 {"1e308 * fast_period < 1.5e308", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        struct config *config = NULL;
        struct axis axes[AXIS_COUNT];
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        snprintf(
            text, sizeof text,
            "strategies:\n  - type: sma_crossover\n    parameters: {fast_period: [1, 2, 3, 4], "
            "slow_period: [5, 6, 7, 8]}\n    where: >\n      %s\n",
            cases[i].where);
        assert_int_equal(config_parse("t", text, strlen(text), &config, &errors, &warnings),
                         ADMF_OK);
        assert_int_equal(axes_expand(config, config->memory, axes, &errors), ADMF_OK);
        if (axes[AXIS_STRATEGY].count != cases[i].left)
            fail_msg("%s leaves %zu, not %zu", cases[i].where, axes[AXIS_STRATEGY].count,
                     cases[i].left);
        for (int k = 0; k < AXIS_COUNT; k++)
            axis_deinit(&axes[k]);
        config_free(&config);
        admf_diagnostics_deinit(&errors);
    }
}

static void the_catalogue_obeys_its_own_rules(void **state)
{
    (void)state;
    /* Every type with its defaults makes one instance: rules parse and defaults keep them. */
    for (int i = 0; i < STRATEGY_COUNT + CLASSIFIER_COUNT; i++) {
        char text[256];
        struct expanded e;
        if (i < STRATEGY_COUNT)
            snprintf(text, sizeof text, "strategies: [{type: %s}]\n", catalog_strategies[i].name);
        else
            snprintf(text, sizeof text,
                     "strategies: [{type: buy_and_hold}]\nclassifiers: [{type: %s}]\n",
                     catalog_classifiers[i - STRATEGY_COUNT].name);
        expand(&e, text);
        assert_int_equal(e.status, ADMF_OK);
        assert_int_equal(e.axes[i < STRATEGY_COUNT ? AXIS_STRATEGY : AXIS_CLASSIFIER].count, 1);
        finish(&e);
    }
    for (int i = 0; i < METRIC_COUNT; i++)
        assert_int_equal(catalog_find_metric(catalog_metrics[i].name), i);
    assert_int_equal(catalog_find_metric("none"), -1);
    assert_int_equal(catalog_risk.n_params, RISK_COUNT);
    assert_int_equal(catalog_risk_kind[RISK_size], ADMF_RISK_SIZING);
    assert_int_equal(catalog_risk_kind[RISK_max_leverage], ADMF_RISK_VALIDATOR);
    assert_int_equal(catalog_risk_kind[RISK_max_drawdown], ADMF_RISK_HALT);
    assert_int_equal(catalog_risk_kind[RISK_flat_at], ADMF_RISK_EXIT);
    assert_int_equal(catalog_risk_kind[RISK_reentry], ADMF_RISK_OPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_example_has_24_combinations),
                                       cmocka_unit_test(a_product_is_nested_loops),
                                       cmocka_unit_test(sets_are_the_slowest_axis),
                                       cmocka_unit_test(profiles_show_the_keys_they_set),
                                       cmocka_unit_test(implicit_instances),
                                       cmocka_unit_test(what_a_grid_is),
                                       cmocka_unit_test(a_million_instances),
                                       cmocka_unit_test(counting_needs_no_memory),
                                       cmocka_unit_test(combinations_fit_63_bits),
                                       cmocka_unit_test(memory_is_a_limit),
                                       cmocka_unit_test(conditions_mean_what_they_say),
                                       cmocka_unit_test(the_catalogue_obeys_its_own_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
