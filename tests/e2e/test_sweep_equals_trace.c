/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two simulations say the same: every metric, status, block and regime sum of every
 * combination of randomly drawn sweeps, bit for bit, on every instruction set in turn.
 *
 * In the environment, ADMF_SEED=n runs configuration n alone and prints it, and
 * ADMF_CONFIGURATIONS=n runs n of them instead of the usual number; fewer may leave something out.
 */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/cpu/cpu.h"
#include "engine/features/days.h"
#include "engine/plan/plan.h"
#include "engine/simulate/block.h"
#include "engine/trace/inputs.h"
#include "io/config/config.h"
#define DRAWN_FOLDER ADMF_BINARY_DIR "/drawn_sweep"
#include "tests/e2e/minute_bars.h"
#include "tests/e2e/random_configuration.h"
#include "tests/e2e/ways_taken.h"

enum { CONFIGURATIONS = 640, CELLS_MOST = 48, MISMATCHES_SHOWN = 12 };

static const struct kernel_table *tables[CPU_TABLES_MAX];
static size_t table_count;
static uint64_t cells_compared, statuses[5], mismatches;
static uint64_t cells_with[METRIC_COUNT]; /* cells in which a metric is a number other than 0 */
static uint64_t cells_of_strategy[STRATEGY_COUNT], cells_of_classifier[CLASSIFIER_COUNT];

/* A combination in a window. */
struct cell_of_window {
    size_t window;
    uint64_t combo;
};

/* One sweep: its plan, the day labels, and what the lanes made of it. */
struct sweep {
    uint64_t seed;
    struct draw draw;
    struct config *config;
    struct plan *plan;
    struct day_labels days;
    struct block block; /* all combinations in all windows, at once */
};

static void differ(const struct sweep *s, const struct cell_of_window *at, const char *what,
                   double lanes, double scalar)
{
    if (mismatches++ == 0)
        print_error("seed %" PRIu64 ", %s, tiles of %zu bars:\n%s\n", s->seed,
                    s->plan->kernels->name, s->plan->sizes.tile_bars, s->draw.yaml.chars);
    if (mismatches <= MISMATCHES_SHOWN)
        print_error("seed %" PRIu64 " %s combo_%" PRIu64 " %s: sweep %.17g, trace %.17g\n", s->seed,
                    s->plan->windows[at->window].label, at->combo, what, lanes, scalar);
}

static void same(const struct sweep *s, const struct cell_of_window *at, const char *what,
                 double lanes, double scalar)
{
    if (isnan(lanes) && isnan(scalar))
        return;
    if (memcmp(&lanes, &scalar, sizeof lanes) != 0)
        differ(s, at, what, lanes, scalar);
}

static void fail_config(const struct sweep *s, const admf_diagnostics *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        print_error("%d:%d: %s\n", errors->items[i].line, errors->items[i].column,
                    errors->items[i].message);
    fail_msg("seed %" PRIu64 " does not run:\n%s", s->seed, s->draw.yaml.chars);
}

static void make_plan(struct sweep *s)
{
    static const uint64_t tiles[] = {64, 128, 320, 1024, 0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    struct plan_options options = {.kernels = count_ways(tables[s->seed % table_count]),
                                   .threads = 1,
                                   .tile_bars = tiles[s->seed / table_count % 5]};
    admf_status status = config_parse("drawn.yaml", s->draw.yaml.chars, s->draw.yaml.length,
                                      &s->config, &errors, &warnings);
    if (status == ADMF_OK)
        status = plan_new(s->config, &options, &s->plan, &errors, &warnings);
    if (status != ADMF_OK)
        fail_config(s, &errors);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static void run_lanes(struct sweep *s)
{
    admf_error error = {0};
    assert_int_equal(day_labels_make(s->plan, s->plan->bars[0], -1, false, 1, &s->days, &error),
                     ADMF_OK);
    s->block = (struct block){.plan = s->plan,
                              .days = &s->days,
                              .count = s->plan->combinations,
                              .window_count = s->plan->window_count};
    s->block.windows = memory_new(s->plan->window_count, sizeof *s->block.windows);
    assert_non_null(s->block.windows);
    for (size_t w = 0; w < s->plan->window_count; w++)
        s->block.windows[w].window = &s->plan->windows[w];
    assert_int_equal(block_run(&s->block, &error), ADMF_OK);
}

static void compare_blocks(const struct sweep *s, const struct cell_of_window *at,
                           const struct scalar_result *scalar)
{
    const struct lane_results *lanes = &s->block.windows[at->window].books.results;
    size_t blocks = (size_t)s->config->blocks, first = at->combo * blocks;
    for (size_t j = 0; j < blocks; j++) {
        same(s, at, "block_sum", lanes->block_sum[first + j], scalar->block_sum[j]);
        same(s, at, "block_sum2", lanes->block_sum2[first + j], scalar->block_sum2[j]);
        same(s, at, "block_n", lanes->block_n[first + j], scalar->block_n[j]);
    }
}

static size_t labels_of(const struct plan *plan, uint64_t combo)
{
    struct cell cell = plan_cell(plan, combo);
    return regime_labels(&plan->axes[AXIS_CLASSIFIER].instances[cell.index[AXIS_CLASSIFIER]]);
}

static void compare_regimes(const struct sweep *s, const struct cell_of_window *at, size_t row,
                            const struct scalar_result *scalar)
{
    const struct lane_results *results = &s->block.windows[at->window].books.results;
    for (size_t k = 0; k < labels_of(s->plan, at->combo); k++) {
        same(s, at, "profit of a label", results->regime_profit[row + k], scalar->regime_profit[k]);
        same(s, at, "bars of a label", results->regime_bars[row + k], scalar->regime_bars[k]);
        same(s, at, "trades of a label", results->regime_trades[row + k], scalar->regime_trades[k]);
        same(s, at, "wins of a label", results->regime_wins[row + k], scalar->regime_wins[k]);
    }
}

static void count_cell(const struct sweep *s, uint64_t combo, const struct scalar_result *scalar)
{
    struct cell cell = plan_cell(s->plan, combo);
    const admf_component *row[AXIS_COUNT];
    for (int a = 0; a < AXIS_COUNT; a++)
        row[a] = s->plan->axes[a].instances[cell.index[a]].row;
    cells_of_strategy[row[AXIS_STRATEGY] - catalog_strategies]++;
    if (row[AXIS_CLASSIFIER])
        cells_of_classifier[row[AXIS_CLASSIFIER] - catalog_classifiers]++;
    for (int k = 0; k < METRIC_COUNT; k++)
        cells_with[k] += !isnan(scalar->metric[k]) && scalar->metric[k] != 0;
    statuses[scalar->status]++;
    cells_compared++;
}

static void compare_cell(const struct sweep *s, const struct cell_of_window *at, size_t row)
{
    const struct plan_window *window = &s->plan->windows[at->window];
    const struct lane_results *results = &s->block.windows[at->window].books.results;
    enum { BLOCKS_MOST = 1024 };
    static double storage[3][BLOCKS_MOST];
    double regime[4][ADMF_LABELS_MAX];
    struct inputs inputs;
    struct scalar_result scalar = {.block_sum = storage[0],
                                   .block_sum2 = storage[1],
                                   .block_n = storage[2],
                                   .regime_profit = regime[0],
                                   .regime_bars = regime[1],
                                   .regime_trades = regime[2],
                                   .regime_wins = regime[3]};
    admf_error error = {0};
    assert_int_equal(inputs_init(&inputs, s->plan, window, at->combo, &error), ADMF_OK);
    assert_int_equal(scalar_simulate(&inputs.scalar, NULL, &scalar, &error), ADMF_OK);
    for (int k = 0; k < METRIC_COUNT; k++)
        same(s, at, catalog_metrics[k].name, results->metric[k][at->combo], scalar.metric[k]);
    same(s, at, "status", results->status[at->combo], scalar.status);
    compare_blocks(s, at, &scalar);
    if (s->config->by_regime)
        compare_regimes(s, at, row, &scalar);
    count_cell(s, at->combo, &scalar);
    scalar_result_deinit(&scalar);
    inputs_deinit(&inputs);
}

/* Every cell of a small sweep, cells here and there of a larger one. */
static void compare_cells(const struct sweep *s)
{
    uint64_t n = s->plan->combinations, every = n / CELLS_MOST + 1;
    for (size_t w = 0; w < s->plan->window_count; w++) {
        size_t row = 0;
        for (uint64_t combo = 0; combo < n; combo++) {
            if (combo % every == (s->seed + w) % every)
                compare_cell(s, &(struct cell_of_window){w, combo}, row);
            row += labels_of(s->plan, combo);
        }
    }
}

static void compare_sweep(uint64_t seed, bool show)
{
    struct sweep s = {.seed = seed};
    draw_configuration(&s.draw, seed, DRAWN_FOLDER);
    draw_windows(&s.draw);
    assert_false(s.draw.yaml.failed);
    if (show)
        print_message("%s", s.draw.yaml.chars);
    make_plan(&s);
    run_lanes(&s);
    compare_cells(&s);
    block_deinit(&s.block);
    memory_free(s.block.windows);
    day_labels_deinit(&s.days, s.plan->axes[AXIS_CLASSIFIER].count);
    plan_free(&s.plan);
    config_free(&s.config);
    text_deinit(&s.draw.yaml);
}

static int set_up(void **state)
{
    table_count = cpu_tables(tables);
    return make_minute_bars(state);
}

/* Every way through a tile was taken, with all that it can do. */
static void check_ways(void)
{
    for (int k = 0; k < JUMPED_WITH_COUNT; k++)
        if (taken.jumped[k] < 100)
            fail_msg("only %" PRIu64 " tiles jumped with %s", taken.jumped[k],
                     jumped_with_names[k]);
    for (int k = 0; k < STRATEGY_COUNT; k++)
        if (tables[0]->coded[k] && taken.coded[k] < 100)
            fail_msg("only %" PRIu64 " words of %s are from codes", taken.coded[k],
                     catalog_strategies[k].name);
    assert_true(taken.jumped[JUMPED_WITH_anything] * 2 > taken.groups);
    assert_true(taken.reversals > 10000 && taken.exits > 100 && taken.bankruptcies > 20);
    assert_true(taken.watchful > 200 && taken.halted > 100);
}

static void every_cell_is_the_same(void **state)
{
    (void)state;
    const char *only = getenv("ADMF_SEED");
    const char *count = getenv("ADMF_CONFIGURATIONS");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1;
    uint64_t last = only ? first : count ? strtoull(count, NULL, 10) : CONFIGURATIONS;
    for (uint64_t seed = first; seed <= last; seed++)
        compare_sweep(seed, only != NULL);
    print_message("%" PRIu64 " cells: %" PRIu64 " ok, %" PRIu64 " without trades, %" PRIu64
                  " bankrupt, %" PRIu64 " invalid; %" PRIu64 " values differ\n",
                  cells_compared, statuses[1], statuses[2], statuses[3], statuses[4], mismatches);
    assert_int_equal(mismatches, 0);
    assert_true(cells_compared > 0);
    if (only || last < CONFIGURATIONS)
        return;
    /* The draw would be worth little if it left something out. */
    for (int k = 0; k < METRIC_COUNT; k++)
        if (cells_with[k] < 200)
            fail_msg("only %" PRIu64 " cells have %s", cells_with[k], catalog_metrics[k].name);
    for (int k = 0; k < STRATEGY_COUNT; k++)
        if (cells_of_strategy[k] < 100)
            fail_msg("only %" PRIu64 " cells of %s", cells_of_strategy[k],
                     catalog_strategies[k].name);
    for (int k = 0; k < CLASSIFIER_COUNT; k++)
        if (cells_of_classifier[k] < 100)
            fail_msg("only %" PRIu64 " cells of %s", cells_of_classifier[k],
                     catalog_classifiers[k].name);
    check_ways();
    assert_true(statuses[1] > 2000 && statuses[2] > 50 && statuses[3] > 200 && statuses[4] > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell_is_the_same)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
