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

static void start_state(struct portfolio_lanes *state, int lane, double cash, bool alive)
{
    state->cash[lane] = state->peak[lane] = state->day_equity[lane] = cash;
    state->sampled_equity[lane] = cash;
    state->alive[lane] = alive;
    state->cooling_until[lane] = -1;
    state->best_trade[lane] = -INFINITY;
    state->worst_trade[lane] = INFINITY;
}

static void start_regime(struct lanes *lanes, size_t slot, double cash)
{
    if (lanes->regimes)
        lanes->regimes[slot] = (struct regime_sums){.stretch_equity = cash};
}

/* Deals cells begin … end-1 of the sorted list to group g; unused lanes repeat the first. */
static void fill_group(struct lanes *lanes, size_t g, const struct sorted_cell *cells,
                       uint64_t begin, uint64_t end)
{
    const struct plan *plan = lanes->plan;
    struct lane_group *group = &lanes->groups[g];
    double cash = plan->config->portfolio[PORTFOLIO_initial_cash];
    size_t blocks = (size_t)plan->config->blocks;
    group->state = &lanes->states[g];
    group->shape = cells[begin].shape;
    group->initial_cash = cash;
    group->risk_free_per_sample = plan->config->risk_free_rate / lanes->window->periods;
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
        group->regime[l] = lanes->regimes ? &lanes->regimes[slot] : NULL;
        group->block_sum[l] = used && blocks ? lanes->block_sum + index * blocks : NULL;
        group->block_sum2[l] = used && blocks ? lanes->block_sum2 + index * blocks : NULL;
        start_state(group->state, l, cash, used);
        start_regime(lanes, slot, cash);
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

bool lanes_init(struct lanes *lanes, const struct plan *plan, const struct plan_window *window,
                uint64_t first, uint64_t count)
{
    *lanes = (struct lanes){.plan = plan, .window = window, .first = first, .count = count};
    uint64_t used = 0;
    struct sorted_cell *cells = sort_cells(plan, first, count, &used);
    if (!cells)
        return false;
    size_t n = lanes->group_count = count_groups(cells, used),
           blocks = (size_t)plan->config->blocks;
    lanes->chunk_count = cells[used - 1].chunk + 1;
    lanes->chunks = memory_new(lanes->chunk_count, sizeof *lanes->chunks);
    lanes->groups = memory_new(n, sizeof *lanes->groups);
    lanes->states = memory_new_aligned(n, sizeof *lanes->states);
    lanes->cell = memory_new(n * LANES, sizeof *lanes->cell);
    lanes->block_sum = memory_new(count * blocks, sizeof *lanes->block_sum);
    lanes->block_sum2 = memory_new(count * blocks, sizeof *lanes->block_sum2);
    bool done = lanes->chunks && lanes->groups && lanes->states && lanes->cell &&
                lanes->block_sum && lanes->block_sum2;
    if (done && plan->config->by_regime) {
        lanes->regimes = memory_new(n * LANES, sizeof *lanes->regimes);
        done = lanes->regimes != NULL;
    }
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
    memory_free(lanes->states);
    memory_free(lanes->cell);
    memory_free(lanes->regimes);
    memory_free(lanes->block_sum);
    memory_free(lanes->block_sum2);
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
                               const struct signals *signals)
{
    for (int l = 0; l < LANES; l++) {
        size_t row = signals_row(signals, group->strategy[l] - chunk->first_strategy);
        group->up[l] = signals->up + row;
        group->down[l] = signals->down + row;
        group->strength[l] = signals->strength ? signals->strength + row * WORD_BARS : NULL;
    }
}

/* States come from memory once a tile; the next group's comes while this one runs. */
static void prefetch_state(const struct lanes *lanes, size_t g)
{
    if (g < lanes->group_count)
        for (size_t k = 0; k < sizeof *lanes->states; k += CACHE_LINE)
            __builtin_prefetch((const char *)&lanes->states[g] + k, 1);
}

/* Each group goes the way that its signals make the shorter one. */
static void advance_group(const struct kernel_table *kernels, const struct lane_tile *tile,
                          struct lane_group *group, struct event_scratch *scratch)
{
    if (!scratch || !kernels->events(tile, group, scratch))
        kernels->lockstep(tile, group);
}

/* One window's groups of a chunk whose words are made. */
static void advance_part(const struct lane_part *part, const struct lane_chunk *chunk,
                         const struct signals *signals, const struct events *events,
                         struct event_scratch *scratch, size_t first)
{
    const struct lanes *lanes = part->lanes;
    const struct samples *samples = part->samples;
    const struct bars *bars = samples->bars;
    const struct lane_tile tile = {
        .begin = part->begin,
        .end = part->end,
        .data_bar = first + part->begin,
        .window_bar = first + part->begin - lanes->window->first,
        .last = first + part->end == lanes->window->end,
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
        .ranges = &events->ranges,
    };
    for (size_t g = chunk->first_group; g < chunk->first_group + chunk->groups; g++) {
        connect_strategies(&lanes->groups[g], chunk, signals);
        prefetch_state(lanes, g + 1);
        advance_group(lanes->plan->kernels, &tile, &lanes->groups[g], scratch);
    }
}

void lanes_advance(const struct lane_part *parts, size_t part_count, struct signals *signals,
                   const struct columns *columns, struct events *events, size_t first, size_t count)
{
    size_t chunks = part_count ? parts[0].lanes->chunk_count : 0;
    struct event_scratch *scratch = events->scratch ? &events->scratch[omp_get_thread_num()] : NULL;
#pragma omp for schedule(dynamic)
    for (size_t c = 0; c < chunks; c++) {
        const struct lane_chunk *chunk = &parts[0].lanes->chunks[c];
        if (chunk->groups == 0)
            continue; /* none of its combinations is to be run */
        signals_make(signals, columns, chunk->first_strategy, chunk->strategies, first, count);
        for (size_t p = 0; p < part_count; p++)
            advance_part(&parts[p], &parts[p].lanes->chunks[c], signals, events, scratch, first);
    }
}

/* ---- results ----------------------------------------------------------------------------*/

static size_t labels_of(const struct plan *plan, uint64_t combo)
{
    struct cell cell = plan_cell(plan, combo);
    const struct instance *c = &plan->axes[AXIS_CLASSIFIER].instances[cell.index[AXIS_CLASSIFIER]];
    return c->row ? (size_t)c->row->n_labels + 1 : 1;
}

static bool allocate_results(const struct lanes *lanes, struct lane_results *out)
{
    size_t n = lanes->count, blocks = (size_t)lanes->plan->config->blocks;
    *out = (struct lane_results){0};
    if (lanes->regimes)
        for (uint64_t i = 0; i < n; i++)
            out->rows += labels_of(lanes->plan, lanes->first + i);
    out->storage = memory_new(n * (METRIC_COUNT + blocks) + 4 * out->rows, sizeof(double));
    out->status = memory_new(n, 1);
    if (!out->storage || !out->status)
        return false;
    for (int k = 0; k < METRIC_COUNT; k++)
        out->metric[k] = out->storage + (size_t)k * n;
    out->block_n = out->storage + METRIC_COUNT * n;
    if (out->rows) {
        out->regime_profit = out->block_n + n * blocks;
        out->regime_bars = out->regime_profit + out->rows;
        out->regime_trades = out->regime_bars + out->rows;
        out->regime_wins = out->regime_trades + out->rows;
    }
    return true;
}

void lane_results_deinit(struct lane_results *results)
{
    memory_free(results->storage);
    memory_free(results->status);
    *results = (struct lane_results){0};
}

/* What is not to be run is not computed: no number at all. */
static void clear_results(const struct lanes *lanes, struct lane_results *out)
{
    size_t n = lanes->count, blocks = (size_t)lanes->plan->config->blocks;
    if (plan_chosen(lanes->plan, lanes->first, n) == n)
        return;
    for (size_t i = 0; i < n * (METRIC_COUNT + blocks) + 4 * out->rows; i++)
        out->storage[i] = NAN;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; !plan_chosen(lanes->plan, lanes->first + i, 1) && j < blocks; j++)
            lanes->block_sum[i * blocks + j] = lanes->block_sum2[i * blocks + j] = NAN;
}

/* An invalid combination has no blocks and no regimes either. */
static void finish_cell(const struct lanes *lanes, size_t slot, const size_t *row,
                        struct lane_results *out)
{
    const struct plan *plan = lanes->plan;
    size_t i = lanes->cell[slot], blocks = (size_t)plan->config->blocks;
    bool invalid = out->status[i] == ADMF_CELL_INVALID;
    for (size_t j = 0; j < blocks; j++) {
        out->block_n[i * blocks + j] =
            samples_in_block(lanes->window, plan->config->blocks, (int)j);
        if (invalid)
            lanes->block_sum[i * blocks + j] = lanes->block_sum2[i * blocks + j] =
                out->block_n[i * blocks + j] = NAN;
    }
    if (!lanes->regimes)
        return;
    const struct regime_sums *sums = &lanes->regimes[slot];
    for (size_t k = 0; k < labels_of(plan, lanes->first + i); k++) {
        out->regime_profit[row[i] + k] = invalid ? (double)NAN : sums->profit[k];
        out->regime_bars[row[i] + k] = invalid ? (double)NAN : sums->bars[k];
        out->regime_trades[row[i] + k] = invalid ? (double)NAN : sums->trades[k];
        out->regime_wins[row[i] + k] = invalid ? (double)NAN : sums->wins[k];
    }
}

/* Metrics and the rest of the cells of a group. */
static void finish_group(const struct lanes *lanes, const struct finish_inputs *inputs, size_t g,
                         const size_t *row, struct lane_results *out)
{
    double metric[METRIC_COUNT][LANES];
    uint8_t status[LANES];
    lanes->plan->kernels->finish(inputs, &lanes->states[g], metric, status);
    for (size_t l = 0; l < LANES; l++) {
        uint32_t i = lanes->cell[g * LANES + l];
        if (i == UINT32_MAX)
            continue;
        for (int k = 0; k < METRIC_COUNT; k++)
            out->metric[k][i] = metric[k][l];
        out->status[i] = status[l];
        finish_cell(lanes, g * LANES + l, row, out);
    }
}

bool lanes_finish(const struct lanes *lanes, const struct samples *samples,
                  struct lane_results *out)
{
    enum { FEW = 32 }; /* groups: one thread has done them before another has begun */
    const struct plan *plan = lanes->plan;
    const struct plan_window *window = lanes->window;
    const double *close = plan->bars[window->symbol]->close;
    size_t *row = memory_new(lanes->count, sizeof *row);
    if (!row || !allocate_results(lanes, out)) {
        memory_free(row);
        lane_results_deinit(out);
        return false;
    }
    clear_results(lanes, out);
    for (size_t i = 1; lanes->regimes && i < lanes->count; i++)
        row[i] = row[i - 1] + labels_of(plan, lanes->first + i - 1);
    struct finish_inputs inputs = {.samples = (double)window->samples,
                                   .periods = window->periods,
                                   .risk_free_rate = plan->config->risk_free_rate,
                                   .bars = (double)(window->end - window->first),
                                   .initial_cash = plan->config->portfolio[PORTFOLIO_initial_cash],
                                   .first_close = close[window->first],
                                   .last_close = close[window->end - 1],
                                   .benchmark_sum = samples->benchmark_sum,
                                   .benchmark_sum2 = samples->benchmark_sum2};
#pragma omp parallel for num_threads(plan->sizes.threads) if (lanes->group_count > FEW)
    for (size_t g = 0; g < lanes->group_count; g++)
        finish_group(lanes, &inputs, g, row, out);
    memory_free(row);
    return true;
}
