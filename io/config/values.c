/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/values.h"

#include <string.h>

#include "engine/base/memory.h"
#include "engine/base/one_nan.h"
#include "io/config/progression.h"
#include "io/config/value.h"

/* Reports every value of the list that stands in it before; by a table of first positions. */
static bool refuse_duplicates(struct reader *reader, const struct yaml_node *list,
                              const struct values *values, const char *who)
{
    size_t size = 16;
    while (size < 2 * values->count)
        size *= 2;
    size_t *table = memory_new(size, sizeof *table); /* position + 1 */
    bool unique = true;
    if (!table) {
        reader->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < values->count; i++) {
        uint64_t bits = bits_with_one_nan(values->list[i]);
        size_t slot = (bits * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (size - 1);
        while (table[slot] && bits_with_one_nan(values->list[table[slot] - 1]) != bits)
            slot = (slot + 1) & (size - 1);
        if (!table[slot]) {
            table[slot] = i + 1;
            continue;
        }
        const struct yaml_node *first = list->items[table[slot] - 1];
        complain(reader, list->items[i]->place,
                 "duplicated value %.40s of %s; it is %.40s in line %d, column %d already",
                 list->items[i]->text, who, first->text, first->place.line, first->place.column);
        unique = false;
    }
    memory_free(table);
    return unique;
}

static bool read_list(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                      const char *owner, struct values *values)
{
    char who[SUBJECT_MAX];
    bool good = true;
    value_subject(param, owner, who);
    if (node->count == 0) {
        complain(reader, node->place, "%s has an empty list; give at least one value", who);
        return false;
    }
    values->form = VALUES_LIST;
    values->count = node->count;
    values->list = reader_new(reader, node->count, sizeof *values->list);
    values->places = reader_new(reader, node->count, sizeof *values->places);
    if (!values->list || !values->places)
        return false;
    for (size_t i = 0; i < node->count; i++) {
        values->places[i] = node->items[i]->place;
        good = value_read(reader, node->items[i], param, owner, &values->list[i]) && good;
    }
    return good && refuse_duplicates(reader, node, values, who);
}

bool values_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                 const char *owner, bool grid, struct values *values)
{
    memset(values, 0, sizeof *values);
    values->place = node->place;
    if (node->kind != NODE_TEXT && !grid) {
        char who[SUBJECT_MAX], description[DESCRIPTION_MAX];
        value_subject(param, owner, who);
        describe_node(node, description);
        complain(reader, node->place, "%s takes a single value here, not %s", who, description);
        return false;
    }
    if (node->kind == NODE_LIST)
        return read_list(reader, node, param, owner, values);
    if (node->kind == NODE_MAP)
        return progression_read(reader, node, param, owner, values);
    values->form = VALUES_ONE;
    values->count = 1;
    values->list = reader_new(reader, 1, sizeof *values->list);
    values->places = reader_new(reader, 1, sizeof *values->places);
    if (!values->list || !values->places)
        return false;
    values->places[0] = node->place;
    return value_read(reader, node, param, owner, values->list);
}
