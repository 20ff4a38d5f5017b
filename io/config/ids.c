/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "io/config/decimal.h"
#include "io/config/reader.h"

static bool read_id(struct reader *reader, const struct yaml_node *node, const char *key,
                    uint64_t *id)
{
    static const char prefix[] = "combo_";
    struct decimal decimal;
    char description[DESCRIPTION_MAX];
    int64_t number;
    int scale;
    /* combo_7 as results print it, or 7. */
    size_t skip = node->kind == NODE_TEXT && strncmp(node->text, prefix, strlen(prefix)) == 0
                      ? strlen(prefix)
                      : 0;
    if (node->kind == NODE_TEXT && (node->plain || skip) &&
        decimal_from_text(node->text + skip, node->length - skip, &decimal) &&
        decimals_to_scale(&decimal, 1, &number, &scale) && scale == 0 && number >= 0) {
        *id = (uint64_t)number;
        return true;
    }
    describe_node(node, description);
    complain(reader, node->place, "'%s' lists combination ids (7 or combo_7), not %s", key,
             description);
    return false;
}

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* The later places of an id that stands in a list more than once. */
static void complain_repeated(struct reader *reader, const struct yaml_node *list, const char *key,
                              uint64_t repeated)
{
    bool before = false;
    for (size_t i = 0; i < list->count; i++) {
        uint64_t id;
        if (!read_id(reader, list->items[i], key, &id) || id != repeated)
            continue;
        if (before)
            complain(reader, list->items[i]->place, "combination %llu stands twice in '%s'",
                     (unsigned long long)id, key);
        before = true;
    }
}

uint64_t *read_ids(struct reader *reader, const struct yaml_node *list, const char *key,
                   size_t *count)
{
    *count = 0;
    if (list->count == 0) {
        complain(reader, list->place, "'%s' has an empty list; give at least one id", key);
        return NULL;
    }
    uint64_t *ids = reader_new(reader, list->count, sizeof *ids);
    for (size_t i = 0; ids && i < list->count; i++)
        *count += read_id(reader, list->items[i], key, &ids[*count]);
    if (!ids)
        return NULL;
    qsort(ids, *count, sizeof *ids, compare_ids);
    for (size_t i = 1, told = 0; i < *count && told < 100; i++)
        if (ids[i] == ids[i - 1]) {
            complain_repeated(reader, list, key, ids[i]);
            told++;
        }
    return ids;
}
