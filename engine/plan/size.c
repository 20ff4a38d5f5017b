/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a plan is cut to fit: tiles of bars, blocks of cells, chunks of strategies. Within the
 * memory that may be used the block is as large as pays, then the tile; both shrink together,
 * never below the smallest with which the program still makes sense.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/analysis/bootstrap.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/plan/cost.h"
#include "engine/plan/disk.h"
#include "engine/plan/memory.h"
#include "engine/simulate/computed.h"
#include "engine/simulate/generate.h"

enum {
    TILE_BEST = 8192, /* bars: enough orders of a lane to jump over, few enough for the caches */
    TILE_LEAST = 64,
    BLOCK_MOST = 1 << 16, /* cells */
    BLOCK_LEAST = 8,
    CHUNK_CELLS = 256,
    CHUNKS_PER_THREAD = 4,
};
/* Seconds of one core that a block takes in all windows of a symbol; each is committed when it
 * ends. */
static const double BLOCK_SECONDS = 16;

/*
 * Strategies of a chunk: their words and portfolios stay in a core's cache, every thread has
 * several chunks to do, and groups of lanes are full.
 */
static size_t best_chunk(const struct plan *plan, uint64_t cells)
{
    uint64_t per_strategy = plan->combinations / plan->axes[AXIS_STRATEGY].count;
    uint64_t share = cells / ((uint64_t)plan->sizes.threads * CHUNKS_PER_THREAD);
    uint64_t chunk = (share < CHUNK_CELLS ? share : CHUNK_CELLS) / per_strategy;
    /* Cells of one strategy that share a shape; where they do not fill a group, more must. */
    uint64_t alike = per_strategy > plan->sizes.shapes ? per_strategy / plan->sizes.shapes : 1;
    uint64_t full = (LANES + alike - 1) / alike;
    uint64_t most = plan_block_strategies(plan, cells) / (uint64_t)plan->sizes.threads;
    full = full < most ? full : most;
    chunk = chunk > full ? chunk : full;
    return chunk < LANES ? (chunk ? chunk : 1) : chunk / LANES * LANES;
}

/* Most bars that the windows of one symbol have together. */
static double longest_bars(const struct plan *plan)
{
    double longest = 1;
    for (size_t s = 0; s < plan->symbol_count; s++) {
        double bars = 0;
        for (size_t w = s * plan->window_count; w < (s + 1) * plan->window_count; w++)
            bars += (double)(plan->windows[w].end - plan->windows[w].first);
        longest = bars > longest ? bars : longest;
    }
    return longest;
}

/* Cells of a block: whole strategies where they are small, all if that is little work. */
static uint64_t best_block(const struct plan *plan)
{
    double cells = BLOCK_SECONDS / (longest_bars(plan) * plan_bar_seconds(plan));
    uint64_t block = cells > BLOCK_MOST ? BLOCK_MOST : cells < 512 ? 512 : (uint64_t)cells;
    return block < plan->combinations ? block : plan->combinations;
}

static void size_text(uint64_t bytes, char out[24])
{
    snprintf(out, 24, "%.0f MiB", ceil((double)bytes / (1 << 20)));
}

static admf_status refuse(const struct plan *plan, uint64_t least, admf_diagnostics *errors)
{
    char needed[24], allowed[24];
    size_text(least, needed);
    size_text(plan->sizes.memory_limit, allowed);
    return report(errors, ADMF_BAD_CONFIG, plan->config->path, 0, 0, 0,
                  "this run needs at least %s of memory and may use %s; raise resources.memory "
                  "(--memory), or use fewer bars or parameter values%s",
                  needed, allowed,
                  !plan->sizes.kept_bytes || plan->config->adaptive ? ""
                  : plan->config->paths                             ? ", or fewer workflow.paths"
                  : plan->config->keep == KEEP_NONE                 ? ", or windows without folds"
                                                                    : ", or no output.keep");
}

static uint64_t estimate(struct plan *plan, const struct plan_demand *demand, uint64_t tile,
                         uint64_t block)
{
    plan->sizes.chunk = best_chunk(plan, block);
    return plan_estimate_memory(plan, demand, tile, block);
}

/* Cuts the plan to fit. False: the smallest that makes sense, whose sizes it holds, does not. */
static bool fits(struct plan *plan, const struct plan_options *options,
                 const struct plan_demand *demand)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t tile = options->tile_bars ? options->tile_bars : TILE_BEST;
    uint64_t block = options->block_cells ? options->block_cells : best_block(plan);
    uint64_t limit = sizes->memory_limit;
    sizes->windows = plan->window_count;
    while (estimate(plan, demand, tile, block) > limit) {
        bool small_tile = tile <= TILE_LEAST || options->tile_bars;
        bool small_block = block <= BLOCK_LEAST || options->block_cells;
        if (small_block && sizes->windows > 1) {
            sizes->windows = (sizes->windows + 1) / 2;
            continue;
        }
        if (small_tile && small_block)
            return false;
        /* Whichever takes more room gives way first. */
        if (small_tile || (!small_block && sizes->lane_bytes + sizes->signal_bytes >
                                               sizes->column_bytes + sizes->word_bytes))
            block = (block + 1) / 2;
        else
            tile = (tile / 2 + 63) / 64 * 64;
    }
    /* Who says how to cut, or which way lanes go, wants to see all threads at it: tests do. */
    sizes->all_threads = options->tile_bars || strcmp(plan->config->lanes, "auto") != 0;
    sizes->tile_bars = tile;
    sizes->block_cells = block;
    sizes->tile_threads = plan_tile_threads(plan);
    sizes->blocks =
        (plan->combinations + block - 1) / block * plan->symbol_count * plan->window_count;
    return true;
}

/* Only where all columns at once are too many it is looked at how many one block reads: that takes
 * a while, and whatever fits without is cut as it always was. */
static admf_status fit(struct plan *plan, const struct plan_options *options,
                       struct plan_demand *demand, admf_diagnostics *errors)
{
    if (fits(plan, options, demand))
        return ADMF_OK;
    plan_bound_demand(plan, demand);
    return fits(plan, options, demand) ? ADMF_OK : refuse(plan, plan->sizes.memory, errors);
}

/* Adaptive portfolios go through the bars of training one by one. */
static double choosing_seconds(const struct plan *plan)
{
    double bars = plan_window_bars(plan, WINDOW_PLAIN);
    return plan->config->adaptive && !plan->adaptive ? (double)plan_triples(plan) * bars * 200e-9
                                                     : 0;
}

/* A path's sample, and its place among the paths at a step. */
static double resampling_seconds(const struct plan *plan)
{
    const struct config *config = plan->config;
    double samples = plan_mean_samples(plan);
    uint64_t cells = plan_chosen_cells(plan);
    double steps = samples < BOOTSTRAP_STEPS ? samples : BOOTSTRAP_STEPS;
    double best = (double)(config->best_n < cells ? config->best_n : cells);
    return best * (double)config->paths * (samples * 10e-9 + steps * 100e-9);
}

/* `strategies`: that run. */
static void estimate_time(struct plan *plan, uint64_t strategies)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t chosen = plan_chosen(plan, 0, plan->combinations);
    uint64_t blocks = (plan->combinations + sizes->block_cells - 1) / sizes->block_cells;
    double bars = plan_window_bars(plan, WINDOW_PLAIN), passed = 0;
    for (size_t s = 0; s < plan->symbol_count; s++)
        passed += (double)plan->bars[s]->count;
    /* Blocks of which nothing runs are left out. */
    double passes = (double)(blocks < chosen ? blocks : chosen) *
                    (double)((plan->window_count + sizes->windows - 1) / sizes->windows);
    /* Rough figures of a server core: a column's bar, a start. */
    double lanes = (double)chosen * bars * plan_bar_seconds(plan);
    double share = (double)strategies / (double)plan->axes[AXIS_STRATEGY].count;
    double columns = share * (double)plan->feature_count * passed * 4e-9 * passes;
    /* Writing: into the .partial once, compressed from there, read for the digest. */
    double packing = plan->config->deflate ? 12e-9 : 2e-9;
    double write = (double)sizes->partial_bytes * (3e-9 + packing / sizes->threads);
    sizes->seconds = 0.02 + (lanes + columns) / sizes->threads + write;
    sizes->seconds += resampling_seconds(plan) + choosing_seconds(plan);
}

uint64_t plan_memory_available(void) { return cpu_memory_available() / 5 * 4; }

uint64_t plan_memory_limit(const struct config *config, uint64_t asked)
{
    return asked ? asked : config->memory ? config->memory : plan_memory_available();
}

/* Flags of the columns that are read, also in the plan: what does not run is nobody's. NULL after a
 * report. */
static bool *read_columns(struct plan *plan, admf_diagnostics *errors)
{
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (needed)
        computed_mark_block(plan, 0, plan->axes[AXIS_STRATEGY].count, needed);
    else
        report_memory(errors);
    for (size_t c = 0; needed && c < plan->column_count; c++)
        plan->columns[c].computed = needed[c] && plan->columns[c].market < 0;
    return needed;
}

void plan_choose_threads(struct plan *plan, const struct plan_options *options)
{
    plan->sizes.threads = options->threads        ? options->threads
                          : plan->config->threads ? plan->config->threads
                                                  : cpu_threads();
}

admf_status plan_size(struct plan *plan, const struct plan_options *options,
                      admf_diagnostics *errors)
{
    plan->sizes.shapes = plan_shapes(plan);
    bool *needed = read_columns(plan, errors);
    if (!needed)
        return ADMF_INTERNAL;
    struct plan_demand demand = {.needed = needed};
    admf_status status = plan_estimate_disk(plan, errors);
    for (size_t i = 0; i < plan->axes[AXIS_STRATEGY].count; i++)
        demand.strategies += plan_strategy_runs(plan, i);
    if (status == ADMF_OK)
        status = fit(plan, options, &demand, errors);
    memory_free(needed);
    if (status == ADMF_OK)
        estimate_time(plan, demand.strategies);
    return status;
}

/* ---- storing signals ----------------------------------------------------------------------*/

static void estimate_store(struct plan *plan)
{
    enum { CHANGE_BYTES = 17 };
    struct plan_sizes *sizes = &plan->sizes;
    double bars = 0, strengths = 0;
    for (size_t s = 0; s < plan->symbol_count; s++)
        bars += (double)plan->bars[s]->count;
    for (size_t i = 0; i < plan->axes[AXIS_STRATEGY].count; i++)
        strengths += generation_has_strength(plan, i);
    double values = bars * (double)plan_instances(plan);
    sizes->cube_bytes = (uint64_t)(values * CHANGE_BYTES / BARS_PER_CHANGE + 8 * strengths * bars);
    double columns = (double)plan->feature_count * bars * 4e-9;
    sizes->seconds = 0.02 + (columns + values * 0.3e-9) / sizes->threads +
                     (double)sizes->cube_bytes * (plan->config->deflate ? 15e-9 : 3e-9);
}

admf_status plan_size_signals(struct plan *plan, const struct plan_options *options,
                              admf_diagnostics *errors)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t tile = options->tile_bars ? options->tile_bars : TILE_BEST;
    bool *needed = read_columns(plan, errors);
    if (!needed)
        return ADMF_INTERNAL;
    /* Tiles begin at whole words. */
    tile = (tile + TILE_LEAST - 1) / TILE_LEAST * TILE_LEAST;
    uint64_t memory = plan_estimate_generation(plan, needed, tile);
    for (; memory > sizes->memory_limit && tile > TILE_LEAST && !options->tile_bars;
         memory = plan_estimate_generation(plan, needed, tile))
        tile = (tile / 2 + TILE_LEAST - 1) / TILE_LEAST * TILE_LEAST;
    memory_free(needed);
    if (memory > sizes->memory_limit)
        return refuse(plan, memory, errors);
    sizes->tile_bars = tile;
    estimate_store(plan);
    return ADMF_OK;
}
