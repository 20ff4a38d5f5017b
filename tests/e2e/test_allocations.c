/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory runs out anywhere: a clear error, no crash, nothing leaked (the sanitisers look),
 * and never half a file under the final name.
 *
 * Anywhere is each place that allocates, a place being a stack of calls (allocation_places.h). In
 * the first kind of run that comes to a place, its first and last allocations fail, in a run of its
 * own each: with nothing made there yet, and with all but one. Of the places that a later kind has
 * in common with those before, every fourth fails again. Runs have one thread, but for those in
 * which allocations of worker threads fail.
 */
#define _GNU_SOURCE /* allocation_places.h */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "admf/catalog.h"
#include "admf/cube.h"
#include "admf/workflow.h"
#include "tests/e2e/allocation_places.h"
#include "tests/text_file.h"

static const char small[] =
    "workflow: {type: monte_carlo, n: 2, paths: 5}\n"
    "data: [{symbol: SP500, path: allocations.csv, start: 1999-01-08, end: 1999-12-24}]\n"
    "strategies:\n"
    "  - {type: macd_crossover, parameters: {fast_period: [2, 3], slow_period: [5, 9]},\n"
    "     where: [\"fast_period + 1 < slow_period\"]}\n"
    "  - {type: momentum, parameter_sets: [{lookback_period: 5}, {lookback_period: 9}]}\n"
    "  - {type: donchian_breakout, parameters: {period: {start: 5, stop: 90, step: 1}},\n"
    "     sample: {n: 2, seed: 7, method: latin}}\n"
    "classifiers:\n"
    "  - {type: hmm, parameters: {model_type: [hmm, svm], lookback_days: 30, refit_days: 50}}\n"
    "  - {type: trend, policy: {up: both, down: flat}, policy_mode: block_entries}\n"
    "risk: {stop_loss: [off, 0.02], scale_by_strength: true, size_type: atr_risk, size: 0.01}\n"
    "execution: {fee_rate: [0, 0.001]}\n"
    "metrics: {by_regime: true, blocks: 3, select: [sharpe, trades, total_return]}\n"
    "output: {keep: {best: {by: sharpe, n: 2}}}\n";
/* Two phases, portfolios of several strategies. */
static const char adaptive[] =
    "workflow: {type: regime_adaptive, n: 2}\n"
    "data: [{symbol: SP500, path: allocations.csv}]\n"
    "strategies:\n"
    "  - {type: momentum, parameters: {lookback_period: [5, 20], signal_threshold: 0}}\n"
    "  - {type: rsi_bands, parameters: {period: 5}}\n"
    "classifiers: [{type: trend, policy: observe}]\n"
    "execution: {fee_rate: [0, 0.001]}\n"
    "windows: {split: 0.6}\n"
    "metrics: {select: [sharpe, total_return], blocks: 0}\n";
static const char wrong[] =
    "strategies:\n"
    "  - {type: macd_crosover, parameters: {fast_period: [2, 2]}}\n"
    "  - {type: momentum, parameters: {lookback_perod: [5], signal_threshold: {start: 1, stop: 0, "
    "step: 1}}}\n"
    "  - {type: sma_crossover, parameters: {fast_period: [30], slow_period: [10]}}\n"
    "classifiers: {type: trend}\n"
    "execution: {fee_rate: 5, fill: nxt_open}\n";

static int threads = 1;
static char expected[17]; /* digest of the run that wants for nothing */

static void remove_results(void)
{
    unlink("allocations.h5");
    unlink("allocations.h5.partial");
    unlink("allocations.h5.new");
    unlink("allocations.h5.making");
    unlink("allocations.h5.partial.lock");
}

/* Something that allocates; its status, and where it went wrong what was said of it. */
typedef admf_status action(admf_diagnostics *errors, admf_diagnostics *warnings);

/* Where stacks end: below here it is the same whatever kind of run it is. */
static __attribute__((noinline)) admf_status run_workflow(const admf_options *options,
                                                          admf_workflow_result **result,
                                                          admf_diagnostics *errors,
                                                          admf_diagnostics *warnings)
{
    *result = NULL;
    PLACES_ENTER();
    admf_status status = admf_workflow_run(options, result, errors, warnings);
    places_leave();
    return status;
}

static admf_status run_small(admf_diagnostics *errors, admf_diagnostics *warnings)
{
    admf_options options = {.config_path = "allocations.yaml",
                            .output = "allocations.h5",
                            .analytics = "allocations.db",
                            .threads = threads,
                            .block_cells = 24,
                            .resume = access("allocations.h5.partial", F_OK) == 0,
                            .tile_bars = 128};
    admf_workflow_result *result;
    admf_status status = run_workflow(&options, &result, errors, warnings);
    if (status == ADMF_OK)
        assert_true(expected[0] == '\0' || strcmp(result->phases[0].digest, expected) == 0);
    admf_workflow_result_free(&result);
    return status;
}

static admf_status run_anew(admf_diagnostics *errors, admf_diagnostics *warnings)
{
    remove_results();
    return run_small(errors, warnings);
}

/* Goes on with a run that was stopped after its first tile. */
static admf_status run_resumed(admf_diagnostics *errors, admf_diagnostics *warnings)
{
    volatile int stop = ADMF_STOPPED;
    remove_results();
    admf_options options = {.config_path = "allocations.yaml",
                            .output = "allocations.h5",
                            .threads = threads,
                            .block_cells = 24,
                            .stop = &stop};
    admf_workflow_result *result = NULL;
    admf_diagnostics ignored = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(admf_workflow_run(&options, &result, &ignored, &ignored), ADMF_STOPPED);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&ignored);
    return run_small(errors, warnings);
}

static char expected_store[17]; /* digest of the store that wants for nothing */

static void expect_store(void)
{
    char digest[17];
    admf_error error = {0};
    assert_int_equal(admf_cube_digest("allocations.signals.h5", digest, &error), ADMF_OK);
    if (expected_store[0] == '\0')
        memcpy(expected_store, digest, sizeof digest);
    assert_string_equal(digest, expected_store);
}

static void remove_store(void)
{
    unlink("allocations.signals.h5");
    unlink("allocations.signals.h5.partial");
}

static admf_status store_anew(admf_diagnostics *errors, admf_diagnostics *warnings)
{
    admf_options options = {.config_path = "allocations.yaml",
                            .output = "allocations.signals.h5",
                            .threads = threads,
                            .store_signals = true};
    admf_workflow_result *result = NULL;
    remove_store();
    admf_status status = run_workflow(&options, &result, errors, warnings);
    if (access("allocations.signals.h5", F_OK) == 0)
        expect_store();
    else
        assert_int_not_equal(status, ADMF_OK);
    assert_int_not_equal(access("allocations.signals.h5.partial", F_OK), 0);
    admf_workflow_result_free(&result);
    return status;
}

static char replayed[17]; /* digest of what replays that want for nothing give */

static void remove_replay(void)
{
    unlink("allocations_replay.h5");
    unlink("allocations_replay.h5.partial");
}

/* The store is of all that the configuration names, its type and windows aside. */
static admf_status run_replay(const char *signals, admf_diagnostics *errors,
                              admf_diagnostics *warnings)
{
    admf_options options = {.config_path = "allocations_replay.yaml",
                            .output = "allocations_replay.h5",
                            .threads = threads,
                            .block_cells = 24,
                            .signals = signals};
    admf_workflow_result *result = NULL;
    remove_replay();
    admf_status status = run_workflow(&options, &result, errors, warnings);
    if (status == ADMF_OK && replayed[0] == '\0')
        memcpy(replayed, result->phases[0].digest, sizeof replayed);
    if (status == ADMF_OK)
        assert_string_equal(result->phases[0].digest, replayed);
    admf_workflow_result_free(&result);
    return status;
}

static admf_status replay_anew(admf_diagnostics *errors, admf_diagnostics *warnings)
{
    return run_replay("allocations.signals.h5", errors, warnings);
}

/* Nothing is left of a run before. */
static admf_status run_adaptive(admf_diagnostics *errors, admf_diagnostics *warnings)
{
    static char digest[17]; /* of the run that wanted for nothing, the first */
    admf_options options = {.config_path = "allocations_adaptive.yaml",
                            .output = "allocations_adaptive.h5",
                            .threads = threads,
                            .force = true};
    admf_workflow_result *result;
    admf_status status = run_workflow(&options, &result, errors, warnings);
    if (status == ADMF_OK) {
        assert_int_equal(result->phase_count, 2);
        assert_int_equal(result->phases[1].adaptive_count, 2);
        if (digest[0] == '\0')
            strcpy(digest, result->phases[1].digest);
        assert_string_equal(result->phases[1].digest, digest);
    }
    admf_workflow_result_free(&result);
    return status;
}

static __attribute__((noinline)) admf_status plan_small(admf_diagnostics *errors,
                                                        admf_diagnostics *warnings)
{
    admf_options options = {.config_path = "allocations.yaml"};
    char *text = NULL;
    PLACES_ENTER();
    admf_status status = admf_plan_json(&options, &text, errors, warnings);
    places_leave();
    admf_free(text);
    return status;
}

static __attribute__((noinline)) admf_status check_wrong(admf_diagnostics *errors,
                                                         admf_diagnostics *warnings)
{
    admf_options options = {.config_path = "allocations_wrong.yaml"};
    PLACES_ENTER();
    admf_status status = admf_check(&options, errors, warnings);
    places_leave();
    return status;
}

/* A failed run leaves no cube, or a whole one, the same as if nothing had happened. */
static void expect_whole_or_none(void)
{
    char digest[17];
    admf_error error = {0};
    if (access("allocations.h5", F_OK) != 0)
        return;
    if (admf_cube_digest("allocations.h5", digest, &error) != ADMF_OK)
        fail_msg("left a broken file: %s", error.message);
    assert_string_equal(digest, expected);
}

/* A run goes well without its record, and says so. */
static bool is_unrecorded(const admf_diagnostics *warnings)
{
    for (size_t i = 0; i < warnings->count; i++) {
        if (strcmp(warnings->items[i].message, "this run is not recorded: out of memory") == 0)
            return true;
    }
    return false;
}

/* One run, in which an allocation fails if places_fail was called; whether one did. */
static bool attempt(action *act, admf_status well)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = act(&errors, &warnings);
    bool failed = places.failed;
    if (!failed && status != well)
        fail_msg("status %d although nothing failed: %s", status,
                 errors.count ? errors.items[0].message : "");
    if (failed && status == ADMF_OK && !is_unrecorded(&warnings))
        fail_msg("an allocation failed and nobody noticed");
    if (status != ADMF_OK && (errors.count == 0 || errors.items[0].message[0] == '\0'))
        fail_msg("status %d without a word", status);
    if (status != ADMF_OK)
        expect_whole_or_none();
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return failed;
}

/* Whether a kind of run before had the place; from now on one has. */
static bool is_known(const struct place *place)
{
    static uint64_t known[PLACES_MAX];
    static size_t count;
    for (size_t k = 0; k < count; k++)
        if (known[k] == place->stack)
            return true;
    assert_true(count < PLACES_MAX);
    known[count++] = place->stack;
    return false;
}

/* Lets allocations fail at the places of a run, in a run of its own each. */
static void fail_each(action *act, admf_status well)
{
    enum { EVERY = 4 }; /* of the known places */
    uint64_t failed = 0, allocations = 0;
    size_t known = 0;
    places_record();
    attempt(act, well);
    for (size_t k = 0; k < places.count; k++) {
        const struct place *place = &places.place[k];
        allocations += place->count;
        bool again = is_known(place);
        if (again && known++ % EVERY != 0)
            continue;
        for (uint64_t n = again ? place->count : 1; n <= place->count; n = place->count) {
            places_fail(place, n);
            if (!attempt(act, well))
                fail_msg("allocation %" PRIu64 " of place %zu was not reached", n, k);
            failed++;
            if (n == place->count)
                break;
        }
    }
    print_message("%" PRIu64 " allocations at %zu places, %zu of them known; %" PRIu64
                  " failed, one after the other\n",
                  allocations, places.count, known, failed);
    assert_true(failed > 15);
}

/*
 * The same of the places at which workers allocate. Which thread does what is not the same each
 * time: what was not reached is tried again. Returns how many failed.
 */
static size_t fail_workers(action *act)
{
    enum { RECORDED = 3, TRIES = 6 };
    size_t workers = 0, failed = 0;
    threads = 3;
    places_record();
    for (int k = 0; k < RECORDED; k++)
        attempt(act, ADMF_OK);
    for (size_t k = 0; k < places.count; k++) {
        if (!places.place[k].in_worker || is_known(&places.place[k]))
            continue;
        bool reached = false;
        for (int t = 0; t < TRIES && !reached; t++) {
            places_fail(&places.place[k], 1);
            reached = attempt(act, ADMF_OK);
        }
        workers++;
        failed += reached;
    }
    threads = 1;
    print_message("%zu places of workers; at %zu of them an allocation failed\n", workers, failed);
    return failed;
}

/* The first year of the shipped series: a thousand runs read it. */
static bool make_series(void)
{
    return system("head -n 260 " ADMF_SOURCE_DIR "/data/sp500_daily.csv > allocations.csv") == 0;
}

static int set_up(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    if (!make_series() || system("rm -f allocations.db*") != 0)
        return -1;
    write_file("allocations.yaml", small);
    write_file("allocations_wrong.yaml", wrong);
    write_file("allocations_adaptive.yaml", adaptive);
    if (run_anew(&errors, &warnings) != ADMF_OK) {
        print_error("%s\n", errors.count ? errors.items[0].message : "?");
        return -1;
    }
    return admf_cube_digest("allocations.h5", expected, &error) != ADMF_OK;
}

static void a_run_ends_in_order(void **state)
{
    (void)state;
    fail_each(run_anew, ADMF_OK);
}

static void a_resumed_run_ends_in_order(void **state)
{
    (void)state;
    fail_each(run_resumed, ADMF_OK);
}

static void storing_and_replaying_end_in_order(void **state)
{
    (void)state;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    remove_results();
    assert_int_equal(store_anew(&errors, &warnings), ADMF_OK);
    fail_each(store_anew, ADMF_OK);
    assert_int_equal(store_anew(&errors, &warnings), ADMF_OK);
    /* A type of its own is what a replay does not have. */
    const char *behind = strstr(small, "data:");
    assert_non_null(behind);
    write_file("allocations_replay.yaml", behind);
    assert_int_equal(run_replay(NULL, &errors, &warnings), ADMF_OK);
    fail_each(replay_anew, ADMF_OK);
    remove_store();
    remove_replay();
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static void an_adaptive_run_ends_in_order(void **state)
{
    (void)state;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    remove_results();
    assert_int_equal(run_adaptive(&errors, &warnings), ADMF_OK);
    fail_each(run_adaptive, ADMF_OK);
}

static void workers_that_fail_end_a_run_in_order(void **state)
{
    (void)state;
    size_t failed = fail_workers(run_anew) + fail_workers(run_adaptive);
    remove_results();
    failed += fail_workers(store_anew);
    remove_store();
    assert_true(failed > 5); /* some 15: how many depends on who was faster */
}

static void a_plan_ends_in_order(void **state)
{
    (void)state;
    remove_results();
    fail_each(plan_small, ADMF_OK);
}

static void a_wrong_configuration_ends_in_order(void **state)
{
    (void)state;
    fail_each(check_wrong, ADMF_BAD_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_configuration_ends_in_order),
        cmocka_unit_test(a_plan_ends_in_order),
        cmocka_unit_test(a_run_ends_in_order),
        cmocka_unit_test(a_resumed_run_ends_in_order),
        cmocka_unit_test(an_adaptive_run_ends_in_order),
        cmocka_unit_test(storing_and_replaying_end_in_order),
        cmocka_unit_test(workers_that_fail_end_a_run_in_order),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
