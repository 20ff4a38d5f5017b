/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a file to a configuration: text → tree of nodes (yaml_tree.c) → typed values (sections.c,
 * component_entry.c), each checked against the tables of keys and parameters. All of it lives in
 * one arena, and so does the tree until the reading is done.
 */
#define _POSIX_C_SOURCE 200809L /* fileno, fstat */
#include "io/config/config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/config/reader.h"

struct owned_config {
    struct config config; /* first: a pointer to it is one to the whole */
    struct arena arena;
};

void config_free(struct config **config)
{
    if (!*config)
        return;
    struct owned_config *owned = (struct owned_config *)*config;
    struct arena arena = owned->arena;
    arena_deinit(&arena);
    memory_free(owned);
    *config = NULL;
}

/* The name of an entry in results: the type unless `name:` replaces it. */
static const char *entry_name(const struct component_entry *entry)
{
    return entry->name ? entry->name : entry->row->name;
}

static bool stands_before(struct place a, struct place b)
{
    return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* Names that stand in both lists; of the two places the later one is reported. Profiles take
 * part with names that were given only: their variables are `risk__…` whatever they are called. */
static void refuse_common_names(struct reader *reader, const struct component_list *left,
                                const struct component_list *right, bool left_given,
                                bool right_given)
{
    for (size_t j = 0; j < right->count; j++) {
        const struct component_entry *second = &right->entries[j];
        for (size_t i = 0; i < left->count && (second->name || !right_given); i++) {
            const struct component_entry *first = &left->entries[i];
            if ((left_given && !first->name) || strcmp(entry_name(first), entry_name(second)) != 0)
                continue;
            bool in_order = stands_before(first->place, second->place);
            complain(reader, in_order ? second->place : first->place,
                     "the name '%s' stands on another axis too (line %d); give one of them another "
                     "`name:`",
                     entry_name(first), in_order ? first->place.line : second->place.line);
            break;
        }
    }
}

/* A name that stands for two types would give two instances one label, and mix their parameters. */
static void refuse_name_of_two(struct reader *reader, const struct component_list *list)
{
    for (size_t j = 1; j < list->count; j++)
        for (size_t i = 0; i < j; i++) {
            const struct component_entry *first = &list->entries[i], *second = &list->entries[j];
            if (first->row == second->row || strcmp(entry_name(first), entry_name(second)) != 0)
                continue;
            complain(reader, second->place,
                     "the name '%s' is that of type %s already (line %d); give one of them another "
                     "`name:`",
                     entry_name(first), first->row->name, first->place.line);
            break;
        }
}

static void check_names(struct reader *reader)
{
    const struct config *config = reader->config;
    const struct component_list *strategies = &config->strategies;
    const struct component_list *classifiers = &config->classifiers;
    refuse_name_of_two(reader, strategies);
    refuse_name_of_two(reader, classifiers);
    refuse_common_names(reader, strategies, classifiers, false, false);
    refuse_common_names(reader, strategies, &config->risk, false, true);
    refuse_common_names(reader, classifiers, &config->risk, false, true);
    refuse_common_names(reader, strategies, &config->execution, false, true);
    refuse_common_names(reader, classifiers, &config->execution, false, true);
    refuse_common_names(reader, &config->risk, &config->execution, true, true);
}

static void read_top(struct reader *reader, const struct yaml_node *root)
{
    struct config *config = reader->config;
    struct found found;
    config->workflow_type = "backtest";
    config->base_pattern = "full_backtest";
    config->objective = "sharpe";
    config->isa = config->lanes = "auto";
    config->best_n = 10;
    config->periods_per_year = NAN;
    config->blocks = 16;
    for (int k = 0; k < METRIC_COUNT; k++)
        config->metric_selected[k] = true;
    if (!read_section(reader, root, SECTION_top, NULL, 0, NULL, "", &found))
        return;
    /* Resources first: a sample's seed defaults to theirs. */
    read_resources(reader, found.value[KEY_top_resources]);
    read_workflow(reader, found.value[KEY_top_workflow]);
    read_data(reader, found.value[KEY_top_data]);
    read_metrics(reader, found.value[KEY_top_metrics]);
    read_portfolio(reader, found.value[KEY_top_portfolio]);
    const size_t wrong = reader->errors->total;
    read_windows(reader, found.value[KEY_top_windows]);
    reader->windows_unread = reader->errors->total > wrong;
    read_output(reader, found.value[KEY_top_output]);
    if (found.value[KEY_top_strategies])
        read_components(reader, found.value[KEY_top_strategies], false);
    if (found.value[KEY_top_classifiers])
        read_components(reader, found.value[KEY_top_classifiers], true);
    if (found.value[KEY_top_risk])
        read_profiles(reader, found.value[KEY_top_risk], false);
    if (found.value[KEY_top_execution])
        read_profiles(reader, found.value[KEY_top_execution], true);
    check_names(reader);
    read_phases(reader, found.value[KEY_top_workflow]);
}

static int compare_places(const void *left, const void *right)
{
    const admf_error *a = left, *b = right;
    if (a->line != b->line)
        return (a->line > b->line) - (a->line < b->line);
    return (a->column > b->column) - (a->column < b->column);
}

static admf_status fill_config(const char *path, const char *text, size_t length,
                               struct owned_config *owned, admf_diagnostics *errors,
                               admf_diagnostics *warnings)
{
    struct arena tree = {NULL};
    struct yaml_node *root;
    struct reader reader = {
        .config = &owned->config, .arena = &owned->arena, .errors = errors, .warnings = warnings};
    size_t before = errors->count;
    uint64_t seen = errors->total;
    owned->config.path = reader_text(&reader, path, strlen(path));
    owned->config.text = reader_text(&reader, text, length);
    owned->config.text_length = length;
    if (reader.no_memory)
        return report(errors, ADMF_INTERNAL, path, 0, 0, 0, "out of memory");
    reader.source = owned->config.text;
    reader.length = length;
    yaml_tree_read(path, text, length, &tree, &root, errors);
    if (root)
        read_top(&reader, root);
    arena_deinit(&tree);
    if (reader.no_memory)
        return report(errors, ADMF_INTERNAL, path, 0, 0, 0, "out of memory");
    if (errors->count > before)
        qsort(errors->items + before, errors->count - before, sizeof *errors->items,
              compare_places);
    if (errors->total == seen)
        return ADMF_OK;
    return admf_diagnostics_status(errors);
}

admf_status config_parse(const char *path, const char *text, size_t length, struct config **out,
                         admf_diagnostics *errors, admf_diagnostics *warnings)
{
    *out = NULL;
    struct owned_config *owned = memory_new(1, sizeof *owned);
    if (!owned)
        return report(errors, ADMF_INTERNAL, path, 0, 0, 0, "out of memory");
    admf_status status = fill_config(path, text, length, owned, errors, warnings);
    struct config *config = &owned->config;
    if (status == ADMF_OK)
        *out = config;
    else
        config_free(&config);
    return status;
}

admf_status config_load(const char *path, struct config **out, admf_diagnostics *errors,
                        admf_diagnostics *warnings)
{
    admf_status status = ADMF_OK;
    struct stat kind;
    char *text = NULL;
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return report(errors, ADMF_NO_INPUT, path, 0, 0, 0, "cannot open: %s", strerror(errno));
    if (fstat(fileno(file), &kind) == 0 && S_ISDIR(kind.st_mode)) {
        status = report(errors, ADMF_NO_INPUT, path, 0, 0, 0, "is a directory; name a file");
        goto cleanup;
    }
    size_t length = 0, room = 0;
    for (;;) {
        if (room - length < 2) {
            room = room ? 2 * room : 16384;
            char *more = memory_resize(text, room, 1);
            if (!more) {
                status = report(errors, ADMF_INTERNAL, path, 0, 0, 0, "out of memory");
                goto cleanup;
            }
            text = more;
        }
        size_t n = fread(text + length, 1, room - length - 1, file);
        length += n;
        if (n == 0 || length > YAML_BYTES_MAX)
            break;
    }
    if (ferror(file)) {
        status = report(errors, ADMF_IO, path, 0, 0, 0, "cannot read: %s", strerror(errno));
        goto cleanup;
    }
    text[length] = '\0';
    status = config_parse(path, text, length, out, errors, warnings);
cleanup:
    memory_free(text);
    fclose(file);
    return status;
}
