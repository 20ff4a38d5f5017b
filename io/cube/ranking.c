/* SPDX-License-Identifier: Apache-2.0 */
/* The best combinations of a cube. */
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/cube/best.h"
#include "io/cube/cube_condition.h"

enum { PIECE_CELLS = 1 << 17 }; /* looked at at once, at least one strategy's */

/* What one pass over a series needs. */
struct search {
    admf_cube *cube;
    const admf_rank_options *options;
    int by, trades; /* metrics; trades -1: no limit */
    uint64_t tried;
    double *values, *closed;
    uint8_t *fate;
    struct cube_condition *where; /* NULL: all */
    struct best best;
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
        status = cube_condition_load(s->where, rows, error);
    for (uint64_t i = 0; !status && i < cells; i++) {
        if (s->fate[i] == ADMF_CELL_NOT_COMPUTED)
            continue;
        s->tried++;
        if (s->trades >= 0 && !(s->closed[i] >= (double)s->options->min_trades))
            continue;
        if (s->where && !cube_condition_holds(s->where, before + i))
            continue;
        best_offer(&s->best, &(admf_ranked){.symbol = rows->symbol,
                                            .window = rows->window,
                                            .combo = before + i,
                                            .by = s->values[i]});
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

/* Without a label every one is. */
static bool is_wanted(const admf_cube *cube, int axis, uint64_t index, const char *label)
{
    const char *found = label ? admf_cube_label(cube, axis, index) : NULL;
    return !label || (found && strcmp(found, label) == 0);
}

static bool has_label(const admf_cube *cube, int axis, const char *label)
{
    for (uint64_t i = 0; i < cube->dims[axis]; i++)
        if (is_wanted(cube, axis, i, label))
            return true;
    return false;
}

static admf_status check_options(struct search *s, admf_error *error)
{
    const admf_cube *cube = s->cube;
    const admf_rank_options *o = s->options;
    s->by = admf_cube_metric_index(cube, o->by);
    s->trades = o->min_trades ? admf_cube_metric_index(cube, "trades") : -1;
    if (s->by < 0)
        return fail(error, ADMF_USAGE, "the cube holds no metric '%s'", o->by);
    if (o->min_trades && s->trades < 0)
        return fail(error, ADMF_USAGE,
                    "the cube holds no metric 'trades' to compare with --min-trades; give 0");
    if (!has_label(cube, ADMF_AXIS_SYMBOL, o->symbol))
        return fail(error, ADMF_USAGE, "the cube holds no symbol '%s'", o->symbol);
    if (!has_label(cube, ADMF_AXIS_WINDOW, o->window))
        return fail(error, ADMF_USAGE, "the cube holds no window '%s'", o->window);
    return ADMF_OK;
}

static admf_status search_init(struct search *s, admf_error *error)
{
    admf_cube *cube = s->cube;
    const char *where = s->options->where;
    uint64_t all = cube->dims[0] * cube->dims[1] * cube->cells, n = s->options->n;
    admf_status status =
        best_init(&s->best, n < all ? n : all,
                  catalog_less_is_better(catalog_find_metric(s->options->by)), error);
    if (status)
        return status;
    uint64_t cells = rows_of_piece(cube) * cube_row_cells(cube);
    s->values = memory_new(cells, sizeof *s->values);
    s->closed = memory_new(s->trades >= 0 ? cells : 1, sizeof *s->closed);
    s->fate = memory_new(cells, 1);
    if (!s->values || !s->closed || !s->fate)
        return fail_memory(error);
    return where && *where ? cube_condition_new(cube, where, cells, &s->where, error) : ADMF_OK;
}

/* Hands the best over. */
static admf_status make_ranking(struct search *s, admf_ranking **out, admf_error *error)
{
    *out = memory_new(1, sizeof **out);
    if (!*out)
        return fail_memory(error);
    best_sort(&s->best);
    **out = (admf_ranking){.count = s->best.count, .tried = s->tried, .entries = s->best.items};
    s->best.items = NULL;
    return ADMF_OK;
}

admf_status admf_cube_rank(admf_cube *cube, const admf_rank_options *options, admf_ranking **out,
                           admf_error *error)
{
    struct search s = {.cube = cube, .options = options};
    *out = NULL;
    admf_status status = check_options(&s, error);
    if (!status)
        status = search_init(&s, error);
    for (uint64_t symbol = 0; !status && symbol < cube->dims[0]; symbol++)
        for (uint64_t window = 0; !status && window < cube->dims[1]; window++)
            if (is_wanted(cube, ADMF_AXIS_SYMBOL, symbol, options->symbol) &&
                is_wanted(cube, ADMF_AXIS_WINDOW, window, options->window))
                status = search_series(&s, symbol, window, error);
    if (!status)
        status = make_ranking(&s, out, error);
    cube_condition_free(&s.where);
    best_deinit(&s.best);
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
