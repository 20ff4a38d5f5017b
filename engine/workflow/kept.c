/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which combinations are kept is known only when all are computed. The kept ones run
 * again through the scalar path, which gives the same bits and whose equity and trades
 * nobody had to hold before.
 */
#include "engine/workflow/kept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/trace/inputs.h"

static const char *const reasons[] = {"open", "signal", "stop",     "trailing", "target",
                                      "time", "halt",   "bankrupt", "end"};

static admf_status keep_trades(struct cube_writer *cube, const struct cube_cell *cell,
                               const struct inputs *in, const struct scalar_result *result,
                               admf_error *error)
{
    const int64_t *time = in->bars->time + in->window->first;
    size_t count = in->window->end - in->window->first;
    struct cube_trade *rows = memory_new(result->trade_count, sizeof *rows);
    if (!rows)
        return fail_memory(error);
    for (size_t i = 0; i < result->trade_count; i++) {
        const struct trade *t = &result->trades[i];
        size_t exit = t->exit_bar < count ? t->exit_bar : count - 1;
        rows[i] = (struct cube_trade){.entry_time = time[t->entry_bar],
                                      .exit_time = time[exit],
                                      .entry_bar = (int64_t)t->entry_bar,
                                      .exit_bar = (int64_t)exit,
                                      .direction = t->direction,
                                      .units = t->units,
                                      .entry_price = t->entry_price,
                                      .exit_price = t->exit_price,
                                      .profit = t->profit,
                                      .net_return = t->net_return,
                                      .reason = reasons[t->reason]};
    }
    admf_status status = cube_keep_trades(cube, cell, result->trade_count, rows, error);
    memory_free(rows);
    return status;
}

/* Changes of signal and regime, the first bar included. */
struct changes {
    size_t count;
    int64_t *time, *bar;
    int8_t *signal;
    const char **label;
};

static bool changes_init(struct changes *c, size_t bars)
{
    c->time = memory_new(bars, sizeof *c->time);
    c->bar = memory_new(bars, sizeof *c->bar);
    c->signal = memory_new(bars, sizeof *c->signal);
    c->label = memory_new(bars, sizeof *c->label);
    return c->time && c->bar && c->signal && c->label;
}

static void changes_deinit(struct changes *c)
{
    memory_free(c->time);
    memory_free(c->bar);
    memory_free(c->signal);
    memory_free(c->label);
}

static void note_change(struct changes *c, const struct inputs *in, size_t t)
{
    c->time[c->count] = in->bars->time[in->window->first + t];
    c->bar[c->count++] = (int64_t)t;
}

static admf_status keep_changes(struct cube_writer *cube, const struct cube_cell *cell,
                                const struct inputs *in, admf_error *error)
{
    const struct scalar_input *s = &in->scalar;
    struct changes c = {0};
    admf_status status = ADMF_OK;
    if (!changes_init(&c, s->count))
        status = fail_memory(error);
    if (status == ADMF_OK) {
        for (size_t t = 0; t < s->count; t++)
            if (t == 0 || s->signal[t] != s->signal[t - 1]) {
                c.signal[c.count] = s->signal[t];
                note_change(&c, in, t);
            }
        status = cube_keep_signals(cube, cell, c.count, c.time, c.bar, c.signal, error);
    }
    if (status == ADMF_OK && s->label) {
        c.count = 0;
        for (size_t t = 0; t < s->count; t++)
            if (t == 0 || s->label[t] != s->label[t - 1]) {
                c.label[c.count] = in->label_names[s->label[t]];
                note_change(&c, in, t);
            }
        status = cube_keep_regimes(cube, cell, c.count, c.time, c.bar, c.label, error);
    }
    changes_deinit(&c);
    return status;
}

static admf_status keep_one(const struct plan *plan, struct cube_writer *cube,
                            const struct cube_cell *cell, const volatile int *stop,
                            admf_error *error)
{
    if (stop && *stop != ADMF_OK)
        return (admf_status)*stop;
    const struct plan_window *window =
        &plan->windows[cell->symbol * plan->window_count + cell->window];
    struct inputs in;
    struct scalar_result result = {.want_trades = true};
    admf_status status = inputs_init(&in, plan, window, cell->combo, error);
    size_t count = window->end - window->first;
    if (status == ADMF_OK) {
        result.equity = memory_new(count, sizeof *result.equity);
        status =
            result.equity ? scalar_simulate(&in.scalar, NULL, &result, error) : fail_memory(error);
    }
    if (status == ADMF_OK)
        status = cube_keep_equity(cube, cell, count, in.bars->time + window->first, result.equity,
                                  error);
    if (status == ADMF_OK)
        status = keep_trades(cube, cell, &in, &result, error);
    memory_free(result.equity);
    scalar_result_deinit(&result);
    if (status == ADMF_OK)
        status = keep_changes(cube, cell, &in, error);
    inputs_deinit(&in);
    return status;
}

/* ---- which -------------------------------------------------------------------------------*/

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

static int by_cell(const void *a, const void *b)
{
    return in_order(&((const struct candidate *)a)->cell, &((const struct candidate *)b)->cell);
}

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
    double value[PIECE], trades[PIECE];
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

static admf_status keep_list(const struct plan *plan, struct cube_writer *cube, const uint64_t *ids,
                             uint64_t count, const volatile int *stop, admf_error *error)
{
    for (size_t s = 0; s < plan->symbol_count; s++)
        for (size_t w = 0; w < plan->window_count; w++)
            for (uint64_t i = 0; i < count; i++) {
                struct cube_cell cell = {s, w, ids ? ids[i] : i};
                admf_status status = keep_one(plan, cube, &cell, stop, error);
                if (status != ADMF_OK)
                    return status;
            }
    return ADMF_OK;
}

static admf_status keep_best(const struct plan *plan, struct cube_writer *cube,
                             const volatile int *stop, admf_error *error)
{
    size_t all = plan->symbol_count * plan->window_count * plan->combinations;
    size_t wanted = plan->config->keep_count;
    struct chosen chosen = {.room = wanted < all ? wanted : all};
    chosen.list = memory_new(chosen.room, sizeof *chosen.list);
    if (!chosen.list)
        return fail_memory(error);
    admf_status status = choose(plan, cube, &chosen, error);
    qsort(chosen.list, chosen.count, sizeof *chosen.list, by_cell);
    for (size_t i = 0; status == ADMF_OK && i < chosen.count; i++)
        status = keep_one(plan, cube, &chosen.list[i].cell, stop, error);
    memory_free(chosen.list);
    return status;
}

admf_status keep_combinations(const struct plan *plan, struct cube_writer *cube,
                              const volatile int *stop, admf_error *error)
{
    const struct config *config = plan->config;
    switch (config->keep) {
    case KEEP_ALL:
        return keep_list(plan, cube, NULL, plan->combinations, stop, error);
    case KEEP_LIST:
        return keep_list(plan, cube, config->keep_ids, config->keep_count, stop, error);
    case KEEP_BEST:
        return keep_best(plan, cube, stop, error);
    default:
        return ADMF_OK;
    }
}
