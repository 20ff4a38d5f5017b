/* SPDX-License-Identifier: Apache-2.0 */
/* Combinations and those a step away along the axes of parameters. */
#include <math.h>
#include <stdlib.h>

#include "admf/analysis.h"
#include "engine/analysis/neighbours.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/cube/reader.h"

/* PIECE_CELLS: read at once, at least one strategy's. BATCH: combinations asked about at once. */
enum { PIECE_CELLS = 1 << 17, BATCH = 1 << 13 };

/* A neighbour of the combination `of`. */
struct neighbour {
    uint64_t symbol, window, combo, of;
    double value;
    bool computed;
};

struct search {
    admf_cube *cube;
    int by;
    bool smaller; /* values are better */
    struct neighbours axis[ADMF_AXES];
    uint64_t count; /* neighbours of a batch */
    struct neighbour *list;
    double *values, *quality;
    uint8_t *fate;
};

/* Combinations from one index of an axis to the next. */
static uint64_t stride_of(const admf_cube *cube, int axis)
{
    uint64_t stride = 1;
    while (++axis < ADMF_AXES)
        stride *= admf_cube_axis_size(cube, axis);
    return stride;
}

/* Index of a combination along an axis. */
static uint64_t index_of(const admf_cube *cube, uint64_t combo, int axis)
{
    return combo / stride_of(cube, axis) % admf_cube_axis_size(cube, axis);
}

static void add_neighbours(struct search *s, const admf_ranked *cell, uint64_t of)
{
    for (int axis = ADMF_AXIS_STRATEGY; axis < ADMF_AXES; axis++) {
        const struct neighbours *n = &s->axis[axis];
        uint64_t stride = stride_of(s->cube, axis);
        uint64_t at = index_of(s->cube, cell->combo, axis);
        for (size_t k = 0; k < 2 * n->parameters; k++) {
            int64_t there = n->table[2 * (n->instances * (k / 2) + at) + k % 2];
            if (there != NO_NEIGHBOUR)
                s->list[s->count++] =
                    (struct neighbour){.symbol = cell->symbol,
                                       .window = cell->window,
                                       .combo = cell->combo + ((uint64_t)there - at) * stride,
                                       .of = of};
        }
    }
}

static int by_place(const void *a, const void *b)
{
    const struct neighbour *x = a, *y = b;
    if (x->symbol != y->symbol)
        return x->symbol < y->symbol ? -1 : 1;
    if (x->window != y->window)
        return x->window < y->window ? -1 : 1;
    return x->combo < y->combo ? -1 : x->combo > y->combo;
}

static int by_asker(const void *a, const void *b)
{
    const struct neighbour *x = a, *y = b;
    return x->of < y->of ? -1 : x->of > y->of;
}

/* Strategies read at once. */
static uint64_t rows_of_piece(const admf_cube *cube)
{
    uint64_t rows = PIECE_CELLS / cube_row_cells(cube);
    uint64_t all = admf_cube_axis_size(cube, ADMF_AXIS_STRATEGY);
    return rows < 1 ? 1 : rows < all ? rows : all;
}

/* The values of all neighbours from `first` on that are in one piece; *next: the first beyond. */
static admf_status read_piece(struct search *s, uint64_t first, uint64_t *next, admf_error *error)
{
    const struct neighbour *start = &s->list[first];
    uint64_t row = cube_row_cells(s->cube), step = rows_of_piece(s->cube);
    uint64_t at = start->combo / row / step * step;
    uint64_t left = admf_cube_axis_size(s->cube, ADMF_AXIS_STRATEGY) - at;
    struct cube_rows rows = {start->symbol, start->window, at, step < left ? step : left};
    admf_status status = cube_read_metric_rows(s->cube, s->by, &rows, s->values, error);
    if (!status)
        status = cube_read_status_rows(s->cube, &rows, s->fate, error);
    for (*next = first; *next < s->count; ++*next) {
        struct neighbour *n = &s->list[*next];
        if (n->symbol != rows.symbol || n->window != rows.window ||
            n->combo - at * row >= rows.count * row)
            break;
        n->value = s->values[n->combo - at * row];
        n->computed = s->fate[n->combo - at * row] != ADMF_CELL_NOT_COMPUTED;
    }
    return status;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* How good a neighbour is, its combination being 1; what is undefined is worth nothing. */
static double quality_of(const struct search *s, double value, double own)
{
    return isnan(value) ? 0 : s->smaller ? own / value : value / own;
}

/* From the `count` neighbours of one combination. */
static admf_neighbourhood summary(struct search *s, const struct neighbour *list, uint64_t count,
                                  double own)
{
    admf_neighbourhood out = {.median = NAN, .half_as_good = NAN};
    double half = 0;
    for (uint64_t k = 0; k < count; k++) {
        if (!list[k].computed)
            continue;
        double quality = quality_of(s, list[k].value, own);
        s->quality[out.count++] = quality;
        half += quality >= 0.5;
    }
    if (out.count == 0 || !(own > 0))
        return out;
    qsort(s->quality, out.count, sizeof *s->quality, ascending);
    out.median = (s->quality[(out.count - 1) / 2] + s->quality[out.count / 2]) / 2;
    out.half_as_good = half / (double)out.count;
    return out;
}

static admf_status search_batch(struct search *s, const admf_ranked *cells, uint64_t count,
                                admf_neighbourhood *out, admf_error *error)
{
    admf_status status = ADMF_OK;
    s->count = 0;
    for (uint64_t i = 0; i < count; i++)
        add_neighbours(s, &cells[i], i);
    qsort(s->list, s->count, sizeof *s->list, by_place);
    for (uint64_t next = 0; !status && next < s->count;)
        status = read_piece(s, next, &next, error);
    qsort(s->list, s->count, sizeof *s->list, by_asker);
    for (uint64_t i = 0, first = 0; !status && i < count; i++) {
        uint64_t end = first;
        while (end < s->count && s->list[end].of == i)
            end++;
        out[i] = summary(s, s->list + first, end - first, cells[i].by);
        first = end;
    }
    return status;
}

static admf_status find_steps(struct search *s, const admf_ranked *cells, uint64_t count,
                              admf_error *error)
{
    uint64_t *asked = memory_new(count, sizeof *asked);
    admf_status status = asked ? ADMF_OK : fail_memory(error);
    for (int axis = ADMF_AXIS_STRATEGY; !status && axis < ADMF_AXES; axis++) {
        for (uint64_t i = 0; i < count; i++)
            asked[i] = index_of(s->cube, cells[i].combo, axis);
        status = neighbours_init(&s->axis[axis], s->cube, axis, asked, count, error);
    }
    memory_free(asked);
    return status;
}

static admf_status search_init(struct search *s, const admf_ranked *cells, uint64_t count,
                               admf_error *error)
{
    uint64_t each = 0, room = rows_of_piece(s->cube) * cube_row_cells(s->cube);
    for (uint64_t i = 0; i < count; i++)
        if (cells[i].combo >= admf_cube_combinations(s->cube))
            return fail(error, ADMF_USAGE, "no such combination");
    admf_status status = find_steps(s, cells, count, error);
    if (status)
        return status;
    for (int axis = ADMF_AXIS_STRATEGY; axis < ADMF_AXES; axis++)
        each += 2 * s->axis[axis].parameters;
    s->list = memory_new(each * (count < BATCH ? count : BATCH), sizeof *s->list);
    s->quality = memory_new(each, sizeof *s->quality);
    s->values = memory_new(room, sizeof *s->values);
    s->fate = memory_new(room, sizeof *s->fate);
    return s->list && s->quality && s->values && s->fate ? ADMF_OK : fail_memory(error);
}

admf_status admf_cube_neighbourhoods(admf_cube *cube, int by, const admf_ranked *cells,
                                     uint64_t count, admf_neighbourhood *out, admf_error *error)
{
    struct search s = {.cube = cube, .by = by};
    const char *name = by < 0 ? NULL : admf_cube_metric_name(cube, (size_t)by);
    if (!name)
        return fail(error, ADMF_USAGE, "no such metric");
    s.smaller = catalog_less_is_better(catalog_find_metric(name));
    admf_status status = search_init(&s, cells, count, error);
    for (uint64_t i = 0; !status && i < count; i += BATCH) {
        uint64_t some = count - i < BATCH ? count - i : BATCH;
        status = search_batch(&s, cells + i, some, out + i, error);
    }
    for (int axis = 0; axis < ADMF_AXES; axis++)
        neighbours_deinit(&s.axis[axis]);
    memory_free(s.list);
    memory_free(s.quality);
    memory_free(s.values);
    memory_free(s.fate);
    return status;
}
