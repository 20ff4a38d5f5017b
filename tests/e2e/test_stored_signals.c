/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is stored of signals is what the path of the trace, which knows nothing of stores, makes of
 * the same configuration: signals, labels and strengths of every bar, for randomly drawn sweeps on
 * every instruction set in turn, in one pass over the bars or in many. And the cube of a replay is
 * the cube of the run, bit for bit, with what is kept of single combinations.
 *
 * In the environment, ADMF_SEED=n runs configuration n alone and prints it.
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
#include "engine/cpu/cpu.h"
#include "engine/plan/plan.h"
#include "engine/trace/inputs.h"
#include "engine/workflow/phase.h"
#include "engine/workflow/signal_phase.h"
#include "io/config/config.h"
#include "io/signals/signal_store.h"
#define DRAWN_FOLDER ADMF_BINARY_DIR "/drawn_signals"
#include "tests/e2e/minute_bars.h"
#include "tests/e2e/random_configuration.h"

enum { CONFIGURATIONS = 100 };
static const char path[] = DRAWN_FOLDER "/signals.h5";

static const struct kernel_table *tables[CPU_TABLES_MAX];
static size_t table_count;
static uint64_t instances_compared, changes_seen, strengths_seen;

static uint64_t combinations_replayed;

struct sweep {
    uint64_t seed;
    struct draw draw;
    struct config *config;
    struct plan *plan, *generate;
    struct signal_store *store;
};

static void fail_sweep(const struct sweep *s, const char *what)
{
    fail_msg("seed %" PRIu64 ": %s\n%s", s->seed, what, s->draw.yaml.chars);
}

static struct plan *make_plan(const struct sweep *s, enum plan_mode mode)
{
    static const uint64_t tiles[] = {64, 100, 320, 1024, 0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    struct plan *plan = NULL;
    struct plan_options options = {.kernels = tables[s->seed % table_count],
                                   .threads = 1 + (int)(s->seed % 2),
                                   .tile_bars = tiles[s->seed / table_count % 5],
                                   .block_cells = mode == PLAN_REPLAY && s->seed % 5 == 0 ? 8 : 0,
                                   .mode = mode};
    if (plan_new(s->config, &options, &plan, &errors, &warnings) != ADMF_OK)
        fail_sweep(s, errors.items[0].message);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return plan;
}

static struct signal_layout layout_of(const struct plan *plan)
{
    return (struct signal_layout){.symbol_count = plan->symbol_count,
                                  .bars = plan->bars,
                                  .axes = plan->axes,
                                  .strength = plan_wants_strength(plan)};
}

static void store_signals(struct sweep *s)
{
    admf_signal_result result;
    admf_error error = {0};
    s->generate = make_plan(s, PLAN_GENERATE);
    /* Room for few instances makes many passes. */
    if (s->seed % 3 == 0)
        s->generate->sizes.signal_bytes = 1;
    const admf_options options = {.force = true};
    if (signals_store(s->generate, &options, path, "test", &result, &error) != ADMF_OK)
        fail_sweep(s, error.message);
    changes_seen += result.changes;
    memory_free((void *)result.store);
    const struct signal_layout layout = layout_of(s->plan);
    if (signal_store_open(path, &layout, &s->store, &error) != ADMF_OK)
        fail_sweep(s, error.message);
}

/* Values of one instance, a bar each, forward-filled from its changes. */
static void fill(const struct sweep *s, enum axis_kind axis, size_t i, int8_t *out)
{
    size_t bars = s->plan->bars[0]->count;
    size_t count = (size_t)signal_store_changes(s->store, axis, 0, i, 1);
    uint32_t *bar = memory_new(count, sizeof *bar);
    int8_t *value = memory_new(count, sizeof *value), last = 0;
    admf_error error = {0};
    assert_true(bar && value);
    if (signal_store_read(s->store, axis, 0, i, 1, bar, value, &error) != ADMF_OK)
        fail_sweep(s, error.message);
    for (size_t t = 0, next = 0; t < bars; t++) {
        if (next < count && bar[next] == t)
            last = value[next++];
        out[t] = last;
    }
    memory_free(bar);
    memory_free(value);
}

static void compare_strength(const struct sweep *s, size_t i, const struct inputs *inputs)
{
    size_t bars = s->plan->bars[0]->count;
    admf_error error = {0};
    int id = s->plan->axes[AXIS_STRATEGY].instances[i].id;
    double *strength = memory_new(bars, sizeof *strength);
    assert_non_null(strength);
    if (signal_store_read_strength(s->store, 0, i, strength, &error) != ADMF_OK)
        fail_sweep(s, error.message);
    for (size_t t = 0; t < bars; t++) {
        bool has = s->plan->kernels->strength[id] && inputs->signal[t] != 0;
        if (has != !isnan(strength[t]) || (has && strength[t] != inputs->strength[t]))
            fail_sweep(s, "a strength differs");
        strengths_seen += has;
    }
    memory_free(strength);
}

/* The combination with strategy i and classifier i, or the last of them. */
static void compare_instances(const struct sweep *s, size_t i)
{
    const struct plan *plan = s->plan;
    size_t strategies = plan->axes[AXIS_STRATEGY].count, bars = plan->bars[0]->count;
    size_t classifiers = plan->axes[AXIS_CLASSIFIER].count;
    size_t strategy = i < strategies ? i : strategies - 1;
    size_t classifier = i < classifiers ? i : classifiers - 1;
    uint64_t models = plan->axes[AXIS_RISK].count * plan->axes[AXIS_EXECUTION].count;
    struct plan_window whole = plan->windows[0]; /* the store is of all bars */
    whole.first = 0;
    whole.end = bars;
    struct inputs inputs;
    admf_error error = {0};
    int8_t *value = memory_new(bars, sizeof *value);
    assert_non_null(value);
    assert_int_equal(
        inputs_init(&inputs, plan, &whole, (strategy * classifiers + classifier) * models, &error),
        ADMF_OK);
    fill(s, AXIS_STRATEGY, strategy, value);
    for (size_t t = 0; t < bars; t++)
        if (value[t] != inputs.signal[t])
            fail_sweep(s, "a signal differs");
    fill(s, AXIS_CLASSIFIER, classifier, value);
    for (size_t t = 0; t < bars; t++)
        if (value[t] != (inputs.label ? (int8_t)inputs.label[t] : 0))
            fail_sweep(s, "a label differs");
    if (plan_wants_strength(plan))
        compare_strength(s, strategy, &inputs);
    instances_compared++;
    inputs_deinit(&inputs);
    memory_free(value);
}

/* The digest of the cube that a plan makes. */
static void run_plan(const struct sweep *s, const struct plan *plan, char digest[17])
{
    static const char cube[] = DRAWN_FOLDER "/cube.h5";
    admf_phase_result result;
    admf_error error = {0};
    const admf_options options = {.force = true};
    if (phase_run(plan, &options, cube, "run", "test", &result, &error) != ADMF_OK)
        fail_sweep(s, error.message);
    memcpy(digest, result.digest, 17);
    assert_int_equal(result.signals.made, plan->mode == PLAN_REPLAY ? 0 : plan_instances(plan));
    assert_int_equal(result.signals.read, plan->mode == PLAN_REPLAY ? plan_instances(plan) : 0);
    combinations_replayed += plan->mode == PLAN_REPLAY ? result.combinations : 0;
    phase_result_deinit(&result);
}

/* Columns of a replay are those that scale sizes. */
static void check_columns(const struct sweep *s, const struct plan *replay)
{
    bool scaled = false;
    for (size_t i = 0; i < replay->axes[AXIS_RISK].count; i++)
        scaled = scaled || replay->scale_column[i] >= 0;
    if (!scaled && replay->feature_count != 0)
        fail_sweep(s, "a replay computes features");
}

static void compare_replay(struct sweep *s)
{
    char run[17], replayed[17];
    s->config->signals = (char *)path;
    struct plan *replay = make_plan(s, PLAN_REPLAY);
    check_columns(s, replay);
    run_plan(s, s->plan, run);
    run_plan(s, replay, replayed);
    if (strcmp(run, replayed) != 0)
        fail_sweep(s, "the cube of the replay differs");
    plan_free(&replay);
    s->config->signals = NULL;
}

static void compare_sweep(uint64_t seed, bool show)
{
    struct sweep s = {.seed = seed};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    draw_configuration(&s.draw, seed, DRAWN_FOLDER);
    draw_windows(&s.draw);
    if (show)
        print_message("%s", s.draw.yaml.chars);
    if (config_parse("drawn.yaml", s.draw.yaml.chars, s.draw.yaml.length, &s.config, &errors,
                     &warnings) != ADMF_OK)
        fail_sweep(&s, errors.items[0].message);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    uint64_t kept[] = {0};
    if (seed % 4 == 0) {
        s.config->keep = KEEP_LIST;
        s.config->keep_ids = kept;
        s.config->keep_count = 1;
    }
    s.plan = make_plan(&s, PLAN_AS_CONFIGURED);
    store_signals(&s);
    size_t most = s.plan->axes[AXIS_STRATEGY].count;
    if (s.plan->axes[AXIS_CLASSIFIER].count > most)
        most = s.plan->axes[AXIS_CLASSIFIER].count;
    for (size_t i = 0; i < most; i++)
        compare_instances(&s, i);
    compare_replay(&s);
    signal_store_close(&s.store);
    plan_free(&s.generate);
    plan_free(&s.plan);
    config_free(&s.config);
    text_deinit(&s.draw.yaml);
}

static int set_up(void **state)
{
    table_count = cpu_tables(tables);
    return make_minute_bars(state);
}

static void stored_and_replayed_signals_are_the_same(void **state)
{
    (void)state;
    const char *only = getenv("ADMF_SEED");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1;
    uint64_t last = only ? first : CONFIGURATIONS;
    for (uint64_t seed = first; seed <= last; seed++)
        compare_sweep(seed, only != NULL);
    print_message("%" PRIu64 " instances, %" PRIu64 " changes, %" PRIu64 " strengths, %" PRIu64
                  " combinations replayed\n",
                  instances_compared, changes_seen, strengths_seen, combinations_replayed);
    if (!only)
        assert_true(instances_compared > 500 && changes_seen > 30000 && strengths_seen > 200 &&
                    combinations_replayed > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stored_and_replayed_signals_are_the_same)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
