/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/reader.h"

#include <string.h>

static int find_key(enum schema_section section, const char *name)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (schema_rows[i].section == section && strcmp(schema_rows[i].name, name) == 0)
            return i;
    return -1;
}

static bool has_param(const admf_component *row, int count, const char *name)
{
    for (int i = 0; row && i < count; i++)
        if (strcmp(row->params[i].name, name) == 0)
            return true;
    return false;
}

bool read_section(struct reader *reader, const struct yaml_node *map, enum schema_section section,
                  const admf_component *row, int row_params, const admf_component *second_row,
                  const char *where, struct found *found)
{
    memset(found, 0, sizeof *found);
    if (map->kind != NODE_MAP) {
        char description[DESCRIPTION_MAX];
        describe_node(map, description);
        complain(reader, map->place, "%s must be a mapping (key: value), not %s",
                 *where ? where : "a configuration", description);
        return false;
    }
    struct candidates candidates = {.count = 0};
    candidates_add_section(&candidates, section);
    if (section != SECTION_strategy && section != SECTION_classifier) {
        candidates_add_params(&candidates, row, row_params);
        candidates_add_params(&candidates, second_row, second_row ? second_row->n_params : 0);
    }
    const char *meant[KEY_COUNT] = {NULL};
    size_t meant_count = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_node *key = map->keys[i], *value = map->items[i];
        int index = find_key(section, key->text);
        bool param = has_param(row, row_params, key->text) ||
                     has_param(second_row, second_row ? second_row->n_params : 0, key->text);
        if (index < 0 && !param) {
            const char *nearest = complain_unknown_key(reader, key, where, &candidates, map);
            if (nearest && meant_count < KEY_COUNT)
                meant[meant_count++] = nearest;
            continue;
        }
        if (node_is_null(value)) {
            complain(reader, key->place,
                     "nothing stands after '%s:'; give a value or remove the key", key->text);
            value = NULL;
        }
        if (index >= 0) {
            found->key[index] = key;
            found->value[index] = value;
        }
    }
    for (int i = 0; i < KEY_COUNT; i++) {
        if (schema_rows[i].section != section || !(schema_rows[i].flags & KEY_REQUIRED) ||
            found->key[i])
            continue;
        bool mistyped = false;
        for (size_t j = 0; j < meant_count; j++)
            mistyped = mistyped || strcmp(meant[j], schema_rows[i].name) == 0;
        if (!mistyped)
            complain(reader, map->place, "%s%smissing key '%s': %s", where, *where ? ": " : "",
                     schema_rows[i].name, schema_rows[i].help);
    }
    return true;
}
