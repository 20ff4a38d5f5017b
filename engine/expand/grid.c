/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/expand/grid.h"

#include "engine/catalog/catalog.h"
#include "io/config/condition.h"

/* Values of dimensions up to this length are computed once. */
enum { KEPT_MAX = 4096 };

bool grid_init(struct grid *grid, const struct component_entry *entry, const struct config *config)
{
    const admf_component *row = entry->row;
    grid->entry = entry;
    grid->dimensions = 0;
    for (int i = 0; i < row->n_params; i++)
        grid->defaults[i] =
            row == &catalog_risk && i < SIZING_COUNT ? config->sizing[i] : row->params[i].fallback;
    if (entry->set_count)
        grid->dimension[grid->dimensions++] = (struct dimension){.count = entry->set_count};
    for (size_t i = 0; i < entry->given_count; i++)
        grid->dimension[grid->dimensions++] =
            (struct dimension){.given = &entry->given[i], .count = entry->given[i].values.count};
    int64_t cells = 1;
    for (int i = 0; i < grid->dimensions; i++)
        if (__builtin_mul_overflow(cells, (int64_t)grid->dimension[i].count, &cells)) {
            grid->cells = 0;
            return false;
        }
    grid->cells = (uint64_t)cells;
    return true;
}

bool grid_prepare(struct grid *grid, struct arena *arena)
{
    for (int i = 0; i < grid->dimensions; i++) {
        struct dimension *d = &grid->dimension[i];
        if (!d->given || d->count > KEPT_MAX)
            continue;
        d->values = arena_new(arena, d->count, sizeof *d->values);
        d->texts = arena_new(arena, d->count, sizeof *d->texts);
        if (!d->values || !d->texts)
            return false;
        for (size_t k = 0; k < d->count; k++)
            d->values[k] = values_get(&d->given->values, k);
    }
    return true;
}

void grid_digits(const struct grid *grid, uint64_t index, uint64_t *digits)
{
    for (int i = grid->dimensions; i-- > 0;) {
        digits[i] = index % grid->dimension[i].count;
        index /= grid->dimension[i].count;
    }
}

uint64_t grid_index(const struct grid *grid, const uint64_t *digits)
{
    uint64_t index = 0;
    for (int i = 0; i < grid->dimensions; i++)
        index = index * grid->dimension[i].count + digits[i];
    return index;
}

void grid_params(const struct grid *grid, const uint64_t *digits, double *params)
{
    int count = grid->entry->row->n_params;
    for (int i = 0; i < count; i++)
        params[i] = grid->defaults[i];
    for (int i = 0; i < grid->dimensions; i++) {
        const struct dimension *d = &grid->dimension[i];
        if (d->given) {
            params[d->given->param] =
                d->values ? d->values[digits[i]] : values_get(&d->given->values, digits[i]);
            continue;
        }
        const struct param_set *set = &grid->entry->sets[digits[i]];
        for (size_t j = 0; j < set->count; j++)
            params[set->given[j].param] = set->given[j].values.list[0];
    }
}

bool grid_passes(const struct grid *grid, const double *params)
{
    for (size_t i = 0; i < grid->entry->where_count; i++)
        if (!condition_holds(grid->entry->where[i], params))
            return false;
    return true;
}

void grid_advance(const struct grid *grid, uint64_t *digits)
{
    for (int i = grid->dimensions; i-- > 0;) {
        if (++digits[i] < grid->dimension[i].count)
            return;
        digits[i] = 0;
    }
}

const struct dimension *grid_longest(const struct grid *grid)
{
    const struct dimension *longest = NULL;
    for (int i = 0; i < grid->dimensions; i++)
        if (!longest || grid->dimension[i].count > longest->count)
            longest = &grid->dimension[i];
    return longest;
}
