/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a mapping: none twice, and those of `<<` put in. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"
#include "io/config/yaml_builder.h"

/* Order by text, then by place: equal keys become neighbours, the first written first. */
static int compare_keys(const void *left, const void *right)
{
    const struct yaml_node *a = *(const struct yaml_node *const *)left;
    const struct yaml_node *b = *(const struct yaml_node *const *)right;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);
    if (order == 0)
        order = (a->length > b->length) - (a->length < b->length);
    if (order == 0)
        order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
    if (order == 0)
        order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
    return order;
}

static bool same_text(const struct yaml_node *a, const struct yaml_node *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

bool builder_refuse_duplicates(struct yaml_builder *b, const struct yaml_node *map)
{
    struct yaml_node **keys = memory_new(map->count, sizeof *keys);
    if (!keys)
        return builder_no_memory(b);
    if (map->count)
        memcpy(keys, map->keys, map->count * sizeof *keys);
    qsort(keys, map->count, sizeof *keys, compare_keys);
    for (size_t i = 1, first = 0; i < map->count; i++) {
        if (!same_text(keys[i], keys[first])) {
            first = i;
            continue;
        }
        builder_complain(b, keys[i]->place, "duplicated key '%.100s'; it stands in line %d already",
                         keys[i]->text, keys[first]->place.line);
    }
    memory_free(keys);
    return true;
}

static bool is_merge(const struct yaml_node *key)
{
    return key->plain && key->length == 2 && memcmp(key->text, "<<", 2) == 0;
}

/* One mapping of a `<<`: its pairs go onto the stack unless a key is there already. */
static bool merge_one(struct yaml_builder *b, const struct yaml_node *own,
                      const struct yaml_node *from, size_t base)
{
    for (size_t i = 0; i < from->count; i++) {
        bool there = false;
        for (size_t j = 0; j < own->count && !there; j++)
            there = !is_merge(own->keys[j]) && same_text(own->keys[j], from->keys[i]);
        for (size_t j = base; j < b->stack_count && !there; j += 2)
            there = same_text(b->stack[j], from->keys[i]);
        if (!there && (!builder_push(b, from->keys[i]) || !builder_push(b, from->items[i])))
            return false;
    }
    return true;
}

bool builder_merge(struct yaml_builder *b, struct yaml_node *map)
{
    size_t merges = 0, base = b->stack_count;
    for (size_t i = 0; i < map->count; i++)
        merges += is_merge(map->keys[i]);
    if (!merges)
        return true;
    for (size_t i = 0; i < map->count; i++) {
        struct yaml_node *value = map->items[i];
        if (!is_merge(map->keys[i])) {
            if (!builder_push(b, map->keys[i]) || !builder_push(b, value))
                return false;
            continue;
        }
        bool usable = value->kind == NODE_MAP || value->kind == NODE_LIST;
        for (size_t j = 0; value->kind == NODE_LIST && j < value->count; j++)
            usable = usable && value->items[j]->kind == NODE_MAP;
        if (!usable) {
            builder_complain(b, map->keys[i]->place, "'<<' takes a mapping or a list of mappings");
            continue;
        }
        size_t sources = value->kind == NODE_MAP ? 1 : value->count;
        for (size_t j = 0; j < sources; j++)
            if (!merge_one(b, map, value->kind == NODE_MAP ? value : value->items[j], base))
                return false;
    }
    map->weight = 1;
    map->height = 0;
    return builder_take(b, map, base);
}
