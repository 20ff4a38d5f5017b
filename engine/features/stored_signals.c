/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/features/stored_signals.h"

#include <math.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "kernels/signal_types.h"

/* ---- reading ------------------------------------------------------------------------------*/

static admf_status load_axis(struct stored_signals *s, enum axis_kind axis, admf_error *error)
{
    struct signal_store *store = s->plan->store;
    const struct instance_range *range = &s->range[axis];
    s->start[axis] = memory_new(range->count + 1, sizeof *s->start[axis]);
    if (!s->start[axis])
        return fail_memory(error);
    for (size_t k = 0; k < range->count; k++)
        s->start[axis][k + 1] =
            s->start[axis][k] +
            (size_t)signal_store_changes(store, axis, s->symbol, range->first + k, 1);
    size_t changes = s->start[axis][range->count];
    s->bar[axis] = memory_new(changes, sizeof *s->bar[axis]);
    s->value[axis] = memory_new(changes, sizeof *s->value[axis]);
    if (!s->bar[axis] || !s->value[axis])
        return fail_memory(error);
    return signal_store_read(store, axis, s->symbol, range->first, range->count, s->bar[axis],
                             s->value[axis], error);
}

static bool has_strength(const struct plan *plan, size_t strategy)
{
    return plan->kernels->strength[plan->axes[AXIS_STRATEGY].instances[strategy].id] != NULL;
}

static admf_status load_strength(struct stored_signals *s, admf_error *error)
{
    const struct instance_range *range = &s->range[AXIS_STRATEGY];
    size_t bars = s->plan->bars[s->symbol]->count, rows = 0, values;
    admf_status status = ADMF_OK;
    if (!plan_wants_strength(s->plan))
        return ADMF_OK;
    s->strength_row = memory_new(range->count, sizeof *s->strength_row);
    for (size_t k = 0; s->strength_row && k < range->count; k++)
        s->strength_row[k] = has_strength(s->plan, range->first + k) ? rows++ : SIZE_MAX;
    if (s->strength_row && size_product(rows, bars, &values))
        s->strength = memory_new(values, sizeof *s->strength);
    if (!s->strength)
        return fail_memory(error);
    for (size_t k = 0; status == ADMF_OK && k < range->count; k++)
        if (s->strength_row[k] != SIZE_MAX)
            status = signal_store_read_strength(s->plan->store, s->symbol, range->first + k,
                                                s->strength + s->strength_row[k] * bars, error);
    return status;
}

admf_status stored_signals_load(struct stored_signals *s, const struct plan *plan, size_t symbol,
                                const struct instance_range range[SIGNAL_AXES], admf_error *error)
{
    *s = (struct stored_signals){.plan = plan, .symbol = symbol, .range = {range[0], range[1]}};
    admf_status status = load_axis(s, AXIS_STRATEGY, error);
    if (status == ADMF_OK)
        status = load_axis(s, AXIS_CLASSIFIER, error);
    return status == ADMF_OK ? load_strength(s, error) : status;
}

void stored_signals_deinit(struct stored_signals *s)
{
    for (int a = 0; a < SIGNAL_AXES; a++) {
        memory_free(s->start[a]);
        memory_free(s->bar[a]);
        memory_free(s->value[a]);
    }
    memory_free(s->strength_row);
    memory_free(s->strength);
    *s = (struct stored_signals){0};
}

enum { CHANGE_BYTES = sizeof(uint32_t) + sizeof(int8_t) };

/* Changes and strengths of one strategy. */
static uint64_t strategy_bytes(const struct plan *plan, size_t symbol, size_t i)
{
    uint64_t bytes = CHANGE_BYTES * signal_store_changes(plan->store, AXIS_STRATEGY, symbol, i, 1);
    if (plan_wants_strength(plan) && has_strength(plan, i))
        bytes += plan->bars[symbol]->count * sizeof(double);
    return bytes;
}

uint64_t stored_signals_bytes(const struct plan *plan, size_t strategies)
{
    uint64_t most = 0;
    size_t all = plan->axes[AXIS_STRATEGY].count, classifiers = plan->axes[AXIS_CLASSIFIER].count;
    for (size_t s = 0; plan->store && s < plan->symbol_count; s++) {
        uint64_t window = 0, largest = 0;
        for (size_t i = 0; i < all; i++) {
            window += strategy_bytes(plan, s, i);
            if (i >= strategies)
                window -= strategy_bytes(plan, s, i - strategies);
            largest = window > largest ? window : largest;
        }
        largest +=
            CHANGE_BYTES * signal_store_changes(plan->store, AXIS_CLASSIFIER, s, 0, classifiers);
        most = largest > most ? largest : most;
    }
    /* Where each instance's changes begin, here and in the store. */
    uint64_t borders = (2 * strategies + classifiers + 2) * sizeof(size_t) +
                       2 * sizeof(int64_t) * (all + classifiers) * plan->symbol_count;
    return plan->store ? most + borders : 0;
}

/* ---- filling forward ----------------------------------------------------------------------*/

/* Sets bits begin … end-1. */
static void set_bits(uint64_t *words, size_t begin, size_t end)
{
    for (size_t w = begin / WORD_BARS; begin < end; w++) {
        size_t last = (w + 1) * WORD_BARS < end ? (w + 1) * WORD_BARS : end;
        uint64_t bits = ~(uint64_t)0 << begin % WORD_BARS;
        if (last % WORD_BARS)
            bits &= ~(uint64_t)0 >> (WORD_BARS - last % WORD_BARS);
        words[w] |= bits;
        begin = last;
    }
}

/* A stretch of bars of the tile over which an instance says one thing. */
struct said {
    size_t begin, end;
    int value;
};

/* Of instance k of a range: the stretches of a tile, one after the other. */
struct walk {
    const uint32_t *bar;
    const int8_t *value;
    size_t next, count; /* of the changes */
    size_t first, bars; /* the tile */
    size_t begin;       /* of the next stretch, within the tile */
};

static struct walk walk_start(const struct stored_signals *s, enum axis_kind axis, size_t i,
                              size_t first, size_t bars)
{
    size_t k = i - s->range[axis].first, start = s->start[axis][k];
    struct walk walk = {.bar = s->bar[axis] + start,
                        .value = s->value[axis] + start,
                        .count = s->start[axis][k + 1] - start,
                        .first = first,
                        .bars = bars};
    /* The first change behind the first bar of the tile. */
    size_t low = 0, high = walk.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (walk.bar[middle] <= first)
            low = middle + 1;
        else
            high = middle;
    }
    walk.next = low;
    return walk;
}

static bool walk_on(struct walk *walk, struct said *said)
{
    if (walk->begin >= walk->bars)
        return false;
    said->begin = walk->begin;
    said->value = walk->next > 0 ? walk->value[walk->next - 1] : 0;
    said->end = walk->next < walk->count ? walk->bar[walk->next++] - walk->first : walk->bars;
    said->end = said->end < walk->bars ? said->end : walk->bars;
    walk->begin = said->end;
    return true;
}

void stored_strategy(const struct stored_signals *s, size_t i, size_t first, size_t count,
                     uint64_t *up, uint64_t *down, double *strength)
{
    size_t words = words_for(count);
    struct walk walk = walk_start(s, AXIS_STRATEGY, i, first, count);
    memset(up, 0, words * sizeof *up);
    memset(down, 0, words * sizeof *down);
    for (struct said said; walk_on(&walk, &said);)
        if (said.value != 0)
            set_bits(said.value > 0 ? up : down, said.begin, said.end);
    if (!strength)
        return;
    size_t row = s->strength_row[i - s->range[AXIS_STRATEGY].first];
    const double *stored = NULL;
    if (row != SIZE_MAX)
        stored = s->strength + row * s->plan->bars[s->symbol]->count + first;
    for (size_t t = 0; t < count; t++)
        strength[t] = !stored ? 1 : isnan(stored[t]) ? 0 : stored[t];
}

void stored_classifier(const struct stored_signals *s, size_t i, size_t first, size_t count,
                       uint64_t *const *label)
{
    size_t words = words_for(count);
    int labels = s->plan->axes[AXIS_CLASSIFIER].instances[i].row->n_labels;
    struct walk walk = walk_start(s, AXIS_CLASSIFIER, i, first, count);
    for (int k = 0; k < labels; k++)
        memset(label[k], 0, words * sizeof(uint64_t));
    for (struct said said; walk_on(&walk, &said);)
        if (said.value > 0)
            set_bits(label[said.value - 1], said.begin, said.end);
}
