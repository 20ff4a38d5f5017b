/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/selection.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/workflow/best_cells.h"
#include "engine/workflow/rerun_series.h"
#include "io/cube/best.h"

/* Cells of one read. */
enum { PIECE = 4096 };

/* The windows of one fold of one symbol. */
struct fold {
    const struct plan *plan;
    struct cube_writer *cube;
    size_t symbol, objective; /* objective: index among the cube's metrics */
    int fold;
    size_t test; /* window */
};

static const struct plan_window *window_of(const struct fold *f, size_t w)
{
    return &f->plan->windows[f->symbol * f->plan->window_count + w];
}

/* The objective of some cells in training: the mean over the fold's windows, by samples. */
static admf_status train_piece(const struct fold *f, uint64_t first, uint64_t count, double *mean,
                               admf_error *error)
{
    double value[PIECE], samples = 0;
    memset(mean, 0, count * sizeof *mean);
    for (size_t w = 0; w < f->plan->window_count; w++) {
        const struct plan_window *window = window_of(f, w);
        if (window->fold != f->fold || window->role != WINDOW_TRAIN)
            continue;
        struct cube_range range = {f->symbol, w, first, count};
        admf_status status = cube_read_back(f->cube, f->objective, &range, value, error);
        if (status != ADMF_OK)
            return status;
        double before = samples;
        samples += (double)window->samples;
        /* The first alone is its own mean, to the bit. */
        for (uint64_t i = 0; i < count; i++)
            mean[i] = before == 0
                          ? value[i]
                          : (mean[i] * before + value[i] * (double)window->samples) / samples;
    }
    return ADMF_OK;
}

static admf_status choose(const struct fold *f, struct cube_choice *choice, admf_error *error)
{
    const struct plan *plan = f->plan;
    double mean[PIECE];
    struct best best;
    int objective = catalog_find_metric(plan->config->objective);
    admf_status status = best_init(&best, 1, catalog_less_is_better(objective), error);
    for (uint64_t first = 0; status == ADMF_OK && first < plan->combinations; first += PIECE) {
        uint64_t left = plan->combinations - first, count = left < PIECE ? left : PIECE;
        status = train_piece(f, first, count, mean, error);
        for (uint64_t i = 0; status == ADMF_OK && i < count; i++)
            best_offer(&best, &(admf_ranked){.combo = first + i, .by = mean[i]});
    }
    *choice = (struct cube_choice){.symbol = f->symbol,
                                   .window = f->test,
                                   .fold = f->fold,
                                   .combo = -1,
                                   .train = NAN,
                                   .test = NAN};
    if (status == ADMF_OK && !isnan(best.items[0].by)) {
        struct cube_range range = {f->symbol, f->test, best.items[0].combo, 1};
        choice->combo = (int64_t)best.items[0].combo;
        choice->train = best.items[0].by;
        status = cube_read_back(f->cube, f->objective, &range, &choice->test, error);
    }
    best_deinit(&best);
    return status;
}

/* The test window of a fold; the number of windows where there is no such fold. */
static size_t find_test(const struct plan *plan, int fold)
{
    size_t w = 0;
    while (w < plan->window_count &&
           (plan->windows[w].fold != fold || plan->windows[w].role != WINDOW_TEST))
        w++;
    return w;
}

/* ---- and what became of it -------------------------------------------------------------------*/

/* The folds of one symbol. */
struct stitching {
    const struct plan *plan;
    struct cube_writer *cube;
    double money;                /* at the end of what is stitched */
    uint64_t count;              /* folds that have a combination */
    struct cube_choice *choices; /* owned: of those */
    size_t *bars;                /* owned: of each, up to the next test window */
};

static struct cube_cell chosen_cell(void *context, uint64_t i)
{
    const struct cube_choice *choice = &((const struct stitching *)context)->choices[i];
    return (struct cube_cell){choice->symbol, choice->window, (uint64_t)choice->combo};
}

/* The chosen one over its test window, with the money that the last one left. */
static admf_status stitch(void *context, uint64_t i, struct rerun *rerun, admf_error *error)
{
    struct stitching *s = context;
    double initial = s->plan->config->portfolio[PORTFOLIO_initial_cash];
    double *equity = rerun->result.equity;
    size_t count = s->bars[i] < rerun->count ? s->bars[i] : rerun->count;
    for (size_t t = 0; t < count; t++)
        equity[t] = s->money * (equity[t] / initial);
    s->money = equity[count - 1];
    return cube_keep_stitched(s->cube, &s->choices[i], count, rerun->time, equity, error);
}

/* Chooses for each fold, and notes what is to be stitched. */
static admf_status choose_all(struct fold *f, struct stitching *stitching, admf_error *error)
{
    const struct plan *plan = f->plan;
    admf_status status = ADMF_OK;
    for (f->fold = 1; (f->test = find_test(plan, f->fold)) < plan->window_count; f->fold++) {
        struct cube_choice choice;
        status = choose(f, &choice, error);
        if (status == ADMF_OK)
            status = cube_keep_choice(f->cube, &choice, error);
        if (status != ADMF_OK)
            return status;
        size_t next = find_test(plan, f->fold + 1);
        const struct plan_window *test = window_of(f, f->test);
        size_t end = next < plan->window_count ? window_of(f, next)->first : test->end;
        if (choice.combo < 0)
            continue;
        stitching->choices[stitching->count] = choice;
        stitching->bars[stitching->count++] = end > test->first ? end - test->first : SIZE_MAX;
    }
    return ADMF_OK;
}

static admf_status select_for_symbol(struct fold *f, const volatile int *stop, admf_error *error)
{
    const struct plan *plan = f->plan;
    struct stitching s = {.plan = plan,
                          .cube = f->cube,
                          .money = plan->config->portfolio[PORTFOLIO_initial_cash],
                          .choices = memory_new(plan->window_count, sizeof *s.choices),
                          .bars = memory_new(plan->window_count, sizeof *s.bars)};
    admf_status status = s.choices && s.bars ? choose_all(f, &s, error) : fail_memory(error);
    if (status == ADMF_OK)
        status = rerun_series(&(struct rerun_series){.plan = plan,
                                                     .stop = stop,
                                                     .count = s.count,
                                                     .context = &s,
                                                     .cell = chosen_cell,
                                                     .use = stitch},
                              error);
    memory_free(s.choices);
    memory_free(s.bars);
    return status;
}

admf_status select_combinations(const struct plan *plan, struct cube_writer *cube,
                                const volatile int *stop, admf_error *error)
{
    admf_status status = ADMF_OK;
    struct fold fold = {.plan = plan, .cube = cube};
    fold.objective = stored_metric(plan, catalog_find_metric(plan->config->objective));
    for (size_t s = 0; status == ADMF_OK && s < plan->symbol_count; s++) {
        fold.symbol = s;
        status = select_for_symbol(&fold, stop, error);
    }
    return status;
}
