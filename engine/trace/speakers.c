/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trace/speakers.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

/* What a strategy that is not yet there says. */
static admf_status add_strategy(struct speakers *speakers, struct inputs *composite, uint64_t combo,
                                struct event_service *out, admf_error *error)
{
    struct inputs *other = &speakers->of[speakers->count++];
    admf_status status =
        inputs_init_strategy(other, composite->plan, composite->window, combo, error);
    if (status == ADMF_OK)
        status = inputs_describe_strategy(other, error);
    if (status != ADMF_OK)
        return status;
    composite->calls[SERVICE_STRATEGY] += other->calls[SERVICE_STRATEGY];
    composite->nanoseconds[SERVICE_STRATEGY] += other->nanoseconds[SERVICE_STRATEGY];
    *out = other->source.strategy;
    return ADMF_OK;
}

static admf_status add_label(struct speakers *speakers, struct inputs *composite,
                             const struct plan_adaptive *adaptive, int code, admf_error *error)
{
    struct event_speaker *speaker = &speakers->by_label[code];
    int64_t strategy = adaptive->strategy[code];
    for (int k = 0; k < code; k++)
        if (adaptive->strategy[k] == strategy) {
            *speaker = speakers->by_label[k];
            return ADMF_OK;
        }
    if (strategy < 0)
        return ADMF_OK;
    uint64_t combo = (uint64_t)strategy * plan_triples(composite->plan) + adaptive->triple;
    snprintf(speakers->combo[code], sizeof *speakers->combo, "combo_%" PRIu64, combo);
    speaker->combo = speakers->combo[code];
    if ((size_t)strategy != composite->cell.index[AXIS_STRATEGY])
        return add_strategy(speakers, composite, combo, &speaker->strategy, error);
    speaker->strategy = composite->source.strategy;
    return ADMF_OK;
}

/* The inputs that have column k, if any. */
static const struct inputs *holder(const struct speakers *speakers, const struct inputs *composite,
                                   size_t k)
{
    if (columns_have(composite->columns, (int)k))
        return composite;
    for (size_t i = 0; i < speakers->count; i++)
        if (columns_have(speakers->of[i].columns, (int)k))
            return &speakers->of[i];
    return NULL;
}

/* Every column that any of them reads, once. */
static admf_status join_features(struct speakers *speakers, struct inputs *composite,
                                 admf_error *error)
{
    size_t columns = composite->plan->column_count, count = 0;
    speakers->hub_input = memory_new(columns, sizeof *speakers->hub_input);
    speakers->hub_column = memory_new(columns, sizeof *speakers->hub_column);
    if (!speakers->hub_input || !speakers->hub_column)
        return fail_memory(error);
    for (size_t k = 0; k < columns; k++) {
        const struct inputs *inputs = holder(speakers, composite, k);
        if (!inputs)
            continue;
        speakers->hub_input[count] = inputs->name[k];
        speakers->hub_column[count++] = columns_row(inputs->columns, (int)k);
    }
    struct event_service *features = &composite->source.features;
    features->inputs = count;
    features->input = speakers->hub_input;
    features->column = speakers->hub_column;
    return ADMF_OK;
}

admf_status speakers_init(struct speakers *speakers, struct inputs *composite,
                          const struct plan_adaptive *adaptive, admf_error *error)
{
    admf_status status = ADMF_OK;
    *speakers = (struct speakers){.of = memory_new(ADMF_LABELS_MAX, sizeof *speakers->of),
                                  .combo = memory_new(ADMF_LABELS_MAX, sizeof *speakers->combo)};
    if (!speakers->of || !speakers->combo)
        return fail_memory(error);
    for (int code = 0; status == ADMF_OK && code < ADMF_LABELS_MAX; code++)
        status = add_label(speakers, composite, adaptive, code, error);
    if (status == ADMF_OK)
        status = join_features(speakers, composite, error);
    composite->source.speaker = speakers->by_label;
    return status;
}

void speakers_deinit(struct speakers *speakers)
{
    for (size_t i = 0; i < speakers->count; i++)
        inputs_deinit(&speakers->of[i]);
    memory_free(speakers->of);
    memory_free(speakers->combo);
    memory_free(speakers->hub_input);
    memory_free(speakers->hub_column);
    *speakers = (struct speakers){0};
}
