/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/best_cells.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"

struct candidate {
    struct cube_cell cell;
    double by;
};

static int in_order(const struct cube_cell *a, const struct cube_cell *b)
{
    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    return (a->combo > b->combo) - (a->combo < b->combo);
}

/* Whether `a` is chosen before `b`. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
    if (isnan(a->by) != isnan(b->by))
        return isnan(b->by);
    if (a->by != b->by && !isnan(a->by))
        return a->by > b->by;
    return in_order(&a->cell, &b->cell) < 0;
}

static int by_cell(const void *a, const void *b) { return in_order(a, b); }

/* Index of a metric among the cube's; the configuration has seen to it that it is selected. */
static size_t stored_index(const struct plan *plan, int metric)
{
    size_t index = 0;
    for (int k = 0; k < metric; k++)
        index += plan->config->metric_selected[k];
    return index;
}

/* The best so far, the worst of them on top: a heap, so that no more than the kept are held. */
struct chosen {
    struct candidate *list; /* [room] */
    size_t count, room;
};

static void swap(struct candidate *a, struct candidate *b)
{
    struct candidate was = *a;
    *a = *b;
    *b = was;
}

static void rise(struct chosen *chosen, size_t i)
{
    for (; i > 0 && is_better(&chosen->list[(i - 1) / 2], &chosen->list[i]); i = (i - 1) / 2)
        swap(&chosen->list[i], &chosen->list[(i - 1) / 2]);
}

static void sink(struct chosen *chosen)
{
    for (size_t i = 0, child; (child = 2 * i + 1) < chosen->count; i = child) {
        if (child + 1 < chosen->count && is_better(&chosen->list[child], &chosen->list[child + 1]))
            child++;
        if (!is_better(&chosen->list[i], &chosen->list[child]))
            return;
        swap(&chosen->list[i], &chosen->list[child]);
    }
}

static void consider(struct chosen *chosen, const struct candidate *candidate)
{
    if (chosen->count < chosen->room) {
        chosen->list[chosen->count] = *candidate;
        rise(chosen, chosen->count++);
    } else if (is_better(candidate, &chosen->list[0])) {
        chosen->list[0] = *candidate;
        sink(chosen);
    }
}

/* Cells of one read. */
enum { PIECE = 4096 };

static admf_status consider_piece(const struct plan *plan, struct cube_writer *cube,
                                  const struct cube_range *range, struct chosen *chosen,
                                  admf_error *error)
{
    const struct config *config = plan->config;
    size_t by = stored_index(plan, config->keep_by);
    double value[PIECE], trades[PIECE] = {0};
    admf_status status = cube_read_back(cube, by, range, value, error);
    if (status == ADMF_OK && config->keep_min_trades)
        status = cube_read_back(cube, stored_index(plan, METRIC_trades), range, trades, error);
    for (uint64_t i = 0; status == ADMF_OK && i < range->count; i++) {
        if (config->keep_min_trades && !(trades[i] >= (double)config->keep_min_trades))
            continue;
        struct candidate candidate = {{range->symbol, range->window, range->first + i}, value[i]};
        if (catalog_less_is_better(config->keep_by))
            candidate.by = -candidate.by;
        consider(chosen, &candidate);
    }
    return status;
}

static admf_status choose(const struct plan *plan, struct cube_writer *cube, struct chosen *chosen,
                          admf_error *error)
{
    for (size_t s = 0; s < plan->symbol_count; s++)
        for (size_t w = 0; w < plan->window_count; w++)
            for (uint64_t first = 0; first < plan->combinations; first += PIECE) {
                uint64_t left = plan->combinations - first;
                struct cube_range range = {s, w, first, left < PIECE ? left : PIECE};
                admf_status status = consider_piece(plan, cube, &range, chosen, error);
                if (status != ADMF_OK)
                    return status;
            }
    return ADMF_OK;
}

admf_status best_cells(const struct plan *plan, struct cube_writer *cube, struct cube_cell **cells,
                       size_t *count, admf_error *error)
{
    size_t all = plan->symbol_count * plan->window_count * plan->combinations;
    size_t wanted = plan->config->keep_count;
    struct chosen chosen = {.room = wanted < all ? wanted : all};
    chosen.list = memory_new(chosen.room, sizeof *chosen.list);
    *cells = memory_new(chosen.room, sizeof **cells);
    admf_status status =
        chosen.list && *cells ? choose(plan, cube, &chosen, error) : fail_memory(error);
    for (size_t i = 0; status == ADMF_OK && i < chosen.count; i++)
        (*cells)[i] = chosen.list[i].cell;
    memory_free(chosen.list);
    if (status != ADMF_OK) {
        memory_free(*cells);
        *cells = NULL;
        return status;
    }
    *count = chosen.count;
    qsort(*cells, *count, sizeof **cells, by_cell);
    return ADMF_OK;
}
