/* SPDX-License-Identifier: Apache-2.0 */
/* A run keeps to the memory it may use, or does not start and says what to change. */
#define _GNU_SOURCE /* wait4 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admf/error.h"
#include "admf/market.h"
#include "tests/e2e/program.h"
#include "tests/text_file.h"

enum { BARS = 100000, BARS_MIB = BARS * 48 / (1 << 20) + 1, LEAST_MIB = 64 };

#ifndef __has_feature /* clang's way of asking */
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || __has_feature(thread_sanitizer)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

/* 20 000 combinations. */
static const char wide[] = "data: [{symbol: MADE, path: memory.csv}]\n"
                           "strategies:\n"
                           "  - type: sma_crossover\n"
                           "    parameters: {fast_period: {start: 5, stop: 44, step: 1}, "
                           "slow_period: {start: 50, stop: 545, step: 5}}\n"
                           "risk: {max_leverage: [off, 1, 2, 3, 4]}\n";
/* Windows one after the other, whose books come and go; several of them in each tile. */
#define WINDOWS(train, test)                                                                       \
    "workflow: {type: walk_forward}\n"                                                             \
    "data: [{symbol: MADE, path: memory.csv}]\n"                                                   \
    "strategies:\n"                                                                                \
    "  - type: sma_crossover\n"                                                                    \
    "    parameters: {fast_period: {start: 5, stop: 44, step: 1}, "                                \
    "slow_period: {start: 50, stop: 545, step: 5}}\n"                                              \
    "risk: {max_leverage: [off, 1, 2, 3, 4]}\n"                                                    \
    "windows: {walk_forward: {train: " train ", test: " test ", step: " train "}}\n"
static const char windows[] = WINDOWS("6000", "2500");
static const char short_windows[] = WINDOWS("3000", "1250");
static const char kept[] = "data: [{symbol: MADE, path: memory.csv}]\n"
                           "strategies:\n"
                           "  - type: macd_crossover\n"
                           "    parameters: {fast_period: {start: 5, stop: 20, step: 1}, "
                           "slow_period: {start: 25, stop: 100, step: 5}}\n"
                           "classifiers: [{type: hmm, policy: observe}, {type: volatility}]\n"
                           "risk: {scale_by_strength: [true, false]}\n"
                           "metrics: {by_regime: true}\n"
                           "output: {keep: {best: {by: sharpe, n: 20}}}\n";

/* 192 combinations a strategy, of 96 kinds that share no group of lanes. */
static const char mixed[] =
    "data: [{symbol: MADE, path: memory_short.csv}]\n"
    "strategies:\n"
    "  - type: sma_crossover\n"
    "    parameters: {fast_period: {start: 5, stop: 44, step: 1}, slow_period: [50, 100]}\n"
    "risk: {size_type: [percent_equity, fixed_value], reentry: [new_signal, immediate], "
    "rebalance: [on_change, every_bar], on_breach: [reject, clip], halt: [entries, liquidate], "
    "size: [1, 2]}\n"
    "execution: {fill: [next_open, close, next_close]}\n";

/* A million combinations; over a million bars where docs/PERFORMANCE.md is measured. */
static const char million[] = "data: [{symbol: MADE, path: memory_middle.csv}]\n"
                              "strategies:\n"
                              "  - type: sma_crossover\n"
                              "    parameters: {fast_period: {start: 2, stop: 1001, step: 1}, "
                              "slow_period: {start: 1010, stop: 5006, step: 4}}\n"
                              "portfolio: {allow_short: false}\n"
                              "execution: {fill: close}\n";

/* Many short blocks one after the other; of the bars in the file few are wanted. */
static const char long_axis[] = "data: [{symbol: MADE, path: memory_long.h5, end: 2020-01-01}]\n"
                                "strategies:\n"
                                "  - type: sma_crossover\n"
                                "    parameters: {fast_period: {start: 2, stop: 601, step: 1}, "
                                "slow_period: {start: 701, stop: 2908, step: 10}}\n"
                                "portfolio: {allow_short: false}\n"
                                "execution: {fill: close}\n"
                                "metrics: {select: [sharpe, trades], blocks: 0}\n";

/* Few samples, many paths. */
static const char resampled[] = "data: [{symbol: MADE, path: memory_short.csv}]\n"
                                "workflow: {type: monte_carlo, objective: total_return, paths: "
                                "600000}\n"
                                "strategies: [{type: sma_crossover}, {type: buy_and_hold}]\n";

/* What is kept and what a sequence adds, beside one another. */
static const char groups[] = "workflow: {type: regime_adaptive, n: 5}\n"
                             "data:\n"
                             "  - {symbol: A, path: memory_middle.csv}\n"
                             "  - {symbol: B, path: memory_other.csv}\n"
                             "strategies:\n"
                             "  - type: sma_crossover\n"
                             "    parameters: {fast_period: [10, 20], slow_period: [60, 100]}\n"
                             "  - type: rsi_bands\n"
                             "classifiers:\n"
                             "  - {type: trend, parameters: {threshold: [0.0005, 0.5]}}\n"
                             "  - {type: volatility, policy: observe}\n"
                             "risk: {stop_loss: [off, 0.003]}\n"
                             "execution: {fee_rate: [0, 0.0001]}\n"
                             "windows: {split: 0.7}\n"
                             "metrics: {by_regime: true}\n"
                             "output: {keep: {best: {by: sharpe, n: 3}}}\n";

/* Few of many combinations, which run again by the dozen: 100 000 features of 200 001 columns. */
static const char few_kept[] = "workflow: {combinations: [0, 1, 2, 3]}\n"
                               "data: [{symbol: MADE, path: memory.csv}]\n"
                               "strategies:\n"
                               "  - type: bollinger_breakout\n"
                               "    parameters: {period: {start: 2, stop: 101, step: 1}, "
                               "k: {linspace: [0.1, 3, 1000]}}\n"
                               "metrics: {blocks: 0, select: [sharpe]}\n"
                               "windows: {walk_forward: {train: 2000, test: 2000, step: 4000}}\n"
                               "output: {keep: [0, 1, 2, 3]}\n";

/* Each strategy has columns of its own, of which a block reads those of a few. */
static const char own_columns[] = "data: [{symbol: MADE, path: memory_middle.csv}]\n"
                                  "strategies:\n"
                                  "  - type: bollinger_breakout\n"
                                  "    parameters: {period: {start: 2, stop: 101, step: 1}, "
                                  "k: {linspace: [0.1, 3, 200]}}\n"
                                  "metrics: {blocks: 0, select: [sharpe]}\n";

/* Which may use less than the least of sweeps, unless told otherwise. */
static const char small_machine[] = "data: [{symbol: MADE, path: memory_short.csv}]\n"
                                    "strategies: [{type: sma_crossover}]\n"
                                    "resources: {memory: 8M}\n";

static int set_up(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_synth_options options = {.output = "memory.csv", .bars = BARS, .seed = 3, .force = true};
    write_file("memory_wide.yaml", wide);
    write_file("memory_windows.yaml", windows);
    write_file("memory_short_windows.yaml", short_windows);
    write_file("memory_kept.yaml", kept);
    write_file("memory_mixed.yaml", mixed);
    write_file("memory_resampled.yaml", resampled);
    write_file("memory_groups.yaml", groups);
    write_file("memory_million.yaml", million);
    write_file("memory_long_axis.yaml", long_axis);
    write_file("memory_few_kept.yaml", few_kept);
    write_file("memory_small_machine.yaml", small_machine);
    write_file("memory_own_columns.yaml", own_columns);
    if (admf_synth(&options, &error) != ADMF_OK)
        return 1;
    options.output = "memory_middle.csv";
    options.bars = 6000;
    if (admf_synth(&options, &error) != ADMF_OK)
        return 1;
    options.output = "memory_long.h5";
    options.bars = 400000;
    if (admf_synth(&options, &error) != ADMF_OK)
        return 1;
    options.bars = 6000;
    options.output = "memory_other.csv";
    options.seed++;
    if (admf_synth(&options, &error) != ADMF_OK)
        return 1;
    options.output = "memory_short.csv";
    options.bars = 1000;
    return admf_synth(&options, &error) != ADMF_OK;
}

static const char *threads = "2";

static void run(const char *yaml, long mebibytes, struct ended *ended)
{
    char memory[32];
    snprintf(memory, sizeof memory, "%ldM", mebibytes);
    const char *const arguments[] = {"run",       yaml,    "-o",       "memory.h5", "--force",
                                     "--threads", threads, "--memory", memory,      NULL};
    program_run(arguments, ended);
}

/* "this run needs at least 31 MiB of memory": 31. Said where `mebibytes` are too few, which must be
 * enough for the axes alone. */
static long least_above(const char *yaml, long mebibytes)
{
    struct ended ended;
    run(yaml, mebibytes, &ended);
    assert_int_equal(ended.code, ADMF_BAD_CONFIG);
    assert_false(access("memory.h5", F_OK) == 0);
    assert_false(access("memory.h5.partial", F_OK) == 0);
    assert_non_null(strstr(ended.messages, "--memory"));
    const char *number = strstr(ended.messages, "at least ");
    assert_non_null(number);
    return strtol(number + strlen("at least "), NULL, 10);
}

static long least(const char *yaml) { return least_above(yaml, 1); }

static void expect_within(const char *yaml, long mebibytes)
{
    struct ended ended;
    run(yaml, mebibytes, &ended);
    if (ended.code != 0)
        fail_msg("%s with %ld MiB: exit code %d\n%s", yaml, mebibytes, ended.code, ended.messages);
    print_message("%s: %ld of %ld MiB\n", yaml, ended.peak / 1024, mebibytes);
    if (!sanitized && ended.peak > mebibytes * 1024)
        fail_msg("%s used %ld of %ld MiB", yaml, ended.peak / 1024, mebibytes);
    unlink("memory.h5");
}

static void a_wide_sweep_keeps_to_its_memory(void **state)
{
    (void)state;
    expect_within("memory_wide.yaml", 96);
    expect_within("memory_wide.yaml", 48);
}

static void a_slice_of_a_million_times_a_million_keeps_to_its_memory(void **state)
{
    (void)state;
    struct ended ended;
    const long mebibytes = 512;
    if (sanitized)
        skip(); /* minutes, and memory means nothing there */
    run("memory_million.yaml", mebibytes, &ended);
    if (ended.code != 0)
        fail_msg("exit code %d\n%s", ended.code, ended.messages);
    print_message("%ld of %ld MiB\n", ended.peak / 1024, mebibytes);
    if (ended.peak > mebibytes * 1024)
        fail_msg("%ld of %ld MiB used", ended.peak / 1024, mebibytes);
    unlink("memory.h5");
}

static void a_long_axis_keeps_to_its_memory(void **state)
{
    (void)state;
    expect_within("memory_long_axis.yaml", 54);
    expect_within("memory_long_axis.yaml", 60);
    expect_within("memory_long_axis.yaml", 66);
}

/* Groups of eight lanes that are never full. */
static void a_sweep_of_many_kinds_keeps_to_its_memory(void **state)
{
    (void)state;
    expect_within("memory_mixed.yaml", 48);
}

static void paths_keep_to_their_memory(void **state)
{
    (void)state;
    unlink("memory.h5");
    long mebibytes = least("memory_resampled.yaml");
    assert_true(mebibytes > 64); /* or there is nothing to see */
    expect_within("memory_resampled.yaml", mebibytes);
}

static void groups_of_every_kind_keep_to_their_memory(void **state)
{
    (void)state;
    struct ended ended;
    long mebibytes = least("memory_groups.yaml");
    run("memory_groups.yaml", mebibytes, &ended);
    assert_int_equal(ended.code, 0);
    if (!sanitized && ended.peak > mebibytes * 1024)
        fail_msg("%ld of %ld MiB used", ended.peak / 1024, mebibytes);
}

static void the_least_is_enough_and_small(void **state)
{
    (void)state;
    static const char *const files[] = {"memory_wide.yaml", "memory_kept.yaml"};
    static const long keeping[] = {0, 24}; /* output.keep costs more */
    unlink("memory.h5");
    for (int i = 0; i < 2; i++) {
        long mebibytes = least(files[i]);
        assert_true(mebibytes <= LEAST_MIB + BARS_MIB + keeping[i]);
        expect_within(files[i], mebibytes);
    }
}

/* What a rerun takes does not grow with the plan. */
static void few_of_many_run_again_within_their_memory(void **state)
{
    (void)state;
    unlink("memory.h5");
    threads = "16";
    long mebibytes = least_above("memory_few_kept.yaml", 40);
    expect_within("memory_few_kept.yaml", mebibytes);
    assert_true(mebibytes < 128); /* columns of all would take 140 more */
}

/* A cube of a large machine, looked at on a small one. */
static void a_trace_needs_no_memory_of_the_sweep(void **state)
{
    (void)state;
    static const char *const configured[] = {"run", "memory_small_machine.yaml", "--force", NULL};
    static const char *const traced[] = {"trace",   "memory.h5", "--combo", "0",
                                         "--types", "SUMMARY",   NULL};
    struct ended ended;
    program_run(configured, &ended);
    assert_int_equal(ended.code, ADMF_BAD_CONFIG);
    assert_non_null(strstr(ended.messages, "may use 8 MiB"));
    run("memory_small_machine.yaml", 64, &ended);
    assert_int_equal(ended.code, 0);
    program_run(traced, &ended);
    if (ended.code != 0)
        fail_msg("exit code %d\n%s", ended.code, ended.messages);
    unlink("memory.h5");
}

static void columns_of_a_block_are_those_it_reads(void **state)
{
    (void)state;
    expect_within("memory_own_columns.yaml", 44); /* all of them take 20 more */
}

/* Whichever thread opens the books of a window and whichever closes them. */
static void windows_keep_to_their_memory(void **state)
{
    (void)state;
    expect_within("memory_windows.yaml", 110);
    threads = "16";
    expect_within("memory_windows.yaml", 140);
    expect_within("memory_short_windows.yaml", 140);
}

/* After a test that failed, too. */
static int back_to_two_threads(void **state)
{
    (void)state;
    threads = "2";
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_sweep_keeps_to_its_memory),
        cmocka_unit_test(a_slice_of_a_million_times_a_million_keeps_to_its_memory),
        cmocka_unit_test(a_long_axis_keeps_to_its_memory),
        cmocka_unit_test(a_sweep_of_many_kinds_keeps_to_its_memory),
        cmocka_unit_test_teardown(windows_keep_to_their_memory, back_to_two_threads),
        cmocka_unit_test(paths_keep_to_their_memory),
        cmocka_unit_test_teardown(few_of_many_run_again_within_their_memory, back_to_two_threads),
        cmocka_unit_test(columns_of_a_block_are_those_it_reads),
        cmocka_unit_test(a_trace_needs_no_memory_of_the_sweep),
        cmocka_unit_test(groups_of_every_kind_keep_to_their_memory),
        cmocka_unit_test(the_least_is_enough_and_small),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
