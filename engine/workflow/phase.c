/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "engine/workflow/phase.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admf/cube.h"
#include "engine/base/beside.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "engine/cpu/cpu.h"
#include "engine/plan/memory.h"
#include "engine/simulate/block.h"
#include "engine/workflow/adaptive.h"
#include "engine/workflow/kept.h"
#include "engine/workflow/monte_carlo.h"
#include "engine/workflow/phase_adaptive.h"
#include "engine/workflow/phase_best.h"
#include "engine/workflow/phase_layout.h"
#include "engine/workflow/phase_resampled.h"
#include "engine/workflow/selection.h"
#include "io/cube/cube_digest.h"
#include "io/cube/cube_writer.h"

struct phase {
    const struct plan *plan;
    const admf_options *options;
    const char *path;
    struct cube_writer *cube;
    struct beside making; /* of the cube's file */
    struct phase_layout layout;
    struct day_labels days; /* of days_symbol */
    size_t days_symbol;
    bool have_days;
    double start, last_report;
    admf_progress progress;
    double bars_before;           /* combination-bars of finished blocks */
    double bars_found;            /* of those that were finished before this run */
    struct block_window *windows; /* of the block that runs; [plan->sizes.windows] */
    uint64_t *blocks;             /* of the cube, that these windows are */
    admf_error *error;
};

double phase_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show_progress(struct phase *phase, const char *stage, double bars, bool always)
{
    double t = phase_clock();
    if (!phase->options->progress || (!always && t - phase->last_report < 0.2))
        return;
    /* Whoever is told may use HDF5. What went wrong is told by the next who asks. */
    (void)beside_end(&phase->making, phase->error);
    phase->last_report = t;
    phase->progress.stage = stage;
    phase->progress.seconds = t - phase->start;
    phase->progress.combination_bars_done = phase->bars_before + bars;
    phase->options->progress(phase->options->progress_context, &phase->progress);
}

static admf_status after_tile(void *context, double combination_bars)
{
    struct phase *phase = context;
    show_progress(phase, "running", combination_bars, false);
    /* Where there is no room for the file, a long run is not to find out at its end. */
    admf_status made =
        beside_is_over(&phase->making) ? beside_end(&phase->making, phase->error) : ADMF_OK;
    return made ? made : stop_status(phase->options->stop);
}

static admf_status write_block(struct phase *phase, uint64_t index,
                               const struct lane_results *results)
{
    const double *metric[METRIC_COUNT];
    for (size_t k = 0; k < phase->layout.cube.metric_count; k++)
        metric[k] = results->metric[phase->layout.metric_ids[k]];
    bool blocks = phase->layout.cube.stat_blocks > 0;
    struct cube_values values = {.metrics = metric,
                                 .status = results->status,
                                 .block_sum = blocks ? results->block_sum : NULL,
                                 .block_sum2 = blocks ? results->block_sum2 : NULL,
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

static double bars_of(const struct phase *phase, const struct cube_range *range,
                      const struct plan_window *window)
{
    uint64_t cells = plan_chosen(phase->plan, range->first, range->count);
    return (double)(window->end - window->first) * (double)cells;
}

/* Writes a window as soon as it is done: that much is kept, whatever comes of the others. */
static admf_status after_window(void *context, size_t w)
{
    struct phase *phase = context;
    uint64_t block = phase->blocks[w];
    struct cube_range range = cube_block_range(phase->cube, block);
    admf_status status = beside_end(&phase->making, phase->error);
    if (status == ADMF_OK)
        status = write_block(phase, block, &phase->windows[w].books.results);
    if (status == ADMF_OK)
        phase->progress.combinations_done += plan_chosen(phase->plan, range.first, range.count);
    return status;
}

/* Runs the blocks of phase->blocks, which are the same cells in `count` windows. */
static admf_status run_together(struct phase *phase, size_t count)
{
    const struct plan_sizes *sizes = &phase->plan->sizes;
    struct cube_range range = cube_block_range(phase->cube, phase->blocks[0]);
    admf_status status = label_days(phase, range.symbol);
    if (status != ADMF_OK)
        return status;
    struct block block = {.plan = phase->plan,
                          .days = &phase->days,
                          .first = range.first,
                          .count = range.count,
                          .window_count = count,
                          .windows = phase->windows,
                          .after_window = after_window,
                          .after_tile = after_tile,
                          .context = phase};
    status = block_run(&block, phase->error);
    for (size_t w = 0; status == ADMF_OK && w < count; w++)
        phase->bars_before += bars_of(phase, &range, phase->windows[w].window);
    /* Holes that the next block does not fit into add up. */
    if (cpu_resident_memory() + sizes->lane_bytes > sizes->memory_limit)
        memory_return(0);
    return status;
}

/* The same cells in all windows of a symbol: so many windows at a time as the plan says. */
static admf_status run_cells(struct phase *phase, size_t symbol, uint64_t part, uint64_t parts)
{
    const struct plan *plan = phase->plan;
    admf_status status = ADMF_OK;
    size_t count = 0;
    for (size_t w = 0; status == ADMF_OK && w < plan->window_count; w++) {
        size_t series = symbol * plan->window_count + w;
        uint64_t index = series * parts + part;
        struct cube_range range = cube_block_range(phase->cube, index);
        if (plan_chosen(plan, range.first, range.count) == 0)
            continue; /* stays not computed */
        if (cube_block_done(phase->cube, index)) {
            double bars = bars_of(phase, &range, &plan->windows[series]);
            phase->progress.combinations_done += plan_chosen(plan, range.first, range.count);
            phase->bars_before += bars;
            phase->bars_found += bars;
        } else {
            phase->blocks[count] = index;
            phase->windows[count++].window = &plan->windows[series];
        }
        if (count == plan->sizes.windows) {
            status = run_together(phase, count);
            count = 0;
        }
    }
    return status == ADMF_OK && count > 0 ? run_together(phase, count) : status;
}

static admf_status run_blocks(struct phase *phase)
{
    const struct plan *plan = phase->plan;
    uint64_t parts = cube_blocks(phase->cube) / (plan->symbol_count * plan->window_count);
    admf_status status = ADMF_OK;
    phase->windows = memory_new(plan->sizes.windows, sizeof *phase->windows);
    phase->blocks = memory_new(plan->sizes.windows, sizeof *phase->blocks);
    if (!phase->windows || !phase->blocks)
        status = fail_memory(phase->error);
    for (size_t s = 0; s < plan->symbol_count; s++)
        for (uint64_t part = 0; status == ADMF_OK && part < parts; part++)
            status = run_cells(phase, s, part, parts);
    memory_free(phase->windows);
    memory_free(phase->blocks);
    return status;
}

/* A cube to go on with keeps its blocks, which another limit may have made larger. */
static admf_status check_blocks(const struct phase *phase)
{
    const struct plan *plan = phase->plan;
    uint64_t most = 0;
    for (uint64_t b = 0; b < cube_blocks(phase->cube); b++) {
        uint64_t cells = cube_block_range(phase->cube, b).count;
        most = cells > most ? cells : most;
    }
    uint64_t bytes = plan_block_memory(plan, most, plan->sizes.tile_bars),
             limit = plan->sizes.memory_limit;
    if (most <= plan->sizes.block_cells || bytes <= limit)
        return ADMF_OK;
    return fail(phase->error, ADMF_BAD_CONFIG,
                "what is to be resumed was cut into blocks of %" PRIu64 " combinations, which take "
                "%" PRIu64 " MiB of memory, and %" PRIu64
                " MiB may be used; raise resources.memory "
                "(--memory), or start again with --force",
                most, (bytes >> 20) + 1, limit >> 20);
}

static admf_status make_cube(void *context, admf_error *error) { return cube_make(context, error); }

/* A new one is made while the first bars are run already, but for one thread alone, and not while
 * a store is read, which two threads cannot have HDF5 do. */
static admf_status open_cube(struct phase *phase)
{
    const admf_options *options = phase->options;
    if (options->resume) {
        admf_status status =
            cube_resume(phase->path, &phase->layout.cube, &phase->cube, phase->error);
        return status == ADMF_OK ? check_blocks(phase) : status;
    }
    admf_status status =
        cube_claim(phase->path, &phase->layout.cube, options->force, &phase->cube, phase->error);
    if (status != ADMF_OK)
        return status;
    if (phase->plan->sizes.threads == 1 || phase->plan->mode == PLAN_REPLAY)
        return cube_make(phase->cube, phase->error);
    beside_start(&phase->making, make_cube, phase->cube);
    return ADMF_OK;
}

/* What may stay between stages: little of what the run may use, and of any machine's memory. */
static uint64_t little_memory(const struct plan *plan)
{
    const uint64_t least = 8 << 20, most = 64 << 20;
    uint64_t share = plan->sizes.memory_limit / 16;
    return share < least ? least : share > most ? most : share;
}

static admf_status finish_cube(struct phase *phase, admf_phase_result *result)
{
    char finished[PHASE_TIME];
    const uint64_t little = little_memory(phase->plan);
    show_progress(phase, "writing", 0, true);
    memory_return(little);
    admf_status status = cube_collect(phase->cube, phase->error);
    memory_return(little);
    if (status == ADMF_OK)
        status = keep_combinations(phase->plan, phase->cube, phase->options->stop, phase->error);
    if (status == ADMF_OK)
        status = select_combinations(phase->plan, phase->cube, phase->options->stop, phase->error);
    if (status == ADMF_OK)
        status = resample_best(phase->plan, phase->cube, phase->options->stop, phase->error);
    if (status == ADMF_OK)
        status = adapt_to_regimes(phase->plan, phase->cube, phase->options->stop, phase->error);
    if (status == ADMF_OK)
        status = phase_find_best(phase->plan, phase->cube, result, phase->error);
    phase_time_text(finished);
    if (status == ADMF_OK)
        status = cube_finish(&phase->cube, finished, result->digest, phase->error);
    return status;
}

void phase_result_deinit(admf_phase_result *result)
{
    for (size_t i = 0; i < result->best_count; i++) {
        memory_free((void *)result->best[i].symbol);
        memory_free((void *)result->best[i].window);
        memory_free((void *)result->best[i].strategy);
        memory_free((void *)result->best[i].classifier);
        memory_free((void *)result->best[i].risk);
        memory_free((void *)result->best[i].execution);
    }
    for (size_t i = 0; i < result->resampled_count; i++) {
        memory_free((void *)result->resampled[i].symbol);
        memory_free((void *)result->resampled[i].window);
        memory_free((void *)result->resampled[i].strategy);
    }
    for (size_t i = 0; i < result->adaptive_count; i++) {
        memory_free((void *)result->adaptive[i].symbol);
        memory_free((void *)result->adaptive[i].window);
        memory_free((void *)result->adaptive[i].classifier);
        memory_free((void *)result->adaptive[i].risk);
        memory_free((void *)result->adaptive[i].execution);
    }
    memory_free((void *)result->cube);
    memory_free((void *)result->signals.store);
    memory_free((void *)result->signals.source);
    memory_free((void *)result->name);
    *result = (admf_phase_result){0};
}

/* Whoever makes room for what could not be written need not compute it again. */
static void say_what_is_kept(const struct phase *phase)
{
    char *message = phase->error->message;
    size_t length = strlen(message);
    if (cube_state(phase->path) == CUBE_PARTIAL)
        snprintf(message + length, ADMF_MESSAGE_MAX - length,
                 "; what is finished is kept, --resume goes on with it");
}

static admf_status run(struct phase *phase, const char *correlation_id, admf_phase_result *result)
{
    admf_status status =
        phase_layout_init(&phase->layout, phase->plan, correlation_id, phase->error);
    if (status != ADMF_OK)
        return status;
    /* A finished cube of the same work has nothing left to resume. */
    if (phase->options->resume && cube_state(phase->path) == CUBE_FINISHED) {
        phase->bars_found = phase->progress.combination_bars;
        status = cube_matches(phase->path, &phase->layout.cube, phase->error);
        if (status == ADMF_OK)
            status = cube_digest(phase->path, NULL, phase->plan->sizes.packing_threads,
                                 result->digest, phase->error);
        return status ? status : phase_find_best(phase->plan, NULL, result, phase->error);
    }
    status = open_cube(phase);
    if (status != ADMF_OK)
        return status;
    status = run_blocks(phase);
    /* Without its file there is nothing to keep, whatever ended the run. */
    admf_status made = beside_end(&phase->making, phase->error);
    if (made)
        return made;
    if (status == ADMF_OK)
        status = finish_cube(phase, result);
    if (status == ADMF_IO)
        say_what_is_kept(phase);
    return status;
}

/* What is computed, and what is read instead. */
static admf_signal_result count_signals(const struct plan *plan)
{
    admf_signal_result signals = {.feature_columns = plan_feature_columns(plan)};
    if (plan->mode != PLAN_REPLAY) {
        signals.made = plan_instances(plan);
        return signals;
    }
    signals.read = plan_instances(plan);
    signals.source = memory_copy_text(signal_store_path(plan->store));
    return signals;
}

admf_status phase_run(const struct plan *plan, const admf_options *options, const char *path,
                      const char *name, const char *correlation_id, admf_phase_result *result,
                      admf_error *error)
{
    struct phase phase = {.plan = plan, .options = options, .path = path, .error = error};
    phase.start = phase_clock();
    phase.progress.combinations = plan_chosen_cells(plan);
    phase.progress.combination_bars =
        plan_window_bars(plan, WINDOW_PLAIN) * (double)plan_chosen(plan, 0, plan->combinations);
    *result = (admf_phase_result){.name = memory_copy_text(name),
                                  .pattern = plan->pattern->name,
                                  .cube = memory_copy_text(path),
                                  .symbols = plan->symbol_count,
                                  .combinations = phase.progress.combinations,
                                  .combination_bars = phase.progress.combination_bars,
                                  .signals = count_signals(plan)};
    bool named = result->cube && result->name && (result->signals.source || !plan->store);
    admf_status status = named ? run(&phase, correlation_id, result) : fail_memory(error);
    cube_abandon(&phase.cube);
    if (status == ADMF_OK)
        status = phase_find_resampled(plan, result, error);
    if (status == ADMF_OK)
        status = phase_find_adaptive(plan, result, error);
    result->status = status;
    result->combination_bars_found = phase.bars_found;
    result->seconds = phase_clock() - phase.start;
    result->peak_memory = cpu_peak_memory();
    day_labels_deinit(&phase.days, plan->axes[AXIS_CLASSIFIER].count);
    phase_layout_deinit(&phase.layout);
    return status;
}
