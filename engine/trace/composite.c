/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trace/composite.h"

int64_t composite_strategy(const struct inputs *inputs, const int64_t strategy[ADMF_LABELS_MAX],
                           size_t bar)
{
    return strategy[inputs->label ? inputs->label[bar] : 0];
}

/* Takes over what `other`, of strategy `chosen`, says where it has the say. */
static void take_over(struct inputs *inputs, const struct inputs *other,
                      const int64_t strategy[ADMF_LABELS_MAX], int64_t chosen)
{
    for (size_t t = 0; t < inputs->count; t++) {
        if (composite_strategy(inputs, strategy, t) != chosen)
            continue;
        inputs->signal[t] = other ? other->signal[t] : 0;
        if (inputs->strength)
            inputs->strength[t] = other ? other->strength[t] : 1;
    }
}

/* Whether a code before this one has the same strategy. */
static bool is_repeated(const int64_t strategy[ADMF_LABELS_MAX], int code)
{
    for (int k = 0; k < code; k++)
        if (strategy[k] == strategy[code])
            return true;
    return false;
}

admf_status composite_init(struct inputs *inputs, const struct plan *plan,
                           const struct plan_window *window, uint64_t triple,
                           const int64_t strategy[ADMF_LABELS_MAX], admf_error *error)
{
    uint64_t triples = plan_triples(plan);
    int first = 0;
    while (strategy[first] < 0)
        first++;
    admf_status status =
        inputs_init(inputs, plan, window, (uint64_t)strategy[first] * triples + triple, error);
    /* The first strategy is in place; in front of it stand flat ones only. */
    for (int code = 0; status == ADMF_OK && code < ADMF_LABELS_MAX; code++) {
        if (strategy[code] == strategy[first] || is_repeated(strategy, code))
            continue;
        if (strategy[code] < 0) {
            take_over(inputs, NULL, strategy, strategy[code]);
            continue;
        }
        struct inputs other;
        status = inputs_init_strategy(&other, plan, window,
                                      (uint64_t)strategy[code] * triples + triple, error);
        if (status == ADMF_OK)
            take_over(inputs, &other, strategy, strategy[code]);
        inputs_deinit(&other);
    }
    return status;
}
