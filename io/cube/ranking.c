/* SPDX-License-Identifier: Apache-2.0 */
/* The best combinations of a cube: a heap of n with the worst of them on top. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/cube/cube_condition.h"

enum { PIECE_CELLS = 1 << 17 }; /* looked at at once, at least one strategy's */

struct candidate {
    double by, key; /* as stored; turned so that larger is better, NaN as -infinity */
    uint64_t symbol, window, combo;
    bool undefined;
};

struct heap {
    struct candidate *items;
    uint64_t count, room;
};

static int compare_ids(const struct candidate *a, const struct candidate *b)
{
    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    return a->combo < b->combo ? -1 : a->combo > b->combo;
}

/* Negative where a ranks before b. */
static int compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->undefined != b->undefined)
        return a->undefined ? 1 : -1;
    if (!a->undefined && a->key != b->key)
        return a->key > b->key ? -1 : 1;
    return compare_ids(a, b);
}

static void swap(struct candidate *a, struct candidate *b)
{
    struct candidate c = *a;
    *a = *b;
    *b = c;
}

static void sink(struct heap *heap)
{
    for (uint64_t i = 0;;) {
        uint64_t worst = i, left = 2 * i + 1;
        for (uint64_t child = left; child < left + 2 && child < heap->count; child++)
            if (compare(&heap->items[child], &heap->items[worst]) > 0)
                worst = child;
        if (worst == i)
            return;
        swap(&heap->items[i], &heap->items[worst]);
        i = worst;
    }
}

static void offer(struct heap *heap, const struct candidate *candidate)
{
    if (heap->count < heap->room) {
        uint64_t i = heap->count++;
        heap->items[i] = *candidate;
        for (; i && compare(&heap->items[i], &heap->items[(i - 1) / 2]) > 0; i = (i - 1) / 2)
            swap(&heap->items[i], &heap->items[(i - 1) / 2]);
    } else if (heap->room && compare(candidate, &heap->items[0]) < 0) {
        heap->items[0] = *candidate;
        sink(heap);
    }
}

/* What one pass over a series needs. */
struct search {
    admf_cube *cube;
    int by, trades; /* metrics; trades -1: no limit */
    double sign;
    uint64_t min_trades, tried;
    double *values, *closed;
    uint8_t *fate;
    struct cube_condition *where; /* NULL: all */
    struct heap heap;
};

static admf_status search_rows(struct search *s, const struct cube_rows *rows, admf_error *error)
{
    uint64_t cells = rows->count * cube_row_cells(s->cube);
    uint64_t before = rows->first * cube_row_cells(s->cube);
    admf_status status = cube_read_status_rows(s->cube, rows, s->fate, error);
    if (!status)
        status = cube_read_metric_rows(s->cube, s->by, rows, s->values, error);
    if (!status && s->trades >= 0)
        status = cube_read_metric_rows(s->cube, s->trades, rows, s->closed, error);
    if (!status && s->where)
        status = cube_condition_load(s->where, s->cube, rows, error);
    for (uint64_t i = 0; !status && i < cells; i++) {
        if (s->fate[i] == ADMF_CELL_NOT_COMPUTED)
            continue;
        s->tried++;
        if (s->trades >= 0 && !(s->closed[i] >= (double)s->min_trades))
            continue;
        if (s->where && !cube_condition_holds(s->where, s->cube, before + i))
            continue;
        struct candidate candidate = {.by = s->values[i],
                                      .key = s->sign * s->values[i],
                                      .undefined = isnan(s->values[i]),
                                      .symbol = rows->symbol,
                                      .window = rows->window,
                                      .combo = before + i};
        offer(&s->heap, &candidate);
    }
    return status;
}

/* Strategies read at once. */
static uint64_t rows_of_piece(const admf_cube *cube)
{
    uint64_t rows = PIECE_CELLS / cube_row_cells(cube), all = cube->dims[ADMF_AXIS_STRATEGY];
    return rows < 1 ? 1 : rows < all ? rows : all;
}

static admf_status search_series(struct search *s, uint64_t symbol, uint64_t window,
                                 admf_error *error)
{
    uint64_t all = s->cube->dims[ADMF_AXIS_STRATEGY], piece = rows_of_piece(s->cube);
    admf_status status = ADMF_OK;
    for (uint64_t first = 0; !status && first < all; first += piece) {
        struct cube_rows rows = {symbol, window, first, piece < all - first ? piece : all - first};
        status = search_rows(s, &rows, error);
    }
    return status;
}

static admf_status search_init(struct search *s, const char *by, uint64_t n, const char *where,
                               admf_error *error)
{
    admf_cube *cube = s->cube;
    uint64_t all = cube->dims[0] * cube->dims[1] * cube->cells;
    s->by = admf_cube_metric_index(cube, by);
    if (s->by < 0)
        return fail(error, ADMF_USAGE, "the cube holds no metric '%s'", by);
    s->trades = s->min_trades ? admf_cube_metric_index(cube, "trades") : -1;
    if (s->min_trades && s->trades < 0)
        return fail(error, ADMF_USAGE,
                    "the cube holds no metric 'trades' to compare with --min-trades; give 0");
    s->sign = catalog_less_is_better(catalog_find_metric(by)) ? -1 : 1;
    s->heap.room = n < all ? n : all;
    s->heap.items = memory_new(s->heap.room, sizeof *s->heap.items);
    uint64_t cells = rows_of_piece(cube) * cube_row_cells(cube);
    s->values = memory_new(cells, sizeof *s->values);
    s->closed = memory_new(s->trades >= 0 ? cells : 1, sizeof *s->closed);
    s->fate = memory_new(cells, 1);
    if (!s->heap.items || !s->values || !s->closed || !s->fate)
        return fail_memory(error);
    return where && *where ? cube_condition_new(cube, where, cells, &s->where, error) : ADMF_OK;
}

static admf_status make_ranking(struct search *s, admf_ranking **out, admf_error *error)
{
    admf_ranking *ranking = memory_new(1, sizeof *ranking);
    if (ranking)
        ranking->entries = memory_new(s->heap.count, sizeof *ranking->entries);
    if (!ranking || !ranking->entries) {
        memory_free(ranking);
        return fail_memory(error);
    }
    if (s->heap.count)
        qsort(s->heap.items, s->heap.count, sizeof *s->heap.items, compare);
    ranking->count = s->heap.count;
    ranking->tried = s->tried;
    for (uint64_t i = 0; i < s->heap.count; i++) {
        ranking->entries[i].symbol = s->heap.items[i].symbol;
        ranking->entries[i].window = s->heap.items[i].window;
        ranking->entries[i].combo = s->heap.items[i].combo;
        ranking->entries[i].by = s->heap.items[i].by;
    }
    *out = ranking;
    return ADMF_OK;
}

admf_status admf_cube_rank(admf_cube *cube, const char *by, uint64_t n, uint64_t min_trades,
                           const char *where, admf_ranking **out, admf_error *error)
{
    struct search s = {.cube = cube, .min_trades = min_trades};
    *out = NULL;
    admf_status status = search_init(&s, by, n, where, error);
    for (uint64_t symbol = 0; !status && symbol < cube->dims[0]; symbol++)
        for (uint64_t window = 0; !status && window < cube->dims[1]; window++)
            status = search_series(&s, symbol, window, error);
    if (!status)
        status = make_ranking(&s, out, error);
    cube_condition_free(&s.where);
    memory_free(s.heap.items);
    memory_free(s.values);
    memory_free(s.closed);
    memory_free(s.fate);
    return status;
}

void admf_ranking_free(admf_ranking **ranking)
{
    if (*ranking) {
        memory_free((*ranking)->entries);
        memory_free(*ranking);
    }
    *ranking = NULL;
}
