/* SPDX-License-Identifier: Apache-2.0 */
/* Signals and labels of every bar, from the store of a replay instead of the kernels. */
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/features/stored_signals.h"
#include "engine/trace/inputs.h"

static admf_status make_signals(struct inputs *inputs, const struct stored_signals *stored,
                                admf_error *error)
{
    size_t bars = inputs->count;
    uint64_t *up = memory_new_aligned(2 * inputs->words, sizeof *up);
    inputs->signal = memory_new(bars, sizeof *inputs->signal);
    if (plan_wants_strength(inputs->plan))
        inputs->strength = memory_new(bars, sizeof *inputs->strength);
    bool made = up && inputs->signal && (inputs->strength || !plan_wants_strength(inputs->plan));
    if (made) {
        uint64_t *down = up + inputs->words;
        stored_strategy(stored, inputs->cell.index[AXIS_STRATEGY], inputs->window->first, bars, up,
                        down, inputs->strength);
        for (size_t t = 0; t < bars; t++)
            inputs->signal[t] = (int8_t)(inputs_bit(up, t) - inputs_bit(down, t));
    }
    memory_free(up);
    return made ? ADMF_OK : fail_memory(error);
}

static admf_status make_labels(struct inputs *inputs, const struct stored_signals *stored,
                               admf_error *error)
{
    const struct instance *classifier = inputs_instance(inputs, AXIS_CLASSIFIER);
    size_t bars = inputs->count;
    uint64_t *label[ADMF_LABELS_MAX];
    if (!classifier->row)
        return ADMF_OK;
    size_t labels = (size_t)classifier->row->n_labels;
    uint64_t *all = memory_new_aligned(labels * inputs->words, sizeof *all);
    inputs->label = memory_new(bars, sizeof *inputs->label);
    if (all && inputs->label) {
        for (size_t k = 0; k < labels; k++)
            label[k] = all + k * inputs->words;
        stored_classifier(stored, inputs->cell.index[AXIS_CLASSIFIER], inputs->window->first, bars,
                          label);
        for (size_t t = 0; t < bars; t++)
            for (size_t k = 0; k < labels; k++)
                if (inputs_bit(label[k], t))
                    inputs->label[t] = (uint8_t)(k + 1);
    }
    memory_free(all);
    return all && inputs->label ? ADMF_OK : fail_memory(error);
}

admf_status inputs_take_stored(struct inputs *inputs, admf_error *error)
{
    const struct instance_range range[SIGNAL_AXES] = {{inputs->cell.index[AXIS_STRATEGY], 1},
                                                      {inputs->cell.index[AXIS_CLASSIFIER], 1}};
    struct stored_signals stored;
    admf_status status =
        stored_signals_load(&stored, inputs->plan, inputs->window->symbol, range, error);
    if (status == ADMF_OK)
        status = make_signals(inputs, &stored, error);
    if (status == ADMF_OK)
        status = make_labels(inputs, &stored, error);
    stored_signals_deinit(&stored);
    return status;
}
