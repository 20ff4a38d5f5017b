/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, gmtime_r */
#include "engine/workflow/phase.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admf/cube.h"
#include "engine/base/compiler.h"
#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/cpu/cpu.h"
#include "engine/simulate/block.h"
#include "engine/workflow/configuration.h"
#include "engine/workflow/kept.h"
#include "io/cube/cube_writer.h"

enum { PROVENANCE_MAX = 16 };

struct phase {
    const struct plan *plan;
    const admf_options *options;
    const char *path;
    struct cube_writer *cube;
    struct cube_layout layout;
    const char **symbols;
    struct cube_window *windows;
    struct cube_data *data;
    admf_metric metrics[METRIC_COUNT];
    int metric_ids[METRIC_COUNT];
    char *identity, *resolved, *periods;
    struct cube_text provenance[PROVENANCE_MAX];
    char threads[16], started[32];
    struct day_labels days; /* of days_symbol */
    size_t days_symbol;
    bool have_days;
    double start, last_report;
    admf_progress progress;
    double bars_before; /* combination-bars of finished blocks */
    uint64_t block_cells;
    admf_error *error;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void time_text(char out[32])
{
    struct tm tm;
    time_t t = time(NULL);
    gmtime_r(&t, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* ---- the cube's shape ---------------------------------------------------------------------*/

static void add_provenance(struct phase *phase, const char *name, const char *value)
{
    phase->provenance[phase->layout.provenance_count++] = (struct cube_text){name, value};
}

static void describe_provenance(struct phase *phase, const char *correlation_id)
{
    const struct plan *plan = phase->plan;
    snprintf(phase->threads, sizeof phase->threads, "%d", plan->sizes.threads);
    time_text(phase->started);
    add_provenance(phase, "configuration", plan->config->text);
    add_provenance(phase, "resolved_configuration", phase->resolved);
    add_provenance(phase, "periods", phase->periods);
    add_provenance(phase, "correlation_id", correlation_id);
    add_provenance(phase, "pattern", plan->pattern->name);
    add_provenance(phase, "base_pattern", plan->base_pattern->name);
    add_provenance(phase, "program_version", ADMF_VERSION);
    add_provenance(phase, "compiler", COMPILER);
    add_provenance(phase, "instruction_set", plan->kernels->name);
    add_provenance(phase, "threads", phase->threads);
    add_provenance(phase, "started", phase->started);
    phase->layout.provenance = phase->provenance;
}

static bool describe_data(struct phase *phase)
{
    const struct plan *plan = phase->plan;
    size_t symbols = plan->symbol_count, windows = plan->window_count;
    phase->symbols = memory_new(symbols, sizeof *phase->symbols);
    phase->data = memory_new(symbols, sizeof *phase->data);
    phase->windows = memory_new(windows, sizeof *phase->windows);
    phase->identity = configuration_identity(plan->config);
    phase->resolved = config_resolved(plan->config);
    phase->periods = plan_periods_text(plan);
    if (!phase->symbols || !phase->data || !phase->windows || !phase->identity ||
        !phase->resolved || !phase->periods)
        return false;
    for (size_t s = 0; s < symbols; s++) {
        phase->symbols[s] = plan->bars[s]->symbol;
        phase->data[s] = (struct cube_data){plan->bars[s]->symbol, plan->bars[s]->digest};
    }
    /* A window spans what it spans of any symbol. */
    for (size_t w = 0; w < windows; w++) {
        struct cube_window *out = &phase->windows[w];
        *out = (struct cube_window){plan->windows[w].label, INT64_MAX, INT64_MIN};
        for (size_t s = 0; s < symbols; s++) {
            const struct plan_window *window = &plan->windows[s * windows + w];
            int64_t first = plan->bars[s]->time[window->first];
            int64_t last = plan->bars[s]->time[window->end - 1];
            out->start = first < out->start ? first : out->start;
            out->end = last > out->end ? last : out->end;
        }
    }
    return true;
}

static admf_status describe(struct phase *phase, const char *correlation_id)
{
    const struct config *config = phase->plan->config;
    if (!describe_data(phase))
        return fail_memory(phase->error);
    size_t metrics = 0;
    for (int k = 0; k < METRIC_COUNT; k++)
        if (config->metric_selected[k]) {
            phase->metric_ids[metrics] = k;
            phase->metrics[metrics++] = catalog_metrics[k];
        }
    phase->layout = (struct cube_layout){.symbol_count = phase->plan->symbol_count,
                                         .symbols = phase->symbols,
                                         .window_count = phase->plan->window_count,
                                         .windows = phase->windows,
                                         .axes = phase->plan->axes,
                                         .metric_count = metrics,
                                         .metrics = phase->metrics,
                                         .float32 = config->precision_float32,
                                         .deflate = config->deflate,
                                         .stat_blocks = config->blocks,
                                         .by_regime = config->by_regime,
                                         .block_cells = phase->plan->sizes.block_cells,
                                         .threads = phase->plan->sizes.packing_threads,
                                         .title = config->workflow_name,
                                         .identity = phase->identity,
                                         .data_count = phase->plan->symbol_count,
                                         .data = phase->data};
    describe_provenance(phase, correlation_id);
    return ADMF_OK;
}

/* ---- running ------------------------------------------------------------------------------*/

static void show_progress(struct phase *phase, const char *stage, double bars, bool always)
{
    double t = now();
    if (!phase->options->progress || (!always && t - phase->last_report < 0.2))
        return;
    phase->last_report = t;
    phase->progress.stage = stage;
    phase->progress.seconds = t - phase->start;
    phase->progress.combination_bars_done = phase->bars_before + bars * (double)phase->block_cells;
    phase->options->progress(phase->options->progress_context, &phase->progress);
}

static admf_status after_tile(void *context, size_t bars)
{
    struct phase *phase = context;
    show_progress(phase, "running", (double)bars, false);
    return phase->options->stop ? (admf_status)*phase->options->stop : ADMF_OK;
}

static admf_status write_block(struct phase *phase, uint64_t index, const struct lanes *lanes,
                               const struct lane_results *results)
{
    const double *metric[METRIC_COUNT];
    for (size_t k = 0; k < phase->layout.metric_count; k++)
        metric[k] = results->metric[phase->metric_ids[k]];
    bool blocks = phase->layout.stat_blocks > 0;
    struct cube_values values = {.metrics = metric,
                                 .status = results->status,
                                 .block_sum = blocks ? lanes->block_sum : NULL,
                                 .block_sum2 = blocks ? lanes->block_sum2 : NULL,
                                 .block_n = blocks ? results->block_n : NULL,
                                 .regime_profit = results->regime_profit,
                                 .regime_bars = results->regime_bars,
                                 .regime_trades = results->regime_trades,
                                 .regime_wins = results->regime_wins};
    return cube_write_block(phase->cube, index, &values, phase->error);
}

/* Day labels are made once per symbol and serve all its blocks. */
static admf_status label_days(struct phase *phase, size_t symbol)
{
    const struct plan *plan = phase->plan;
    if (phase->have_days && phase->days_symbol == symbol)
        return ADMF_OK;
    day_labels_deinit(&phase->days, plan->axes[AXIS_CLASSIFIER].count);
    phase->have_days = true;
    phase->days_symbol = symbol;
    return day_labels_make(plan, plan->bars[symbol], -1, false, plan->sizes.threads, &phase->days,
                           phase->error);
}

static admf_status run_block(struct phase *phase, uint64_t index)
{
    const struct plan *plan = phase->plan;
    struct cube_range range = cube_block_range(phase->cube, index);
    const struct plan_window *window =
        &plan->windows[range.symbol * plan->window_count + range.window];
    double bars = (double)(window->end - window->first);
    struct lanes lanes;
    struct lane_results results;
    phase->block_cells = range.count;
    if (!cube_block_done(phase->cube, index)) {
        admf_status status = label_days(phase, range.symbol);
        if (status != ADMF_OK)
            return status;
        struct block block = {.plan = plan,
                              .window = window,
                              .days = &phase->days,
                              .first = range.first,
                              .count = range.count,
                              .after_tile = after_tile,
                              .context = phase};
        status = block_run(&block, &lanes, &results, phase->error);
        if (status == ADMF_OK)
            status = write_block(phase, index, &lanes, &results);
        lane_results_deinit(&results);
        lanes_deinit(&lanes);
        if (status != ADMF_OK)
            return status;
    }
    phase->bars_before += bars * (double)range.count;
    phase->progress.combinations_done += range.count;
    return ADMF_OK;
}

static admf_status run_blocks(struct phase *phase)
{
    admf_status status = ADMF_OK;
    for (uint64_t b = 0; status == ADMF_OK && b < cube_blocks(phase->cube); b++)
        status = run_block(phase, b);
    return status;
}

static admf_status open_cube(struct phase *phase)
{
    const admf_options *options = phase->options;
    if (options->resume)
        return cube_resume(phase->path, &phase->layout, &phase->cube, phase->error);
    return cube_create(phase->path, &phase->layout, options->force, &phase->cube, phase->error);
}

static admf_status finish_cube(struct phase *phase)
{
    char finished[32];
    show_progress(phase, "writing", 0, true);
    memory_return();
    admf_status status = cube_collect(phase->cube, phase->error);
    if (status == ADMF_OK)
        status = keep_combinations(phase->plan, phase->cube, phase->options->stop, phase->error);
    time_text(finished);
    if (status == ADMF_OK)
        status = cube_note(phase->cube, "finished", finished, phase->error);
    if (status == ADMF_OK)
        status = cube_finish(&phase->cube, phase->error);
    return status;
}

/* ---- result -------------------------------------------------------------------------------*/

void phase_result_deinit(admf_phase_result *result)
{
    for (size_t i = 0; i < result->best_count; i++) {
        memory_free((void *)result->best[i].symbol);
        memory_free((void *)result->best[i].strategy);
        memory_free((void *)result->best[i].classifier);
        memory_free((void *)result->best[i].risk);
        memory_free((void *)result->best[i].execution);
    }
    memory_free((void *)result->cube);
    *result = (admf_phase_result){0};
}

/* NaN where the cube does not hold the metric. */
static admf_status read_stored(admf_cube *cube, const admf_ranked *entry, const char *metric,
                               double *out, admf_error *error)
{
    int k = admf_cube_metric_index(cube, metric);
    *out = (double)__builtin_nan("");
    return k < 0 ? ADMF_OK
                 : admf_cube_read_value(cube, k, entry->symbol, entry->window, entry->combo, out,
                                        error);
}

static admf_status describe_best(const struct plan *plan, admf_cube *cube,
                                 const admf_ranking *ranking, admf_phase_result *result,
                                 admf_error *error)
{
    for (uint64_t i = 0; i < ranking->count; i++) {
        const admf_ranked *entry = &ranking->entries[i];
        admf_best *best = &result->best[result->best_count++];
        struct cell place = plan_cell(plan, entry->combo);
        *best = (admf_best){.combo = entry->combo,
                            .by = entry->by,
                            .symbol = memory_copy_text(plan->bars[entry->symbol]->symbol)};
        if (read_stored(cube, entry, "total_return", &best->total_return, error) != ADMF_OK ||
            read_stored(cube, entry, "max_drawdown", &best->max_drawdown, error) != ADMF_OK ||
            read_stored(cube, entry, "sharpe", &best->sharpe, error) != ADMF_OK ||
            read_stored(cube, entry, "trades", &best->trades, error) != ADMF_OK)
            return error->code;
        const char **const labels[AXIS_COUNT] = {&best->strategy, &best->classifier, &best->risk,
                                                 &best->execution};
        for (int a = 0; a < AXIS_COUNT; a++)
            *labels[a] = memory_copy_text(plan->axes[a].instances[place.index[a]].label);
        if (!best->symbol || !best->strategy || !best->classifier || !best->risk ||
            !best->execution)
            return fail_memory(error);
    }
    return ADMF_OK;
}

/* The best by the workflow's objective, where the cube holds it. */
static admf_status find_best(const struct plan *plan, admf_phase_result *result, admf_error *error)
{
    admf_cube *cube = NULL;
    admf_ranking *ranking = NULL;
    admf_status status = admf_cube_open(result->cube, &cube, error);
    /* The catalogue's own text: the result outlives the configuration. */
    result->best_by = catalog_metrics[catalog_find_metric(plan->config->objective)].name;
    if (status == ADMF_OK && admf_cube_metric_index(cube, result->best_by) >= 0)
        status = admf_cube_rank(cube, result->best_by, sizeof result->best / sizeof *result->best,
                                0, NULL, &ranking, error);
    if (status == ADMF_OK && ranking)
        status = describe_best(plan, cube, ranking, result, error);
    admf_ranking_free(&ranking);
    admf_cube_close(&cube);
    return status;
}

static admf_status run(struct phase *phase, const char *correlation_id)
{
    admf_status status = describe(phase, correlation_id);
    if (status != ADMF_OK)
        return status;
    /* A finished cube of the same work has nothing left to resume. */
    if (phase->options->resume && cube_state(phase->path) == CUBE_FINISHED)
        return cube_matches(phase->path, &phase->layout, phase->error);
    status = open_cube(phase);
    if (status == ADMF_OK)
        status = run_blocks(phase);
    if (status == ADMF_OK)
        status = finish_cube(phase);
    return status;
}

admf_status phase_run(const struct plan *plan, const admf_options *options, const char *path,
                      const char *correlation_id, admf_phase_result *result, admf_error *error)
{
    struct phase phase = {.plan = plan, .options = options, .path = path, .error = error};
    double bars = 0;
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++)
        bars += (double)(plan->windows[w].end - plan->windows[w].first);
    phase.start = now();
    phase.progress.combinations = plan->combinations * plan->symbol_count * plan->window_count;
    phase.progress.combination_bars = bars * (double)plan->combinations;
    *result = (admf_phase_result){.name = "run",
                                  .pattern = plan->pattern->name,
                                  .cube = memory_copy_text(path),
                                  .combinations = phase.progress.combinations,
                                  .combination_bars = phase.progress.combination_bars};
    admf_status status = result->cube ? run(&phase, correlation_id) : fail_memory(error);
    cube_abandon(&phase.cube);
    if (status == ADMF_OK)
        status = admf_cube_digest(path, result->digest, error);
    if (status == ADMF_OK)
        status = find_best(plan, result, error);
    result->status = status;
    result->seconds = now() - phase.start;
    result->peak_memory = cpu_peak_memory();
    day_labels_deinit(&phase.days, plan->axes[AXIS_CLASSIFIER].count);
    memory_free(phase.symbols);
    memory_free(phase.windows);
    memory_free(phase.data);
    memory_free(phase.identity);
    memory_free(phase.resolved);
    memory_free(phase.periods);
    return status;
}
