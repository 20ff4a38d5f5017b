/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/lanes.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"

enum { CACHE_LINE = 64 };

/* A cell for sorting: chunks in order, in them equal shapes side by side, cells in order. */
struct sorted_cell {
    uint32_t chunk, cell;
    struct shape shape;
};

static int by_shape(const void *a_, const void *b_)
{
    const struct sorted_cell *a = a_, *b = b_;
    int order = (a->chunk > b->chunk) - (a->chunk < b->chunk);
    if (!order)
        order = memcmp(&a->shape, &b->shape, sizeof a->shape);
    return order ? order : (a->cell > b->cell) - (a->cell < b->cell);
}

/* Those of the cells first … first+count-1 that are to be run: *used of them. */
static struct sorted_cell *sort_cells(const struct plan *plan, uint64_t first, uint64_t count,
                                      uint64_t *used)
{
    uint64_t n = 0;
    struct sorted_cell *cells = memory_new(plan_chosen(plan, first, count), sizeof *cells);
    if (!cells)
        return NULL;
    bool same = true;
    size_t first_strategy = plan_cell(plan, first).index[AXIS_STRATEGY];
    for (uint64_t i = 0; i < count; i++) {
        if (!plan_chosen(plan, first + i, 1))
            continue;
        struct cell cell = plan_cell(plan, first + i);
        size_t chunk = (cell.index[AXIS_STRATEGY] - first_strategy) / plan->sizes.chunk;
        cells[n] = (struct sorted_cell){(uint32_t)chunk, (uint32_t)i, plan_shape(plan, &cell)};
        same = same && memcmp(&cells[n].shape, &cells[0].shape, sizeof cells[n].shape) == 0;
        n++;
    }
    *used = n;
    if (!same)
        qsort(cells, n, sizeof *cells, by_shape);
    return cells;
}

/* Cells from `begin` on that share a group: at most LANES of one chunk and shape. */
static uint64_t group_end(const struct sorted_cell *cells, uint64_t begin, uint64_t count)
{
    uint64_t end = begin + 1;
    while (end < count && end - begin < LANES && cells[end].chunk == cells[begin].chunk &&
           memcmp(&cells[end].shape, &cells[begin].shape, sizeof cells[end].shape) == 0)
        end++;
    return end;
}

static size_t count_groups(const struct sorted_cell *cells, uint64_t count)
{
    size_t groups = 0;
    for (uint64_t begin = 0; begin < count; begin = group_end(cells, begin, count))
        groups++;
    return groups;
}

/* Deals cells begin … end-1 of the sorted list to group g; unused lanes repeat the first. */
static void fill_group(struct lanes *lanes, size_t g, const struct sorted_cell *cells,
                       uint64_t begin, uint64_t end)
{
    const struct plan *plan = lanes->plan;
    struct lane_group *group = &lanes->groups[g];
    group->shape = cells[begin].shape;
    for (int l = 0; l < LANES; l++) {
        bool used = begin + (uint64_t)l < end;
        uint32_t index = cells[used ? begin + (uint64_t)l : begin].cell;
        struct cell cell = plan_cell(plan, lanes->first + index);
        size_t slot = g * LANES + (size_t)l;
        lanes->cell[slot] = used ? index : UINT32_MAX;
        group->strategy[l] = (uint32_t)cell.index[AXIS_STRATEGY];
        group->risk[l] = plan->axes[AXIS_RISK].instances[cell.index[AXIS_RISK]].params;
        group->execution[l] =
            plan->axes[AXIS_EXECUTION].instances[cell.index[AXIS_EXECUTION]].params;
    }
}

/* Cells of a chunk are of neighbouring strategies, though shapes may have mixed them. */
static void add_to_chunk(struct lanes *lanes, size_t g, const struct sorted_cell *cell)
{
    struct lane_chunk *chunk = &lanes->chunks[cell->chunk];
    if (chunk->groups++ == 0) {
        const struct plan *plan = lanes->plan;
        size_t first = plan_cell(plan, lanes->first).index[AXIS_STRATEGY];
        size_t last = plan_cell(plan, lanes->first + lanes->count - 1).index[AXIS_STRATEGY];
        chunk->first_group = g;
        chunk->first_strategy = first + cell->chunk * plan->sizes.chunk;
        chunk->strategies = last - chunk->first_strategy + 1;
        if (chunk->strategies > plan->sizes.chunk)
            chunk->strategies = plan->sizes.chunk;
    }
}

bool lanes_init(struct lanes *lanes, const struct plan *plan, uint64_t first, uint64_t count)
{
    *lanes = (struct lanes){.plan = plan, .first = first, .count = count};
    uint64_t used = 0;
    struct sorted_cell *cells = sort_cells(plan, first, count, &used);
    if (!cells)
        return false;
    size_t n = lanes->group_count = count_groups(cells, used);
    lanes->chunk_count = cells[used - 1].chunk + 1;
    lanes->chunks = memory_new(lanes->chunk_count, sizeof *lanes->chunks);
    lanes->groups = memory_new(n, sizeof *lanes->groups);
    lanes->books = memory_new(n, sizeof *lanes->books);
    lanes->cell = memory_new(n * LANES, sizeof *lanes->cell);
    bool done = lanes->chunks && lanes->groups && lanes->books && lanes->cell;
    for (uint64_t begin = 0, g = 0, end; done && begin < used; begin = end, g++) {
        end = group_end(cells, begin, used);
        fill_group(lanes, g, cells, begin, end);
        add_to_chunk(lanes, g, &cells[begin]);
    }
    memory_free(cells);
    if (!done)
        lanes_deinit(lanes);
    return done;
}

void lanes_deinit(struct lanes *lanes)
{
    memory_free(lanes->chunks);
    memory_free(lanes->groups);
    memory_free(lanes->books);
    memory_free(lanes->cell);
    *lanes = (struct lanes){0};
}

void lanes_connect(struct lanes *lanes, const struct signals *signals,
                   const struct columns *columns)
{
    const struct plan *plan = lanes->plan;
    for (size_t slot = 0; slot < lanes->group_count * LANES; slot++) {
        struct lane_group *group = &lanes->groups[slot / LANES];
        int l = (int)(slot % LANES);
        uint32_t index = lanes->cell[slot];
        if (index == UINT32_MAX)
            index = lanes->cell[slot / LANES * LANES];
        struct cell cell = plan_cell(plan, lanes->first + index);
        size_t c = cell.index[AXIS_CLASSIFIER] * signals->words;
        int scale = plan->scale_column[cell.index[AXIS_RISK]];
        group->may_long[l] = signals->may_long + c;
        group->may_short[l] = signals->may_short + c;
        group->label[l] = signals->label ? signals->label + c * WORD_BARS : NULL;
        group->scale[l] = scale >= 0 ? columns_row(columns, scale) : NULL;
    }
}

static const double *from(const double *column, size_t first)
{
    return column ? column + first : NULL;
}

/* The words of this thread's chunk. */
static void connect_strategies(struct lane_group *group, const struct lane_chunk *chunk,
                               const struct chunk_words *words)
{
    for (int l = 0; l < LANES; l++) {
        size_t k = group->strategy[l] - chunk->first_strategy;
        group->up[l] = words->up + k * words->up_step;
        group->down[l] = words->down + k * words->down_step;
        group->strength[l] = words->strength ? words->strength + k * words->strength_step : NULL;
    }
}

static void prefetch(const void *from, size_t bytes)
{
    for (size_t k = 0; k < bytes; k += CACHE_LINE)
        __builtin_prefetch((const char *)from + k, 1);
}

/* Books come from memory once a tile; the next group's come while this one runs. */
static void prefetch_books(const struct lanes *lanes, const struct lane_books *books,
                           const struct lane_tile *tile, size_t g)
{
    if (g == lanes->group_count)
        return;
    prefetch(&books->states[g], sizeof *books->states);
    if (!books->blocks)
        return;
    size_t count = (size_t)lanes->plan->config->blocks;
    const struct block_sums *blocks = books->blocks + g * count;
    if (tile->window_bar == 0 || tile->last)
        prefetch(blocks, count * sizeof *blocks);
    for (int32_t j = books->samples.first_block; j <= books->samples.last_block; j++)
        prefetch(&blocks[j], sizeof *blocks);
}

/* Each group goes the way that its signals make the shorter one. */
static void advance_group(const struct kernel_table *kernels, const struct lane_tile *tile,
                          struct lane_group *group, struct event_scratch *scratch)
{
    if (!scratch || !kernels->events(tile, group, scratch))
        kernels->lockstep(tile, group);
}

/* What a part's bars are in the tile of those from `first` on. */
static struct lane_tile tile_of(const struct lane_part *part, const struct events *events,
                                size_t first)
{
    const struct samples *samples = &part->books->samples;
    const struct plan_window *window = part->books->window;
    const struct bars *bars = samples->bars;
    return (struct lane_tile){
        .begin = part->begin,
        .end = part->end,
        .data_bar = first + part->begin,
        .window_bar = first + part->begin - window->first,
        .last = first + part->end == window->end,
        .begins_day = first == 0 || bars->session_day[first] != bars->session_day[first - 1],
        .daily_or_longer = bars->daily_or_longer,
        .open = from(bars->open, first),
        .high = from(bars->high, first),
        .low = from(bars->low, first),
        .close = bars->close + first,
        .day_end = samples->day_end,
        .samples = samples->count,
        .sample_bar = samples->bar,
        .benchmark = samples->benchmark,
        .block_end = samples->block_end,
        .block_last = samples->block_last,
        .ranges = &events->ranges,
    };
}

/* One window's groups of a chunk whose words are made. */
static void advance_part(struct lanes *lanes, const struct lane_part *part,
                         const struct lane_chunk *chunk, const struct signals *signals,
                         const struct events *events, struct event_scratch *scratch, size_t first)
{
    const struct lane_tile tile = tile_of(part, events, first);
    const struct chunk_words words = signals_of_chunk(signals);
    for (size_t g = chunk->first_group; g < chunk->first_group + chunk->groups; g++) {
        connect_strategies(&lanes->groups[g], chunk, &words);
        if (lanes->books[g] != part->books || tile.window_bar == 0) {
            books_connect(part->books, lanes, g);
            lanes->books[g] = part->books;
        }
        if (tile.window_bar == 0)
            books_start(part->books, lanes, g);
        prefetch_books(lanes, part->books, &tile, g + 1);
        advance_group(lanes->plan->kernels, &tile, &lanes->groups[g], scratch);
        if (tile.last)
            books_finish(part->books, lanes, g);
    }
}

void lanes_advance(struct lanes *lanes, const struct lane_part *parts, size_t part_count,
                   struct signals *signals, const struct columns *columns, struct events *events,
                   size_t first, size_t count)
{
    size_t chunks = part_count ? lanes->chunk_count : 0;
    struct event_scratch *scratch = events->scratch ? &events->scratch[omp_get_thread_num()] : NULL;
#pragma omp for schedule(dynamic)
    for (size_t c = 0; c < chunks; c++) {
        const struct lane_chunk *chunk = &lanes->chunks[c];
        if (chunk->groups == 0)
            continue; /* none of its combinations is to be run */
        signals_make(signals, columns, chunk->first_strategy, chunk->strategies, first, count);
        for (size_t p = 0; p < part_count; p++)
            advance_part(lanes, &parts[p], chunk, signals, events, scratch, first);
    }
}
