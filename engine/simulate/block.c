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
    struct lanes lanes;
    struct lane_part *parts; /* [block->window_count], of this tile: part_count */
    size_t part_count;
    struct books_memory left;     /* of windows that ended */
    size_t tile_bars, begin, end; /* from the tile of any window's first bar to the last bar */
    double done;                  /* combination-bars */
    bool failed;                  /* no memory for the books of a window */
    admf_status handed_on;        /* what after_window said */
};

static size_t strategy_of(const struct plan *plan, uint64_t combo)
{
    return plan_cell(plan, combo).index[AXIS_STRATEGY];
}

static struct columns *make_columns(const struct plan *plan, const struct bars *bars, size_t first,
                                    size_t count, size_t tile_bars, size_t begin)
{
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (!needed)
        return NULL;
    computed_mark_block(plan, first, count, needed);
    struct columns *columns = columns_new(plan, bars, needed, tile_bars, begin);
    memory_free(needed);
    return columns;
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
    for (size_t w = 0; w < block->window_count; w++) {
        const struct plan_window *window = block->windows[w].window;
        work->begin = window->first < work->begin ? window->first : work->begin;
        work->end = window->end > work->end ? window->end : work->end;
    }
    work->begin -= work->begin % work->tile_bars;
    work->columns = make_columns(plan, bars, first, count, work->tile_bars, work->begin);
    work->parts = memory_new(block->window_count, sizeof *work->parts);
    if (!work->columns || !work->parts ||
        !signals_init(&work->signals, plan, bars, block->days,
                      plan->mode == PLAN_REPLAY ? &work->stored : NULL, first, count,
                      plan->sizes.chunk, work->tile_bars) ||
        !events_init(&work->events, plan, work->tile_bars))
        return false;
    if (!work->signals.stored)
        computed_read(&work->signals.computed, work->columns);
    if (!lanes_init(&work->lanes, plan, block->first, block->count))
        return false;
    lanes_connect(&work->lanes, &work->signals, work->columns);
    return true;
}

static void release(struct work *work)
{
    columns_free(&work->columns);
    signals_deinit(&work->signals);
    stored_signals_deinit(&work->stored);
    events_deinit(&work->events);
    lanes_deinit(&work->lanes);
    memory_free(work->parts);
    books_memory_deinit(&work->left);
}

/* One thread: what the windows have of the tile of bars first … first+count-1. */
static void find_parts(const struct block *block, struct work *work, size_t first, size_t count)
{
    work->part_count = 0;
    for (size_t w = 0; w < block->window_count; w++) {
        const struct plan_window *window = block->windows[w].window;
        struct lane_books *books = &block->windows[w].books;
        if (window->end <= first || window->first >= first + count)
            continue;
        if (!books->window &&
            !books_open(books, &work->lanes, window, work->tile_bars, &work->left)) {
            work->failed = true;
            continue;
        }
        struct lane_part *part = &work->parts[work->part_count++];
        part->window = w;
        part->books = books;
        part->begin = window->first > first ? window->first - first : 0;
        part->end = window->end < first + count ? window->end - first : count;
        books_advance(books, first, part->begin, part->end);
        work->done += (double)(part->end - part->begin) *
                      (double)plan_chosen(block->plan, block->first, block->count);
    }
}

/* One thread, while the others may be at the features of the next tile: hands on the windows that
 * ended in a tile. */
static void end_windows(const struct block *block, struct work *work, size_t first)
{
    for (size_t p = 0; p < work->part_count && work->handed_on == ADMF_OK; p++) {
        struct lane_books *books = work->parts[p].books;
        if (first + work->parts[p].end < books->window->end)
            continue;
        books_close(books, &work->left);
        if (block->after_window) {
            work->handed_on = block->after_window(block->context, work->parts[p].window);
            books_deinit(books, &work->left);
        }
    }
}

/* The thread of block_run, behind a tile. Windows are handed on by whoever has nothing to do before
 * the next barrier, behind which the next tile of portfolios begins. */
static admf_status end_tile(const struct block *block, struct work *work, size_t first)
{
    admf_status status = work->failed ? ADMF_INTERNAL : ADMF_OK;
    if (status == ADMF_OK && block->after_tile)
        status = block->after_tile(block->context, work->done);
    if (!work->failed)
#pragma omp task firstprivate(block, work, first)
        end_windows(block, work, first);
    return status;
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
    lanes_advance(&work->lanes, work->parts, work->part_count, &work->signals, work->columns,
                  &work->events, first, count);
}

static admf_status run_tiles(const struct block *block, struct work *work, admf_error *error)
{
    admf_status status = ADMF_OK;
#pragma omp parallel num_threads(block->plan->sizes.tile_threads)
    {
        size_t begin = columns_begin(work->columns);
        for (size_t first = begin - begin % work->tile_bars; first < work->end;
             first += work->tile_bars) {
            size_t left = work->end - first;
            size_t count = left < work->tile_bars ? left : work->tile_bars;
            /* Behind its barriers all threads see what was said of the tile before. */
            columns_advance(work->columns, first, count);
            if (status != ADMF_OK || work->handed_on != ADMF_OK)
                break;
            run_tile(block, work, first, count);
            /* Not `single`: whoever asked for the run hears of it on the thread it came with. */
#pragma omp master
            status = end_tile(block, work, first);
        }
    }
    if (work->handed_on != ADMF_OK)
        return work->handed_on;
    return work->failed ? fail_memory(error) : status;
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
        status = run_tiles(block, &work, error);
    release(&work);
    if (status != ADMF_OK)
        block_deinit(block);
    return status;
}

void block_deinit(struct block *block)
{
    struct books_memory left = {0};
    for (size_t w = 0; w < block->window_count; w++)
        books_deinit(&block->windows[w].books, &left);
    books_memory_deinit(&left);
}
