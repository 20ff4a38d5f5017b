/* SPDX-License-Identifier: Apache-2.0 */
/* The best combinations of a cube. */
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/cube/best.h"
#include "io/cube/cube_condition.h"

enum { PIECE_CELLS = 1 << 17 }; /* looked at at once, at least one strategy's */

/* What one pass over a series needs. */
struct search {
    admf_cube *cube;
    int by, trades; /* metrics; trades -1: no limit */
    uint64_t min_trades, tried;
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
        status = cube_condition_load(s->where, s->cube, rows, error);
    for (uint64_t i = 0; !status && i < cells; i++) {
        if (s->fate[i] == ADMF_CELL_NOT_COMPUTED)
            continue;
        s->tried++;
        if (s->trades >= 0 && !(s->closed[i] >= (double)s->min_trades))
            continue;
        if (s->where && !cube_condition_holds(s->where, s->cube, before + i))
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
    admf_status status = best_init(&s->best, n < all ? n : all,
                                   catalog_less_is_better(catalog_find_metric(by)), error);
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
