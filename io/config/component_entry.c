/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of strategies and classifiers: types, grids, conditions, samples. */
#include <stdio.h>
#include <string.h>

#include "engine/catalog/catalog.h"
#include "io/config/condition.h"
#include "io/config/policy.h"
#include "io/config/reader.h"
#include "io/config/values.h"

/* What differs between the two lists of components. */
struct family {
    const char *word, *plural;
    const admf_component *rows;
    size_t count;
    enum schema_section section;
    enum schema_key type, name, parameters, sets, where, sample;
};

static const struct family families[] = {
    {"strategy", "strategies", catalog_strategies, STRATEGY_COUNT, SECTION_strategy,
     KEY_strategy_type, KEY_strategy_name, KEY_strategy_parameters, KEY_strategy_parameter_sets,
     KEY_strategy_where, KEY_strategy_sample},
    {"classifier", "classifiers", catalog_classifiers, CLASSIFIER_COUNT, SECTION_classifier,
     KEY_classifier_type, KEY_classifier_name, KEY_classifier_parameters,
     KEY_classifier_parameter_sets, KEY_classifier_where, KEY_classifier_sample}};

enum { OWNER_MAX = 128 };

static void complain_param(struct reader *reader, const struct yaml_node *key,
                           const struct component_entry *entry, const char *owner,
                           const struct yaml_node *map)
{
    char what[256];
    struct candidates candidates = {.count = 0};
    candidates_add_params(&candidates, entry->row, entry->row->n_params);
    if (candidates.count == 0) {
        complain(reader, key->place, "unknown parameter '%.80s' of %s, which has none", key->text,
                 owner);
        return;
    }
    snprintf(what, sizeof what, "parameter '%.80s' of %s", key->text, owner);
    complain_unknown(reader, key->place, what, key->text, &candidates, map);
}

/* The parameters in a mapping; `grid`: values may be lists and ranges. */
static void read_given(struct reader *reader, const struct yaml_node *map,
                       const struct component_entry *entry, const char *owner, bool grid,
                       struct given **given, size_t *count)
{
    *count = 0;
    *given = reader_new(reader, map->count, sizeof **given);
    for (size_t i = 0; *given && i < map->count; i++) {
        const struct yaml_node *key = map->keys[i], *value = map->items[i];
        int param = catalog_find_param(entry->row, key->text);
        struct given *next = &(*given)[*count];
        if (param < 0) {
            complain_param(reader, key, entry, owner, map);
        } else if (node_is_null(value)) {
            complain(reader, key->place,
                     "nothing stands after '%s:'; give a value or remove the key", key->text);
        } else {
            next->param = param;
            next->key = key->place;
            if (values_read(reader, value, &entry->row->params[param], owner, grid, &next->values))
                (*count)++;
        }
    }
}

static void read_parameters(struct reader *reader, const struct yaml_node *node,
                            struct component_entry *entry, const char *owner)
{
    char description[DESCRIPTION_MAX];
    if (!node)
        return;
    if (node->kind != NODE_MAP) {
        describe_node(node, description);
        complain(reader, node->place,
                 "'parameters' of %s must be a mapping (parameter: value), not %s", owner,
                 description);
        return;
    }
    read_given(reader, node, entry, owner, true, &entry->given, &entry->given_count);
}

/* No parameter stands both in the grid and in a set. */
static void separate_sets(struct reader *reader, const struct yaml_node *sets,
                          const struct yaml_node *parameters)
{
    for (size_t i = 0; parameters && parameters->kind == NODE_MAP && i < sets->count; i++)
        for (size_t j = 0; sets->items[i]->kind == NODE_MAP && j < sets->items[i]->count; j++) {
            const struct yaml_node *key = sets->items[i]->keys[j];
            for (size_t k = 0; k < parameters->count; k++)
                if (strcmp(parameters->keys[k]->text, key->text) == 0)
                    complain(reader, key->place,
                             "'%s' stands in 'parameters' too (line %d); keep it in one of the two",
                             key->text, parameters->keys[k]->place.line);
        }
}

static void read_sets(struct reader *reader, const struct yaml_node *node,
                      struct component_entry *entry, const char *owner)
{
    char description[DESCRIPTION_MAX];
    if (!node)
        return;
    if (node->kind != NODE_LIST || node->count == 0) {
        describe_node(node, description);
        complain(reader, node->place,
                 "'parameter_sets' of %s must be a list of mappings [{…}, {…}], not %s", owner,
                 node->kind == NODE_LIST ? "an empty list" : description);
        return;
    }
    entry->sets = reader_new(reader, node->count, sizeof *entry->sets);
    for (size_t i = 0; entry->sets && i < node->count; i++) {
        const struct yaml_node *item = node->items[i];
        struct param_set *set = &entry->sets[entry->set_count];
        if (item->kind != NODE_MAP) {
            describe_node(item, description);
            complain(reader, item->place, "a parameter set must be a mapping, not %s", description);
            continue;
        }
        set->place = item->place;
        read_given(reader, item, entry, owner, false, &set->given, &set->count);
        entry->set_count++;
    }
}

static void read_where(struct reader *reader, const struct yaml_node *node,
                       struct component_entry *entry, const char *owner)
{
    if (!node)
        return;
    if (node->kind == NODE_MAP || (node->kind == NODE_LIST && node->count == 0)) {
        complain(reader, node->place, "'where' must be a list of conditions, not %s",
                 node->kind == NODE_MAP ? "a mapping" : "an empty list");
        return;
    }
    size_t count = node->kind == NODE_LIST ? node->count : 1;
    entry->where = reader_new(reader, count, sizeof *entry->where);
    for (size_t i = 0; entry->where && i < count; i++) {
        const struct yaml_node *item = node->kind == NODE_LIST ? node->items[i] : node;
        bool repeated = false;
        for (size_t j = 0; j < i && node->kind == NODE_LIST && i < 1000 && !repeated; j++)
            repeated = item->kind == NODE_TEXT && node->items[j]->kind == NODE_TEXT &&
                       strcmp(item->text, node->items[j]->text) == 0;
        if (repeated) {
            complain(reader, item->place, "duplicated condition '%.100s'", item->text);
            continue;
        }
        struct condition *condition = condition_read(reader, item, entry->row, owner);
        if (condition)
            entry->where[entry->where_count++] = condition;
    }
}

static void read_sample(struct reader *reader, const struct yaml_node *node,
                        struct component_entry *entry)
{
    struct found found;
    char *method = NULL;
    if (!node || !read_section(reader, node, SECTION_sample, NULL, 0, NULL, "sample", &found))
        return;
    entry->sample = SAMPLE_RANDOM;
    entry->sample_seed = reader->config->seed;
    entry->sample_place = found.key[KEY_sample_n] ? found.key[KEY_sample_n]->place : node->place;
    read_whole(reader, &found, KEY_sample_n, &entry->sample_n);
    read_whole(reader, &found, KEY_sample_seed, &entry->sample_seed);
    if (read_word(reader, &found, KEY_sample_method, &method))
        entry->sample = *method == 'r'   ? SAMPLE_RANDOM
                        : *method == 'l' ? SAMPLE_LATIN
                                         : SAMPLE_SOBOL;
}

/* Finds the row; an entry of an unknown type is not looked at further. */
static bool read_type(struct reader *reader, const struct found *found, const struct family *family,
                      struct component_entry *entry)
{
    const struct yaml_node *node = found->value[family->type];
    char *type = node ? text_of(reader, node, "type") : NULL, what[128];
    if (!type)
        return false;
    entry->id = catalog_find_component(family->rows, family->count, type);
    if (entry->id >= 0) {
        entry->row = &family->rows[entry->id];
        return true;
    }
    struct candidates candidates = {.count = 0};
    for (size_t i = 0; i < family->count; i++)
        candidates_add(&candidates, family->rows[i].name);
    snprintf(what, sizeof what, "%s '%.80s'", family->word, type);
    complain_unknown(reader, node->place, what, type, &candidates, NULL);
    return false;
}

/* A parameter written beside `parameters` instead of in it is the commonest slip: say so. */
static bool misplaced_parameters(struct reader *reader, const struct yaml_node *map,
                                 const struct family *family, const admf_component *row)
{
    bool any = false;
    for (size_t i = 0; i < map->count; i++)
        if (row && catalog_find_param(row, map->keys[i]->text) >= 0) {
            complain(reader, map->keys[i]->place,
                     "unknown key '%s' in %s '%s'; it is a parameter: put it under 'parameters:'",
                     map->keys[i]->text, family->word, row->name);
            any = true;
        }
    return any;
}

static bool read_entry(struct reader *reader, const struct yaml_node *node,
                       const struct family *family, struct component_entry *entry)
{
    char owner[OWNER_MAX], *mode = NULL;
    struct found found;
    const struct yaml_node *type = node->kind == NODE_MAP ? yaml_get(node, "type") : NULL;
    const admf_component *row = NULL;
    snprintf(owner, sizeof owner, "an entry of %s", family->plural);
    if (type && type->kind == NODE_TEXT) {
        int id = catalog_find_component(family->rows, family->count, type->text);
        row = id >= 0 ? &family->rows[id] : NULL;
        if (row)
            snprintf(owner, sizeof owner, "%s '%s'", family->word, row->name);
    }
    if (!read_section(reader, node, family->section, row, row ? row->n_params : 0, NULL, owner,
                      &found))
        return false;
    misplaced_parameters(reader, node, family, row);
    entry->place = found.value[family->type] ? found.value[family->type]->place : node->place;
    if (read_name(reader, &found, family->name, &entry->name))
        entry->place = found.value[family->name]->place;
    if (!read_type(reader, &found, family, entry))
        return false;
    read_parameters(reader, found.value[family->parameters], entry, owner);
    read_sets(reader, found.value[family->sets], entry, owner);
    if (found.value[family->sets] && found.value[family->sets]->kind == NODE_LIST)
        separate_sets(reader, found.value[family->sets], found.value[family->parameters]);
    read_where(reader, found.value[family->where], entry, owner);
    read_sample(reader, found.value[family->sample], entry);
    if (family->section == SECTION_classifier) {
        policy_read(reader, found.value[KEY_classifier_policy], entry, owner);
        if (read_word(reader, &found, KEY_classifier_policy_mode, &mode))
            entry->block_entries = strcmp(mode, "block_entries") == 0;
    }
    return true;
}

void read_components(struct reader *reader, const struct yaml_node *node, bool classifiers)
{
    const struct family *family = &families[classifiers];
    struct component_list *list =
        classifiers ? &reader->config->classifiers : &reader->config->strategies;
    char description[DESCRIPTION_MAX];
    list->place = node->place;
    if (node->kind != NODE_LIST || node->count == 0) {
        describe_node(node, description);
        complain(reader, node->place, "'%s' must be a list (- type: …), not %s", family->plural,
                 node->kind == NODE_LIST ? "an empty list" : description);
        return;
    }
    list->entries = reader_new(reader, node->count, sizeof *list->entries);
    for (size_t i = 0; list->entries && i < node->count; i++)
        if (read_entry(reader, node->items[i], family, &list->entries[list->count]))
            list->count++;
}
