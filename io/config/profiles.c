/* SPDX-License-Identifier: Apache-2.0 */
/* The profiles of risk and execution: one mapping or a list of them, every value a grid. */
#include "engine/catalog/catalog.h"
#include "io/config/reader.h"
#include "io/config/values.h"

static void read_profile(struct reader *reader, const struct yaml_node *node, bool execution,
                         struct component_entry *entry)
{
    const char *word = execution ? "execution" : "risk";
    enum schema_key name = execution ? KEY_execution_name : KEY_risk_name;
    struct found found;
    entry->row = execution ? &catalog_execution : &catalog_risk;
    entry->place = node->place;
    if (!read_section(reader, node, execution ? SECTION_execution : SECTION_risk, entry->row,
                      entry->row->n_params, NULL, word, &found))
        return;
    if (read_name(reader, &found, name, &entry->name))
        entry->place = found.value[name]->place;
    entry->given = reader_new(reader, node->count, sizeof *entry->given);
    for (size_t i = 0; entry->given && i < node->count; i++) {
        int param = catalog_find_param(entry->row, node->keys[i]->text);
        struct given *next = &entry->given[entry->given_count];
        if (param < 0 || node_is_null(node->items[i]))
            continue;
        next->param = param;
        next->key = node->keys[i]->place;
        if (values_read(reader, node->items[i], &entry->row->params[param], word, true,
                        &next->values))
            entry->given_count++;
    }
}

void read_profiles(struct reader *reader, const struct yaml_node *node, bool execution)
{
    struct component_list *list = execution ? &reader->config->execution : &reader->config->risk;
    char description[DESCRIPTION_MAX];
    list->place = node->place;
    if (node->kind == NODE_TEXT || (node->kind == NODE_LIST && node->count == 0)) {
        describe_node(node, description);
        complain(reader, node->place, "'%s' must be a mapping or a list of them, not %s",
                 execution ? "execution" : "risk",
                 node->kind == NODE_LIST ? "an empty list" : description);
        return;
    }
    list->count = node->kind == NODE_LIST ? node->count : 1;
    list->entries = reader_new(reader, list->count, sizeof *list->entries);
    for (size_t i = 0; list->entries && i < list->count; i++)
        read_profile(reader, node->kind == NODE_LIST ? node->items[i] : node, execution,
                     &list->entries[i]);
    if (!list->entries)
        list->count = 0;
}
