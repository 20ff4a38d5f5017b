/* SPDX-License-Identifier: Apache-2.0 */
/* Instances of one axis with identical type, name and parameters, defaults filled in. */
#include <string.h>

#include "engine/base/memory.h"
#include "engine/base/one_nan.h"
#include "engine/expand/expander.h"

static bool same_name(const struct component_entry *a, const struct component_entry *b)
{
    return a->row == b->row &&
           (a->name == b->name || (a->name && b->name && strcmp(a->name, b->name) == 0));
}

static uint64_t hash_instance(const struct instance *instance)
{
    uint64_t hash = (uint64_t)instance->id + 1;
    for (int i = 0; i < instance->row->n_params; i++)
        hash = (hash ^ bits_with_one_nan(instance->params[i])) * UINT64_C(0x9E3779B97F4A7C15) ^
               hash >> 29;
    return hash ^ hash >> 32;
}

static bool same_instance(const struct instance *a, const struct instance *b)
{
    if (!same_name(a->entry, b->entry))
        return false;
    for (int i = 0; i < a->row->n_params; i++)
        if (bits_with_one_nan(a->params[i]) != bits_with_one_nan(b->params[i]))
            return false;
    return true;
}

/* Within one entry only sets can give an instance twice. */
static bool may_repeat(const struct component_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->entries[i].set_count > 1)
            return true;
        for (size_t j = 0; j < i && i < 1000; j++)
            if (same_name(&list->entries[i], &list->entries[j]))
                return true;
    }
    return list->count > 1000;
}

/* The place of the set that makes an instance, else of its entry; from the last set backwards. */
static struct place place_of_instance(const struct instance *instance, const struct config *config,
                                      bool last)
{
    const struct component_entry *entry = instance->entry;
    struct grid grid;
    if (!grid_init(&grid, entry, config))
        return entry->place;
    for (size_t k = 0; k < entry->set_count; k++) {
        const struct param_set *set = &entry->sets[last ? entry->set_count - 1 - k : k];
        double params[ADMF_PARAMS_MAX];
        bool same = true;
        memcpy(params, grid.defaults, sizeof params);
        for (size_t j = 0; j < entry->given_count; j++)
            params[entry->given[j].param] = instance->params[entry->given[j].param];
        for (size_t j = 0; j < set->count; j++)
            params[set->given[j].param] = set->given[j].values.list[0];
        for (int i = 0; i < instance->row->n_params; i++)
            same = same && bits_with_one_nan(params[i]) == bits_with_one_nan(instance->params[i]);
        if (same)
            return set->place;
    }
    return entry->place;
}

void refuse_repeated(struct expander *e, const struct component_list *list)
{
    const struct axis *axis = e->axis;
    size_t size = 16;
    const struct component_entry *told = NULL;
    if (!may_repeat(list))
        return;
    while (size < 2 * axis->count)
        size *= 2;
    uint32_t *table = memory_new(size, sizeof *table);
    if (!table) {
        e->no_memory = true;
        return;
    }
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        size_t slot = (size_t)hash_instance(instance) & (size - 1);
        while (table[slot] && !same_instance(&axis->instances[table[slot] - 1], instance))
            slot = (slot + 1) & (size - 1);
        if (!table[slot]) {
            table[slot] = (uint32_t)i + 1;
            continue;
        }
        if (instance->entry == told && instance->entry->set_count < 2)
            continue; /* once an entry is enough */
        told = instance->entry;
        const struct instance *first = &axis->instances[table[slot] - 1];
        struct place place = place_of_instance(instance, e->config, true);
        struct place before = place_of_instance(first, e->config, false);
        COMPLAIN(e, place, "duplicated instance %.300s; line %d makes it already", instance->label,
                 before.line);
    }
    memory_free(table);
}
