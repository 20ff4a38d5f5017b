/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/books.h"

#include <math.h>
#include <string.h>

#include "engine/base/large_pages.h"
#include "engine/base/memory.h"
#include "engine/simulate/lanes.h"

/* ---- memory -----------------------------------------------------------------------------------*/

/* The first of a list, or NULL. */
static void *take(void **list)
{
    void *first = *list;
    if (first)
        memcpy(list, first, sizeof *list);
    return first;
}

static void leave(void **list, void *array)
{
    if (!array)
        return;
    memcpy(array, list, sizeof *list);
    *list = array;
}

static void drop(void **list)
{
    for (void *array; (array = take(list)) != NULL;)
        memory_free(array);
}

void books_memory_deinit(struct books_memory *memory)
{
    drop(&memory->states);
    drop(&memory->blocks);
    drop(&memory->regimes);
    drop(&memory->storage);
    drop(&memory->row);
    drop(&memory->status);
}

/* ---- books ------------------------------------------------------------------------------------*/

static size_t labels_of(const struct plan *plan, uint64_t combo)
{
    struct cell cell = plan_cell(plan, combo);
    return regime_labels(&plan->axes[AXIS_CLASSIFIER].instances[cell.index[AXIS_CLASSIFIER]]);
}

/* What is not to be run is not computed: no number at all. */
static void clear_results(struct lane_books *books, const struct lanes *lanes, size_t numbers)
{
    if (plan_chosen(lanes->plan, lanes->first, lanes->count) == lanes->count)
        return;
    for (size_t i = 0; i < numbers; i++)
        books->storage[i] = NAN;
    memset(books->results.status, ADMF_CELL_NOT_COMPUTED, lanes->count);
}

static bool make_results(struct lane_books *books, const struct lanes *lanes,
                         struct books_memory *left)
{
    struct lane_results *out = &books->results;
    size_t n = lanes->count, blocks = (size_t)lanes->plan->config->blocks;
    if (books->regimes) {
        if (!(books->row = take(&left->row)))
            books->row = memory_new(n, sizeof *books->row);
        for (uint64_t i = 0; books->row && i < n; i++) {
            books->row[i] = out->rows;
            out->rows += labels_of(lanes->plan, lanes->first + i);
        }
    }
    size_t numbers = n * (METRIC_COUNT + 3 * blocks) + 4 * out->rows;
    if (!(books->storage = take(&left->storage)))
        books->storage = memory_new_large(numbers, sizeof *books->storage);
    if (!(out->status = take(&left->status)))
        out->status = memory_new(n + sizeof(void *), 1); /* it is in a list later */
    if (!books->storage || !out->status || (books->regimes && !books->row))
        return false;
    for (int k = 0; k < METRIC_COUNT; k++)
        out->metric[k] = books->storage + (size_t)k * n;
    out->block_sum = books->storage + METRIC_COUNT * n;
    out->block_sum2 = out->block_sum + n * blocks;
    out->block_n = out->block_sum2 + n * blocks;
    if (books->regimes) {
        out->regime_profit = out->block_n + n * blocks;
        out->regime_bars = out->regime_profit + out->rows;
        out->regime_trades = out->regime_bars + out->rows;
        out->regime_wins = out->regime_trades + out->rows;
    }
    clear_results(books, lanes, numbers);
    return true;
}

bool books_open(struct lane_books *books, const struct lanes *lanes,
                const struct plan_window *window, size_t tile_bars, struct books_memory *left)
{
    const struct plan *plan = lanes->plan;
    size_t groups = lanes->group_count, blocks = (size_t)plan->config->blocks;
    const double *close = plan->bars[window->symbol]->close;
    *books = (struct lane_books){
        .window = window,
        .totals = {.samples = (double)window->samples,
                   .periods = window->periods,
                   .risk_free_rate = plan->config->risk_free_rate,
                   .bars = (double)(window->end - window->first),
                   .initial_cash = plan->config->portfolio[PORTFOLIO_initial_cash],
                   .first_close = close[window->first],
                   .last_close = close[window->end - 1]}};
    /* Each group clears its own when it starts, and has it in its cache. */
    if (!(books->states = take(&left->states)))
        books->states = memory_new_large(groups, sizeof *books->states);
    if (blocks && !(books->blocks = take(&left->blocks)))
        books->blocks = memory_new_large(groups * blocks, sizeof *books->blocks);
    if (plan->config->by_regime && !(books->regimes = take(&left->regimes)))
        books->regimes = memory_new_uncleared(groups * LANES, sizeof *books->regimes);
    if (books->states && (books->blocks || !blocks) &&
        (books->regimes || !plan->config->by_regime) &&
        samples_init(&books->samples, plan, window, tile_bars) && make_results(books, lanes, left))
        return true;
    books_deinit(books, left);
    return false;
}

void books_close(struct lane_books *books, struct books_memory *left)
{
    samples_deinit(&books->samples);
    leave(&left->states, books->states);
    leave(&left->blocks, books->blocks);
    leave(&left->regimes, books->regimes);
    leave(&left->row, books->row);
    books->states = NULL;
    books->blocks = NULL;
    books->regimes = NULL;
    books->row = NULL;
}

void books_deinit(struct lane_books *books, struct books_memory *left)
{
    books_close(books, left);
    leave(&left->storage, books->storage);
    leave(&left->status, books->results.status);
    *books = (struct lane_books){0};
}

void books_advance(struct lane_books *books, size_t first, size_t begin, size_t end)
{
    samples_advance(&books->samples, first, begin, end);
    books->totals.benchmark_sum = books->samples.benchmark_sum;
    books->totals.benchmark_sum2 = books->samples.benchmark_sum2;
}

void books_connect(struct lane_books *books, const struct lanes *lanes, size_t g)
{
    const struct plan *plan = lanes->plan;
    struct lane_group *group = &lanes->groups[g];
    group->state = &books->states[g];
    group->blocks = books->blocks ? books->blocks + g * (size_t)plan->config->blocks : NULL;
    group->risk_free_per_sample = plan->config->risk_free_rate / books->window->periods;
    for (size_t l = 0; l < LANES; l++)
        group->regime[l] = books->regimes ? &books->regimes[g * LANES + l] : NULL;
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

void books_start(struct lane_books *books, const struct lanes *lanes, size_t g)
{
    struct portfolio_lanes *state = &books->states[g];
    double cash = books->totals.initial_cash;
    memset(state, 0, sizeof *state);
    size_t blocks = (size_t)lanes->plan->config->blocks;
    if (books->blocks)
        memset(books->blocks + g * blocks, 0, blocks * sizeof *books->blocks);
    for (int l = 0; l < LANES; l++) {
        size_t slot = g * LANES + (size_t)l;
        start_state(state, l, cash, lanes->cell[slot] != UINT32_MAX);
        if (books->regimes)
            books->regimes[slot] = (struct regime_sums){.stretch_equity = cash};
    }
}

/* A row of `blocks` numbers of a cell: lane l of the group's. */
static void put_sums(double *sum, double *sum2, const struct block_sums *from, size_t blocks,
                     size_t l)
{
    for (size_t j = 0; j < blocks; j++) {
        sum[j] = from[j].sum[l];
        sum2[j] = from[j].sum2[l];
    }
}

/* Samples of a block are those of any cell of the window; an invalid combination has no blocks and
 * no regimes either. */
static void finish_blocks(struct lane_books *books, const struct lanes *lanes, size_t g)
{
    struct lane_results *out = &books->results;
    size_t blocks = (size_t)lanes->plan->config->blocks;
    const double *samples = NULL; /* [blocks] of a cell that has them */
    for (size_t l = 0; l < LANES; l++) {
        uint32_t i = lanes->cell[g * LANES + l];
        if (i == UINT32_MAX)
            continue;
        size_t at = (size_t)i * blocks;
        double *sum = out->block_sum + at, *sum2 = out->block_sum2 + at, *n = out->block_n + at;
        if (out->status[i] == ADMF_CELL_INVALID) {
            for (size_t j = 0; j < blocks; j++)
                sum[j] = sum2[j] = n[j] = NAN;
            continue;
        }
        put_sums(sum, sum2, books->blocks + g * blocks, blocks, l);
        if (samples)
            memcpy(n, samples, blocks * sizeof *n);
        for (size_t j = 0; !samples && j < blocks; j++)
            n[j] = samples_in_block(books->window, (int)blocks, (int)j);
        samples = n;
    }
}

static void finish_regimes(struct lane_books *books, const struct lanes *lanes, size_t slot)
{
    const struct plan *plan = lanes->plan;
    struct lane_results *out = &books->results;
    size_t i = lanes->cell[slot], row = books->row[i];
    bool invalid = out->status[i] == ADMF_CELL_INVALID;
    const struct regime_sums *sums = &books->regimes[slot];
    for (size_t k = 0; k < labels_of(plan, lanes->first + i); k++) {
        out->regime_profit[row + k] = invalid ? (double)NAN : sums->profit[k];
        out->regime_bars[row + k] = invalid ? (double)NAN : sums->bars[k];
        out->regime_trades[row + k] = invalid ? (double)NAN : sums->trades[k];
        out->regime_wins[row + k] = invalid ? (double)NAN : sums->wins[k];
    }
}

/* Whether the cells of a group follow each other. */
static bool is_run(const uint32_t cell[LANES])
{
    bool run = cell[LANES - 1] != UINT32_MAX;
    for (uint32_t l = 1; l < LANES; l++)
        run = run && cell[l] == cell[0] + l;
    return run;
}

static void put_metrics(struct lane_results *out, const uint32_t cell[LANES],
                        double metric[METRIC_COUNT][LANES])
{
    bool run = is_run(cell);
    for (int k = 0; run && k < METRIC_COUNT; k++)
        memcpy(out->metric[k] + cell[0], metric[k], sizeof metric[k]);
    for (size_t l = 0; !run && l < LANES; l++)
        for (int k = 0; cell[l] != UINT32_MAX && k < METRIC_COUNT; k++)
            out->metric[k][cell[l]] = metric[k][l];
}

void books_finish(struct lane_books *books, const struct lanes *lanes, size_t g)
{
    double metric[METRIC_COUNT][LANES];
    uint8_t status[LANES];
    const uint32_t *cell = lanes->cell + g * LANES;
    lanes->plan->kernels->finish(&books->totals, &books->states[g], metric, status);
    put_metrics(&books->results, cell, metric);
    for (size_t l = 0; l < LANES; l++) {
        if (cell[l] == UINT32_MAX)
            continue;
        books->results.status[cell[l]] = status[l];
        if (books->regimes)
            finish_regimes(books, lanes, g * LANES + l);
    }
    if (books->blocks)
        finish_blocks(books, lanes, g);
}
