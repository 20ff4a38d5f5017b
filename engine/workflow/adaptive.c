/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/adaptive.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/trace/composite.h"
#include "engine/workflow/rerun.h"

static int64_t combo_of(const struct plan *plan, const struct plan_adaptive *adaptive,
                        int64_t strategy)
{
    return strategy < 0 ? -1 : strategy * (int64_t)plan_triples(plan) + (int64_t)adaptive->triple;
}

/* The choice stands once, before the first window. */
static admf_status write(const struct plan *plan, struct cube_writer *cube,
                         const struct plan_adaptive *adaptive, size_t window,
                         const struct rerun *rerun, const int64_t *combo, admf_error *error)
{
    const struct scalar_result *result = &rerun->result;
    const struct instance *classifier = plan_classifier_of(plan, adaptive->triple);
    struct cell cell = plan_cell(plan, adaptive->triple);
    const char *label[ADMF_LABELS_MAX];
    int64_t chosen[ADMF_LABELS_MAX];
    for (size_t code = 0; code < regime_labels(classifier); code++) {
        label[code] = regime_label(classifier, code);
        chosen[code] = combo_of(plan, adaptive, adaptive->strategy[code]);
    }
    const struct cube_adaptive out = {
        .symbol = adaptive->symbol,
        .window = window,
        .classifier = (int64_t)cell.index[AXIS_CLASSIFIER],
        .risk = (int64_t)cell.index[AXIS_RISK],
        .execution = (int64_t)cell.index[AXIS_EXECUTION],
        .label_count = window == 0 ? regime_labels(classifier) : 0,
        .label = label,
        .chosen = chosen,
        .profit = adaptive->profit,
        .train = adaptive->objective,
        .test = result->metric[catalog_find_metric(plan->config->objective)],
        .status = result->status,
        .metric = result->metric,
        .count = (int64_t)rerun->count,
        .time = rerun->time,
        .combo = combo,
        .equity = result->equity};
    return cube_keep_adaptive(cube, &out, error);
}

static admf_status run_one(const struct plan *plan, struct cube_writer *cube,
                           const struct plan_adaptive *adaptive, size_t window,
                           const volatile int *stop, admf_error *error)
{
    struct rerun rerun;
    int64_t *combo = NULL;
    admf_status status = rerun_adaptive(&rerun, plan, window, adaptive, 0, stop, error);
    if (status == ADMF_OK && !(combo = memory_new(rerun.count, sizeof *combo)))
        status = fail_memory(error);
    for (size_t t = 0; status == ADMF_OK && t < rerun.count; t++)
        combo[t] =
            combo_of(plan, adaptive, composite_strategy(&rerun.inputs, adaptive->strategy, t));
    if (status == ADMF_OK)
        status = write(plan, cube, adaptive, window, &rerun, combo, error);
    memory_free(combo);
    rerun_deinit(&rerun);
    return status;
}

admf_status adapt_to_regimes(const struct plan *plan, struct cube_writer *cube,
                             const volatile int *stop, admf_error *error)
{
    const struct plan_adaptive *adaptive;
    size_t window;
    for (uint64_t row = 0; (adaptive = plan_adaptive_at(plan, row, &window)); row++) {
        admf_status status = run_one(plan, cube, adaptive, window, stop, error);
        if (status != ADMF_OK)
            return status;
    }
    return ADMF_OK;
}
