/* SPDX-License-Identifier: Apache-2.0 */
/* Columns, terms and names of one combination. */
#include "engine/trace/inputs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/trace/announce.h"

static void make_terms(struct inputs *inputs)
{
    const struct config *config = inputs->plan->config;
    struct terms *terms = &inputs->terms;
    const struct instance *classifier = inputs_instance(inputs, AXIS_CLASSIFIER);
    memcpy(terms->risk, inputs_instance(inputs, AXIS_RISK)->params, sizeof terms->risk);
    memcpy(terms->execution, inputs_instance(inputs, AXIS_EXECUTION)->params,
           sizeof terms->execution);
    memcpy(terms->portfolio, config->portfolio, sizeof terms->portfolio);
    terms->block_entries = classifier->row && classifier->entry->block_entries;
    terms->sample_daily = inputs->window->daily_samples;
    terms->periods = inputs->window->periods;
    terms->risk_free_rate = config->risk_free_rate;
    terms->blocks = config->blocks;
}

static void mark_service(const struct plan *plan, const struct instance *instance,
                         const struct plan_service *service, bool *needed)
{
    for (int k = 0; instance->row && k < instance->row->n_needs; k++)
        columns_mark(plan, service->column[k], needed);
}

static const struct plan_service *strategy_of(const struct inputs *inputs)
{
    return &inputs->plan->strategies[inputs->cell.index[AXIS_STRATEGY]];
}
static const struct plan_service *classifier_of(const struct inputs *inputs)
{
    return &inputs->plan->classifiers[inputs->cell.index[AXIS_CLASSIFIER]];
}

/*
 * All columns the combination reads, or its strategy alone: those of the window stay, those of
 * the bars before it are only gone through, as far back as its features remember.
 */
static admf_status make_columns(struct inputs *inputs, bool whole, admf_error *error)
{
    const struct plan *plan = inputs->plan;
    int scale = plan->scale_column[inputs->cell.index[AXIS_RISK]];
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (!needed)
        return fail_memory(error);
    if (plan->mode != PLAN_REPLAY)
        mark_service(plan, inputs_instance(inputs, AXIS_STRATEGY), strategy_of(inputs), needed);
    if (plan->mode != PLAN_REPLAY && whole)
        mark_service(plan, inputs_instance(inputs, AXIS_CLASSIFIER), classifier_of(inputs), needed);
    if (whole && scale >= 0)
        columns_mark(plan, scale, needed);
    size_t first = inputs->window->first,
           longest = inputs->count > INPUTS_TILE ? inputs->count : INPUTS_TILE;
    inputs->columns = columns_new(plan, inputs->bars, needed, longest, first);
    memory_free(needed);
    if (!inputs->columns)
        return fail_memory(error);
    uint64_t start = event_now();
    for (size_t t = columns_begin(inputs->columns); t < first; t += INPUTS_TILE)
        columns_advance(inputs->columns, t, first - t < INPUTS_TILE ? first - t : INPUTS_TILE);
    columns_advance(inputs->columns, first, inputs->count);
    inputs->nanoseconds[SERVICE_FEATURES] = event_now() - start;
    inputs->calls[SERVICE_FEATURES] = 1;
    return ADMF_OK;
}

/* Names and values of the columns, for the events. */
static admf_status make_hub(struct inputs *inputs, admf_error *error)
{
    const struct plan *plan = inputs->plan;
    size_t n = plan->column_count, count = 0;
    inputs->name = memory_new(n, sizeof *inputs->name);
    inputs->hub_input = memory_new(n, sizeof *inputs->hub_input);
    inputs->hub_column = memory_new(n, sizeof *inputs->hub_column);
    if (!inputs->name || !inputs->hub_input || !inputs->hub_column)
        return fail_memory(error);
    for (size_t k = 0; k < n; k++) {
        if (!columns_have(inputs->columns, (int)k))
            continue;
        plan_column_name(plan, (int)k, inputs->name[k], sizeof *inputs->name);
        inputs->hub_input[count] = inputs->name[k];
        inputs->hub_column[count++] = columns_row(inputs->columns, (int)k);
    }
    inputs->source.features = (struct event_service){.type = "feature_hub",
                                                     .name = "feature_hub",
                                                     .inputs = count,
                                                     .input = inputs->hub_input,
                                                     .column = inputs->hub_column};
    return ADMF_OK;
}

/* Words and booleans are shown as they are written in a configuration. */
static const char *word_of(const admf_param *param, double value, char text[WORD_TEXT_MAX])
{
    size_t length;
    const char *word = NULL;
    if (param->type == ADMF_BOOL)
        return value != 0 ? "true" : "false";
    if (param->type == ADMF_WORD && !isnan(value))
        word = catalog_word(param, (int)value, &length);
    if (!word)
        return NULL;
    snprintf(text, WORD_TEXT_MAX, "%.*s", (int)length, word);
    return text;
}

static void describe(struct inputs *inputs, const struct instance *instance,
                     const struct plan_service *service, struct service_texts *texts,
                     struct event_service *out)
{
    const admf_component *row = instance->row;
    if (!row)
        return;
    for (int k = 0; k < row->n_params; k++) {
        texts->param[k] = row->params[k].name;
        texts->word[k] = word_of(&row->params[k], instance->params[k], texts->word_text[k]);
    }
    int needs = inputs->plan->mode == PLAN_REPLAY ? 0 : row->n_needs;
    for (int k = 0; k < needs; k++) {
        texts->input[k] = inputs->name[service->column[k]];
        texts->column[k] = columns_row(inputs->columns, service->column[k]);
    }
    *out = (struct event_service){.type = row->name,
                                  .name = instance->label,
                                  .params = (size_t)row->n_params,
                                  .param = texts->param,
                                  .value = instance->params,
                                  .word = texts->word,
                                  .inputs = (size_t)needs,
                                  .input = texts->input,
                                  .column = texts->column};
}

static void describe_strategy(struct inputs *inputs)
{
    describe(inputs, inputs_instance(inputs, AXIS_STRATEGY), strategy_of(inputs), &inputs->strategy,
             &inputs->source.strategy);
}

admf_status inputs_describe_strategy(struct inputs *inputs, admf_error *error)
{
    admf_status status = make_hub(inputs, error);
    if (status == ADMF_OK)
        describe_strategy(inputs);
    return status;
}

/* Both axes call an instance that sets nothing `default`: as a source that says too little. */
static const char *speaker(const char *label, const char *axis)
{
    return strcmp(label, "default") == 0 ? axis : label;
}

static void make_source(struct inputs *inputs)
{
    struct event_source *source = &inputs->source;
    const struct instance *classifier = inputs_instance(inputs, AXIS_CLASSIFIER);
    snprintf(inputs->combo, sizeof inputs->combo, "combo_%" PRIu64, inputs->id);
    snprintf(inputs->portfolio, sizeof inputs->portfolio, "portfolio_%" PRIu64, inputs->id);
    source->combo = inputs->combo;
    source->portfolio = inputs->portfolio;
    source->symbol = inputs->bars->symbol;
    source->risk = speaker(inputs_instance(inputs, AXIS_RISK)->label, "risk");
    source->execution = speaker(inputs_instance(inputs, AXIS_EXECUTION)->label, "execution");
    describe_strategy(inputs);
    describe(inputs, classifier, classifier_of(inputs), &inputs->classifier, &source->classifier);
    source->label = inputs->label_names;
    if (inputs->confidence)
        source->confidence = inputs->confidence;
}

admf_status inputs_describe(struct inputs *inputs, admf_error *error)
{
    admf_status status = make_hub(inputs, error);
    if (status == ADMF_OK)
        make_source(inputs);
    return status;
}

static void name_labels(struct inputs *inputs)
{
    const admf_component *row = inputs_instance(inputs, AXIS_CLASSIFIER)->row;
    inputs->label_names[0] = "unknown";
    for (int k = 0; row && k < row->n_labels; k++)
        inputs->label_names[k + 1] = row->labels[k];
}

static void make_scalar(struct inputs *inputs)
{
    const struct instance *classifier = inputs_instance(inputs, AXIS_CLASSIFIER);
    int scale = inputs->plan->scale_column[inputs->cell.index[AXIS_RISK]];
    int size_type = (int)inputs->terms.risk[RISK_size_type];
    struct scalar_input *in = &inputs->scalar;
    *in = (struct scalar_input){.bars = inputs->bars,
                                .first = inputs->window->first,
                                .count = inputs->count,
                                .terms = &inputs->terms,
                                .signal = inputs->signal,
                                .strength = inputs->strength,
                                .labels = (int)regime_labels(classifier)};
    if (classifier->row) {
        in->label = inputs->label;
        in->allow = classifier->entry->allow;
    }
    if (scale >= 0 && size_type == SIZE_ATR_RISK)
        in->atr = columns_row(inputs->columns, scale);
    if (scale >= 0 && size_type == SIZE_VOLATILITY_TARGET)
        in->sigma = columns_row(inputs->columns, scale);
}

static void place(struct inputs *inputs, const struct plan *plan, const struct plan_window *window,
                  uint64_t combo)
{
    *inputs = (struct inputs){.plan = plan,
                              .window = window,
                              .bars = plan->bars[window->symbol],
                              .id = combo,
                              .count = window->end - window->first,
                              .cell = plan_cell(plan, combo)};
    inputs->words = words_for(inputs->count);
}

admf_status inputs_init_strategy(struct inputs *inputs, const struct plan *plan,
                                 const struct plan_window *window, uint64_t combo,
                                 admf_error *error)
{
    place(inputs, plan, window, combo);
    admf_status status = make_columns(inputs, false, error);
    if (status != ADMF_OK)
        return status;
    return plan->mode == PLAN_REPLAY ? inputs_take_stored(inputs, error)
                                     : inputs_make_signals(inputs, error);
}

admf_status inputs_init(struct inputs *inputs, const struct plan *plan,
                        const struct plan_window *window, uint64_t combo, admf_error *error)
{
    place(inputs, plan, window, combo);
    make_terms(inputs);
    admf_status status = make_columns(inputs, true, error);
    if (status == ADMF_OK && plan->mode == PLAN_REPLAY)
        status = inputs_take_stored(inputs, error);
    else if (status == ADMF_OK)
        status = inputs_make_signals(inputs, error);
    if (status == ADMF_OK && plan->mode != PLAN_REPLAY)
        status = inputs_make_labels(inputs, error);
    if (status != ADMF_OK)
        return status;
    name_labels(inputs);
    make_scalar(inputs);
    return ADMF_OK;
}

void inputs_deinit(struct inputs *inputs)
{
    columns_free(&inputs->columns);
    memory_free(inputs->name);
    memory_free(inputs->hub_input);
    memory_free(inputs->hub_column);
    memory_free(inputs->signal);
    memory_free(inputs->strength);
    memory_free(inputs->label);
    memory_free(inputs->confidence);
    *inputs = (struct inputs){0};
}
