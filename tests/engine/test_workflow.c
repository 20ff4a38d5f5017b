/* SPDX-License-Identifier: Apache-2.0 */
/* What a program that runs workflows is promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "admf/market.h"
#include "admf/runs.h"
#include "admf/workflow.h"
#include "tests/text_file.h"

static const char one[] = "strategies: [{type: momentum}]\n";

struct listener {
    pthread_t thread;
    int calls, elsewhere;
};

static void hear(void *context, const admf_progress *progress)
{
    struct listener *listener = context;
    (void)progress;
    listener->calls++;
    listener->elsewhere += !pthread_equal(pthread_self(), listener->thread);
}

static void progress_is_told_on_the_callers_thread(void **state)
{
    (void)state;
    write_file("workflow_one.yaml", one);
    for (int i = 0; i < 20; i++) {
        struct listener listener = {.thread = pthread_self()};
        admf_options options = {.config_path = "workflow_one.yaml",
                                .output = "workflow_one.h5",
                                .force = true,
                                .threads = 4,
                                .tile_bars = 64,
                                .progress = hear,
                                .progress_context = &listener};
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        admf_workflow_result *result = NULL;
        assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
        assert_true(listener.calls > 0);
        assert_int_equal(listener.elsewhere, 0);
        admf_workflow_result_free(&result);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    }
    unlink("workflow_one.h5");
}

static void stop_when_writing(void *context, const admf_progress *progress)
{
    if (strcmp(progress->stage, "writing") == 0)
        *(volatile int *)context = ADMF_INTERRUPTED;
}

/* Keeping combinations may take as long as computing them. */
static void a_run_stops_while_it_keeps_combinations(void **state)
{
    (void)state;
    volatile int stop = 0;
    char digest[17];
    write_file("workflow_kept.yaml", "strategies: [{type: momentum, parameters: {lookback_period: "
                                     "[10, 20, 30]}}]\noutput: {keep: all}\n");
    admf_options options = {
        .config_path = "workflow_kept.yaml", .output = "workflow_kept.h5", .force = true};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_workflow_result *result = NULL;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
    memcpy(digest, result->phases[0].digest, sizeof digest);
    admf_workflow_result_free(&result);
    unlink("workflow_kept.h5");

    options.progress = stop_when_writing;
    options.progress_context = (void *)&stop;
    options.stop = &stop;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_INTERRUPTED);
    assert_int_equal(result->phases[0].symbols, 1); /* that of the data, which the program brings */
    admf_workflow_result_free(&result);
    assert_int_not_equal(access("workflow_kept.h5", F_OK), 0);
    assert_int_equal(access("workflow_kept.h5.partial", F_OK), 0);

    stop = 0;
    options.progress = NULL;
    options.force = false;
    options.resume = true;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
    assert_string_equal(result->phases[0].digest, digest);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    unlink("workflow_kept.h5");
}

/* A store of signals has no combinations, but symbols. */
static void symbols_are_counted_where_nothing_is_ranked(void **state)
{
    (void)state;
    static const char path[] = ADMF_SOURCE_DIR "/data/sp500_daily.csv";
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "workflow: {type: signal_generation}\n"
             "data: [{symbol: A, path: %s}, {symbol: B, path: %s}]\n%s",
             path, path, one);
    write_file("workflow_signals.yaml", yaml);
    admf_options options = {
        .config_path = "workflow_signals.yaml", .output = "workflow_signals.h5", .force = true};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_workflow_result *result = NULL;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
    assert_int_equal(result->phases[0].symbols, 2);
    assert_int_equal(result->phases[0].combinations, 0);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    unlink("workflow_signals.h5");
}

static void stop_at_once(void *context, const admf_progress *progress)
{
    (void)progress;
    *(volatile int *)context = ADMF_INTERRUPTED;
}

static void blocks_to_resume_keep_to_the_memory(void **state)
{
    (void)state;
    volatile int stop = 0;
    write_file("workflow_wide.yaml",
               "strategies: [{type: rsi_bands, parameters: {lower: {start: 1, stop: 40, step: 1}, "
               "upper: {start: 51, stop: 90, step: 1}}}]\n"
               "risk: {size: {linspace: [0.1, 1, 20]}}\n");
    admf_options options = {.config_path = "workflow_wide.yaml",
                            .output = "workflow_wide.h5",
                            .force = true,
                            .threads = 1,
                            .block_cells = 32000,
                            .progress = stop_at_once,
                            .progress_context = (void *)&stop,
                            .stop = &stop};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_workflow_result *result = NULL;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_INTERRUPTED);
    admf_workflow_result_free(&result);

    stop = 0;
    options.block_cells = 0;
    options.progress = NULL;
    options.force = false;
    options.resume = true;
    options.memory = 40 << 20;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_BAD_CONFIG);
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.items[0].message, "blocks of 32000 combinations, which take "));
    assert_int_equal(access("workflow_wide.h5.partial", F_OK), 0);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    options.memory = 400 << 20;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    unlink("workflow_wide.h5");
}

static admf_runs *recorded(void)
{
    const admf_runs_filter all = {0};
    admf_runs *runs = NULL;
    admf_error error = {0};
    if (admf_runs_list("workflow_runs.db", &all, &runs, &error) != ADMF_OK)
        fail_msg("%s", error.message);
    return runs;
}

static void remove_record(void)
{
    unlink("workflow_runs.db");
    unlink("workflow_runs.db-wal");
    unlink("workflow_runs.db-shm");
}

/* Neither from CSV nor from HDF5, which is read in a moment. */
static void a_run_that_ends_before_its_bars_are_read_leaves_nothing(void **state)
{
    (void)state;
    static const char *const outputs[] = {"workflow_bars.csv", "workflow_bars.h5"};
    const volatile int stop = ADMF_STOPPED;
    for (int k = 0; k < 2; k++) {
        admf_synth_options synth = {.output = outputs[k], .bars = 1000, .seed = 1, .force = true};
        admf_error error = {0};
        assert_int_equal(admf_synth(&synth, &error), ADMF_OK);
        char yaml[200];
        snprintf(yaml, sizeof yaml, "data: [{symbol: S, path: %s}]\n%s", outputs[k], one);
        write_file("workflow_unread.yaml", yaml);
        admf_options options = {
            .config_path = "workflow_unread.yaml", .output = "workflow_unread.h5", .stop = &stop};
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        admf_workflow_result *result = NULL;
        assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_STOPPED);
        assert_null(result);
        assert_int_equal(errors.total, 0);
        assert_int_not_equal(access("workflow_unread.h5.partial", F_OK), 0);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    }
}

static void runs_are_recorded(void **state)
{
    (void)state;
    volatile int stop = 0;
    remove_record();
    write_file("workflow_recorded.yaml", one);
    admf_options options = {.config_path = "workflow_recorded.yaml",
                            .output = "workflow_recorded.h5",
                            .analytics = "workflow_runs.db",
                            .command = "as it was called",
                            .force = true,
                            .stop = &stop};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_workflow_result *result = NULL;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
    admf_runs *runs = recorded();
    assert_int_equal(runs->count, 1);
    const admf_run *run = &runs->items[0];
    assert_string_equal(run->correlation_id, result->correlation_id);
    assert_string_equal(run->status, "done");
    assert_string_equal(run->configuration, one);
    assert_string_equal(run->command, "as it was called");
    assert_int_equal(run->combinations, 1);
    assert_int_equal(run->phase_count, 1);
    assert_string_equal(run->phases[0].result.digest, result->phases[0].digest);
    assert_true(run->phases[0].result.cube[0] == '/');
    assert_int_equal(run->phases[0].result.best_count, 1);
    assert_true(admf_run_cube_is_kept(run, 0));
    assert_false(admf_run_cube_is_kept(run, 1));
    admf_workflow_result_free(&result);

    /* Of another configuration, in the place of the first. */
    write_file("workflow_recorded.yaml", "strategies: [{type: sma_crossover}]\n");
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
    admf_workflow_result_free(&result);
    assert_false(admf_run_cube_is_kept(run, 0));
    admf_runs_free(&runs);

    options.force = false;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_IO);
    admf_workflow_result_free(&result);
    options.force = true;
    /* Before the bars were read there was no run; later it is one that was stopped. */
    stop = ADMF_STOPPED;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_STOPPED);
    assert_null(result);
    assert_int_equal(errors.total, 1);
    stop = 0;
    options.progress = stop_at_once;
    options.progress_context = (void *)&stop;
    assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_INTERRUPTED);
    admf_workflow_result_free(&result);
    runs = recorded();
    assert_int_equal(runs->count, 4);
    assert_string_equal(runs->items[0].status, "interrupted");
    assert_null(runs->items[0].reason);
    assert_string_equal(runs->items[1].status, "failed");
    assert_string_equal(runs->items[1].reason, errors.items[0].message);
    assert_int_equal(warnings.count, 0);
    admf_runs_free(&runs);
    admf_diagnostics_deinit(&errors);
    remove_record();
    unlink("workflow_recorded.h5");
    unlink("workflow_recorded.h5.partial");
}

static void a_run_does_not_depend_on_its_record(void **state)
{
    (void)state;
    write_file("workflow_unrecorded.yaml", one);
    write_file("workflow_no_store", "a text, no database, but as long as the header of one: this "
                                    "takes one hundred characters in all\n");
    static const char *const places[] = {"/dev/null", "/proc/none/runs.db", "workflow_no_store"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        admf_options options = {.config_path = "workflow_unrecorded.yaml",
                                .output = "workflow_unrecorded.h5",
                                .analytics = places[i],
                                .force = true};
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        admf_workflow_result *result = NULL;
        assert_int_equal(admf_workflow_run(&options, &result, &errors, &warnings), ADMF_OK);
        assert_int_equal(warnings.count, 1);
        assert_non_null(strstr(warnings.items[0].message, "this run is not recorded: cannot "));
        admf_workflow_result_free(&result);
        admf_diagnostics_deinit(&warnings);
    }
    unlink("workflow_no_store");
    unlink("workflow_unrecorded.h5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_is_told_on_the_callers_thread),
        cmocka_unit_test(a_run_stops_while_it_keeps_combinations),
        cmocka_unit_test(a_run_that_ends_before_its_bars_are_read_leaves_nothing),
        cmocka_unit_test(symbols_are_counted_where_nothing_is_ranked),
        cmocka_unit_test(blocks_to_resume_keep_to_the_memory),
        cmocka_unit_test(runs_are_recorded),
        cmocka_unit_test(a_run_does_not_depend_on_its_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
