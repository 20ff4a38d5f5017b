/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a plan is cut to fit: tiles of bars, blocks of cells, threads.
 *
 * Memory of a run is bars + axes + a block's columns and words (both proportional to the
 * tile) + a block's lanes and results (proportional to its cells). Within what may be used
 * the block is as large as pays, then the tile; both shrink together, never below the
 * smallest with which the program still makes sense.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/cpu/cpu.h"
#include "engine/features/columns.h"
#include "engine/features/days.h"
#include "engine/plan/plan.h"
#include "engine/simulate/codes.h"
#include "engine/simulate/events.h"

/* Of one metric: 64 TiB, thousands of TiB for all. */
static const double CUBE_BYTES_MOST = 0x1p46;

enum {
    FIXED_BYTES = 24 << 20, /* program, libraries, stacks, HDF5 and its buffers */
    TILE_BEST = 2048,       /* bars: columns and words of a usual sweep stay in the caches */
    TILE_LEAST = 64,
    KEPT_FIXED_BYTES = 24 << 20, /* what HDF5 caches of the texts in kept groups */
    BLOCK_MOST = 1 << 16,        /* cells */
    BLOCK_LEAST = 8,
    CHUNK_CELLS = 256,
    CHUNKS_PER_THREAD = 4,
};
/* Combination-bars between two commits: some ten seconds of one core. */
static const double BLOCK_WORK = 4e10;

static uint64_t cell_bytes(const struct plan *plan)
{
    uint64_t regimes =
        plan->config->by_regime ? sizeof(struct regime_sums) + 5 * 8 * ADMF_LABELS_MAX : 0;
    uint64_t results =
        METRIC_COUNT * sizeof(double) + 1 + 3 * sizeof(double) * (uint64_t)plan->config->blocks;
    /* 16: order and index of the lane; a group's pointers are shared by eight. */
    return BYTES_PER_PORTFOLIO + regimes + results + 16 + sizeof(struct lane_group) / LANES;
}

/* Strategies that a block of `cells` neighbouring cells touches at most. */
static uint64_t block_strategies(const struct plan *plan, uint64_t cells)
{
    uint64_t per_strategy = plan->combinations / plan->axes[AXIS_STRATEGY].count;
    uint64_t touched = cells / per_strategy + 2;
    return touched < plan->axes[AXIS_STRATEGY].count ? touched : plan->axes[AXIS_STRATEGY].count;
}

/*
 * Strategies of a chunk: their words and portfolios stay in a core's cache, every thread has
 * several chunks to do, and groups of lanes are full.
 */
static size_t best_chunk(const struct plan *plan, uint64_t cells)
{
    uint64_t per_strategy = plan->combinations / plan->axes[AXIS_STRATEGY].count;
    uint64_t share = cells / ((uint64_t)plan->sizes.threads * CHUNKS_PER_THREAD);
    uint64_t chunk = (share < CHUNK_CELLS ? share : CHUNK_CELLS) / per_strategy;
    return chunk < LANES ? (chunk ? chunk : 1) : chunk / LANES * LANES;
}

static uint64_t word_bytes(const struct plan *plan, uint64_t cells, uint64_t tile)
{
    uint64_t classifiers = plan->axes[AXIS_CLASSIFIER].count, row = (tile + 511) / 512 * 64;
    uint64_t strategies = block_strategies(plan, cells);
    uint64_t rows = (uint64_t)plan->sizes.threads * plan->sizes.chunk;
    uint64_t bytes = (rows + classifiers) * 2 * row;
    uint64_t compared = 2 * strategies < plan->column_count ? 2 * strategies : plan->column_count;
    bytes += codes_bytes(plan, compared, tile);
    bool strength = false;
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        strength |= plan->axes[AXIS_RISK].instances[i].params[RISK_scale_by_strength] != 0;
    if (strength)
        bytes += rows * row * 64;
    if (plan->config->by_regime)
        bytes += classifiers * row * 8;
    return bytes + (uint64_t)plan->sizes.threads * ADMF_LABELS_MAX * row;
}

static uint64_t axes_bytes(const struct plan *plan)
{
    uint64_t bytes = 0;
    for (int a = 0; a < AXIS_COUNT; a++)
        for (size_t i = 0; i < plan->axes[a].count; i++) {
            const struct instance *instance = &plan->axes[a].instances[i];
            bytes += sizeof *instance + sizeof(struct plan_service) + 80;
            bytes += instance->row ? (uint64_t)instance->row->n_params * sizeof(double) : 0;
        }
    return bytes;
}

/* Columns that making one takes, itself included; those it shares with others count again. */
static uint64_t columns_under(const struct plan *plan, int column)
{
    const struct plan_column *c = &plan->columns[column];
    if (c->market >= 0)
        return 1;
    const struct plan_feature *feature = &plan->features[c->feature];
    uint64_t count = 1;
    for (int k = 0; k < catalog_features[feature->id].n_needs; k++)
        count += columns_under(plan, feature->input[k]);
    return count;
}

static uint64_t most_columns(const struct plan *plan, const struct axis *axis,
                             const struct plan_service *services)
{
    uint64_t most = 0;
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        uint64_t count = 0;
        for (int k = 0; instance->row && k < instance->row->n_needs; k++)
            count += columns_under(plan, services[i].column[k]);
        most = count > most ? count : most;
    }
    return most;
}

/*
 * One combination to keep runs alone at full length: its columns with their bits, signal,
 * strength, label and confidence, equity, changes, and its trades, of which one in twenty
 * bars is many.
 */
static uint64_t kept_bytes(const struct plan *plan, uint64_t bars)
{
    enum { SIGNALS = 19, EQUITY = 8, CHANGES = 25, TRADES = 300 / 20 };
    if (plan->config->keep == KEEP_NONE)
        return 0;
    uint64_t columns = most_columns(plan, &plan->axes[AXIS_STRATEGY], plan->strategies) +
                       most_columns(plan, &plan->axes[AXIS_CLASSIFIER], plan->classifiers) + 2;
    return KEPT_FIXED_BYTES +
           bars * (columns * 8 + columns / 8 + SIGNALS + EQUITY + CHANGES + TRADES);
}

/* Fills in the parts and the sum for a tile and a block; returns the sum. */
static uint64_t estimate(struct plan *plan, const bool *needed, uint64_t tile, uint64_t cells)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t longest = 0, days = 0;
    sizes->bars_bytes = 0;
    for (size_t s = 0; s < plan->symbol_count; s++) {
        const struct bars *bars = plan->bars[s];
        sizes->bars_bytes += bars_bytes(bars);
        longest = bars->count > longest ? bars->count : longest;
        uint64_t bytes = day_labels_bytes(plan, bars);
        days = bytes > days ? bytes : days;
    }
    tile = tile < longest ? tile : longest;
    sizes->chunk = best_chunk(plan, cells);
    sizes->column_bytes = columns_bytes(plan, needed, tile) + tile * 24;
    sizes->word_bytes = word_bytes(plan, cells, tile) + days + events_bytes(plan, tile);
    sizes->lane_bytes = (cells + LANES) * cell_bytes(plan);
    sizes->kept_bytes = kept_bytes(plan, longest);
    /* What is kept is made when the lanes are done. */
    uint64_t sweep = sizes->column_bytes + sizes->word_bytes + sizes->lane_bytes;
    sizes->memory = FIXED_BYTES + sizes->bars_bytes + sizes->axes_bytes +
                    (sweep > sizes->kept_bytes ? sweep : sizes->kept_bytes);
    return sizes->memory;
}

static uint64_t longest_bars(const struct plan *plan)
{
    uint64_t longest = 1;
    for (size_t s = 0; s < plan->symbol_count; s++)
        longest = plan->bars[s]->count > longest ? plan->bars[s]->count : longest;
    return longest;
}

/* Cells between two commits: whole strategies where they are small, all if that is little work. */
static uint64_t best_block(const struct plan *plan)
{
    double cells = BLOCK_WORK / (double)longest_bars(plan);
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
                  needed, allowed, plan->sizes.kept_bytes ? ", or no output.keep" : "");
}

static admf_status fit(struct plan *plan, const struct plan_options *options, const bool *needed,
                       admf_diagnostics *errors)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t tile = options->tile_bars ? options->tile_bars : TILE_BEST;
    uint64_t block = options->block_cells ? options->block_cells : best_block(plan);
    uint64_t limit = sizes->memory_limit;
    while (estimate(plan, needed, tile, block) > limit) {
        bool small_tile = tile <= TILE_LEAST || options->tile_bars;
        bool small_block = block <= BLOCK_LEAST || options->block_cells;
        if (small_tile && small_block)
            return refuse(plan, estimate(plan, needed, tile, block), errors);
        /* Whichever takes more room gives way first. */
        if (small_tile ||
            (!small_block && sizes->lane_bytes > sizes->column_bytes + sizes->word_bytes))
            block = (block + 1) / 2;
        else
            tile = (tile / 2 + 63) / 64 * 64;
    }
    sizes->tile_bars = tile;
    sizes->block_cells = block;
    sizes->blocks =
        (plan->combinations + block - 1) / block * plan->symbol_count * plan->window_count;
    return ADMF_OK;
}

/* A cube beyond any disk is refused before anything is sized after it. */
static admf_status check_disk(const struct plan *plan, admf_diagnostics *errors)
{
    static const char *const names[AXIS_COUNT] = {"strategies", "classifiers", "risk profiles",
                                                  "execution models"};
    const struct config *config = plan->config;
    const struct place places[AXIS_COUNT] = {config->strategies.place, config->classifiers.place,
                                             config->risk.place, config->execution.place};
    double bytes = 8 * (double)plan->combinations * (double)plan->symbol_count;
    int longest = 0;
    if (bytes < CUBE_BYTES_MOST)
        return ADMF_OK;
    for (int a = 1; a < AXIS_COUNT; a++)
        if (plan->axes[a].count > plan->axes[longest].count)
            longest = a;
    return report(errors, ADMF_BAD_CONFIG, config->path, places[longest].line,
                  places[longest].column, places[longest].length,
                  "%" PRIu64 " combinations are more than a cube can hold; use fewer %s (%zu), or "
                  "`sample`",
                  plan->combinations, names[longest], plan->axes[longest].count);
}

static void estimate_disk_and_time(struct plan *plan)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t metrics = 0, cells = plan->combinations * plan->symbol_count * plan->window_count;
    for (int k = 0; k < METRIC_COUNT; k++)
        metrics += plan->config->metric_selected[k];
    uint64_t width = plan->config->precision_float32 ? 4 : 8;
    sizes->partial_bytes = cells * ((metrics + 3 * (uint64_t)plan->config->blocks) * width + 1);
    sizes->cube_bytes = sizes->partial_bytes;
    double bars = 0;
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++)
        bars += (double)(plan->windows[w].end - plan->windows[w].first);
    /* Rough figures of a server core: a lane's bar, a column's bar, a start. */
    double lanes = (double)plan->combinations * bars * 0.4e-9 * 8 / plan->kernels->width;
    double columns = (double)plan->feature_count * bars * 4e-9 * (double)sizes->blocks;
    /* Writing: into the .partial once, compressed from there, read for the digest. */
    double packing = plan->config->deflate ? 12e-9 : 2e-9;
    double write = (double)sizes->partial_bytes * (3e-9 + packing / sizes->threads);
    sizes->seconds = 0.02 + (lanes + columns) / sizes->threads + write;
}

admf_status plan_size(struct plan *plan, const struct plan_options *options,
                      admf_diagnostics *errors)
{
    struct plan_sizes *sizes = &plan->sizes;
    sizes->threads = options->threads        ? options->threads
                     : plan->config->threads ? plan->config->threads
                                             : cpu_threads();
    sizes->memory_limit = options->memory        ? options->memory
                          : plan->config->memory ? plan->config->memory
                                                 : cpu_memory_available() / 5 * 4;
    sizes->axes_bytes = axes_bytes(plan);
    if (check_disk(plan, errors) != ADMF_OK)
        return ADMF_BAD_CONFIG;
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (!needed)
        return report(errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    for (size_t c = 0; c < plan->column_count; c++)
        needed[c] = true;
    admf_status status = fit(plan, options, needed, errors);
    memory_free(needed);
    if (status == ADMF_OK)
        estimate_disk_and_time(plan);
    return status;
}
