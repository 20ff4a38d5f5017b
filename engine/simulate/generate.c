/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/generate.h"

#include <math.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

enum { SHARE = 8 }; /* instances that a thread takes at a time */

static size_t planes_of(const struct plan *plan, enum axis_kind axis, size_t i)
{
    const admf_component *row = plan->axes[axis].instances[i].row;
    return !row ? 0 : axis == AXIS_STRATEGY ? 2 : (size_t)row->n_labels;
}

bool generation_has_strength(const struct plan *plan, size_t strategy)
{
    const struct instance *instance = &plan->axes[AXIS_STRATEGY].instances[strategy];
    return plan_wants_strength(plan) && plan->kernels->strength[instance->id];
}

uint64_t generation_bytes(const struct plan *plan, enum axis_kind axis, size_t i, size_t bars)
{
    uint64_t bytes = planes_of(plan, axis, i) * words_for(bars) * sizeof(uint64_t);
    if (axis == AXIS_STRATEGY && generation_has_strength(plan, i))
        bytes += words_for(bars) * WORD_BARS * sizeof(double);
    return bytes + 2 * sizeof(size_t);
}

uint64_t generation_scratch_bytes(size_t bars)
{
    return bars * (sizeof(uint32_t) + sizeof(int8_t));
}

/* ---- the pass -----------------------------------------------------------------------------*/

/* Gives every instance its rows. */
static bool allocate(struct generation *g)
{
    const struct plan *plan = g->plan;
    size_t bars = plan->bars[g->symbol]->count, rows = 0, strengths = 0, cells;
    g->words = words_for(bars);
    for (int a = 0; a < SIGNAL_AXES; a++) {
        g->plane[a] = memory_new(g->range[a].count, sizeof *g->plane[a]);
        if (!g->plane[a])
            return false;
        for (size_t k = 0; k < g->range[a].count; k++) {
            g->plane[a][k] = rows;
            rows += planes_of(plan, (enum axis_kind)a, g->range[a].first + k);
        }
    }
    g->strength_row = memory_new(g->range[AXIS_STRATEGY].count, sizeof *g->strength_row);
    if (!g->strength_row)
        return false;
    for (size_t k = 0; k < g->range[AXIS_STRATEGY].count; k++)
        g->strength_row[k] = generation_has_strength(plan, g->range[AXIS_STRATEGY].first + k)
                                 ? strengths++
                                 : SIZE_MAX;
    if (!size_product(rows, g->words, &cells))
        return false;
    g->bits = memory_new_aligned(cells, sizeof *g->bits);
    if (!size_product(strengths, g->words * WORD_BARS, &cells))
        return false;
    g->strength = memory_new_aligned(cells, sizeof *g->strength);
    g->bar = memory_new(bars, sizeof *g->bar);
    g->value = memory_new(bars, sizeof *g->value);
    return g->bits && g->strength && g->bar && g->value;
}

static struct columns *make_columns(const struct generation *g, size_t tile_bars)
{
    const struct plan *plan = g->plan;
    const struct plan_service *const services[] = {plan->strategies, plan->classifiers};
    bool *needed = memory_new(plan->column_count, sizeof *needed);
    if (!needed)
        return NULL;
    for (int a = 0; a < SIGNAL_AXES; a++)
        for (size_t k = 0; k < g->range[a].count; k++) {
            size_t i = g->range[a].first + k;
            computed_mark(plan, &plan->axes[a].instances[i], &services[a][i], needed);
        }
    struct columns *columns = columns_new(plan, plan->bars[g->symbol], needed, tile_bars, 0);
    memory_free(needed);
    return columns;
}

/* One instance in one tile, into its rows; tiles begin at whole words. */
static void make(const struct generation *g, const struct computed *computed,
                 const struct columns *columns, size_t number, size_t first, size_t count)
{
    size_t strategies = g->range[AXIS_STRATEGY].count;
    if (number < strategies) {
        uint64_t *up = g->bits + g->plane[AXIS_STRATEGY][number] * g->words + first / WORD_BARS;
        size_t strength = g->strength_row[number];
        computed_strategy(
            computed, columns, g->range[AXIS_STRATEGY].first + number, words_for(count), up,
            up + g->words,
            strength == SIZE_MAX ? NULL : g->strength + strength * g->words * WORD_BARS + first);
        return;
    }
    size_t k = number - strategies, i = g->range[AXIS_CLASSIFIER].first + k;
    uint64_t *label[ADMF_LABELS_MAX];
    size_t labels = planes_of(g->plan, AXIS_CLASSIFIER, i);
    for (size_t l = 0; l < labels; l++)
        label[l] = g->bits + (g->plane[AXIS_CLASSIFIER][k] + l) * g->words + first / WORD_BARS;
    if (labels)
        computed_classifier(computed, columns, i, first, count, label);
}

static admf_status run_tiles(const struct generation *g, struct computed *computed,
                             struct columns *columns, size_t tile_bars)
{
    admf_status status = ADMF_OK;
    size_t bars = g->plan->bars[g->symbol]->count;
    size_t instances = g->range[AXIS_STRATEGY].count + g->range[AXIS_CLASSIFIER].count;
#pragma omp parallel num_threads(g->plan->sizes.threads)
    {
        for (size_t first = 0; first < bars; first += tile_bars) {
            size_t count = bars - first < tile_bars ? bars - first : tile_bars;
            /* Behind its barriers all threads see what after_tile said of the tile before. */
            columns_advance(columns, first, count);
            if (status != ADMF_OK)
                break;
#pragma omp for schedule(dynamic, SHARE)
            for (size_t number = 0; number < instances; number++)
                make(g, computed, columns, number, first, count);
#pragma omp master
            if (g->after_tile)
                status = g->after_tile(g->context, first + count);
        }
    }
    return status;
}

admf_status generation_run(struct generation *g, admf_error *error)
{
    const struct plan *plan = g->plan;
    const struct bars *bars = plan->bars[g->symbol];
    const struct instance_range *strategies = &g->range[AXIS_STRATEGY];
    size_t tile_bars = plan->sizes.tile_bars < bars->count ? plan->sizes.tile_bars : bars->count;
    struct computed computed = {0};
    struct columns *columns = NULL;
    bool made = allocate(g) && computed_init(&computed, plan, bars, g->days, strategies->first,
                                             strategies->count, tile_bars);
    if (made)
        columns = make_columns(g, tile_bars);
    if (columns)
        computed_read(&computed, columns);
    admf_status status = columns ? run_tiles(g, &computed, columns, tile_bars) : fail_memory(error);
    columns_free(&columns);
    computed_deinit(&computed);
    return status;
}

void generation_deinit(struct generation *g)
{
    for (int a = 0; a < SIGNAL_AXES; a++)
        memory_free(g->plane[a]);
    memory_free(g->bits);
    memory_free(g->strength_row);
    memory_free(g->strength);
    memory_free(g->bar);
    memory_free(g->value);
    *g = (struct generation){0};
}

/* ---- what came of it ----------------------------------------------------------------------*/

/* Bits of the bars of word w at which row `row` is not what it was a bar before. */
static uint64_t flips(const uint64_t *row, size_t w)
{
    uint64_t before = row[w] << 1;
    if (w > 0)
        before |= row[w - 1] >> (WORD_BARS - 1);
    return row[w] ^ before;
}

static int8_t value_at(const uint64_t *rows, size_t words, size_t planes, enum axis_kind axis,
                       size_t bar)
{
    int value = 0;
    for (size_t p = 0; p < planes; p++)
        if (rows[p * words + bar / WORD_BARS] >> bar % WORD_BARS & 1)
            value = axis == AXIS_CLASSIFIER ? (int)p + 1 : p == 0 ? value + 1 : value - 1;
    return (int8_t)value;
}

struct signal_changes generation_changes(struct generation *g, enum axis_kind axis, size_t instance)
{
    size_t planes = planes_of(g->plan, axis, instance), bars = g->plan->bars[g->symbol]->count;
    const uint64_t *rows = g->bits + g->plane[axis][instance - g->range[axis].first] * g->words;
    struct signal_changes changes = {0, g->bar, g->value};
    int8_t last = 0;
    for (size_t w = 0; planes && w < g->words; w++) {
        uint64_t changed = 0;
        for (size_t p = 0; p < planes; p++)
            changed |= flips(rows + p * g->words, w);
        for (; changed; changed &= changed - 1) {
            size_t bar = w * WORD_BARS + (size_t)__builtin_ctzll(changed);
            if (bar >= bars)
                break; /* the last word is filled up */
            int8_t value = value_at(rows, g->words, planes, axis, bar);
            if (value == last)
                continue;
            g->bar[changes.count] = (uint32_t)bar;
            g->value[changes.count++] = last = value;
        }
    }
    return changes;
}

const double *generation_strength(struct generation *g, size_t strategy)
{
    size_t k = strategy - g->range[AXIS_STRATEGY].first, row = g->strength_row[k];
    if (row == SIZE_MAX)
        return NULL;
    double *strength = g->strength + row * g->words * WORD_BARS;
    const uint64_t *up = g->bits + g->plane[AXIS_STRATEGY][k] * g->words, *down = up + g->words;
    for (size_t t = 0; t < g->plan->bars[g->symbol]->count; t++)
        if (!((up[t / WORD_BARS] | down[t / WORD_BARS]) >> t % WORD_BARS & 1))
            strength[t] = NAN;
    return strength;
}
