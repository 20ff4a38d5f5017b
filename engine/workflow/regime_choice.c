/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of /by_regime stand strategy by strategy, and within one in the order of triples and labels:
 * one pass over them, some strategies at a time, keeps the best of each row.
 */
#include "engine/workflow/regime_choice.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/plan/memory.h"
#include "engine/workflow/rerun.h"
#include "io/cube/best.h"
#include "io/cube/reader.h"

struct choosing {
    const struct plan *plan;
    admf_cube *cube;
    uint64_t rows;     /* of one strategy: labels of all triples */
    double *profit;    /* [symbols][rows]: of the best strategy */
    int64_t *strategy; /* [symbols][rows]: the best; -1: none has done anything */
};

/* ---- the best of each row ----------------------------------------------------------------*/

/* Strategies come in order, so that the first of equals stays. */
static void consider(struct choosing *c, uint64_t at, int64_t strategy, double profit)
{
    if (isnan(profit) || (c->strategy[at] >= 0 && !(profit > c->profit[at])))
        return;
    c->strategy[at] = strategy;
    c->profit[at] = profit;
}

static admf_status read_piece(const struct choosing *c, uint64_t first, uint64_t count,
                              double *profit, double *trades, admf_error *error)
{
    static const struct cube_column profits = {"by_regime", "profit"};
    static const struct cube_column trade_counts = {"by_regime", "trades"};
    admf_status status = cube_table_numbers(c->cube, &profits, first, count, profit, error);
    return status == ADMF_OK
               ? cube_table_numbers(c->cube, &trade_counts, first, count, trades, error)
               : status;
}

/* `active`: rows in which some strategy had profit or trades. */
static admf_status choose_of_symbol(struct choosing *c, size_t symbol, bool *active, double *profit,
                                    double *trades, admf_error *error)
{
    uint64_t strategies = c->plan->axes[AXIS_STRATEGY].count, base = symbol * c->rows;
    uint64_t together = c->rows < CHOOSING_ROWS ? CHOOSING_ROWS / c->rows : 1;
    for (uint64_t first = 0; first < strategies; first += together) {
        uint64_t left = strategies - first, count = left < together ? left : together;
        admf_status status = read_piece(c, (symbol * strategies + first) * c->rows, count * c->rows,
                                        profit, trades, error);
        if (status != ADMF_OK)
            return status;
        for (uint64_t i = 0; i < count * c->rows; i++) {
            uint64_t row = i % c->rows;
            consider(c, base + row, (int64_t)(first + i / c->rows), profit[i]);
            active[row] = active[row] || trades[i] > 0 || profit[i] > 0 || profit[i] < 0;
        }
    }
    for (uint64_t row = 0; row < c->rows; row++)
        if (!active[row])
            c->strategy[base + row] = -1;
    return ADMF_OK;
}

static admf_status choose(struct choosing *c, admf_error *error)
{
    uint64_t piece = c->rows < CHOOSING_ROWS ? CHOOSING_ROWS : c->rows;
    double *profit = memory_new(piece, sizeof *profit), *trades = memory_new(piece, sizeof *trades);
    admf_status status = profit && trades ? ADMF_OK : fail_memory(error);
    for (size_t i = 0; status == ADMF_OK && i < c->plan->symbol_count * c->rows; i++)
        c->strategy[i] = -1;
    for (size_t s = 0; status == ADMF_OK && s < c->plan->symbol_count; s++) {
        bool *active = memory_new(c->rows, sizeof *active);
        status =
            active ? choose_of_symbol(c, s, active, profit, trades, error) : fail_memory(error);
        memory_free(active);
    }
    memory_free(profit);
    memory_free(trades);
    return status;
}

/* ---- the best portfolios ------------------------------------------------------------------*/

/* The portfolio of a triple whose labels begin at `row`; false where it is flat always. */
static bool make_portfolio(const struct choosing *c, size_t symbol, uint64_t triple, uint64_t row,
                           struct plan_adaptive *out)
{
    bool trades = false;
    size_t labels = regime_labels(plan_classifier_of(c->plan, triple));
    *out = (struct plan_adaptive){.symbol = symbol, .triple = triple, .objective = NAN};
    for (size_t code = 0; code < ADMF_LABELS_MAX; code++) {
        uint64_t at = symbol * c->rows + row + code;
        out->strategy[code] = code < labels ? c->strategy[at] : -1;
        out->profit[code] = out->strategy[code] >= 0 ? c->profit[at] : NAN;
        trades = trades || out->strategy[code] >= 0;
    }
    return trades;
}

/* Its objective over the training window; NaN too where it has not traded enough. */
static admf_status judge(const struct choosing *c, const struct plan_adaptive *portfolio,
                         const struct regime_wanted *wanted, const volatile int *stop,
                         double *objective, admf_error *error)
{
    struct rerun rerun;
    admf_status status = rerun_adaptive(&rerun, c->plan, 0, portfolio, 0, stop, error);
    if (status == ADMF_OK) {
        const double *metric = rerun.result.metric;
        bool enough =
            wanted->min_trades == 0 || metric[METRIC_trades] >= (double)wanted->min_trades;
        *objective = enough ? metric[wanted->by] : NAN;
    }
    rerun_deinit(&rerun);
    return status;
}

static admf_status judge_all(const struct choosing *c, const struct regime_wanted *wanted,
                             const volatile int *stop, struct best *best, admf_error *error)
{
    for (size_t s = 0; s < c->plan->symbol_count; s++) {
        uint64_t row = 0, triples = plan_triples(c->plan);
        for (uint64_t triple = 0; triple < triples; triple++) {
            struct plan_adaptive portfolio;
            admf_ranked ranked = {.symbol = s, .combo = triple};
            if (make_portfolio(c, s, triple, row, &portfolio)) {
                admf_status status = judge(c, &portfolio, wanted, stop, &ranked.by, error);
                if (status != ADMF_OK)
                    return status;
                if (!isnan(ranked.by))
                    best_offer(best, &ranked);
            }
            row += regime_labels(plan_classifier_of(c->plan, triple));
        }
    }
    return ADMF_OK;
}

/* ---- as a configuration has them ----------------------------------------------------------*/

static int by_place(const void *left, const void *right)
{
    const admf_ranked *a = left, *b = right;
    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    return (a->combo > b->combo) - (a->combo < b->combo);
}

static int by_id(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static uint64_t first_row(const struct plan *plan, uint64_t triple)
{
    uint64_t row = 0;
    for (uint64_t t = 0; t < triple; t++)
        row += regime_labels(plan_classifier_of(plan, t));
    return row;
}

static void add_portfolio(struct regime_choices *out, const struct choosing *c,
                          const admf_ranked *ranked)
{
    const struct plan *plan = c->plan;
    const struct instance *classifier = plan_classifier_of(plan, ranked->combo);
    struct plan_adaptive portfolio;
    make_portfolio(c, ranked->symbol, ranked->combo, first_row(plan, ranked->combo), &portfolio);
    for (size_t code = 0; code < ADMF_LABELS_MAX; code++) {
        if (portfolio.strategy[code] < 0)
            continue;
        uint64_t combo = (uint64_t)portfolio.strategy[code] * plan_triples(plan) + ranked->combo;
        out->choices[out->count++] =
            (struct regime_choice){.symbol = (char *)plan->bars[ranked->symbol]->symbol,
                                   .label = (char *)regime_label(classifier, code),
                                   .combo = combo,
                                   .profit = portfolio.profit[code],
                                   .objective = ranked->by};
        out->combinations[out->combination_count++] = combo;
    }
}

static void sort_combinations(struct regime_choices *out)
{
    size_t count = 0;
    qsort(out->combinations, out->combination_count, sizeof *out->combinations, by_id);
    for (size_t i = 0; i < out->combination_count; i++)
        if (count == 0 || out->combinations[count - 1] != out->combinations[i])
            out->combinations[count++] = out->combinations[i];
    out->combination_count = count;
}

static admf_status gather(struct regime_choices *out, const struct choosing *c, struct best *best,
                          admf_error *error)
{
    size_t most = (size_t)best->count * ADMF_LABELS_MAX;
    out->choices = memory_new(most, sizeof *out->choices);
    out->combinations = memory_new(most, sizeof *out->combinations);
    if (!out->choices || !out->combinations)
        return fail_memory(error);
    qsort(best->items, best->count, sizeof *best->items, by_place);
    for (uint64_t i = 0; i < best->count; i++)
        add_portfolio(out, c, &best->items[i]);
    sort_combinations(out);
    return ADMF_OK;
}

admf_status regime_choices_make(struct regime_choices *out, const struct plan *plan,
                                const char *path, const struct regime_wanted *wanted,
                                const volatile int *stop, admf_error *error)
{
    struct choosing c = {.plan = plan, .rows = plan_regime_rows(plan)};
    uint64_t portfolios = plan->symbol_count * plan_triples(plan);
    struct best best;
    *out = (struct regime_choices){0};
    admf_status status = best_init(&best, wanted->n < portfolios ? wanted->n : portfolios,
                                   catalog_less_is_better(wanted->by), error);
    c.profit = memory_new(plan->symbol_count * c.rows, sizeof *c.profit);
    c.strategy = memory_new(plan->symbol_count * c.rows, sizeof *c.strategy);
    if (status == ADMF_OK && (!c.profit || !c.strategy))
        status = fail_memory(error);
    if (status == ADMF_OK)
        status = admf_cube_open(path, &c.cube, error);
    if (status == ADMF_OK)
        status = choose(&c, error);
    admf_cube_close(&c.cube);
    if (status == ADMF_OK)
        status = judge_all(&c, wanted, stop, &best, error);
    if (status == ADMF_OK)
        status = gather(out, &c, &best, error);
    memory_free(c.profit);
    memory_free(c.strategy);
    best_deinit(&best);
    return status;
}

void regime_choices_deinit(struct regime_choices *choices)
{
    memory_free(choices->choices);
    memory_free(choices->combinations);
    *choices = (struct regime_choices){0};
}
