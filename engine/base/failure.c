/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/memory.h"

admf_status fail(admf_error *error, admf_status code, const char *format, ...)
{
    va_list arguments;
    memset(error, 0, sizeof *error);
    error->code = code;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return code;
}

admf_status fail_file(admf_error *error, admf_status code, const char *file, int number,
                      const char *format, ...)
{
    va_list arguments;
    memset(error, 0, sizeof *error);
    error->code = code;
    snprintf(error->file, sizeof error->file, "%s", file);
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    size_t used = strlen(error->message);
    if (number)
        snprintf(error->message + used, sizeof error->message - used, ": %s", strerror(number));
    return code;
}

admf_status fail_memory(admf_error *error) { return fail(error, ADMF_INTERNAL, "out of memory"); }

/* Room for one more, and always one in reserve for "out of memory". */
static admf_error *next_item(admf_diagnostics *list)
{
    list->total++;
    if (list->limit && list->count >= list->limit)
        return NULL;
    if (list->count + 1 >= list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 8;
        admf_error *items = memory_resize(list->items, capacity, sizeof *items);
        if (!items) {
            if (list->count < list->capacity)
                fail_memory(&list->items[list->count++]);
            return NULL;
        }
        list->items = items;
        list->capacity = capacity;
    }
    return &list->items[list->count++];
}

admf_status report(admf_diagnostics *list, admf_status code, const char *file, int line, int column,
                   int length, const char *format, ...)
{
    admf_error *item = next_item(list);
    if (!item)
        return code;
    memset(item, 0, sizeof *item);
    item->code = code;
    item->line = line;
    item->column = column;
    item->length = length;
    snprintf(item->file, sizeof item->file, "%s", file ? file : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(item->message, sizeof item->message, format, arguments);
    va_end(arguments);
    return code;
}

admf_status report_memory(admf_diagnostics *list)
{
    return report(list, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
}

admf_status report_error(admf_diagnostics *list, const admf_error *error)
{
    const bool stopped = error->code == ADMF_STOPPED || error->code == ADMF_INTERRUPTED;
    admf_error *item = stopped ? NULL : next_item(list);
    if (item)
        *item = *error;
    return error->code;
}

void admf_diagnostics_deinit(admf_diagnostics *list)
{
    memory_free(list->items);
    *list = (admf_diagnostics)ADMF_DIAGNOSTICS_INIT;
}

admf_status admf_diagnostics_status(const admf_diagnostics *list)
{
    static const admf_status order[] = {ADMF_INTERNAL, ADMF_BAD_CONFIG, ADMF_NO_INPUT,
                                        ADMF_BAD_DATA};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < list->count; i++)
            if (list->items[i].code == order[k])
                return order[k];
    if (list->count)
        return list->items[0].code;
    return list->total ? ADMF_INTERNAL : ADMF_OK;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Damerau's distance with swaps of neighbours (optimal string alignment), by three rows. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t rows[3][LONGEST + 1], m = strlen(a), n = strlen(b);
    if (m > LONGEST || n > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[m % 3][n];
}

const char *nearest_name(const char *name, const char *const *names, size_t count)
{
    size_t third = strlen(name) / 3, best = (third > 2 ? third : 2) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(name, names[i]);
        /* A short name is not "near" to one it shares nothing with. */
        if (distance < best && distance < strlen(name)) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
