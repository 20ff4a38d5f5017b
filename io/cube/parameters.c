/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/parameters.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

size_t type_length(const struct instance *instance) { return strcspn(instance->label, "["); }

/* Profiles and models share one prefix whatever their names; their rows are long and mostly
 * defaults, so only keys that were written make variables. */
static bool shows_only_given(enum axis_kind axis)
{
    return axis == AXIS_RISK || axis == AXIS_EXECUTION;
}

static bool is_given(const struct component_entry *entry, int param)
{
    if (!entry)
        return false;
    for (size_t k = 0; k < entry->given_count; k++)
        if (entry->given[k].param == param)
            return true;
    for (size_t s = 0; s < entry->set_count; s++)
        for (size_t k = 0; k < entry->sets[s].count; k++)
            if (entry->sets[s].given[k].param == param)
                return true;
    return false;
}

static size_t prefix_of(enum axis_kind axis, const struct instance *instance, const char **prefix)
{
    *prefix = axis == AXIS_RISK ? "risk" : axis == AXIS_EXECUTION ? "execution" : instance->label;
    return shows_only_given(axis) ? strlen(*prefix) : type_length(instance);
}

static bool has_column(const struct parameters *parameters, const char *name)
{
    for (size_t k = 0; k < parameters->count; k++)
        if (strcmp(parameters->list[k].name, name) == 0)
            return true;
    return false;
}

static bool add_column(struct parameters *parameters, enum axis_kind axis,
                       const struct instance *instance, const admf_param *param)
{
    const char *prefix;
    size_t length = prefix_of(axis, instance, &prefix), room = length + strlen(param->name) + 3;
    char *name = memory_new(room, 1);
    if (!name)
        return false;
    snprintf(name, room, "%.*s__%s", (int)length, prefix, param->name);
    if (has_column(parameters, name)) {
        memory_free(name);
        return true;
    }
    if (parameters->count == parameters->capacity) {
        size_t capacity = parameters->capacity ? 2 * parameters->capacity : 16;
        struct parameter *list = memory_resize(parameters->list, capacity, sizeof *list);
        if (!list) {
            memory_free(name);
            return false;
        }
        parameters->list = list;
        parameters->capacity = capacity;
    }
    parameters->list[parameters->count++] = (struct parameter){axis, name, length, param};
    return true;
}

static bool add_instance(struct parameters *parameters, enum axis_kind axis,
                         const struct instance *instance)
{
    for (int p = 0; instance->row && p < instance->row->n_params; p++)
        if (!shows_only_given(axis) || is_given(instance->entry, p))
            if (!add_column(parameters, axis, instance, &instance->row->params[p]))
                return false;
    return true;
}

admf_status parameters_find(struct parameters *parameters, const struct axis *axes,
                            admf_error *error)
{
    for (int a = 0; a < AXIS_COUNT; a++) {
        const struct instance *before = NULL;
        for (size_t i = 0; i < axes[a].count; i++) {
            const struct instance *instance = &axes[a].instances[i];
            /* Instances of one entry stand together and have the same parameters. */
            if (before && before->entry == instance->entry && before->row == instance->row)
                continue;
            before = instance;
            if (!add_instance(parameters, (enum axis_kind)a, instance)) {
                parameters_deinit(parameters);
                return fail_memory(error);
            }
        }
    }
    return ADMF_OK;
}

void parameters_deinit(struct parameters *parameters)
{
    for (size_t k = 0; k < parameters->count; k++)
        memory_free(parameters->list[k].name);
    memory_free(parameters->list);
    *parameters = (struct parameters){0};
}

double parameter_number(const struct parameter *parameter, const struct instance *instance)
{
    const admf_component *row = instance->row;
    if (!row)
        return NAN;
    if (!shows_only_given(parameter->axis) &&
        (type_length(instance) != parameter->prefix_length ||
         memcmp(instance->label, parameter->name, parameter->prefix_length) != 0))
        return NAN;
    for (int p = 0; p < row->n_params; p++) {
        if (strcmp(row->params[p].name, parameter->param->name) != 0)
            continue;
        if (shows_only_given(parameter->axis) && !is_given(instance->entry, p))
            return NAN;
        return isnan(instance->params[p]) ? NAN : instance->params[p];
    }
    return NAN;
}
