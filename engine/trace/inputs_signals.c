/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals and labels of every bar, from the shared kernels. Where a column that a component
 * reads is undefined, so is what it says: signal 0, label unknown.
 */
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/features/days.h"
#include "engine/trace/announce.h"
#include "engine/trace/inputs.h"

/* Clears the bits of bars at which a column that the component reads is undefined. */
static void keep_defined(const struct inputs *inputs, const admf_component *row,
                         const struct plan_service *service, uint64_t *words)
{
    for (int k = 0; k < row->n_needs; k++) {
        const uint64_t *defined = columns_defined(inputs->columns, service->column[k]);
        for (size_t w = 0; defined && w < inputs->words; w++)
            words[w] &= defined[w];
    }
}

static void gather(const struct inputs *inputs, const admf_component *row,
                   const struct plan_service *service, const double *column[ADMF_NEEDS_MAX])
{
    for (int k = 0; k < row->n_needs; k++)
        column[k] = columns_row(inputs->columns, service->column[k]);
}

static void count_call(struct inputs *inputs, enum service service, uint64_t start)
{
    inputs->calls[service]++;
    inputs->nanoseconds[service] += event_now() - start;
}

admf_status inputs_make_signals(struct inputs *inputs, admf_error *error)
{
    const struct instance *strategy = inputs_instance(inputs, AXIS_STRATEGY);
    const struct plan_service *service =
        &inputs->plan->strategies[inputs->cell.index[AXIS_STRATEGY]];
    const struct kernel_table *kernels = inputs->plan->kernels;
    const double *column[ADMF_NEEDS_MAX];
    uint64_t *up = memory_new_aligned(2 * inputs->words, sizeof *up);
    inputs->signal = memory_new(inputs->words * WORD_BARS, sizeof *inputs->signal);
    inputs->strength = memory_new_aligned(inputs->words * WORD_BARS, sizeof *inputs->strength);
    if (!up || !inputs->signal || !inputs->strength) {
        memory_free(up);
        return fail_memory(error);
    }
    uint64_t *down = up + inputs->words, start = event_now();
    gather(inputs, strategy->row, service, column);
    kernels->strategy[strategy->id](column, strategy->params, inputs->words, up, down);
    if (kernels->strength[strategy->id])
        kernels->strength[strategy->id](column, strategy->params, inputs->words, inputs->strength);
    count_call(inputs, SERVICE_STRATEGY, start);
    keep_defined(inputs, strategy->row, service, up);
    keep_defined(inputs, strategy->row, service, down);
    for (size_t t = 0; t < inputs->count; t++)
        inputs->signal[t] = (int8_t)(inputs_bit(up, t) - inputs_bit(down, t));
    if (!kernels->strength[strategy->id])
        for (size_t t = 0; t < inputs->count; t++)
            inputs->strength[t] = 1;
    memory_free(up);
    return ADMF_OK;
}

/* Labels of days hold for the bars that follow them. */
static admf_status label_days(struct inputs *inputs, admf_error *error)
{
    size_t index = inputs->cell.index[AXIS_CLASSIFIER];
    size_t classifiers = inputs->plan->axes[AXIS_CLASSIFIER].count;
    struct day_labels days = {0};
    uint64_t start = event_now();
    admf_status status =
        day_labels_make(inputs->plan, inputs->bars, (int)index, true, 1, &days, error);
    count_call(inputs, SERVICE_CLASSIFIER, start);
    for (size_t t = 0; status == ADMF_OK && t < inputs->count; t++) {
        size_t day = day_of_label(inputs->bars, inputs->window->first + t);
        if (day == SIZE_MAX)
            continue;
        inputs->label[t] = days.label[index][day];
        inputs->confidence[t] = days.confidence[index][day];
    }
    if (status == ADMF_OK)
        day_labels_deinit(&days, classifiers);
    return status;
}

static double confidence_at(const struct inputs *inputs, const struct instance *classifier,
                            const double *const column[ADMF_NEEDS_MAX], size_t t)
{
    confidence_kernel *kernel = inputs->plan->kernels->confidence[classifier->id];
    double x[ADMF_NEEDS_MAX];
    int code = inputs->label[t];
    if (code == 0 || !kernel)
        return code != 0;
    for (int k = 0; k < classifier->row->n_needs; k++)
        x[k] = column[k][t];
    return kernel(x, classifier->params, code);
}

static admf_status label_bars(struct inputs *inputs, admf_error *error)
{
    const struct instance *classifier = inputs_instance(inputs, AXIS_CLASSIFIER);
    const struct plan_service *service =
        &inputs->plan->classifiers[inputs->cell.index[AXIS_CLASSIFIER]];
    size_t labels = (size_t)classifier->row->n_labels, words = inputs->words;
    const double *column[ADMF_NEEDS_MAX];
    uint64_t *word[ADMF_LABELS_MAX];
    uint64_t *all = memory_new_aligned(labels * words, sizeof *all);
    if (!all)
        return fail_memory(error);
    for (size_t k = 0; k < labels; k++)
        word[k] = all + k * words;
    uint64_t start = event_now();
    gather(inputs, classifier->row, service, column);
    inputs->plan->kernels->classifier[classifier->id](column, classifier->params, words, word);
    count_call(inputs, SERVICE_CLASSIFIER, start);
    for (size_t k = 0; k < labels; k++)
        keep_defined(inputs, classifier->row, service, word[k]);
    for (size_t t = 0; t < inputs->count; t++) {
        for (size_t k = 0; k < labels; k++)
            if (inputs_bit(word[k], t))
                inputs->label[t] = (uint8_t)(k + 1);
        inputs->confidence[t] = confidence_at(inputs, classifier, column, t);
    }
    memory_free(all);
    return ADMF_OK;
}

admf_status inputs_make_labels(struct inputs *inputs, admf_error *error)
{
    const struct instance *classifier = inputs_instance(inputs, AXIS_CLASSIFIER);
    if (!classifier->row)
        return ADMF_OK;
    inputs->label = memory_new(inputs->count, sizeof *inputs->label);
    inputs->confidence = memory_new(inputs->count, sizeof *inputs->confidence);
    if (!inputs->label || !inputs->confidence)
        return fail_memory(error);
    return catalog_is_day_classifier[classifier->id] ? label_days(inputs, error)
                                                     : label_bars(inputs, error);
}
