/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/signals.h"

#include <omp.h>
#include <string.h>

#include "engine/base/memory.h"

bool signals_init(struct signals *s, const struct plan *plan, const struct bars *bars,
                  const struct day_labels *days, const struct stored_signals *stored, size_t first,
                  size_t count, size_t chunk, size_t tile_bars)
{
    /* Lanes read words by the vector. */
    size_t words = (tile_bars + WORD_BARS * LANES - 1) / (WORD_BARS * LANES) * LANES;
    size_t rows = (size_t)plan->sizes.threads * chunk;
    *s = (struct signals){.plan = plan,
                          .stored = stored,
                          .chunk = chunk,
                          .classifiers = plan->axes[AXIS_CLASSIFIER].count,
                          .words = words,
                          .down_rows = plan_goes_short(plan) ? chunk : 1};
    s->up = memory_new_aligned(rows * words, sizeof *s->up);
    s->down =
        memory_new_aligned((size_t)plan->sizes.threads * s->down_rows * words, sizeof *s->down);
    s->may_long = memory_new_aligned(s->classifiers * words, sizeof *s->may_long);
    s->may_short = memory_new_aligned(s->classifiers * words, sizeof *s->may_short);
    s->scratch = memory_new_aligned((size_t)plan->sizes.threads * ADMF_LABELS_MAX * words,
                                    sizeof *s->scratch);
    bool done = s->up && s->down && s->may_long && s->may_short && s->scratch &&
                (stored || computed_init(&s->computed, plan, bars, days, first, count, tile_bars));
    if (done && plan_wants_strength(plan)) {
        s->strength = memory_new_aligned(rows * words * WORD_BARS, sizeof *s->strength);
        done = s->strength != NULL;
    }
    if (done && plan->config->by_regime) {
        s->label = memory_new_aligned(s->classifiers * words, WORD_BARS);
        done = s->label != NULL;
    }
    if (!done)
        signals_deinit(s);
    return done;
}

void signals_deinit(struct signals *s)
{
    memory_free(s->up);
    memory_free(s->down);
    memory_free(s->may_long);
    memory_free(s->may_short);
    memory_free(s->strength);
    memory_free(s->label);
    memory_free(s->scratch);
    computed_deinit(&s->computed);
    *s = (struct signals){0};
}

/* What the policy of an instance allows, from the words of its labels. */
static void apply_policy(struct signals *s, size_t i, uint64_t *const *label, size_t words)
{
    const struct instance *instance = &s->plan->axes[AXIS_CLASSIFIER].instances[i];
    const unsigned char *allow = instance->entry->allow;
    uint64_t *may_long = s->may_long + i * s->words, *may_short = s->may_short + i * s->words;
    for (size_t w = 0; w < words; w++) {
        uint64_t known = 0, longs = 0, shorts = 0;
        for (int k = 0; k < instance->row->n_labels; k++) {
            known |= label[k][w];
            longs |= allow[k + 1] & ALLOW_LONG ? label[k][w] : 0;
            shorts |= allow[k + 1] & ALLOW_SHORT ? label[k][w] : 0;
        }
        may_long[w] = longs | (allow[0] & ALLOW_LONG ? ~known : 0);
        may_short[w] = shorts | (allow[0] & ALLOW_SHORT ? ~known : 0);
    }
    if (!s->label)
        return;
    uint8_t *codes = s->label + i * s->words * WORD_BARS;
    memset(codes, 0, words * WORD_BARS);
    for (int k = 0; k < instance->row->n_labels; k++)
        for (size_t w = 0; w < words; w++)
            for (uint64_t left = label[k][w]; left; left &= left - 1)
                codes[w * WORD_BARS + (size_t)__builtin_ctzll(left)] = (uint8_t)(k + 1);
}

static void run_classifier(struct signals *s, const struct columns *columns, size_t i, size_t first,
                           size_t count, size_t words)
{
    const struct instance *instance = &s->plan->axes[AXIS_CLASSIFIER].instances[i];
    if (!instance->row) {
        memset(s->may_long + i * s->words, 0xff, words * sizeof(uint64_t));
        memset(s->may_short + i * s->words, 0xff, words * sizeof(uint64_t));
        return; /* labels stay 0: `all` */
    }
    uint64_t *label[ADMF_LABELS_MAX];
    uint64_t *scratch = s->scratch + (size_t)omp_get_thread_num() * ADMF_LABELS_MAX * s->words;
    for (int k = 0; k < instance->row->n_labels; k++)
        label[k] = scratch + (size_t)k * s->words;
    if (s->stored)
        stored_classifier(s->stored, i, first, count, label);
    else
        computed_classifier(&s->computed, columns, i, first, count, label);
    apply_policy(s, i, label, words);
}

void signals_advance(struct signals *s, const struct columns *columns, size_t first, size_t count)
{
    size_t words = words_for(count);
#pragma omp for schedule(dynamic)
    for (size_t i = 0; i < s->classifiers; i++)
        run_classifier(s, columns, i, first, count, words);
}

struct chunk_words signals_of_chunk(const struct signals *s)
{
    size_t thread = (size_t)omp_get_thread_num(), row = thread * s->chunk * s->words;
    return (struct chunk_words){.up = s->up + row,
                                .down = s->down + thread * s->down_rows * s->words,
                                .strength = s->strength ? s->strength + row * WORD_BARS : NULL,
                                .up_step = s->words,
                                .down_step = s->down_rows > 1 ? s->words : 0,
                                .strength_step = s->words * WORD_BARS};
}

void signals_make(struct signals *s, const struct columns *columns, size_t first, size_t count,
                  size_t bar, size_t bars)
{
    size_t words = words_for(bars);
    struct chunk_words of = signals_of_chunk(s);
    for (size_t k = 0; k < count; k++) {
        if (!plan_strategy_runs(s->plan, first + k))
            continue; /* its columns may not be there */
        uint64_t *up = of.up + k * of.up_step, *down = of.down + k * of.down_step;
        double *strength = of.strength ? of.strength + k * of.strength_step : NULL;
        if (s->stored)
            stored_strategy(s->stored, first + k, bar, bars, up, down, strength);
        else
            computed_strategy(&s->computed, columns, first + k, words, up, down, strength);
    }
}
