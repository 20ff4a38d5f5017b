/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time is the outer loop: tile by tile, features, then signal words, then portfolios, all
 * threads together in each. Everything inside a tile stays in the caches, so the memory
 * of a run does not grow with the number of bars.
 */
#include "engine/simulate/block.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"

struct work {
    struct columns *columns;
    struct signals signals;
    struct stored_signals stored; /* where a store is replayed */
    struct events events;
    struct samples *samples; /* [block->window_count] */
    struct lane_part *parts; /* [block->window_count], of this tile: part_count */
    size_t part_count;
    size_t tile_bars, begin, end; /* bars from the first of any window to the last */
    double done;                  /* combination-bars */
};

static size_t strategy_of(const struct plan *plan, uint64_t combo)
{
    return plan_cell(plan, combo).index[AXIS_STRATEGY];
}

/* The columns this block reads: of its strategies, of all classifiers, unless these are stored, and
 * of sizes. */
static struct columns *make_columns(const struct plan *plan, const struct bars *bars, size_t first,
                                    size_t count, size_t tile_bars)
{
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (!needed)
        return NULL;
    bool computes = plan->mode != PLAN_REPLAY;
    for (size_t i = first; computes && i < first + count; i++)
        if (plan_strategy_runs(plan, i))
            computed_mark(plan, &plan->axes[AXIS_STRATEGY].instances[i], &plan->strategies[i],
                          needed);
    for (size_t i = 0; computes && i < plan->axes[AXIS_CLASSIFIER].count; i++)
        computed_mark(plan, &plan->axes[AXIS_CLASSIFIER].instances[i], &plan->classifiers[i],
                      needed);
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        if (plan->scale_column[i] >= 0)
            columns_mark(plan, plan->scale_column[i], needed);
    struct columns *columns = columns_new(plan, bars, needed, tile_bars);
    memory_free(needed);
    return columns;
}

static bool prepare_window(const struct block *block, struct work *work, size_t w)
{
    struct block_window *part = &block->windows[w];
    const struct plan_window *window = part->window;
    if (!samples_init(&work->samples[w], block->plan, window, work->tile_bars) ||
        !lanes_init(&part->lanes, block->plan, window, block->first, block->count))
        return false;
    lanes_connect(&part->lanes, &work->signals, work->columns);
    return true;
}

/* Strategies of the block, and all classifiers. */
static void find_instances(const struct block *block, struct instance_range range[SIGNAL_AXES])
{
    const struct plan *plan = block->plan;
    size_t first = strategy_of(plan, block->first);
    size_t last = strategy_of(plan, block->first + block->count - 1);
    range[AXIS_STRATEGY] = (struct instance_range){first, last - first + 1};
    range[AXIS_CLASSIFIER] = (struct instance_range){0, plan->axes[AXIS_CLASSIFIER].count};
}

static bool prepare(const struct block *block, struct work *work,
                    const struct instance_range *strategies)
{
    const struct plan *plan = block->plan;
    const struct bars *bars = plan->bars[block->windows[0].window->symbol];
    size_t first = strategies->first, count = strategies->count;
    work->tile_bars = plan->sizes.tile_bars < bars->count ? plan->sizes.tile_bars : bars->count;
    work->begin = bars->count;
    work->columns = make_columns(plan, bars, first, count, work->tile_bars);
    work->samples = memory_new(block->window_count, sizeof *work->samples);
    work->parts = memory_new(block->window_count, sizeof *work->parts);
    if (!work->columns || !work->samples || !work->parts ||
        !signals_init(&work->signals, plan, bars, block->days,
                      plan->mode == PLAN_REPLAY ? &work->stored : NULL, first, count,
                      plan->sizes.chunk, work->tile_bars) ||
        !events_init(&work->events, plan, work->tile_bars))
        return false;
    for (size_t w = 0; w < block->window_count; w++) {
        const struct plan_window *window = block->windows[w].window;
        work->begin = window->first < work->begin ? window->first : work->begin;
        work->end = window->end > work->end ? window->end : work->end;
    }
    size_t failed = 0;
#pragma omp parallel for num_threads(plan->sizes.threads) reduction(+ : failed)                    \
    schedule(dynamic) if (block->window_count > 1)
    for (size_t w = 0; w < block->window_count; w++)
        failed += !prepare_window(block, work, w);
    return failed == 0;
}

static void release(const struct block *block, struct work *work)
{
    columns_free(&work->columns);
    signals_deinit(&work->signals);
    stored_signals_deinit(&work->stored);
    events_deinit(&work->events);
    for (size_t w = 0; work->samples && w < block->window_count; w++)
        samples_deinit(&work->samples[w]);
    memory_free(work->samples);
    memory_free(work->parts);
}

/* One thread: what the windows have of the tile of bars first … first+count-1. */
static void find_parts(const struct block *block, struct work *work, size_t first, size_t count)
{
    work->part_count = 0;
    for (size_t w = 0; w < block->window_count; w++) {
        const struct plan_window *window = block->windows[w].window;
        if (window->end <= first || window->first >= first + count)
            continue;
        struct lane_part *part = &work->parts[work->part_count++];
        part->lanes = &block->windows[w].lanes;
        part->samples = &work->samples[w];
        part->begin = window->first > first ? window->first - first : 0;
        part->end = window->end < first + count ? window->end - first : count;
        samples_advance(&work->samples[w], first, part->begin, part->end);
        work->done += (double)(part->end - part->begin) *
                      (double)plan_chosen(block->plan, block->first, block->count);
    }
}

static void run_tile(const struct block *block, struct work *work, size_t first, size_t count)
{
    const struct bars *bars = block->plan->bars[block->windows[0].window->symbol];
    if (first + count <= work->begin) {
        /* Warming up. As after any tile: nobody goes on before all have seen the status. */
#pragma omp barrier
        return;
    }
#pragma omp single nowait
    {
        find_parts(block, work, first, count);
        events_advance(&work->events, bars, first, count);
    }
    signals_advance(&work->signals, work->columns, first, count);
    lanes_advance(work->parts, work->part_count, &work->signals, work->columns, &work->events,
                  first, count);
}

static admf_status run_tiles(const struct block *block, struct work *work)
{
    admf_status status = ADMF_OK;
#pragma omp parallel num_threads(block->plan->sizes.threads)
    {
        for (size_t first = 0; first < work->end; first += work->tile_bars) {
            size_t left = work->end - first;
            size_t count = left < work->tile_bars ? left : work->tile_bars;
            /* Behind its barriers all threads see what after_tile said of the tile before. */
            columns_advance(work->columns, first, count);
            if (status != ADMF_OK)
                break;
            run_tile(block, work, first, count);
            /* Not `single`: whoever asked for the run hears of it on the thread it came with. */
#pragma omp master
            if (block->after_tile)
                status = block->after_tile(block->context, work->done);
        }
    }
    return status;
}

static admf_status finish(const struct block *block, const struct work *work, admf_error *error)
{
    size_t failed = 0;
#pragma omp parallel for num_threads(block->plan->sizes.threads) reduction(+ : failed)             \
    schedule(dynamic) if (block->window_count > 1)
    for (size_t w = 0; w < block->window_count; w++) {
        struct block_window *part = &block->windows[w];
        failed += !lanes_finish(&part->lanes, &work->samples[w], &part->results);
    }
    return failed ? fail_memory(error) : ADMF_OK;
}

admf_status block_run(struct block *block, admf_error *error)
{
    struct work work = {0};
    struct instance_range range[SIGNAL_AXES];
    admf_status status = ADMF_OK;
    find_instances(block, range);
    for (size_t w = 0; w < block->window_count; w++)
        block->windows[w] = (struct block_window){.window = block->windows[w].window};
    if (block->plan->mode == PLAN_REPLAY)
        status = stored_signals_load(&work.stored, block->plan, block->windows[0].window->symbol,
                                     range, error);
    if (status == ADMF_OK && !prepare(block, &work, &range[AXIS_STRATEGY]))
        status = fail_memory(error);
    if (status == ADMF_OK)
        status = run_tiles(block, &work);
    if (status == ADMF_OK)
        status = finish(block, &work, error);
    release(block, &work);
    if (status != ADMF_OK)
        block_deinit(block);
    return status;
}

void block_deinit(struct block *block)
{
    for (size_t w = 0; w < block->window_count; w++) {
        lane_results_deinit(&block->windows[w].results);
        lanes_deinit(&block->windows[w].lanes);
    }
}
