/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/books.h"

#include <math.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/simulate/lanes.h"

static size_t labels_of(const struct plan *plan, uint64_t combo)
{
    struct cell cell = plan_cell(plan, combo);
    const struct instance *c = &plan->axes[AXIS_CLASSIFIER].instances[cell.index[AXIS_CLASSIFIER]];
    return c->row ? (size_t)c->row->n_labels + 1 : 1;
}

/* What is not to be run is not computed: no number at all. */
static void clear_results(struct lane_books *books, const struct lanes *lanes, size_t numbers)
{
    if (plan_chosen(lanes->plan, lanes->first, lanes->count) == lanes->count)
        return;
    for (size_t i = 0; i < numbers; i++)
        books->storage[i] = NAN;
    size_t blocks = (size_t)lanes->plan->config->blocks;
    for (size_t i = 0; i < lanes->count; i++)
        for (size_t j = 0; j < blocks && plan_chosen(lanes->plan, lanes->first + i, 1); j++)
            books->results.block_sum[i * blocks + j] = books->results.block_sum2[i * blocks + j] =
                0;
}

static bool make_results(struct lane_books *books, const struct lanes *lanes,
                         struct books_memory *left)
{
    struct lane_results *out = &books->results;
    size_t n = lanes->count, blocks = (size_t)lanes->plan->config->blocks;
    if (books->regimes) {
        books->row = memory_new(n, sizeof *books->row);
        for (uint64_t i = 0; books->row && i < n; i++) {
            books->row[i] = out->rows;
            out->rows += labels_of(lanes->plan, lanes->first + i);
        }
    }
    size_t numbers = n * (METRIC_COUNT + 3 * blocks) + 4 * out->rows;
    books->storage = left->storage ? left->storage : memory_new(numbers, sizeof *books->storage);
    out->status = left->status ? left->status : memory_new(n, 1);
    left->storage = NULL;
    left->status = NULL;
    if (!books->storage || !out->status || (books->regimes && !books->row))
        return false;
    for (int k = 0; k < METRIC_COUNT; k++)
        out->metric[k] = books->storage + (size_t)k * n;
    out->block_sum = books->storage + METRIC_COUNT * n;
    out->block_sum2 = out->block_sum + n * blocks;
    out->block_n = out->block_sum2 + n * blocks;
    /* The sums alone are added to; all else is written once. */
    memset(out->block_sum, 0, 2 * n * blocks * sizeof *out->block_sum);
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
    books->states = left->states ? left->states
                                 : memory_new_uncleared(lanes->group_count, sizeof *books->states);
    left->states = NULL;
    if (plan->config->by_regime)
        books->regimes = memory_new_uncleared(lanes->group_count * LANES, sizeof *books->regimes);
    if (books->states && (books->regimes || !plan->config->by_regime) &&
        samples_init(&books->samples, plan, window, tile_bars) && make_results(books, lanes, left))
        return true;
    books_deinit(books, NULL);
    return false;
}

void books_memory_deinit(struct books_memory *memory)
{
    memory_free(memory->states);
    memory_free(memory->storage);
    memory_free(memory->status);
    *memory = (struct books_memory){0};
}

void books_close(struct lane_books *books, struct books_memory *left)
{
    samples_deinit(&books->samples);
    if (left && !left->states)
        left->states = books->states;
    else
        memory_free(books->states);
    memory_free(books->regimes);
    memory_free(books->row);
    books->states = NULL;
    books->regimes = NULL;
    books->row = NULL;
}

void books_deinit(struct lane_books *books, struct books_memory *left)
{
    books_close(books, left);
    if (left && !left->storage && !left->status) {
        left->storage = books->storage;
        left->status = books->results.status;
    } else {
        memory_free(books->storage);
        memory_free(books->results.status);
    }
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
    size_t blocks = (size_t)plan->config->blocks;
    group->state = &books->states[g];
    group->risk_free_per_sample = plan->config->risk_free_rate / books->window->periods;
    for (size_t l = 0; l < LANES; l++) {
        size_t slot = g * LANES + l, i = lanes->cell[slot];
        bool wanted = i != UINT32_MAX && blocks;
        group->regime[l] = books->regimes ? &books->regimes[slot] : NULL;
        group->block_sum[l] = wanted ? books->results.block_sum + i * blocks : NULL;
        group->block_sum2[l] = wanted ? books->results.block_sum2 + i * blocks : NULL;
    }
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
    for (int l = 0; l < LANES; l++) {
        size_t slot = g * LANES + (size_t)l;
        start_state(state, l, cash, lanes->cell[slot] != UINT32_MAX);
        if (books->regimes)
            books->regimes[slot] = (struct regime_sums){.stretch_equity = cash};
    }
}

/* An invalid combination has no blocks and no regimes either. */
static void finish_blocks(struct lane_books *books, const struct lanes *lanes, size_t g)
{
    struct lane_results *out = &books->results;
    int blocks = lanes->plan->config->blocks;
    for (int j = 0; j < blocks; j++) {
        double samples = samples_in_block(books->window, blocks, j);
        for (size_t l = 0; l < LANES; l++) {
            uint32_t i = lanes->cell[g * LANES + l];
            if (i == UINT32_MAX)
                continue;
            size_t at = (size_t)i * (size_t)blocks + (size_t)j;
            out->block_n[at] = samples;
            if (out->status[i] == ADMF_CELL_INVALID)
                out->block_sum[at] = out->block_sum2[at] = out->block_n[at] = NAN;
        }
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

void books_finish(struct lane_books *books, const struct lanes *lanes, size_t g)
{
    double metric[METRIC_COUNT][LANES];
    uint8_t status[LANES];
    lanes->plan->kernels->finish(&books->totals, &books->states[g], metric, status);
    for (size_t l = 0; l < LANES; l++) {
        uint32_t i = lanes->cell[g * LANES + l];
        if (i == UINT32_MAX)
            continue;
        for (int k = 0; k < METRIC_COUNT; k++)
            books->results.metric[k][i] = metric[k][l];
        books->results.status[i] = status[l];
        if (books->regimes)
            finish_regimes(books, lanes, g * LANES + l);
    }
    finish_blocks(books, lanes, g);
}
