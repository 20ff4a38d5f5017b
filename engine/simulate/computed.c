/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/computed.h"

#include <string.h>

#include "engine/catalog/catalog.h"

bool computed_init(struct computed *c, const struct plan *plan, const struct bars *bars,
                   const struct day_labels *days, size_t first, size_t count, size_t tile_bars)
{
    *c = (struct computed){.plan = plan, .bars = bars, .days = days};
    return codes_init(&c->codes, plan, bars, first, count, tile_bars);
}

void computed_deinit(struct computed *c)
{
    codes_deinit(&c->codes);
    *c = (struct computed){0};
}

void computed_read(struct computed *c, struct columns *columns)
{
    columns_read(columns, codes_take, &c->codes);
}

void computed_mark(const struct plan *plan, const struct instance *instance,
                   const struct plan_service *service, bool *needed)
{
    for (int k = 0; instance->row && k < instance->row->n_needs; k++)
        columns_mark(plan, service->column[k], needed);
}

void computed_mark_block(const struct plan *plan, size_t first, size_t count, bool *needed)
{
    bool computes = plan->mode != PLAN_REPLAY;
    for (size_t i = first; computes && i < first + count; i++)
        if (plan_strategy_runs(plan, i))
            computed_mark(plan, &plan->axes[AXIS_STRATEGY].instances[i], &plan->strategies[i],
                          needed);
    for (size_t i = 0; computes && i < plan->axes[AXIS_CLASSIFIER].count; i++)
        computed_mark(plan, &plan->axes[AXIS_CLASSIFIER].instances[i], &plan->classifiers[i],
                      needed);
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        if (plan->scale_column[i] >= 0)
            columns_mark(plan, plan->scale_column[i], needed);
}

/* Clears the bars at which any column of a service is undefined: rules are strict. */
static void strict(const struct columns *columns, const struct plan_service *service, int needs,
                   size_t words, uint64_t *a, uint64_t *b)
{
    for (int k = 0; k < needs; k++) {
        const uint64_t *defined = columns_defined(columns, service->column[k]);
        for (size_t w = 0; defined && w < words; w++) {
            a[w] &= defined[w];
            if (b)
                b[w] &= defined[w];
        }
    }
}

void computed_strategy(const struct computed *c, const struct columns *columns, size_t i,
                       size_t words, uint64_t *up, uint64_t *down, double *strength)
{
    const struct plan *plan = c->plan;
    const struct instance *instance = &plan->axes[AXIS_STRATEGY].instances[i];
    const struct plan_service *service = &plan->strategies[i];
    const double *column[ADMF_NEEDS_MAX];
    for (int k = 0; k < instance->row->n_needs; k++)
        column[k] = columns_row(columns, service->column[k]);
    struct code_row row[2];
    if (codes_of(&c->codes, i, row))
        plan->kernels->coded[instance->id](column, row, words, up, down);
    else
        plan->kernels->strategy[instance->id](column, instance->params, words, up, down);
    strict(columns, service, instance->row->n_needs, words, up, down);
    if (!strength)
        return;
    if (plan->kernels->strength[instance->id])
        plan->kernels->strength[instance->id](column, instance->params, words, strength);
    else
        for (size_t t = 0; t < words * WORD_BARS; t++)
            strength[t] = 1;
}

/* Words of day labels: each bar has its day's. */
static void spread_days(const struct computed *c, size_t i, size_t first, size_t count,
                        uint64_t *const *label)
{
    for (size_t t = 0; t < count; t++) {
        size_t day = day_of_label(c->bars, first + t);
        uint8_t code = day == SIZE_MAX ? 0 : c->days->label[i][day];
        if (code)
            label[code - 1][t / WORD_BARS] |= (uint64_t)1 << (t % WORD_BARS);
    }
}

void computed_classifier(const struct computed *c, const struct columns *columns, size_t i,
                         size_t first, size_t count, uint64_t *const *label)
{
    const struct plan *plan = c->plan;
    const struct instance *instance = &plan->axes[AXIS_CLASSIFIER].instances[i];
    const struct plan_service *service = &plan->classifiers[i];
    const double *column[ADMF_NEEDS_MAX];
    size_t words = words_for(count);
    for (int k = 0; k < instance->row->n_labels; k++)
        memset(label[k], 0, words * sizeof(uint64_t));
    if (catalog_is_day_classifier[instance->id]) {
        spread_days(c, i, first, count, label);
        return;
    }
    for (int k = 0; k < instance->row->n_needs; k++)
        column[k] = columns_row(columns, service->column[k]);
    plan->kernels->classifier[instance->id](column, instance->params, words, label);
    for (int k = 0; k < instance->row->n_labels; k++)
        strict(columns, service, instance->row->n_needs, words, label[k], NULL);
}
