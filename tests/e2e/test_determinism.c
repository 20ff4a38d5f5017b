/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same cube, digest for digest, at any number of threads, on any instruction set, with
 * any tiles and blocks, lanes in step or jumping; and from version to version: the digests
 * of configs/ are committed in tests/golden/digests.txt. With ADMF_WRITE_EXPECTED set that file
 * is written instead of compared; a digest that changes needs a reason in the commit message.
 */
#define _DEFAULT_SOURCE /* scandir */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <cmocka.h>

#include "admf/machine.h"
#include "admf/workflow.h"
#include "tests/text_file.h"

#define SP500(limits)                                                                              \
    "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv" limits "}]\n"
#define EURUSD(session)                                                                            \
    "data: [{symbol: EURUSD, path: " ADMF_SOURCE_DIR                                               \
    "/data/eurusd_hourly.csv, session: \"" session "\"}]\n"

static const struct {
    const char *name, *yaml;
} configurations[] = {
    {"grid", SP500("") "strategies:\n"
                       "  - {type: momentum, parameters: {lookback_period: [5, 20, 60], "
                       "signal_threshold: [0, 0.02]}}\n"
                       "  - {type: macd_crossover}\n"
                       "  - {type: donchian_breakout, parameters: {period: {start: 10, stop: 50, "
                       "step: 20}}}\n"
                       "execution: {fee_rate: [0, 0.001], slippage: [0, 0.0005], fill: [next_open, "
                       "close, next_close]}\n"
                       "output: {keep: {best: {by: sharpe, n: 3}}}\n"},
    {"regimes",
     SP500(
         ", start: 2001-01-01, end: 2008-12-31") "strategies:\n"
                                                 "  - {type: sma_crossover, parameters: "
                                                 "{fast_period: [2, 10], slow_period: [15, 50]}}\n"
                                                 "  - {type: rsi_bands}\n"
                                                 "classifiers:\n"
                                                 "  - {type: hmm, parameters: {model_type: [hmm, "
                                                 "svm], lookback_days: [30, 60]}}\n"
                                                 "  - {type: trend, name: entries, policy_mode: "
                                                 "block_entries}\n"
                                                 "  - {type: volatility, policy: observe}\n"
                                                 "risk: {stop_loss: [off, 0.03], "
                                                 "scale_by_strength: [false, true]}\n"
                                                 "metrics: {by_regime: true, blocks: 5}\n"
                                                 "output: {precision: float32, keep: [0, 7, "
                                                 "40]}\n"},
    {"adaptive",
     SP500(", start: 2000-01-01, end: 2006-12-31") "workflow: {type: regime_adaptive}\n"
                                                   "strategies:\n"
                                                   "  - {type: rsi_bands, parameters: {period: [5, "
                                                   "14]}}\n"
                                                   "  - {type: momentum, parameters: "
                                                   "{lookback_period: [5, "
                                                   "30]}}\n"
                                                   "classifiers: [{type: trend, policy: observe}, "
                                                   "{type: "
                                                   "hmm, parameters: {lookback_days: 30}}]\n"
                                                   "risk: {stop_loss: [off, 0.03]}\n"
                                                   "windows: {split: 0.5}\n"},
    {"resampled", SP500(", end: 2003-12-31") "workflow: {type: monte_carlo, n: 3, paths: 40}\n"
                                             "windows: {split: 0.7}\n"
                                             "strategies:\n"
                                             "  - {type: rsi_bands, parameters: {period: [5, 9, "
                                             "14], lower: [20, 30]}}\n"},
    {"intraday", EURUSD("07:00-19:00") "strategies:\n"
                                       "  - {type: mean_reversion, parameters: {period: [5, 20], "
                                       "entry_threshold: [0.5, 1.5]}}\n"
                                       "  - {type: adx_trend, parameters: {period: 5}}\n"
                                       "risk:\n"
                                       "  - {name: exits, stop_loss: 0.002, take_profit: [off, "
                                       "0.003], trailing_stop: [off, 0.002],\n"
                                       "     max_holding_bars: [off, 6], flat_at: [off, "
                                       "session_end], reentry: [new_signal, immediate],\n"
                                       "     cooldown_bars: 3}\n"
                                       "  - {name: halts, max_drawdown: [off, 0.02], "
                                       "max_daily_loss: 0.003, halt: [entries, liquidate],\n"
                                       "     size_type: volatility_target, size: 0.2, leverage: 3, "
                                       "rebalance: every_bar}\n"
                                       "execution: {slippage: 0.00002, fee_min: 1}\n"
                                       "metrics: {by_regime: true, sampling: day}\n"},
    /* Many pairs of few columns, stops and targets that follow from the entry, halts. */
    {"crossovers",
     EURUSD(
         "00:00-24:00") "strategies:\n"
                        "  - {type: sma_crossover, parameters: {fast_period: {start: 2, stop: 20, "
                        "step: 2}, slow_period: {start: 25, stop: 95, step: 10}}}\n"
                        "  - {type: ema_crossover, parameters: {fast_period: [1, 3, 5, 8], "
                        "slow_period: [13, 21, 34, 55]}}\n"
                        "risk:\n"
                        "  - {name: brackets, stop_loss: [off, 0.004], take_profit: [off, 0.006]}\n"
                        "  - {name: halts, max_drawdown: [off, 0.03], max_daily_loss: 0.002, "
                        "halt: [entries, liquidate]}\n"
                        "execution: {fill: [next_open, next_close], slippage: 0.00005}\n"},
    /* Some combinations alone, in windows that leave their memory to later ones. */
    {"chosen", SP500("") "workflow: {combinations: [9, 10]}\n"
                         "strategies: [{type: sma_crossover, parameters: {fast_period: [2, 5, 10], "
                         "slow_period: [15, 20, 30, 50]}}]\n"
                         "windows: {walk_forward: {train: 500, test: 500}}\n"},
    {"bankrupt",
     "data:\n"
     "  - {symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv, start: 2015-01-01}\n"
     "  - {symbol: EURUSD, path: " ADMF_SOURCE_DIR "/data/eurusd_hourly.csv, end: 2017-04-30}\n"
     "strategies:\n"
     "  - {type: bollinger_breakout, parameters: {period: [10, 40], k: [0.5, 2]}}\n"
     "  - {type: ema_crossover}\n"
     "risk:\n"
     "  - {size: [0, 1, 20], leverage: 30, lot: [0, 1], on_breach: clip, max_leverage: [off, 25]}\n"
     "portfolio: {initial_cash: 5000, close_at_end: true}\n"
     "execution: {fee_in_cash: [true, false], fee_fixed: 2}\n"
     "output: {keep: all}\n"},
};
enum { CONFIGURATIONS = sizeof configurations / sizeof *configurations };

static void write_configuration(int i, const char *lanes, char path[512])
{
    char text[2048];
    snprintf(path, 512, "determinism_%s.yaml", configurations[i].name);
    snprintf(text, sizeof text, "%sresources: {lanes: %s}\n", configurations[i].yaml, lanes);
    write_file(path, text);
}

static void run(const char *path, admf_options options, char digest[17])
{
    admf_workflow_result *result = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    options.config_path = path;
    options.output = "determinism.h5";
    options.force = true;
    if (admf_workflow_run(&options, &result, &errors, &warnings) != ADMF_OK)
        fail_msg("%s: %s", path, errors.count ? errors.items[0].message : "no message");
    /* Of the last phase, on which those before it have a say. */
    snprintf(digest, 17, "%s", result->phases[result->phase_count - 1].digest);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static void run_variant(int i, admf_options options, const char *lanes, char digest[17])
{
    char path[512];
    write_configuration(i, lanes, path);
    run(path, options, digest);
}

static void expect(int i, const char *expected, admf_options options, const char *lanes)
{
    char digest[17];
    run_variant(i, options, lanes, digest);
    if (strcmp(digest, expected) != 0)
        fail_msg(
            "%s: %s instead of %s with %d threads, isa %s, tiles of %d, blocks of %d, lanes %s",
            configurations[i].name, digest, expected, options.threads,
            options.isa ? options.isa : "auto", (int)options.tile_bars, (int)options.block_cells,
            lanes);
}

static void the_digest_depends_on_the_work_alone(void **state)
{
    (void)state;
    admf_machine machine;
    admf_error error = {0};
    assert_int_equal(admf_machine_describe(NULL, &machine, &error), ADMF_OK);
    for (int i = 0; i < CONFIGURATIONS; i++) {
        char digest[17];
        run_variant(i, (admf_options){.threads = 1}, "lockstep", digest);
        for (int threads = 2; threads <= 3; threads++)
            expect(i, digest, (admf_options){.threads = threads, .tile_bars = 500}, "auto");
        for (int k = 0; k < machine.isa_count; k++) {
            expect(i, digest, (admf_options){.threads = 1, .isa = machine.isa[k]}, "lockstep");
            expect(i, digest, (admf_options){.threads = 1, .isa = machine.isa[k]}, "events");
        }
        expect(i, digest, (admf_options){.threads = 1, .tile_bars = 64}, "events");
        expect(i, digest, (admf_options){.threads = 2, .tile_bars = 1000}, "auto");
        expect(i, digest, (admf_options){.threads = 1, .tile_bars = 1 << 20}, "auto");
        expect(i, digest, (admf_options){.threads = 1, .block_cells = 8}, "auto");
        expect(i, digest, (admf_options){.threads = 3, .tile_bars = 64, .block_cells = 8},
               "events");
        expect(i, digest, (admf_options){.threads = 2, .block_cells = 1 << 20}, "auto");
    }
}

static int is_yaml(const struct dirent *entry) { return strstr(entry->d_name, ".yaml") != NULL; }

/* "NAME.yaml DIGEST" of every example, in the order of their names. */
static void digests_of_examples(char *out, size_t room)
{
    struct dirent **entries;
    int count = scandir(ADMF_SOURCE_DIR "/configs", &entries, is_yaml, alphasort);
    assert_true(count > 0);
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        char path[512], digest[17];
        snprintf(path, sizeof path, ADMF_SOURCE_DIR "/configs/%s", entries[i]->d_name);
        run(path, (admf_options){.threads = 1}, digest);
        length +=
            (size_t)snprintf(out + length, room - length, "%s %s\n", entries[i]->d_name, digest);
        assert_true(length < room);
        free(entries[i]);
    }
    free(entries);
}

static void examples_keep_their_digests(void **state)
{
    (void)state;
    static const char path[] = ADMF_SOURCE_DIR "/tests/golden/digests.txt";
    char found[4096], expected[4096];
    digests_of_examples(found, sizeof found);
    bool write = getenv("ADMF_WRITE_EXPECTED") != NULL;
    FILE *file = fopen(path, write ? "w" : "r");
    assert_non_null(file);
    if (write)
        fputs(found, file);
    else
        expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
    fclose(file);
    if (!write)
        assert_string_equal(found, expected);
}

/* Flushing subnormal numbers to zero would change results: nothing is computed then. */
static void a_process_that_flushes_is_refused(void **state)
{
    (void)state;
#ifdef __x86_64__
    static const unsigned bits[] = {0x8000, 0x0040}; /* of results, of operands */
    unsigned before = _mm_getcsr();
    for (int i = 0; i < 2; i++) {
        admf_workflow_result *result = NULL;
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        admf_options options = {.config_path = ADMF_SOURCE_DIR "/configs/single_backtest.yaml",
                                .output = "flushed.h5"};
        _mm_setcsr(before | bits[i]);
        admf_status status = admf_workflow_run(&options, &result, &errors, &warnings);
        _mm_setcsr(before);
        assert_int_equal(status, ADMF_INTERNAL);
        assert_non_null(strstr(errors.items[0].message, "flushes small numbers to zero"));
        assert_int_not_equal(access("flushed.h5", F_OK), 0);
        admf_workflow_result_free(&result);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    }
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_depends_on_the_work_alone),
        cmocka_unit_test(examples_keep_their_digests),
        cmocka_unit_test(a_process_that_flushes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
