/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan says of a run: how much there is to do, what it takes, and what is too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/plan/plan.h"
#include "io/config/config.h"

#define DAILY "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"

struct planned {
    struct config *config;
    struct plan *plan;
    admf_status status;
    char message[ADMF_MESSAGE_MAX];
};

static struct planned plan_of(const char *yaml)
{
    struct planned p = {.status = ADMF_OK};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    const struct kernel_table *tables[CPU_TABLES_MAX];
    cpu_tables(tables);
    struct plan_options options = {.kernels = tables[0], .threads = 2};
    p.status = config_parse("t.yaml", yaml, strlen(yaml), &p.config, &errors, &warnings);
    if (p.status == ADMF_OK)
        p.status = plan_new(p.config, &options, &p.plan, &errors, &warnings);
    if (p.status != ADMF_OK)
        snprintf(p.message, sizeof p.message, "%s", errors.items[0].message);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return p;
}

static struct planned sound_plan_of(const char *yaml)
{
    struct planned p = plan_of(yaml);
    if (p.status != ADMF_OK)
        fail_msg("%s", p.message);
    return p;
}

static void release(struct planned *p)
{
    plan_free(&p->plan);
    config_free(&p->config);
}

static void refused(const char *yaml, const char *message)
{
    struct planned p = plan_of(yaml);
    assert_int_equal(p.status, ADMF_BAD_CONFIG);
    if (!strstr(p.message, message))
        fail_msg("'%s' lacks '%s'", p.message, message);
    release(&p);
}

/* 4·10^11 combinations. */
#define MANY                                                                                       \
    "strategies: [{type: momentum, parameters: {lookback_period: {start: 1, stop: 4000, "          \
    "step: 1}}}]\n"                                                                                \
    "risk: {stop_loss: {linspace: [0.01, 0.1, 100]}, take_profit: {linspace: [0.01, 0.1, "         \
    "100]}}\n"                                                                                     \
    "execution: {fee_rate: {linspace: [0, 0.01, 100]}, slippage: {linspace: [0, 0.01, 100]}}\n"

static void a_cube_beyond_any_disk_is_refused(void **state)
{
    (void)state;
    struct planned p = sound_plan_of(DAILY MANY "metrics: {blocks: 0, select: [sharpe]}\n");
    assert_int_equal(p.plan->combinations, UINT64_C(400000000000));
    assert_int_equal(p.plan->sizes.partial_bytes, UINT64_C(9) * 400000000000);
    release(&p);
    /* 9.4e18 bytes of 2^63: with bytes that wrap around there would be little. */
    refused(DAILY MANY "metrics: {blocks: 980000, select: [sharpe]}\n",
            "400000000000 combinations for 1 symbol with 1 window and 980000 blocks are more than "
            "a cube can hold; use fewer ");
    /* Blocks for themselves, and windows, are not too many. */
    p = sound_plan_of(DAILY MANY "metrics: {blocks: 1000, select: [sharpe]}\n");
    release(&p);
    refused(DAILY MANY "metrics: {blocks: 1000, select: [sharpe]}\n"
                       "windows: {walk_forward: {train: 1000, test: 100}}\n",
            "with 80 windows and 1000 blocks are more than a cube can hold");
    refused(DAILY MANY "metrics: {blocks: 0, select: [sharpe]}\n"
                       "windows: {walk_forward: {train: 1000, test: 100}}\n"
                       "output: {keep: all}\n",
            "more than a cube can hold; keep fewer");
}

/* With workflow.combinations the others are cells of the cube that stay empty, and take nothing. */
static void what_does_not_run_is_not_counted(void **state)
{
    (void)state;
    struct planned p = sound_plan_of(
        "workflow: {combinations: [0, 3, 7]}\n" DAILY
        "strategies: [{type: momentum, parameters: {lookback_period: {start: 1, stop: 8, step: "
        "1}}}]\n"
        "risk: {size: [1, 2]}\n"
        "windows: {split: 0.5}\n");
    assert_int_equal(p.plan->combinations, 16);
    assert_int_equal(plan_cells(p.plan), 32);
    assert_int_equal(plan_chosen_cells(p.plan), 6);
    assert_true(plan_window_bars(p.plan, WINDOW_PLAIN) == 5031);
    assert_true(plan_window_bars(p.plan, WINDOW_TRAIN) == 2515);
    assert_true(plan_window_bars(p.plan, WINDOW_TEST) == 2516);
    assert_true(plan_mean_samples(p.plan) == 5031 / 2.0);
    char *json = plan_to_json(p.plan), *text = plan_to_text(p.plan);
    assert_non_null(json);
    assert_non_null(text);
    assert_non_null(strstr(json, "\"combination_bars\": 15093,"));
    assert_non_null(strstr(json, "\"portfolios\": 6,"));
    assert_non_null(strstr(json, "\"momentum_services\": 3,"));
    assert_non_null(strstr(json, "\"signals\": {\"computed\": 3,"));
    assert_non_null(strstr(text, "3 columns of 3 features"));
    assert_int_equal(plan_instances(p.plan), 3);
    assert_int_equal(plan_feature_columns(p.plan), 3);
    assert_non_null(strstr(text, "combinations 16, of which 3 run in each of 2 windows"));
    memory_free(json);
    memory_free(text);
    release(&p);
}

/* Profit by regime has eight bytes in any precision, as io/cube/variables.c has it. */
static void precision_is_of_metrics(void **state)
{
    (void)state;
    static const char configuration[] =
        DAILY "strategies: [{type: momentum}]\n"
              "classifiers: [{type: volatility}]\n"
              "metrics: {blocks: 0, select: [sharpe], by_regime: %s}\n"
              "output: {precision: %s}\n";
    uint64_t bytes[2][2];
    for (int by_regime = 0; by_regime < 2; by_regime++)
        for (int narrow = 0; narrow < 2; narrow++) {
            char yaml[1024];
            snprintf(yaml, sizeof yaml, configuration, by_regime ? "true" : "false",
                     narrow ? "float32" : "float64");
            struct planned p = sound_plan_of(yaml);
            bytes[by_regime][narrow] = p.plan->sizes.partial_bytes;
            release(&p);
        }
    assert_int_equal(bytes[0][0] - bytes[0][1], 4);
    assert_int_equal(bytes[1][0] - bytes[1][1], 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cube_beyond_any_disk_is_refused),
        cmocka_unit_test(what_does_not_run_is_not_counted),
        cmocka_unit_test(precision_is_of_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
