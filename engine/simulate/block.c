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
    struct samples samples;
    struct events events;
    size_t tile_bars;
};

static size_t strategy_of(const struct plan *plan, uint64_t combo)
{
    return plan_cell(plan, combo).index[AXIS_STRATEGY];
}

static void mark_service(const struct plan *plan, const struct instance *instance,
                         const struct plan_service *service, bool *needed)
{
    for (int k = 0; instance->row && k < instance->row->n_needs; k++)
        columns_mark(plan, service->column[k], needed);
}

/* The columns this block reads: of its strategies, of all classifiers and sizes. */
static struct columns *make_columns(const struct plan *plan, const struct bars *bars, size_t first,
                                    size_t count, size_t tile_bars)
{
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (!needed)
        return NULL;
    for (size_t i = first; i < first + count; i++)
        mark_service(plan, &plan->axes[AXIS_STRATEGY].instances[i], &plan->strategies[i], needed);
    for (size_t i = 0; i < plan->axes[AXIS_CLASSIFIER].count; i++)
        mark_service(plan, &plan->axes[AXIS_CLASSIFIER].instances[i], &plan->classifiers[i],
                     needed);
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        if (plan->scale_column[i] >= 0)
            columns_mark(plan, plan->scale_column[i], needed);
    struct columns *columns = columns_new(plan, bars, needed, tile_bars);
    memory_free(needed);
    return columns;
}

static bool prepare(const struct block *block, struct work *work, struct lanes *lanes)
{
    const struct plan *plan = block->plan;
    const struct bars *bars = plan->bars[block->window->symbol];
    size_t first = strategy_of(plan, block->first);
    size_t count = strategy_of(plan, block->first + block->count - 1) - first + 1;
    work->tile_bars = plan->sizes.tile_bars < bars->count ? plan->sizes.tile_bars : bars->count;
    work->columns = make_columns(plan, bars, first, count, work->tile_bars);
    return work->columns &&
           signals_init(&work->signals, plan, bars, block->days, first, count, plan->sizes.chunk,
                        work->tile_bars) &&
           samples_init(&work->samples, plan, block->window, work->tile_bars) &&
           events_init(&work->events, plan, work->tile_bars) &&
           lanes_init(lanes, plan, block->window, block->first, block->count);
}

static void run_tile(const struct block *block, struct work *work, struct lanes *lanes,
                     size_t first, size_t count)
{
    const struct plan_window *window = block->window;
    if (first + count <= window->first) {
        /* Warming up. As after any tile: nobody goes on before all have seen the status. */
#pragma omp barrier
        return;
    }
    size_t begin = window->first > first ? window->first - first : 0;
    size_t end = window->end < first + count ? window->end - first : count;
#pragma omp single nowait
    {
        samples_advance(&work->samples, first, begin, end);
        events_advance(&work->events, work->samples.bars, first, count);
    }
    signals_advance(&work->signals, work->columns, first, count);
    lanes_advance(lanes, &work->signals, work->columns, &work->samples, &work->events, first, begin,
                  end);
}

static admf_status run_tiles(const struct block *block, struct work *work, struct lanes *lanes)
{
    admf_status status = ADMF_OK;
#pragma omp parallel num_threads(block->plan->sizes.threads)
    {
        for (size_t first = 0; first < block->window->end; first += work->tile_bars) {
            size_t left = block->window->end - first;
            size_t count = left < work->tile_bars ? left : work->tile_bars;
            /* Behind its barriers all threads see what after_tile said of the tile before. */
            columns_advance(work->columns, first, count);
            if (status != ADMF_OK)
                break;
            run_tile(block, work, lanes, first, count);
            /* Not `single`: whoever asked for the run hears of it on the thread it came with. */
#pragma omp master
            if (block->after_tile)
                status = block->after_tile(block->context, first + count);
        }
    }
    return status;
}

admf_status block_run(const struct block *block, struct lanes *lanes, struct lane_results *results,
                      admf_error *error)
{
    struct work work = {0};
    admf_status status = ADMF_OK;
    *lanes = (struct lanes){0};
    *results = (struct lane_results){0};
    if (!prepare(block, &work, lanes)) {
        status = fail_memory(error);
        goto cleanup;
    }
    lanes_connect(lanes, &work.signals, work.columns);
    status = run_tiles(block, &work, lanes);
    if (status == ADMF_OK && !lanes_finish(lanes, &work.samples, results))
        status = fail_memory(error);
cleanup:
    columns_free(&work.columns);
    signals_deinit(&work.signals);
    samples_deinit(&work.samples);
    events_deinit(&work.events);
    if (status != ADMF_OK)
        lanes_deinit(lanes);
    return status;
}
