/* SPDX-License-Identifier: Apache-2.0 */
/* How many threads run over a tile: those it has work for, or all where they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/cpu/cpu.h"
#include "engine/plan/plan.h"
#include "io/config/config.h"

static const char one[] = "strategies: [{type: sma_crossover}]\n";
static const char many[] = "strategies:\n"
                           "  - type: sma_crossover\n"
                           "    parameters: {fast_period: {start: 5, stop: 24, step: 1}, "
                           "slow_period: {start: 50, stop: 145, step: 5}}\n";

static int threads_of(const char *strategies, const char *lanes, int threads, size_t tile_bars)
{
    char yaml[1024];
    struct config *config = NULL;
    struct plan *plan = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    const struct kernel_table *tables[CPU_TABLES_MAX];
    cpu_tables(tables);
    struct plan_options options = {
        .kernels = tables[0], .threads = threads, .tile_bars = tile_bars};
    snprintf(yaml, sizeof yaml,
             "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"
             "resources: {lanes: %s}\n%s",
             lanes, strategies);
    assert_int_equal(config_parse("t.yaml", yaml, strlen(yaml), &config, &errors, &warnings),
                     ADMF_OK);
    assert_int_equal(plan_new(config, &options, &plan, &errors, &warnings), ADMF_OK);
    int found = plan->sizes.tile_threads;
    plan_free(&plan);
    config_free(&config);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return found;
}

static void one_combination_keeps_one_thread_busy(void **state)
{
    (void)state;
    assert_int_equal(threads_of(one, "auto", 1, 0), 1);
    assert_int_equal(threads_of(one, "auto", 8, 0), 1);
}

static void many_combinations_keep_all_busy(void **state)
{
    (void)state;
    assert_int_equal(threads_of(many, "auto", 1, 0), 1);
    assert_int_equal(threads_of(many, "auto", 4, 0), 4);
}

static void who_asks_for_tiles_or_lanes_sees_all_threads(void **state)
{
    (void)state;
    assert_int_equal(threads_of(one, "auto", 8, 64), 8);
    assert_int_equal(threads_of(one, "events", 8, 0), 8);
    assert_int_equal(threads_of(one, "lockstep", 8, 0), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_combination_keeps_one_thread_busy),
        cmocka_unit_test(many_combinations_keep_all_busy),
        cmocka_unit_test(who_asks_for_tiles_or_lanes_sees_all_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
