/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/features/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/large_pages.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "kernels/signal_types.h"

struct columns {
    const struct plan *plan;
    const struct bars *bars;
    size_t tile_bars, row; /* doubles of a row: tile_bars rounded up to whole words */
    size_t count;          /* needed columns */
    int *place;           /* [plan->column_count]: row of a column; -1: not needed; NULL: few are */
    int *column;          /* [count], ascending: the other way */
    double *values;       /* [count][row] */
    uint64_t *defined;    /* [count][row / WORD_BARS] */
    bool *whole;          /* [count]: defined at every bar of the tile */
    size_t feature_count; /* needed features, in order of level */
    int *feature;
    void **state;  /* [feature_count] */
    size_t *begin; /* [feature_count]: bar at which each begins */
    size_t first;
    row_reader *reader; /* NULL: nobody */
    void *reader_context;
};

/* Of so many columns of a plan one is needed at most: then a table of all is longer than what it
 * tells, and whoever runs many combinations again beside one another has many of them. */
enum { FEW = 64 };

static bool has_few(const struct plan *plan, uint64_t count)
{
    return count < plan->column_count / FEW;
}

static size_t row_length(size_t tile_bars) { return words_for(tile_bars) * WORD_BARS; }

static bool feature_needed(const struct plan *plan, size_t f, const bool *needed)
{
    for (int m = 0; m < ADMF_MEMBERS_MAX; m++)
        if (plan->features[f].column[m] >= 0 && needed[plan->features[f].column[m]])
            return true;
    return false;
}

void columns_mark(const struct plan *plan, int column, bool *needed)
{
    const struct plan_column *c = &plan->columns[column];
    if (needed[column])
        return;
    needed[column] = true;
    if (c->market >= 0)
        return;
    const struct plan_feature *feature = &plan->features[c->feature];
    for (int k = 0; k < catalog_features[feature->id].n_needs; k++)
        columns_mark(plan, feature->input[k], needed);
}

uint64_t columns_state_bytes(const struct plan_feature *feature)
{
    return feature->state_bytes + 64 + sizeof(int) + sizeof(void *) + sizeof(size_t);
}

uint64_t columns_bytes_most(const struct plan *plan, uint64_t columns, uint64_t state,
                            size_t tile_bars)
{
    uint64_t row = row_length(tile_bars);
    uint64_t each = row * sizeof(double) + row / 8 + sizeof(bool) + sizeof(int) + sizeof(size_t);
    return columns * each + state + (has_few(plan, columns) ? 0 : plan->column_count * sizeof(int));
}

uint64_t columns_bytes(const struct plan *plan, const bool *needed, size_t tile_bars)
{
    uint64_t columns = 0, state = 0;
    for (size_t c = 0; c < plan->column_count; c++)
        columns += needed[c];
    for (size_t f = 0; f < plan->feature_count; f++)
        if (feature_needed(plan, f, needed))
            state += columns_state_bytes(&plan->features[f]);
    return columns_bytes_most(plan, columns, state, tile_bars);
}

/* Counts what is needed, and finds which columns. */
static bool allocate_lists(struct columns *c, const bool *needed)
{
    const struct plan *plan = c->plan;
    size_t features = 0, next = 0;
    for (size_t k = 0; k < plan->column_count; k++)
        c->count += needed[k];
    for (size_t f = 0; f < plan->feature_count; f++)
        features += feature_needed(plan, f, needed);
    if (!has_few(plan, c->count) && !(c->place = memory_new(plan->column_count, sizeof *c->place)))
        return false;
    c->column = memory_new(c->count, sizeof *c->column);
    c->feature = memory_new(features, sizeof *c->feature);
    c->state = memory_new(features, sizeof *c->state);
    c->begin = memory_new(features, sizeof *c->begin);
    if (!c->column || !c->feature || !c->state || !c->begin)
        return false;
    for (size_t k = 0; k < plan->column_count; k++) {
        if (c->place)
            c->place[k] = needed[k] ? (int)next : -1;
        if (needed[k])
            c->column[next++] = (int)k;
    }
    return true;
}

static bool allocate(struct columns *c, const bool *needed)
{
    const struct plan *plan = c->plan;
    if (!allocate_lists(c, needed))
        return false;
    size_t values;
    if (!size_product(c->count, c->row, &values))
        return false;
    /* Rows are first touched by whichever thread fills them, not all of them by this one. */
    c->values = memory_new_large(values, sizeof *c->values);
    c->defined = memory_new_aligned(values / WORD_BARS, sizeof *c->defined);
    c->whole = memory_new(c->count, sizeof *c->whole);
    if (!c->values || !c->defined || !c->whole)
        return false;
    for (size_t f = 0; f < plan->feature_count; f++) {
        if (!feature_needed(plan, f, needed))
            continue;
        c->feature[c->feature_count] = (int)f;
        c->state[c->feature_count] = memory_new_aligned(1, plan->features[f].state_bytes);
        if (!c->state[c->feature_count++])
            return false;
    }
    return true;
}

static int by_number(const void *left, const void *right)
{
    int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}

/* The row of a column; -1: it is not needed. */
static int place_of(const struct columns *c, int column)
{
    if (c->place)
        return c->place[column];
    const int *found = bsearch(&column, c->column, c->count, sizeof *c->column, by_number);
    return found ? (int)(found - c->column) : -1;
}

/* The bar from which on a column is wanted: needed ones only, `wanted` is by their rows. */
static size_t wanted_from(const struct columns *c, const size_t *wanted, int column)
{
    int place = column < 0 ? -1 : place_of(c, column);
    return place < 0 ? c->first : wanted[place];
}

/* Where each feature begins: in time for the bars that are looked at, and for those that are made
 * from it, which are of higher levels. */
static bool find_begins(struct columns *c)
{
    const struct plan *plan = c->plan;
    size_t *wanted = memory_new(c->count, sizeof *wanted); /* bar, of each row */
    if (!wanted)
        return false;
    for (size_t k = 0; k < c->count; k++)
        wanted[k] = c->first;
    for (size_t i = c->feature_count; i-- > 0;) {
        const struct plan_feature *feature = &plan->features[c->feature[i]];
        feature_begin_bar *begin = plan->kernels->feature[feature->id].begin;
        size_t first = c->first;
        for (int m = 0; m < ADMF_MEMBERS_MAX; m++) {
            size_t bar = wanted_from(c, wanted, feature->column[m]);
            first = bar < first ? bar : first;
        }
        c->begin[i] = begin ? begin(feature->params, first) : 0;
        for (int k = 0; k < catalog_features[feature->id].n_needs; k++) {
            int place = place_of(c, feature->input[k]); /* all inputs are needed: columns_mark */
            if (c->begin[i] < wanted[place])
                wanted[place] = c->begin[i];
        }
    }
    memory_free(wanted);
    return true;
}

struct columns *columns_new(const struct plan *plan, const struct bars *bars, const bool *needed,
                            size_t tile_bars, size_t first)
{
    struct columns *c = memory_new(1, sizeof *c);
    if (!c)
        return NULL;
    c->plan = plan;
    c->bars = bars;
    c->tile_bars = tile_bars;
    c->row = row_length(tile_bars);
    c->first = first;
    if (!allocate(c, needed) || !find_begins(c))
        columns_free(&c);
    return c;
}

void columns_free(struct columns **columns)
{
    struct columns *c = *columns;
    if (!c)
        return;
    for (size_t f = 0; c->state && f < c->feature_count; f++)
        memory_free(c->state[f]);
    memory_free(c->place);
    memory_free(c->column);
    memory_free(c->values);
    memory_free(c->defined);
    memory_free(c->whole);
    memory_free(c->feature);
    memory_free(c->state);
    memory_free(c->begin);
    memory_free(c);
    *columns = NULL;
}

/* A row of the tile is there: pads its end, makes its words and has it read. */
static void finish_row(struct columns *c, size_t index, size_t first, size_t count)
{
    double *row = c->values + index * c->row;
    size_t padded = row_length(count);
    for (size_t t = count; t < padded; t++)
        row[t] = NAN;
    uint64_t *defined = c->defined + index * (c->row / WORD_BARS), missing = 0;
    c->plan->kernels->defined(row, padded / WORD_BARS, defined);
    for (size_t w = 0; w < padded / WORD_BARS; w++)
        missing |= ~defined[w];
    c->whole[index] = missing == 0;
    if (c->reader)
        c->reader(c->reader_context, c->column[index], row, first, count);
}

static void advance_feature(struct columns *c, size_t index, size_t first, size_t count)
{
    const struct plan *plan = c->plan;
    const struct plan_feature *feature = &plan->features[c->feature[index]];
    size_t begin = c->begin[index], skip = begin > first ? begin - first : 0;
    if (skip >= count)
        return;
    struct stretch stretch = {
        .first = first + skip, .count = count - skip, .bars_per_year = c->bars->bars_per_year};
    for (int k = 0; k < catalog_features[feature->id].n_needs; k++) {
        const struct plan_column *input = &plan->columns[feature->input[k]];
        stretch.in[k] = (input->market >= 0 ? plan_market_values(c->bars, input->market) + first
                                            : columns_row(c, feature->input[k])) +
                        skip;
    }
    for (int m = 0; m < catalog_features[feature->id].n_members; m++) {
        int place = feature->column[m] < 0 ? -1 : place_of(c, feature->column[m]);
        if (place < 0)
            continue;
        double *row = c->values + (size_t)place * c->row;
        for (size_t t = 0; t < skip; t++)
            row[t] = NAN;
        stretch.out[m] = row + skip;
    }
    plan->kernels->feature[feature->id].advance(feature->params, &stretch, c->state[index]);
    for (int m = 0; m < catalog_features[feature->id].n_members; m++) /* while they are near */
        if (stretch.out[m])
            finish_row(c, (size_t)place_of(c, feature->column[m]), first, count);
}

/* Market columns are copied into the tile. */
static void copy_market(struct columns *c, size_t index, size_t first, size_t count)
{
    const struct plan_column *column = &c->plan->columns[c->column[index]];
    if (column->market < 0)
        return;
    memcpy(c->values + index * c->row, plan_market_values(c->bars, column->market) + first,
           count * sizeof *c->values);
    finish_row(c, index, first, count);
}

void columns_read(struct columns *c, row_reader *reader, void *context)
{
    c->reader = reader;
    c->reader_context = context;
}

size_t columns_begin(const struct columns *c)
{
    size_t begin = c->first;
    for (size_t f = 0; f < c->feature_count; f++)
        begin = c->begin[f] < begin ? c->begin[f] : begin;
    return begin;
}

void columns_advance(struct columns *c, size_t first, size_t count)
{
    /* A level reads only lower ones, so each level is one shared loop. */
    for (size_t begin = 0, end; begin < c->feature_count; begin = end) {
        int level = c->plan->features[c->feature[begin]].level;
        for (end = begin; end < c->feature_count; end++)
            if (c->plan->features[c->feature[end]].level != level)
                break;
#pragma omp for schedule(dynamic)
        for (size_t f = begin; f < end; f++)
            advance_feature(c, f, first, count);
    }
#pragma omp for schedule(static)
    for (size_t k = 0; k < c->count; k++)
        copy_market(c, k, first, count);
}

bool columns_have(const struct columns *c, int column) { return place_of(c, column) >= 0; }

const double *columns_row(const struct columns *c, int column)
{
    return c->values + (size_t)place_of(c, column) * c->row;
}

const uint64_t *columns_defined(const struct columns *c, int column)
{
    size_t place = (size_t)place_of(c, column);
    return c->whole[place] ? NULL : c->defined + place * (c->row / WORD_BARS);
}
