/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which combinations are kept is known only when all are computed. The kept ones run
 * again through the scalar path, which gives the same bits and whose equity and trades
 * nobody had to hold before.
 */
#include "engine/workflow/kept.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/workflow/best_cells.h"
#include "engine/workflow/rerun_series.h"

static admf_status keep_trades(struct cube_writer *cube, const struct cube_cell *cell,
                               const struct rerun *rerun, admf_error *error)
{
    const struct scalar_result *result = &rerun->result;
    const int64_t *time = rerun->time;
    size_t count = rerun->count;
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
                                      .reason = exit_reason_word(t->reason)};
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

/* ---- which -------------------------------------------------------------------------------*/

/* Cells that are kept: `cells`, or in each window those of `ids`, or all. */
struct keeping {
    const struct plan *plan;
    struct cube_writer *cube;
    const struct cube_cell *cells;
    const uint64_t *ids;
    uint64_t count; /* of the cells, or in each window */
};

static struct cube_cell cell_at(void *context, uint64_t i)
{
    const struct keeping *k = context;
    if (k->cells)
        return k->cells[i];
    uint64_t series = i / k->count, place = i % k->count;
    return (struct cube_cell){series / k->plan->window_count, series % k->plan->window_count,
                              k->ids ? k->ids[place] : place};
}

static admf_status keep_one(void *context, uint64_t i, struct rerun *rerun, admf_error *error)
{
    const struct keeping *k = context;
    const struct cube_cell cell = cell_at(context, i);
    admf_status status =
        cube_keep_equity(k->cube, &cell, rerun->count, rerun->time, rerun->result.equity, error);
    if (status == ADMF_OK)
        status = keep_trades(k->cube, &cell, rerun, error);
    /* The rest is from the inputs alone. */
    memory_free(rerun->result.equity);
    rerun->result.equity = NULL;
    scalar_result_deinit(&rerun->result);
    return status == ADMF_OK ? keep_changes(k->cube, &cell, &rerun->inputs, error) : status;
}

static admf_status keep(struct keeping *keeping, uint64_t count, const volatile int *stop,
                        admf_error *error)
{
    return rerun_series(&(struct rerun_series){.plan = keeping->plan,
                                               .wanted = RERUN_TRADES,
                                               .stop = stop,
                                               .count = count,
                                               .context = keeping,
                                               .cell = cell_at,
                                               .use = keep_one},
                        error);
}

static admf_status keep_list(const struct plan *plan, struct cube_writer *cube, const uint64_t *ids,
                             uint64_t count, const volatile int *stop, admf_error *error)
{
    struct keeping keeping = {.plan = plan, .cube = cube, .ids = ids, .count = count};
    return keep(&keeping, plan->symbol_count * plan->window_count * count, stop, error);
}

static admf_status keep_best(const struct plan *plan, struct cube_writer *cube,
                             const volatile int *stop, admf_error *error)
{
    const struct config *config = plan->config;
    const struct best_wanted wanted = {
        .by = config->keep_by, .n = config->keep_count, .min_trades = config->keep_min_trades};
    struct cube_cell *cells = NULL;
    size_t count = 0;
    admf_status status = best_cells(plan, cube, &wanted, &cells, &count, error);
    struct keeping keeping = {.plan = plan, .cube = cube, .cells = cells};
    if (status == ADMF_OK)
        status = keep(&keeping, count, stop, error);
    memory_free(cells);
    return status;
}

admf_status keep_combinations(const struct plan *plan, struct cube_writer *cube,
                              const volatile int *stop, admf_error *error)
{
    const struct config *config = plan->config;
    switch (config->keep) {
    case KEEP_ALL:
        return config->combinations ? keep_list(plan, cube, config->combinations,
                                                config->combination_count, stop, error)
                                    : keep_list(plan, cube, NULL, plan->combinations, stop, error);
    case KEEP_LIST:
        return keep_list(plan, cube, config->keep_ids, config->keep_count, stop, error);
    case KEEP_BEST:
        return keep_best(plan, cube, stop, error);
    default:
        return ADMF_OK;
    }
}
