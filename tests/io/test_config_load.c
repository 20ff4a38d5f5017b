/* SPDX-License-Identifier: Apache-2.0 */
/* What a right file becomes: the example, defaults, YAML's conveniences, the resolved form. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/expand/axis.h"
#include "io/config/schema.h"
#include "tests/io/config/parsing.h"

static struct config *load(const char *path)
{
    struct config *config = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = config_load(path, &config, &errors, &warnings);
    expect_no_errors(path, status, &errors, &warnings);
    return config;
}

/* Writing out and reading again changes nothing. */
static void check_round_trip(struct config *config)
{
    char *first = config_resolved(config);
    assert_non_null(first);
    struct config *again = parse_as("elsewhere/resolved.yaml", first);
    char *second = config_resolved(again);
    assert_non_null(second);
    assert_string_equal(first, second);
    struct axis one[AXIS_COUNT], two[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(axes_expand(config, 0, one, &errors), ADMF_OK);
    assert_int_equal(axes_expand(again, 0, two, &errors), ADMF_OK);
    for (int i = 0; i < AXIS_COUNT; i++) {
        assert_int_equal(one[i].count, two[i].count);
        assert_int_equal(one[i].has_grid, two[i].has_grid);
        for (size_t j = 0; j < one[i].count; j++) {
            assert_string_equal(one[i].instances[j].label, two[i].instances[j].label);
            if (one[i].instances[j].row)
                assert_memory_equal(one[i].instances[j].params, two[i].instances[j].params,
                                    (size_t)one[i].instances[j].row->n_params * sizeof(double));
        }
        axis_deinit(&one[i]);
        axis_deinit(&two[i]);
    }
    memory_free(first);
    memory_free(second);
    config_free(&again);
}

/* Names that YAML would read as something else where they stand bare. */
static void every_form_of_windows_survives(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "{split: 0.70}", "{train: {start: 2001-01-01, end: 2001-12-31}, whole: {}, 'null': {}}",
        "{walk_forward: {train: 500d, test: 6m, purge: 5, mode: anchored}}",
        "{walk_forward: {train: 1_000, test: 6m, step: 1d, embargo: '3d'}}",
        "{k_fold: {k: 5, purge: 5d, embargo: 1m}}"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char text[256];
        snprintf(text, sizeof text, "strategies: [{type: momentum}]\nwindows: %s\n", forms[i]);
        struct config *config = parse(text);
        assert_int_not_equal(config->windows.form, WINDOWS_ALL);
        check_round_trip(config);
        config_free(&config);
    }
}

static void phases_survive(void **state)
{
    (void)state;
    static const char *const workflows[] = {
        "{type: multi_phase, phases: [{name: a, window: train, metrics: {blocks: 3, sampling: bar, "
        "periods_per_year: 100}}, {name: b, inherit_best_from: a, by: calmar, n: 3, min_trades: "
        "2}, "
        "{name: 'null', pattern: simple_backtest}]}",
        "{type: train_test, n: 4, min_trades: 7}",
        "{type: regime_adaptive, n: 4, min_trades: 7}",
        "{window: test, regime_choice: [{symbol: SP500, label: up, combo: 0, profit: -1.5, "
        "objective: "
        "0.25}, {symbol: 'null', label: down, combo: 0}]}",
        "{type: monte_carlo, n: 4, min_trades: 7, paths: 30, block: 5}",
        "{type: monte_carlo}",
        "{type: optimization, window: test, combinations: [3, 0, 2]}"};
    for (size_t i = 0; i < sizeof workflows / sizeof *workflows; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "strategies: [{type: momentum}]\nclassifiers: [{type: trend}]\nworkflow: %s\n"
                 "windows: {split: 0.5}\n",
                 workflows[i]);
        struct config *config = parse(text);
        assert_int_equal(config->phase_count, i == 0 ? 3 : i <= 2 ? 2 : 0);
        check_round_trip(config);
        config_free(&config);
    }
}

static void names_that_need_quotes_survive(void **state)
{
    (void)state;
    struct config *config = parse("strategies:\n  - {type: momentum, name: 'true'}\n"
                                  "classifiers:\n  - {type: trend, name: 'null'}\n"
                                  "risk:\n  - {name: 'False', stop_loss: 0.1}\n"
                                  "  - {name: 'false', stop_loss: 0.2}\n");
    check_round_trip(config);
    config_free(&config);
}

static void the_example_is_complete(void **state)
{
    (void)state;
    struct config *config = load(ADMF_SOURCE_DIR "/configs/momentum_hmm.yaml");
    assert_string_equal(config->workflow_type, "optimization");
    assert_string_equal(config->base_pattern, "full_backtest");
    assert_true(config->sample_data);
    assert_int_equal(config->series_count, 1);
    assert_string_equal(config->series[0].symbol, "SP500");
    assert_non_null(strstr(config->series[0].path, "sp500_daily.csv"));
    assert_int_equal(config->strategies.count, 1);
    assert_int_equal(config->classifiers.count, 1);
    const unsigned char *allow = config->classifiers.entries[0].allow;
    assert_int_equal(allow[0], ALLOW_FLAT);
    assert_int_equal(allow[1], ALLOW_SHORT);
    assert_int_equal(allow[2], ALLOW_BOTH);
    assert_int_equal(allow[3], ALLOW_LONG);
    config_free(&config);
    assert_null(config);
    config_free(&config);
}

static void defaults_are_those_of_the_tables(void **state)
{
    (void)state;
    struct config *config = parse("strategies: [{type: buy_and_hold}]\n");
    assert_string_equal(config->workflow_type, "backtest");
    assert_string_equal(config->base_pattern, "full_backtest");
    assert_string_equal(config->objective, "sharpe");
    assert_true(config->portfolio[PORTFOLIO_initial_cash] == 100000);
    assert_true(config->portfolio[PORTFOLIO_allow_short] == 1);
    assert_true(config->sizing[RISK_leverage] == 1 && config->sizing[RISK_size] == 1);
    assert_true(isnan(config->periods_per_year) && config->risk_free_rate == 0);
    assert_int_equal(config->blocks, 16);
    for (int i = 0; i < METRIC_COUNT; i++)
        assert_true(config->metric_selected[i]);
    assert_false(config->precision_float32 || config->by_regime || config->sample_given);
    assert_int_equal(config->deflate, 1);
    assert_int_equal(config->keep, KEEP_NONE);
    assert_int_equal(config->keep_by, METRIC_sharpe);
    assert_true(config->threads == 0 && config->memory == 0 && config->seed == 0);
    assert_string_equal(config->isa, "auto");
    assert_null(config->output_path);
    check_round_trip(config);
    config_free(&config);
}

static const char everything[] =
    "workflow: {type: optimization, base_pattern: simple_backtest, name: \"a \\\"b\\\"\", "
    "objective: calmar}\n"
    "data:\n"
    "  - {symbol: 'S&P \"500\"', path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv, format: csv,\n"
    "     timezone: America/New_York, session: '18:00-17:00', stamp: end, start: 2001-01-01,\n"
    "     end: '2015-06-30T12:00:00.5+02:00', columns: {close: Last, timestamp: Date, raw: "
    "Close}}\n"
    "  - {symbol: EURUSD, path: " ADMF_SOURCE_DIR "/data/eurusd_hourly.csv, session: 24x7}\n"
    "strategies:\n"
    "  - type: sma_crossover\n"
    "    name: s1\n"
    "    parameters: {slow_period: {start: 20, stop: 52, step: 10}, fast_period: [10, 5]}\n"
    "    where: ['fast_period * 2 <= slow_period', \"not (fast_period == 10 and slow_period == "
    "20)\"]\n"
    "  - type: macd_crossover\n"
    "    parameter_sets: [{fast_period: 5}, {slow_period: 40, signal_period: 5}]\n"
    "    parameters: {min_histogram: {linspace: [0.1, 0.7, 4]}}\n"
    "  - type: momentum\n"
    "    parameters: {signal_threshold: {logspace: [1e-4, 1e-1, 7]}, lookback_period: {start: 1, "
    "stop: 1000, step: 1}}\n"
    "    sample: {n: 20, method: latin}\n"
    "classifiers:\n"
    "  - {type: hmm, parameters: {model_type: [hmm, svm]}, policy: {neutral: flat}, policy_mode: "
    "block_entries}\n"
    "  - {type: volatility, policy: observe}\n"
    "risk:\n"
    "  - {}\n"
    "  - {name: tight, stop_loss: [off, 0.02], size_type: [percent_equity, fixed_value], size: "
    "0.5, flat_at: off}\n"
    "execution: {fill: [next_open, close], fee_in_cash: false, slippage: {start: 0, stop: 0.003, "
    "step: 0.001}}\n"
    "portfolio: {initial_cash: 1_000_000, size: 0.9, leverage: 2, rebalance: every_bar}\n"
    "metrics: {sampling: bar, periods_per_year: 252, risk_free_rate: 0.02, by_regime: true, "
    "blocks: 0, select: [sharpe, calmar]}\n"
    "output: {path: out.h5, precision: float32, compression: none, keep: {best: {n: 3}}}\n"
    "resources: {threads: 3, memory: 1.5G, isa: v3, seed: 9223372036854775807}\n";

static void everything_is_read(void **state)
{
    (void)state;
    struct config *config = parse_as("folder/test.yaml", everything);
    const struct series_source *series = &config->series[0];
    assert_int_equal(config->series_count, 2);
    assert_string_equal(series->symbol, "S&P \"500\"");
    assert_string_equal(series->session, "18:00-17:00");
    assert_true(series->stamp_end && series->renames == 3 && series->periods_per_year == 252);
    assert_string_equal(series->rename[0].theirs, "Last");
    assert_string_equal(config->output_path, "folder/out.h5");
    assert_true(config->memory == UINT64_C(3) << 29);
    assert_true(config->seed == INT64_MAX);
    assert_true(config->strategies.entries[2].sample_seed == INT64_MAX);
    assert_int_equal(config->strategies.entries[2].sample, SAMPLE_LATIN);
    assert_int_equal(config->keep, KEEP_BEST);
    assert_int_equal(config->keep_count, 3);
    assert_int_equal(config->keep_by, METRIC_calmar);
    assert_true(config->classifiers.entries[0].block_entries);
    assert_int_equal(config->classifiers.entries[0].allow[2], ALLOW_FLAT);
    assert_int_equal(config->classifiers.entries[1].allow[0], ALLOW_BOTH);
    assert_true(config->metric_selected[METRIC_sharpe] && !config->metric_selected[METRIC_cagr]);
    assert_int_equal(config->deflate, 0);
    assert_int_equal(config->blocks, 0);
    check_round_trip(config);
    config_free(&config);
}

static void yaml_conveniences(void **state)
{
    (void)state;
    struct config *config =
        parse("\xef\xbb\xbf%YAML 1.1\n---\n"
              "strategies:\n"
              "  - type: momentum\n"
              "    parameters: &p {lookback_period: &n [10, 20], signal_threshold: 0.5}\n"
              "  - type: momentum\n"
              "    name: m2\n"
              "    parameters: {<<: *p, signal_threshold: 0.25}\n"
              "  - type: rsi_bands\n"
              "    parameters: {period: *n}\n"
              "metrics: {select: calmar}\n...\n");
    const struct component_entry *merged = &config->strategies.entries[1];
    assert_int_equal(merged->given_count, 2);
    assert_int_equal(merged->given[0].values.count, 2);
    assert_true(merged->given[1].values.list[0] == 0.25);
    assert_true(values_get(&config->strategies.entries[2].given[0].values, 1) == 20);
    assert_true(config->metric_selected[METRIC_calmar] && !config->metric_selected[METRIC_sharpe]);
    check_round_trip(config);
    config_free(&config);
}

static void places_are_kept(void **state)
{
    (void)state;
    struct config *config = parse("strategies:\n"
                                  "  - type: momentum\n"
                                  "    parameters:\n"
                                  "      lookback_period: [10, 20]\n");
    const struct given *given = config->strategies.entries[0].given;
    assert_int_equal(given->key.line, 4);
    assert_int_equal(given->key.column, 7);
    assert_int_equal(given->key.length, 15);
    assert_int_equal(given->values.places[1].column, 29);
    assert_int_equal(given->values.places[1].length, 2);
    assert_int_equal(given->values.place.column, 24);
    assert_int_equal(given->values.place.length, 8);
    config_free(&config);
}

static void the_locale_does_not_matter(void **state)
{
    (void)state;
    const char *comma = setlocale(LC_ALL, "de_DE.UTF-8");
    struct config *config =
        parse("strategies: [{type: momentum, parameters: {signal_threshold: 0.5}}]\n");
    assert_true(config->strategies.entries[0].given[0].values.list[0] == 0.5);
    check_round_trip(config);
    config_free(&config);
    if (comma)
        setlocale(LC_ALL, "C");
}

static void examples_load_and_come_back(void **state)
{
    (void)state;
    DIR *directory = opendir(ADMF_SOURCE_DIR "/configs");
    assert_non_null(directory);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        char path[512];
        if (!strstr(entry->d_name, ".yaml"))
            continue;
        snprintf(path, sizeof path, "%s/configs/%s", ADMF_SOURCE_DIR, entry->d_name);
        struct config *config = load(path);
        check_round_trip(config);
        config_free(&config);
        count++;
    }
    closedir(directory);
    assert_true(count >= 7);
}

/* Every allocation fails once; each time there is an error, no crash and no leak. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    uint64_t n = 1, needed = 0;
    do {
        struct config *config = NULL;
        struct axis axes[AXIS_COUNT];
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        memory_fail_at(n);
        admf_status status =
            config_parse("t.yaml", everything, sizeof everything - 1, &config, &errors, &warnings);
        bool expanded = false;
        char *text = NULL;
        if (status == ADMF_OK) {
            status = axes_expand(config, 0, axes, &errors);
            expanded = status == ADMF_OK;
        }
        if (status == ADMF_OK)
            text = config_resolved(config);
        needed = memory_allocations();
        memory_fail_at(0);
        if (n <= needed)
            assert_true(status == ADMF_INTERNAL || (status == ADMF_OK && !text));
        else
            assert_true(status == ADMF_OK && text);
        for (int i = 0; expanded && i < AXIS_COUNT; i++)
            axis_deinit(&axes[i]);
        memory_free(text);
        config_free(&config);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    } while (n++ <= needed);
    assert_true(n > 10);
}

static void errors_survive_failing_allocations(void **state)
{
    (void)state;
    static const char wrong[] =
        "strategies:\n  - {type: momentum, name: 1, where: ['a < ', 'b'], x: 1}\n"
        "  - {type: momentum, parameters: {lookback_period: [1, 1, x]}}\n"
        "nonsense: 4\n";
    for (uint64_t n = 1;; n++) {
        struct config *config = NULL;
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        memory_fail_at(n);
        admf_status status =
            config_parse("t.yaml", wrong, sizeof wrong - 1, &config, &errors, &warnings);
        uint64_t needed = memory_allocations();
        memory_fail_at(0);
        assert_null(config);
        assert_true(status == ADMF_INTERNAL || status == ADMF_BAD_CONFIG);
        admf_diagnostics_deinit(&errors);
        if (n > needed)
            break;
    }
}

static void the_schema_names_every_key_but_hidden_ones(void **state)
{
    (void)state;
    char *schema = config_schema(), *page = config_reference(), quoted[80];
    int depth = 0;
    bool inside = false;
    assert_non_null(schema);
    assert_non_null(page);
    for (int i = 0; i < KEY_COUNT; i++) {
        bool shown = !(schema_rows[i].flags & KEY_HIDDEN);
        snprintf(quoted, sizeof quoted, "\"%s\"", schema_rows[i].name);
        assert_int_equal(strstr(schema, quoted) != NULL, shown);
        snprintf(quoted, sizeof quoted, "`%s`", schema_rows[i].name);
        assert_int_equal(strstr(page, quoted) != NULL, shown);
    }
    for (const char *p = schema; *p; p++) {
        inside = inside != (*p == '"' && p[-1] != '\\');
        if (!inside)
            depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
    }
    assert_int_equal(depth, 0);
    memory_free(schema);
    memory_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_need_quotes_survive),
        cmocka_unit_test(every_form_of_windows_survives),
        cmocka_unit_test(phases_survive),
        cmocka_unit_test(the_example_is_complete),
        cmocka_unit_test(defaults_are_those_of_the_tables),
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(yaml_conveniences),
        cmocka_unit_test(places_are_kept),
        cmocka_unit_test(the_locale_does_not_matter),
        cmocka_unit_test(examples_load_and_come_back),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(errors_survive_failing_allocations),
        cmocka_unit_test(the_schema_names_every_key_but_hidden_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
