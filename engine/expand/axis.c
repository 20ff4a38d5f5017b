/* SPDX-License-Identifier: Apache-2.0 */
/* The four axes of a configuration, and how long they are without making them. */
#include "engine/expand/axis.h"

#include <string.h>

#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/expand/expander.h"
#include "io/config/arena.h"

size_t regime_labels(const struct instance *classifier)
{
    return classifier->row ? (size_t)classifier->row->n_labels + 1 : 1;
}

const char *regime_label(const struct instance *classifier, size_t code)
{
    if (!classifier->row)
        return "all";
    return code == 0 ? "unknown" : classifier->row->labels[code - 1];
}

static const struct component_list *list_of(const struct config *config, enum axis_kind kind)
{
    return kind == AXIS_STRATEGY     ? &config->strategies
           : kind == AXIS_CLASSIFIER ? &config->classifiers
           : kind == AXIS_RISK       ? &config->risk
                                     : &config->execution;
}

struct instance *expander_new_instance(struct expander *e)
{
    struct axis *axis = e->axis;
    if (axis->count == e->room) {
        size_t room = e->room ? 2 * e->room : 16;
        struct instance *more = memory_resize(axis->instances, room, sizeof *more);
        if (!more) {
            e->no_memory = true;
            return NULL;
        }
        axis->instances = more;
        e->room = room;
    }
    return &axis->instances[axis->count];
}

/* `none` of the classifiers, `default` of the profiles. */
static void add_implicit(struct expander *e)
{
    const admf_component *row = e->axis->kind == AXIS_RISK        ? &catalog_risk
                                : e->axis->kind == AXIS_EXECUTION ? &catalog_execution
                                                                  : NULL;
    struct instance *instance = expander_new_instance(e);
    size_t count = row ? (size_t)row->n_params : 0;
    double *params = arena_new(e->axis->memory, count, sizeof *params);
    if (!instance || !params) {
        e->no_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        params[i] = row == &catalog_risk && i < SIZING_COUNT ? e->config->sizing[i]
                                                             : row->params[i].fallback;
    *instance = (struct instance){NULL, row, row ? 0 : -1, params, row ? "default" : "none"};
    e->axis->count = 1;
    e->axis->before_where = 1;
}

static void expand_axis(struct expander *e, enum axis_kind kind)
{
    const struct component_list *list = list_of(e->config, kind);
    e->axis->kind = kind;
    e->axis->memory = memory_new(1, sizeof *e->axis->memory);
    e->room = 0;
    if (!e->axis->memory) {
        e->no_memory = true;
        return;
    }
    if (list->count == 0)
        add_implicit(e);
    for (size_t i = 0; i < list->count && !e->no_memory; i++)
        expand_entry(e, &list->entries[i]);
    e->axis->has_grid = e->axis->has_grid || list->count > 1;
    if (list->count && !e->no_memory)
        refuse_repeated(e, list);
}

admf_status axes_expand(const struct config *config, uint64_t memory, struct axis axes[AXIS_COUNT],
                        admf_diagnostics *errors)
{
    struct expander e = {
        .config = config, .errors = errors, .bytes_max = memory ? memory : UINT64_MAX};
    memset(axes, 0, AXIS_COUNT * sizeof *axes);
    for (int kind = 0; kind < AXIS_COUNT && !e.no_memory; kind++) {
        e.axis = &axes[kind];
        expand_axis(&e, (enum axis_kind)kind);
    }
    if (!e.no_memory && !e.failed)
        return ADMF_OK;
    for (int kind = 0; kind < AXIS_COUNT; kind++)
        axis_deinit(&axes[kind]);
    if (e.no_memory)
        return report(errors, ADMF_INTERNAL, config->path, 0, 0, 0, "out of memory");
    return ADMF_BAD_CONFIG;
}

void axis_deinit(struct axis *axis)
{
    if (axis->memory)
        arena_deinit(axis->memory);
    memory_free(axis->memory);
    memory_free(axis->instances);
    memset(axis, 0, sizeof *axis);
}

admf_status axes_count(const struct config *config, uint64_t cells[AXIS_COUNT],
                       admf_diagnostics *errors)
{
    struct axis axis = {0};
    struct expander e = {.config = config, .axis = &axis, .errors = errors};
    int64_t combinations = 1;
    bool fits = true;
    for (int kind = 0; kind < AXIS_COUNT; kind++) {
        const struct component_list *list = list_of(config, (enum axis_kind)kind);
        int64_t count = list->count == 0;
        for (size_t i = 0; i < list->count; i++) {
            const struct component_entry *entry = &list->entries[i];
            struct grid grid;
            if (!grid_init(&grid, entry, config))
                complain_overflow(&e, &grid);
            uint64_t own = entry->sample == SAMPLE_NONE || entry->sample_n > grid.cells
                               ? grid.cells
                               : entry->sample_n;
            fits = !__builtin_add_overflow(count, (int64_t)own, &count) && fits;
        }
        cells[kind] = (uint64_t)count;
        fits = !__builtin_mul_overflow(combinations, count, &combinations) && fits;
    }
    if (!fits && !e.failed) {
        int longest = 0;
        for (int kind = 1; kind < AXIS_COUNT; kind++)
            longest = cells[kind] > cells[longest] ? kind : longest;
        COMPLAIN(&e, list_of(config, (enum axis_kind)longest)->place,
                 "the combinations are 2^63 or more; shorten the longest axis, which has %llu",
                 (unsigned long long)cells[longest]);
    }
    return e.failed ? ADMF_BAD_CONFIG : ADMF_OK;
}
