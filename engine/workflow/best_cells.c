/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/best_cells.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"

static int by_cell(const void *left, const void *right)
{
    const struct cube_cell *a = left, *b = right;
    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    return (a->combo > b->combo) - (a->combo < b->combo);
}

size_t stored_metric(const struct plan *plan, int metric)
{
    size_t index = 0;
    for (int k = 0; k < metric; k++)
        index += plan->config->metric_selected[k];
    return index;
}

/* Cells of one read. */
enum { PIECE = 4096 };

static admf_status consider_piece(const struct plan *plan, struct cube_writer *cube,
                                  const struct best_wanted *wanted, const struct cube_range *range,
                                  struct best *best, admf_error *error)
{
    size_t by = stored_metric(plan, wanted->by);
    double value[PIECE], trades[PIECE] = {0};
    admf_status status = cube_read_back(cube, by, range, value, error);
    if (status == ADMF_OK && wanted->min_trades)
        status = cube_read_back(cube, stored_metric(plan, METRIC_trades), range, trades, error);
    for (uint64_t i = 0; status == ADMF_OK && i < range->count; i++) {
        if (!plan_chosen(plan, range->first + i, 1) || (wanted->defined && isnan(value[i])))
            continue;
        if (wanted->min_trades && !(trades[i] >= (double)wanted->min_trades))
            continue;
        best_offer(best, &(admf_ranked){.symbol = range->symbol,
                                        .window = range->window,
                                        .combo = range->first + i,
                                        .by = value[i]});
    }
    return status;
}

static admf_status choose(const struct plan *plan, struct cube_writer *cube,
                          const struct best_wanted *wanted, struct best *best, admf_error *error)
{
    for (size_t s = 0; s < plan->symbol_count; s++)
        for (size_t w = 0; w < plan->window_count; w++)
            for (uint64_t first = 0; first < plan->combinations; first += PIECE) {
                uint64_t left = plan->combinations - first;
                struct cube_range range = {s, w, first, left < PIECE ? left : PIECE};
                admf_status status = consider_piece(plan, cube, wanted, &range, best, error);
                if (status != ADMF_OK)
                    return status;
            }
    return ADMF_OK;
}

admf_status best_ranked(const struct plan *plan, struct cube_writer *cube,
                        const struct best_wanted *wanted, struct best *best, admf_error *error)
{
    uint64_t all = plan_chosen_cells(plan);
    admf_status status = best_init(best, wanted->n < all ? wanted->n : all,
                                   catalog_less_is_better(wanted->by), error);
    if (status == ADMF_OK)
        status = choose(plan, cube, wanted, best, error);
    best_sort(best);
    return status;
}

admf_status best_cells(const struct plan *plan, struct cube_writer *cube,
                       const struct best_wanted *wanted, struct cube_cell **cells, size_t *count,
                       admf_error *error)
{
    struct best best;
    admf_status status = best_ranked(plan, cube, wanted, &best, error);
    *cells = NULL;
    *count = best.count;
    if (status == ADMF_OK && !(*cells = memory_new(best.count, sizeof **cells)))
        status = fail_memory(error);
    for (size_t i = 0; status == ADMF_OK && i < best.count; i++)
        (*cells)[i] = (struct cube_cell){.symbol = best.items[i].symbol,
                                         .window = best.items[i].window,
                                         .combo = best.items[i].combo};
    best_deinit(&best);
    if (status == ADMF_OK)
        qsort(*cells, *count, sizeof **cells, by_cell);
    return status;
}
