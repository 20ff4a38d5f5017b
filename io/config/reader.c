/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
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
