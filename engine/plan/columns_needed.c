/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From instances to columns. A feature is known by its row and its parameters; whoever
 * asks for the same gets the same column, so a grid of ten thousand crossovers over two
 * hundred periods computes two hundred averages. A hash table finds what is already there.
 */
#include "engine/plan/columns_needed.h"

#include <math.h>
#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"

struct finder {
    struct plan *plan;
    size_t feature_capacity, column_capacity;
    uint32_t *slots; /* open addressing: feature index + 1; 0: free */
    size_t slot_count;
    int market[MARKET_COUNT]; /* column of each market column; -1: none yet */
    admf_error *error;
};

static int column_of(struct finder *finder, const struct series *series, const double *params);

static uint64_t key_of(int id, const double *params)
{
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, &id, sizeof id);
    digest_add(&digest, params, (size_t)catalog_features[id].n_params * sizeof *params);
    return digest_value(&digest);
}

static bool is_feature(const struct plan_feature *feature, int id, const double *params)
{
    size_t bytes = (size_t)catalog_features[id].n_params * sizeof *params;
    return feature->id == id && (bytes == 0 || memcmp(feature->params, params, bytes) == 0);
}

/* The slot of a feature, or the free one where it would stand. */
static uint32_t *slot_of(struct finder *finder, int id, const double *params)
{
    size_t mask = finder->slot_count - 1, i = key_of(id, params) & mask;
    while (finder->slots[i] &&
           !is_feature(&finder->plan->features[finder->slots[i] - 1], id, params))
        i = (i + 1) & mask;
    return &finder->slots[i];
}

static bool grow_slots(struct finder *finder)
{
    struct plan *plan = finder->plan;
    if (2 * (plan->feature_count + 1) <= finder->slot_count)
        return true;
    size_t count = finder->slot_count ? 2 * finder->slot_count : 64;
    uint32_t *slots = memory_new(count, sizeof *slots);
    if (!slots)
        return false;
    memory_free(finder->slots);
    finder->slots = slots;
    finder->slot_count = count;
    for (size_t f = 0; f < plan->feature_count; f++)
        *slot_of(finder, plan->features[f].id, plan->features[f].params) = (uint32_t)f + 1;
    return true;
}

static int add_column(struct finder *finder, struct plan_column column)
{
    struct plan *plan = finder->plan;
    if (plan->column_count == finder->column_capacity) {
        size_t capacity = finder->column_capacity ? 2 * finder->column_capacity : 32;
        void *columns = memory_resize(plan->columns, capacity, sizeof *plan->columns);
        if (!columns)
            return -1;
        plan->columns = columns;
        finder->column_capacity = capacity;
    }
    plan->columns[plan->column_count] = column;
    return (int)plan->column_count++;
}

/* Appends a feature whose inputs are already there; its index, or -1. */
static int append_feature(struct finder *finder, const struct plan_feature *feature)
{
    struct plan *plan = finder->plan;
    if (plan->feature_count == finder->feature_capacity) {
        size_t capacity = finder->feature_capacity ? 2 * finder->feature_capacity : 32;
        void *features = memory_resize(plan->features, capacity, sizeof *plan->features);
        if (!features)
            return -1;
        plan->features = features;
        finder->feature_capacity = capacity;
    }
    if (!grow_slots(finder))
        return -1;
    *slot_of(finder, feature->id, feature->params) = (uint32_t)plan->feature_count + 1;
    plan->features[plan->feature_count] = *feature;
    return (int)plan->feature_count++;
}

static int add_feature(struct finder *finder, int id, const double *params)
{
    const admf_component *row = &catalog_features[id];
    struct plan_feature feature = {.id = id};
    for (int m = 0; m < ADMF_MEMBERS_MAX; m++)
        feature.column[m] = -1;
    for (int k = 0; k < row->n_needs; k++) {
        struct series series;
        if (series_parse(row->needs[k], row, &series, finder->error) != ADMF_OK)
            return -1;
        feature.input[k] = column_of(finder, &series, params);
        if (feature.input[k] < 0)
            return -1;
        const struct plan_column *input = &finder->plan->columns[feature.input[k]];
        if (input->market < 0 && finder->plan->features[input->feature].level >= feature.level)
            feature.level = finder->plan->features[input->feature].level + 1;
    }
    feature.params = memory_new((size_t)row->n_params, sizeof *feature.params);
    if (!feature.params)
        return -1;
    if (row->n_params)
        memcpy(feature.params, params, (size_t)row->n_params * sizeof *params);
    feature.state_bytes = finder->plan->kernels->feature[id].bytes(feature.params);
    int index = append_feature(finder, &feature);
    if (index < 0)
        memory_free(feature.params);
    return index;
}

static int market_column(struct finder *finder, int market)
{
    if (finder->market[market] < 0)
        finder->market[market] =
            add_column(finder, (struct plan_column){.market = market, .feature = -1});
    finder->plan->market_needed |= 1u << market;
    return finder->market[market];
}

/* The column a series means for an owner with `params`; -1 with the error set or out of memory. */
static int column_of(struct finder *finder, const struct series *series, const double *owner_params)
{
    if (series->market >= 0)
        return market_column(finder, series->market);
    double params[ADMF_PARAMS_MAX];
    series_params(series, owner_params, params);
    int feature = -1;
    if (finder->slot_count)
        feature = (int)*slot_of(finder, series->feature, params) - 1;
    if (feature < 0)
        feature = add_feature(finder, series->feature, params);
    if (feature < 0)
        return -1;
    int *column = &finder->plan->features[feature].column[series->member];
    if (*column < 0) {
        int added = add_column(finder, (struct plan_column){-1, feature, series->member, false});
        finder->plan->features[feature].column[series->member] = added;
        return added;
    }
    return *column;
}

/* What every instance of an axis reads. The rows' needs are parsed once per row. */
static bool find_services(struct finder *finder, const struct axis *axis, struct plan_service *out)
{
    const admf_component *row = NULL;
    struct series series[ADMF_NEEDS_MAX];
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        if (!instance->row)
            continue;
        if (instance->row != row) {
            row = instance->row;
            for (int k = 0; k < row->n_needs; k++)
                if (series_parse(row->needs[k], row, &series[k], finder->error) != ADMF_OK)
                    return false;
        }
        for (int k = 0; k < row->n_needs; k++) {
            out[i].column[k] = column_of(finder, &series[k], instance->params);
            if (out[i].column[k] < 0)
                return false;
        }
    }
    return true;
}

/* The column that scales the sizes of a risk instance, and the columns its exits test. */
static bool find_scale(struct finder *finder, const double *risk, int *column)
{
    struct series series = {.market = -1, .feature = -1, .arguments = 1, .argument = {-1}};
    *column = -1;
    if (!isnan(risk[RISK_stop_loss]) || !isnan(risk[RISK_take_profit]) ||
        !isnan(risk[RISK_trailing_stop]))
        finder->plan->market_needed |= 1u << MARKET_OPEN | 1u << MARKET_HIGH | 1u << MARKET_LOW;
    if (risk[RISK_size_type] == SIZE_VOLATILITY_TARGET) {
        series.feature = FEATURE_volatility;
        series.constant[0] = risk[RISK_vol_period];
    } else if (risk[RISK_size_type] == SIZE_ATR_RISK) {
        series.feature = FEATURE_atr;
        series.constant[0] = risk[RISK_atr_period];
    } else {
        return true;
    }
    *column = column_of(finder, &series, risk);
    return *column >= 0;
}

/* Features by level, so that whatever one reads stands before it. */
static bool sort_features(struct plan *plan)
{
    size_t n = plan->feature_count, next = 0;
    struct plan_feature *sorted = memory_new(n, sizeof *sorted);
    int *place = memory_new(n, sizeof *place);
    bool done = sorted && place;
    for (int level = 0; done && next < n; level++)
        for (size_t f = 0; f < n; f++)
            if (plan->features[f].level == level) {
                place[f] = (int)next;
                sorted[next++] = plan->features[f];
            }
    if (done) {
        for (size_t c = 0; c < plan->column_count; c++)
            if (plan->columns[c].market < 0)
                plan->columns[c].feature = place[plan->columns[c].feature];
        memory_free(plan->features);
        plan->features = sorted;
        sorted = NULL;
    }
    memory_free(sorted);
    memory_free(place);
    return done;
}

admf_status plan_find_columns(struct plan *plan, admf_error *error)
{
    struct finder finder = {.plan = plan, .error = error};
    const struct axis *risk = &plan->axes[AXIS_RISK], *execution = &plan->axes[AXIS_EXECUTION];
    for (int m = 0; m < MARKET_COUNT; m++)
        finder.market[m] = -1;
    bool done = grow_slots(&finder);
    if (plan->mode != PLAN_REPLAY)
        done = done && find_services(&finder, &plan->axes[AXIS_STRATEGY], plan->strategies) &&
               find_services(&finder, &plan->axes[AXIS_CLASSIFIER], plan->classifiers);
    for (size_t i = 0; done && i < risk->count; i++)
        done = find_scale(&finder, risk->instances[i].params, &plan->scale_column[i]);
    for (size_t i = 0; done && i < execution->count; i++)
        if (execution->instances[i].params[EXECUTION_fill] == FILL_NEXT_OPEN)
            plan->market_needed |= 1u << MARKET_OPEN;
    done = done && sort_features(plan);
    memory_free(finder.slots);
    if (done)
        return ADMF_OK;
    return error->code ? error->code : fail_memory(error);
}
