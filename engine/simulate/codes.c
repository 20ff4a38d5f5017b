/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/codes.h"

#include "engine/base/large_pages.h"
#include "engine/base/memory.h"
#include "kernels/signal_types.h"

enum {
    PAIRS_LEAST = 2,   /* a column, below which making codes costs more than it gives */
    PIECE_BARS = 1024, /* that share a range: the fewer, the finer the codes */
    PIECES_BEFORE = 1, /* whose prices averages still remember */
    STEP = 4           /* of these prices one in so many tells the range well enough */
};

/* Columns of a piece of the data as codes. What lies outside gets the outermost code, and is
 * compared exactly. */
struct code_range {
    double low, scale;
};

static size_t pieces_of(const struct bars *bars)
{
    return (bars->count + PIECE_BARS - 1) / PIECE_BARS;
}

/* Extremes of a row's words: they are read 64 at once. */
static size_t row_extremes(size_t words) { return (words + 63) / 64 * 64; }

uint64_t codes_bytes(const struct plan *plan, uint64_t columns, size_t tile_bars)
{
    size_t words = words_for(tile_bars), pieces = 0;
    for (size_t i = 0; i < plan->symbol_count; i++)
        pieces = pieces_of(plan->bars[i]) > pieces ? pieces_of(plan->bars[i]) : pieces;
    return plan->column_count * sizeof(int) + pieces * sizeof(struct code_range) +
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
            if (c->place[column] < 0)
                c->place[column] = (int)c->count++;
        }
    }
    return pairs;
}

/* The prices of each piece and the ones before it. */
static void find_ranges(struct codes *c)
{
    const double *close = c->bars->close;
    for (size_t p = 0; p < pieces_of(c->bars); p++) {
        size_t begin = (p > PIECES_BEFORE ? p - PIECES_BEFORE : 0) * PIECE_BARS;
        size_t end = (p + 1) * PIECE_BARS < c->bars->count ? (p + 1) * PIECE_BARS : c->bars->count;
        double low = close[begin], high = close[begin];
        for (size_t t = begin; t < end; t += STEP) {
            low = close[t] < low ? close[t] : low;
            high = close[t] > high ? close[t] : high;
        }
        c->range[p] = (struct code_range){low, high > low ? 65535 / (high - low) : 0};
    }
}

bool codes_init(struct codes *c, const struct plan *plan, const struct bars *bars, size_t first,
                size_t count, size_t tile_bars)
{
    *c = (struct codes){.plan = plan,
                        .bars = bars,
                        .words = words_for(tile_bars),
                        .extremes = row_extremes(words_for(tile_bars))};
    c->place = memory_new(plan->column_count, sizeof *c->place);
    if (!c->place)
        return false;
    if (find_columns(c, first, count) < PAIRS_LEAST * c->count)
        c->count = 0;
    if (c->count == 0)
        return true;
    c->range = memory_new(pieces_of(bars), sizeof *c->range);
    c->code = memory_new_large(c->count * c->words * WORD_BARS, sizeof *c->code);
    c->least = memory_new_aligned(2 * c->count * c->extremes, sizeof *c->least);
    bool done = c->range && c->code && c->least;
    if (done)
        find_ranges(c);
    else
        codes_deinit(c);
    return done;
}

void codes_deinit(struct codes *c)
{
    memory_free(c->place);
    memory_free(c->range);
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

void codes_take(void *codes, int column, const double *row, size_t first, size_t count)
{
    const struct codes *c = codes;
    if (c->count == 0 || c->place[column] < 0)
        return;
    for (size_t w = 0, end; w < words_for(count); w = end) {
        /* Both columns of a pair have the same range in every word, which is all that matters. */
        size_t piece = (first + w * WORD_BARS) / PIECE_BARS;
        end = words_for((piece + 1) * PIECE_BARS - first);
        end = end < words_for(count) ? end : words_for(count);
        struct code_row to = row_of(c, (size_t)c->place[column], w);
        c->plan->kernels->encode(row + w * WORD_BARS, end - w, c->range[piece].low,
                                 c->range[piece].scale, &to);
    }
}

bool codes_of(const struct codes *c, size_t i, struct code_row row[2])
{
    if (!c->count || !compares(c->plan, i))
        return false;
    for (int k = 0; k < 2; k++)
        row[k] = row_of(c, (size_t)c->place[c->plan->strategies[i].column[k]], 0);
    return true;
}
