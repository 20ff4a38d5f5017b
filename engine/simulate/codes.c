/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/codes.h"

#include "engine/base/memory.h"
#include "kernels/signal_types.h"

enum {
    PAIRS_LEAST = 2,  /* a column, below which making codes costs more than it gives */
    LOOK_BACK = 4096, /* bars before the tile whose prices averages still remember */
    STEP = 4,         /* of these prices one in so many tells the range well enough */
    CODED_BARS = 2048 /* that share a range: the fewer, the finer the codes */
};

static size_t words_of(size_t tile_bars) { return (tile_bars + WORD_BARS - 1) / WORD_BARS; }

/* Extremes of a row's words: they are read 64 at once. */
static size_t row_extremes(size_t words) { return (words + 63) / 64 * 64; }

uint64_t codes_bytes(const struct plan *plan, uint64_t columns, size_t tile_bars)
{
    size_t words = words_of(tile_bars);
    return 2 * plan->column_count * sizeof(int) +
           columns * (words * WORD_BARS + 2 * row_extremes(words)) * sizeof(int16_t);
}

static bool compares(const struct plan *plan, size_t i)
{
    /* Of those that do not run the columns may not be there. */
    return plan_strategy_runs(plan, i) &&
           plan->kernels->coded[plan->axes[AXIS_STRATEGY].instances[i].id] != NULL;
}

/* Gives each column that is compared a place; returns how many strategies compare. */
static size_t find_columns(struct codes *c, size_t first, size_t count)
{
    size_t pairs = 0;
    for (size_t k = 0; k < c->plan->column_count; k++)
        c->place[k] = -1;
    for (size_t i = first; i < first + count; i++) {
        if (!compares(c->plan, i))
            continue;
        pairs++;
        for (int k = 0; k < 2; k++) {
            int column = c->plan->strategies[i].column[k];
            if (c->place[column] < 0) {
                c->place[column] = (int)c->count;
                c->column[c->count++] = column;
            }
        }
    }
    return pairs;
}

bool codes_init(struct codes *c, const struct plan *plan, const struct bars *bars, size_t first,
                size_t count, size_t tile_bars)
{
    *c = (struct codes){.plan = plan,
                        .bars = bars,
                        .words = words_of(tile_bars),
                        .extremes = row_extremes(words_of(tile_bars))};
    c->column = memory_new(plan->column_count, sizeof *c->column);
    c->place = memory_new(plan->column_count, sizeof *c->place);
    bool done = c->column && c->place;
    size_t pairs = done ? find_columns(c, first, count) : 0;
    if (pairs < PAIRS_LEAST * c->count)
        c->count = 0;
    if (done && c->count) {
        c->code = memory_new_aligned(c->count * c->words * WORD_BARS, sizeof *c->code);
        c->least = memory_new_aligned(2 * c->count * c->extremes, sizeof *c->least);
        done = c->code && c->least;
    }
    if (!done)
        codes_deinit(c);
    return done;
}

void codes_deinit(struct codes *c)
{
    memory_free(c->column);
    memory_free(c->place);
    memory_free(c->code);
    memory_free(c->least);
    *c = (struct codes){0};
}

/* Of coded column k, from word `word` of the tile on. */
static struct code_row row_of(const struct codes *c, size_t k, size_t word)
{
    struct code_row row = {.code = c->code + k * c->words * WORD_BARS,
                           .least = c->least + k * c->extremes,
                           .greatest = c->least + (c->count + k) * c->extremes};
    return code_row_from(&row, word);
}

/* Codes of bars first … first+count-1, from word `word` of the tile on. */
static void encode(struct codes *c, const struct columns *columns, size_t first, size_t count,
                   size_t word)
{
    /* What lies outside this range gets the outermost code, and is compared exactly. */
    const double *close = c->bars->close;
    size_t begin = first > LOOK_BACK ? first - LOOK_BACK : 0;
    double low = close[begin], high = close[begin];
    for (size_t t = begin; t < first + count; t += STEP) {
        low = close[t] < low ? close[t] : low;
        high = close[t] > high ? close[t] : high;
    }
    double scale = high > low ? 65535 / (high - low) : 0;
#pragma omp for schedule(static) nowait
    for (size_t k = 0; k < c->count; k++) {
        struct code_row row = row_of(c, k, word);
        c->plan->kernels->encode(columns_row(columns, c->column[k]) + word * WORD_BARS,
                                 words_of(count), low, scale, &row);
    }
}

void codes_advance(struct codes *c, const struct columns *columns, size_t first, size_t count)
{
    for (size_t bar = 0; c->count && bar < count; bar += CODED_BARS)
        encode(c, columns, first + bar, count - bar < CODED_BARS ? count - bar : CODED_BARS,
               bar / WORD_BARS);
}

bool codes_of(const struct codes *c, size_t i, struct code_row row[2])
{
    if (!c->count || !compares(c->plan, i))
        return false;
    for (int k = 0; k < 2; k++)
        row[k] = row_of(c, (size_t)c->place[c->plan->strategies[i].column[k]], 0);
    return true;
}
