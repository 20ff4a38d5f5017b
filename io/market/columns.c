/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/columns.h"

#include <string.h>
#include <strings.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/market/columns_advice.h"
#include "io/market/field_text.h"

const char *const column_names[COLUMN_ROLES] = {"timestamp", "open",  "high",
                                                "low",       "close", "volume"};

const char *column_mistyped(const char *name)
{
    const char *near = nearest_name(name, column_names, COLUMN_ROLES);
    return near && !strncasecmp(near, name, 1) && strcmp(near, name) != 0 ? near : NULL;
}

bool columns_add(struct columns *columns, const char *name, size_t length, int place)
{
    if (columns->count == columns->capacity) {
        size_t capacity = columns->capacity ? 2 * columns->capacity : 16;
        struct column *items = memory_resize(columns->items, capacity, sizeof *items);
        if (!items)
            return false;
        columns->items = items;
        columns->capacity = capacity;
    }
    char *theirs = memory_new(length + 1, 1);
    if (!theirs)
        return false;
    memcpy(theirs, name, length);
    columns->items[columns->count++] = (struct column){.theirs = theirs,
                                                       .role = COLUMN_EXTRA,
                                                       .place = place,
                                                       .length = field_characters(name, length)};
    return true;
}

void columns_deinit(struct columns *columns)
{
    for (size_t k = 0; k < columns->count; k++) {
        memory_free(columns->items[k].name);
        memory_free(columns->items[k].theirs);
        memory_free(columns->items[k].values);
    }
    memory_free(columns->items);
    *columns = (struct columns){0};
}

static const char *ours_of(const struct series_source *source, const char *theirs)
{
    for (size_t k = 0; k < source->renames; k++)
        if (!strcasecmp(source->rename[k].theirs, theirs))
            return source->rename[k].ours;
    return theirs;
}

/* A name and a role for every column; two of one name are reported at the second. */
static admf_status name_columns(struct columns *columns, const struct reading *reading, int line)
{
    admf_status status = ADMF_OK;
    for (size_t k = 0; k < columns->count; k++) {
        struct column *column = &columns->items[k];
        const char *name = ours_of(reading->source, column->theirs);
        struct text message = {0};
        for (int role = 0; role < COLUMN_ROLES; role++)
            if (!strcasecmp(name, column_names[role]))
                column->role = (enum column_role)role;
        if (!column->name || column->role < COLUMN_ROLES || name != column->theirs) {
            memory_free(column->name);
            column->name =
                memory_copy_text(column->role < COLUMN_ROLES ? column_names[column->role] : name);
        }
        if (!column->name)
            return report_memory(reading->errors);
        if (!column->name[strspn(column->name, " \t")])
            text_format(&message, "column %zu has no name; name it in the header", k + 1);
        for (size_t j = 0; j < k && !message.length; j++)
            if (!strcasecmp(columns->items[j].name, column->name))
                text_format(&message,
                            "two columns are named '%s': '%s' and '%s'; give one of them another "
                            "name with `%s`",
                            column->name, columns->items[j].theirs, column->theirs,
                            columns_option(reading));
        if (message.length || message.failed)
            status = columns_complain(reading, line, column, &message);
        else if (column->role < COLUMN_ROLES)
            columns->of_role[column->role] = (int)k;
        text_deinit(&message);
    }
    return status;
}

admf_status columns_map(struct columns *columns, const struct reading *reading, int line)
{
    for (int role = 0; role < COLUMN_ROLES; role++)
        columns->of_role[role] = -1;
    admf_status named = name_columns(columns, reading, line);
    if (named == ADMF_INTERNAL)
        return named;
    admf_status vain = columns_in_vain(columns, reading, line);
    admf_status missing = named || vain ? ADMF_OK : columns_missing(columns, reading, line);
    if (!named && !vain && !missing)
        columns_hint(columns, reading, line);
    return named ? named : vain ? vain : missing;
}

admf_status columns_give(struct columns *columns, struct bars *bars, admf_diagnostics *errors)
{
    double **slots[COLUMN_ROLES] = {NULL,       &bars->open,  &bars->high,
                                    &bars->low, &bars->close, &bars->volume};
    size_t extras = 0;
    for (size_t k = 0; k < columns->count; k++)
        extras += columns->items[k].role == COLUMN_EXTRA;
    bars->extra = memory_new(extras, sizeof *bars->extra);
    if (!bars->extra)
        return report_memory(errors);
    for (size_t k = 0; k < columns->count; k++) {
        struct column *column = &columns->items[k];
        if (column->role == COLUMN_EXTRA) {
            bars->extra[bars->extras++] = (struct extra_column){column->name, column->values};
            column->name = NULL;
            column->values = NULL;
        } else if (column->role < COLUMN_ROLES && slots[column->role]) {
            *slots[column->role] = column->values;
            column->values = NULL;
        }
    }
    return ADMF_OK;
}
