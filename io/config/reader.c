/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/reader.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/decimal.h"
#include "io/config/one_line.h"

/* A file can be wrong in a million places; nobody reads more than this. */
enum { COMPLAINTS_MAX = 1000 };

static void complain_list(struct reader *reader, admf_status code, struct place place,
                          const char *format, va_list arguments)
{
    char message[ADMF_MESSAGE_MAX];
    admf_diagnostics *errors = reader->errors;
    vsnprintf(message, sizeof message, format, arguments);
    make_one_line(message);
    /* What an alias repeats is wrong once. */
    for (size_t i = errors->count; i-- > 0 && errors->count - i < 64;)
        if (errors->items[i].line == place.line && errors->items[i].column == place.column &&
            strcmp(errors->items[i].message, message) == 0)
            return;
    if (errors->total < COMPLAINTS_MAX)
        report(errors, code, reader->config->path, place.line, place.column, place.length, "%s",
               message);
    else if (errors->total == COMPLAINTS_MAX)
        report(errors, code, reader->config->path, place.line, place.column, place.length,
               "%s; further errors are not listed", message);
}

void complain(struct reader *reader, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_list(reader, ADMF_BAD_CONFIG, place, format, arguments);
    va_end(arguments);
}

void complain_as(struct reader *reader, admf_status code, struct place place, const char *format,
                 ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_list(reader, code, place, format, arguments);
    va_end(arguments);
}

void *reader_new(struct reader *reader, size_t count, size_t size)
{
    void *block = arena_new(reader->arena, count, size);
    reader->no_memory = reader->no_memory || !block;
    return block;
}

char *reader_text(struct reader *reader, const char *text, size_t length)
{
    char *copy = arena_text(reader->arena, text, length);
    reader->no_memory = reader->no_memory || !copy;
    return copy;
}

bool node_is_null(const struct yaml_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; node->kind == NODE_TEXT && node->plain && i < sizeof words / sizeof *words;
         i++)
        if (strcmp(node->text, words[i]) == 0)
            return true;
    return false;
}

bool node_is_number(const struct yaml_node *node, double *number)
{
    return node->kind == NODE_TEXT && node->plain &&
           number_from_text(node->text, node->length, number);
}

bool node_is_boolean(const struct yaml_node *node, bool *value)
{
    if (node->kind != NODE_TEXT || !node->plain)
        return false;
    *value = strcmp(node->text, "true") == 0;
    return *value || strcmp(node->text, "false") == 0;
}

void describe_node(const struct yaml_node *node, char out[DESCRIPTION_MAX])
{
    double number;
    bool value;
    if (node->kind != NODE_TEXT)
        snprintf(out, DESCRIPTION_MAX, "%s", node->kind == NODE_LIST ? "a list" : "a mapping");
    else if (node_is_null(node))
        snprintf(out, DESCRIPTION_MAX, "nothing");
    else if (node_is_number(node, &number))
        snprintf(out, DESCRIPTION_MAX, "the number %.40s", node->text);
    else if (node_is_boolean(node, &value))
        snprintf(out, DESCRIPTION_MAX, "%s", value ? "true" : "false");
    else
        snprintf(out, DESCRIPTION_MAX, "'%.48s'", node->text);
}

void candidates_add(struct candidates *candidates, const char *name)
{
    if (candidates->count < sizeof candidates->names / sizeof *candidates->names)
        candidates->names[candidates->count++] = name;
}

void candidates_add_section(struct candidates *candidates, enum schema_section section)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (schema_rows[i].section == section && !(schema_rows[i].flags & KEY_HIDDEN))
            candidates_add(candidates, schema_rows[i].name);
}

void candidates_add_params(struct candidates *candidates, const admf_component *row, int count)
{
    for (int i = 0; row && i < count; i++)
        candidates_add(candidates, row->params[i].name);
}

void candidates_add_words(struct candidates *candidates, struct reader *reader, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "|");
        char *word = reader_text(reader, words, length);
        if (word)
            candidates_add(candidates, word);
        words += length + (words[length] == '|');
    }
}

static const char *suggestion(const char *name, const struct candidates *candidates,
                              const struct yaml_node *map)
{
    struct candidates missing = {.count = 0};
    const char *nearest = nearest_name(name, candidates->names, candidates->count);
    if (!nearest || !map)
        return nearest;
    for (size_t i = 0; i < candidates->count; i++)
        if (!yaml_get(map, candidates->names[i]))
            candidates_add(&missing, candidates->names[i]);
    const char *first = nearest_name(name, missing.names, missing.count);
    return first ? first : nearest;
}

const char *complain_unknown(struct reader *reader, struct place place, const char *what,
                             const char *name, const struct candidates *candidates,
                             const struct yaml_node *map)
{
    enum { LIST_MAX = 12 };
    char list[640] = "";
    if (reader->errors->total > COMPLAINTS_MAX)
        return NULL;
    const char *nearest = suggestion(name, candidates, map);
    if (nearest) {
        complain(reader, place, "unknown %s; did you mean '%s'?", what, nearest);
        return nearest;
    }
    for (size_t i = 0; i < candidates->count && candidates->count <= LIST_MAX; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", candidates->names[i]);
    }
    if (candidates->count == 0)
        complain(reader, place, "unknown %s; there are none", what);
    else if (*list)
        complain(reader, place, "unknown %s; known: %s", what, list);
    else
        complain(reader, place, "unknown %s", what);
    return NULL;
}

/* Keys of an older way to write a grid, and of wiring that the program now does by itself. */
static const struct {
    const char *key, *advice;
} old_form[] = {
    {"parameter_expansion", "a grid is not declared, it is seen: write the values where the "
                            "parameter stands, parameters: {lookback_period: [10, 20, 30]}"},
    {"expansion_rules", "a grid is not declared, it is seen: write the values where the "
                        "parameter stands, parameters: {lookback_period: [10, 20, 30]}"},
    {"auto_expand", "every list of values is expanded by itself: remove this key and write "
                    "parameters: {lookback_period: [10, 20, 30]}"},
    {"create_separate_container", "every combination has a portfolio of its own and services are "
                                  "shared: remove this key"},
    {"separate_container", "every combination has a portfolio of its own and services are shared: "
                           "remove this key"},
    {"containers", "containers are made from the axes: remove this key"},
    {"topology", "the topology is chosen by the program: remove this key"},
    {"communication", "components are connected by the program: remove this key"},
};

const char *complain_unknown_key(struct reader *reader, const struct yaml_node *key,
                                 const char *where, const struct candidates *candidates,
                                 const struct yaml_node *map)
{
    char what[256];
    for (size_t i = 0; i < sizeof old_form / sizeof *old_form; i++)
        if (strcmp(key->text, old_form[i].key) == 0) {
            complain(reader, key->place, "'%s' is the old form; %s", key->text, old_form[i].advice);
            return NULL;
        }
    snprintf(what, sizeof what, "key '%.80s'%s%.120s", key->text, *where ? " in " : "", where);
    return complain_unknown(reader, key->place, what, key->text, candidates, map);
}

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

char *text_of(struct reader *reader, const struct yaml_node *node, const char *what)
{
    char description[DESCRIPTION_MAX];
    double number;
    bool boolean;
    if (node->kind == NODE_TEXT &&
        (node_is_number(node, &number) || node_is_boolean(node, &boolean))) {
        complain(reader, node->place, "'%s' must be text; put it in quotes: '%.100s'", what,
                 node->text);
        return NULL;
    }
    if (node->kind != NODE_TEXT || node_is_null(node)) {
        describe_node(node, description);
        complain(reader, node->place, "'%s' must be text, not %s", what, description);
        return NULL;
    }
    if (node->length == 0) {
        complain(reader, node->place, "'%s' is empty", what);
        return NULL;
    }
    return reader_text(reader, node->text, node->length);
}

bool read_text(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    if (!found->value[key])
        return false;
    char *text = text_of(reader, found->value[key], schema_rows[key].name);
    if (text)
        *out = text;
    return text != NULL;
}

bool is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    for (const char *p = text; *p; p++)
        if (!(isalnum((unsigned char)*p) || *p == '_') || (unsigned char)*p >= 0x80)
            return false;
    return !strstr(text, "__");
}

bool read_name(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    static const char *const reserved[] = {"risk",     "execution",  "symbol", "window",
                                           "strategy", "classifier", "block"};
    char *name = NULL;
    if (!read_text(reader, found, key, &name))
        return false;
    struct place place = found->value[key]->place;
    if (!is_name(name)) {
        complain(reader, place,
                 "'%.100s' is not a name: letters, digits and single underscores, no digit first",
                 name);
        return false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0) {
            complain(reader, place, "the name '%s' is reserved; choose another", name);
            return false;
        }
    *out = name;
    return true;
}

bool read_word(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    char *word = NULL, what[256];
    if (!found->value[key])
        return false;
    struct candidates candidates = {.count = 0};
    candidates_add_words(&candidates, reader, schema_rows[key].words);
    word = text_of(reader, found->value[key], schema_rows[key].name);
    if (!word)
        return false;
    for (size_t i = 0; i < candidates.count; i++)
        if (strcmp(candidates.names[i], word) == 0) {
            *out = word;
            return true;
        }
    bool workflow = schema_rows[key].section == SECTION_workflow;
    snprintf(what, sizeof what, "%s%s '%.100s'", workflow ? "workflow." : "", schema_rows[key].name,
             word);
    complain_unknown(reader, found->value[key]->place, what, word, &candidates, NULL);
    return false;
}

bool read_boolean(struct reader *reader, const struct found *found, enum schema_key key, bool *out)
{
    char description[DESCRIPTION_MAX];
    bool value;
    if (!found->value[key])
        return false;
    if (node_is_boolean(found->value[key], &value)) {
        *out = value;
        return true;
    }
    describe_node(found->value[key], description);
    complain(reader, found->value[key]->place, "'%s' must be true or false, not %s",
             schema_rows[key].name, description);
    return false;
}

static void complain_number(struct reader *reader, const struct yaml_node *node, const char *what,
                            const char *kind)
{
    char description[DESCRIPTION_MAX];
    double number;
    describe_node(node, description);
    if (node->kind == NODE_TEXT && !node->plain &&
        number_from_text(node->text, node->length, &number))
        complain(reader, node->place,
                 "'%s' must be %s; '%.40s' in quotes is text: remove the quotes", what, kind,
                 node->text);
    else
        complain(reader, node->place, "'%s' must be %s, not %s", what, kind, description);
}

bool read_number(struct reader *reader, const struct found *found, enum schema_key key, double *out)
{
    const struct schema_row *row = &schema_rows[key];
    const struct yaml_node *node = found->value[key];
    double number;
    if (!node)
        return false;
    if (!node_is_number(node, &number)) {
        complain_number(reader, node, row->name, "a number");
        return false;
    }
    if (number < row->min || number > row->max ||
        ((row->flags & KEY_OPEN_MIN) && number <= row->min)) {
        complain(reader, node->place, "'%s' is %s; it must be %s %g", row->name, node->text,
                 row->flags & KEY_OPEN_MIN ? "above" : "at least", row->min);
        return false;
    }
    *out = number;
    return true;
}

bool read_whole(struct reader *reader, const struct found *found, enum schema_key key,
                uint64_t *out)
{
    const struct schema_row *row = &schema_rows[key];
    const struct yaml_node *node = found->value[key];
    struct decimal decimal;
    int64_t whole;
    double number;
    if (!node)
        return false;
    if (!node_is_number(node, &number)) {
        complain_number(reader, node, row->name, "a whole number");
        return false;
    }
    if (number != floor(number)) {
        complain(reader, node->place, "'%s' must be a whole number, not %s", row->name, node->text);
        return false;
    }
    int scale;
    bool fits = false;
    if (decimal_from_text(node->text, node->length, &decimal)) {
        fits = decimals_to_scale(&decimal, 1, &whole, &scale) && scale == 0;
    } else {
        /* 19 digits: beyond a decimal, within 63 bits. */
        uint64_t big = 0;
        fits = number > 0;
        for (const char *p = node->text + (*node->text == '+'); *p && fits; p++)
            fits = *p == '_' || (*p >= '0' && *p <= '9' && !__builtin_mul_overflow(big, 10, &big) &&
                                 !__builtin_add_overflow(big, (uint64_t)(*p - '0'), &big));
        fits = fits && big <= INT64_MAX;
        whole = (int64_t)big;
    }
    if (!fits || (double)whole < row->min || (double)whole > row->max) {
        if (row->max > 1e18)
            complain(reader, node->place, "'%s' is %s; it must be at least %.0f and below 2^63",
                     row->name, node->text, row->min);
        else
            complain(reader, node->place, "'%s' is %s; it must be in [%.0f, %.0f]", row->name,
                     node->text, row->min, row->max);
        return false;
    }
    *out = (uint64_t)whole;
    return true;
}

bool read_metric(struct reader *reader, const struct found *found, enum schema_key key, int *out)
{
    char *name = NULL, what[256];
    if (!read_text(reader, found, key, &name))
        return false;
    int metric = catalog_find_metric(name);
    if (metric >= 0) {
        *out = metric;
        return true;
    }
    struct candidates candidates = {.count = 0};
    for (int i = 0; i < METRIC_COUNT; i++)
        candidates_add(&candidates, catalog_metrics[i].name);
    snprintf(what, sizeof what, "metric '%.100s'", name);
    complain_unknown(reader, found->value[key]->place, what, name, &candidates, NULL);
    return false;
}

char *path_beside(struct reader *reader, const char *path)
{
    const char *slash = strrchr(reader->config->path, '/');
    if (*path == '/' || !slash)
        return reader_text(reader, path, strlen(path));
    size_t folder = (size_t)(slash - reader->config->path) + 1, length = strlen(path);
    char *joined = reader_new(reader, folder + length + 1, 1);
    if (joined) {
        memcpy(joined, reader->config->path, folder);
        memcpy(joined + folder, path, length);
    }
    return joined;
}
