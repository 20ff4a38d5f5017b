/* SPDX-License-Identifier: Apache-2.0 */
/* The windows that every combination is run over: named, split, walk_forward or k_fold. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/decimal.h"
#include "io/config/reader.h"
#include "io/market/calendar.h"

/* Lengths above are beyond any data; sums of a few stay far from overflow. */
static const int64_t LENGTH_MOST = INT64_C(1) << 40;

static const char *const forms[] = {"split", "walk_forward", "k_fold"};
enum { FORMS = sizeof forms / sizeof *forms };

/* `500`, `500d`, `6m`; false where it is neither. */
static bool length_from_text(const struct yaml_node *node, struct window_length *length)
{
    double number;
    size_t digits = node->length;
    char unit = digits > 1 ? node->text[digits - 1] : '\0';
    bool has_unit = unit == 'd' || unit == 'm';
    digits -= has_unit;
    if ((!node->plain && !has_unit) || !number_from_text(node->text, digits, &number) ||
        number != floor(number) || number < 0 || number > (double)LENGTH_MOST)
        return false;
    *length = (struct window_length){.count = (int64_t)number,
                                     .unit = unit == 'd'   ? WINDOW_DAYS
                                             : unit == 'm' ? WINDOW_MONTHS
                                                           : WINDOW_BARS};
    return true;
}

/* `least`: 0 or 1. *length stays as it is where the key is missing or wrong. */
static void read_length(struct reader *reader, const struct found *found, enum schema_key key,
                        int64_t least, struct window_length *length)
{
    const struct yaml_node *node = found->value[key];
    char description[DESCRIPTION_MAX];
    struct window_length read;
    if (!node)
        return;
    if (node->kind == NODE_TEXT && length_from_text(node, &read) && read.count >= least) {
        *length = read;
        return;
    }
    describe_node(node, description);
    complain(reader, node->place,
             "'%s' must be a length%s: bars (500), days (500d) or months (6m), not %s",
             schema_rows[key].name, least > 0 ? " above 0" : "", description);
}

static void read_split(struct reader *reader, const struct yaml_node *node, struct windows *windows)
{
    struct decimal decimal;
    char description[DESCRIPTION_MAX];
    windows->form = WINDOWS_SPLIT;
    if (node->kind == NODE_TEXT && node->plain &&
        decimal_from_text(node->text, node->length, &decimal) &&
        decimals_to_scale(&decimal, 1, &windows->split, &windows->split_scale) &&
        windows->split > 0 && scaled_to_double(windows->split, windows->split_scale) < 1)
        return;
    describe_node(node, description);
    complain(reader, node->place,
             "'split' must be the share of bars in train, a number in (0, 1), not %s", description);
}

static void read_walk_forward(struct reader *reader, const struct yaml_node *node,
                              struct windows *windows)
{
    struct found found;
    char *mode = NULL;
    windows->form = WINDOWS_WALK_FORWARD;
    if (!read_section(reader, node, SECTION_walk_forward, NULL, 0, NULL, "walk_forward", &found))
        return;
    read_length(reader, &found, KEY_walk_forward_train, 1, &windows->train);
    read_length(reader, &found, KEY_walk_forward_test, 1, &windows->test);
    windows->step = windows->test;
    read_length(reader, &found, KEY_walk_forward_step, 1, &windows->step);
    read_length(reader, &found, KEY_walk_forward_purge, 0, &windows->purge);
    read_length(reader, &found, KEY_walk_forward_embargo, 0, &windows->embargo);
    if (read_word(reader, &found, KEY_walk_forward_mode, &mode))
        windows->anchored = strcmp(mode, "anchored") == 0;
}

static void read_k_fold(struct reader *reader, const struct yaml_node *node,
                        struct windows *windows)
{
    struct found found;
    uint64_t k;
    windows->form = WINDOWS_K_FOLD;
    if (!read_section(reader, node, SECTION_k_fold, NULL, 0, NULL, "k_fold", &found))
        return;
    if (read_whole(reader, &found, KEY_k_fold_k, &k))
        windows->folds = (int)k;
    read_length(reader, &found, KEY_k_fold_purge, 0, &windows->purge);
    read_length(reader, &found, KEY_k_fold_embargo, 0, &windows->embargo);
}

static void read_form(struct reader *reader, const struct yaml_node *key,
                      const struct yaml_node *value, struct windows *windows)
{
    if (node_is_null(value))
        complain(reader, key->place, "nothing stands after '%s:'; give a value or remove the key",
                 key->text);
    else if (strcmp(key->text, "split") == 0)
        read_split(reader, value, windows);
    else if (strcmp(key->text, "walk_forward") == 0)
        read_walk_forward(reader, value, windows);
    else
        read_k_fold(reader, value, windows);
}

/* One of the forms, mistyped? What a window takes is `start` and `end` only. */
static bool is_mistyped_form(struct reader *reader, const struct yaml_node *map, size_t i)
{
    struct candidates candidates = {.count = 0};
    const struct yaml_node *value = map->items[i];
    bool window = value->kind == NODE_MAP;
    for (size_t k = 0; window && k < value->count; k++)
        window =
            strcmp(value->keys[k]->text, "start") == 0 || strcmp(value->keys[k]->text, "end") == 0;
    for (int f = 0; f < FORMS; f++)
        candidates_add(&candidates, forms[f]);
    if (window || !nearest_name(map->keys[i]->text, candidates.names, candidates.count))
        return false;
    complain_unknown_key(reader, map->keys[i], "windows", &candidates, map);
    return true;
}

static void read_named(struct reader *reader, const struct yaml_node *key,
                       const struct yaml_node *value, struct windows *windows)
{
    struct named_window *window = &windows->named[windows->count];
    struct found found;
    char where[128];
    windows->form = WINDOWS_NAMED;
    if (!is_name(key->text) || key->length > WINDOW_NAME_MAX) {
        complain(reader, key->place,
                 "'%.60s' is no name for a window: at most %d letters, digits and single "
                 "underscores, no digit first",
                 key->text, WINDOW_NAME_MAX);
        return;
    }
    *window = (struct named_window){.name = reader_text(reader, key->text, key->length),
                                    .place = key->place};
    snprintf(where, sizeof where, "window '%s'", key->text);
    if (!read_section(reader, value, SECTION_window, NULL, 0, NULL, where, &found))
        return;
    read_placed_text(reader, &found, KEY_window_start, &window->start, &window->start_place);
    read_placed_text(reader, &found, KEY_window_end, &window->end, &window->end_place);
    windows->count++;
}

static void check_spans_in(struct reader *reader, const char *timezone)
{
    const struct windows *windows = &reader->config->windows;
    admf_diagnostics wrong = ADMF_DIAGNOSTICS_INIT;
    admf_error error = {0};
    struct zone *zone = NULL;
    /* Of one that cannot be opened `data` has complained; without it times are taken for UTC. */
    if (zone_open(timezone, &zone, &error) == ADMF_INTERNAL)
        reader->no_memory = true;
    for (size_t i = 0; i < windows->count; i++) {
        const struct named_window *window = &windows->named[i];
        const struct time_span span = {window->start, window->end, window->start_place,
                                       window->end_place};
        int64_t start, end;
        time_span_read(&span, zone, reader->config->path, &start, &end, &wrong);
    }
    complain_again(reader, &wrong);
    admf_diagnostics_deinit(&wrong);
    zone_close(&zone);
}

/* Whether a local time exists depends on the zone; neighbours mostly have one in common. */
static void check_spans(struct reader *reader)
{
    const struct config *config = reader->config;
    const char *before = NULL;
    if (config->series_count == 0)
        check_spans_in(reader, "UTC");
    for (size_t i = 0; i < config->series_count; i++) {
        const char *timezone = config->series[i].timezone;
        if (!before || strcmp(timezone, before) != 0)
            check_spans_in(reader, timezone);
        before = timezone;
    }
}

/* Folds choose by the objective. */
static void check_objective(struct reader *reader)
{
    const struct config *config = reader->config;
    if (config->windows.form <= WINDOWS_NAMED ||
        config->metric_selected[catalog_find_metric(config->objective)])
        return;
    complain(reader, config->windows.place,
             "folds choose by the objective '%s', which metrics.select leaves out",
             config->objective);
}

void read_windows(struct reader *reader, const struct yaml_node *node)
{
    struct windows *windows = &reader->config->windows;
    char description[DESCRIPTION_MAX];
    size_t named = 0, formed = 0;
    if (!node)
        return;
    windows->place = node->place;
    if (node->kind != NODE_MAP || node->count == 0) {
        describe_node(node, description);
        complain(reader, node->place,
                 "'windows' must be a mapping: names ({train: {start, end}}), split, walk_forward "
                 "or k_fold, not %s",
                 node->kind == NODE_MAP ? "an empty one" : description);
        return;
    }
    windows->named = reader_new(reader, node->count, sizeof *windows->named);
    for (size_t i = 0; windows->named && i < node->count; i++) {
        const struct yaml_node *key = node->keys[i];
        bool form = false;
        for (int f = 0; f < FORMS; f++)
            form = form || strcmp(key->text, forms[f]) == 0;
        if (form)
            read_form(reader, key, node->items[i], windows);
        else if (!is_mistyped_form(reader, node, i))
            read_named(reader, key, node->items[i], windows);
        formed += form;
        named += !form;
        if (formed > 1 || (formed == 1 && named > 0)) {
            complain(reader, key->place,
                     "'split', 'walk_forward' and 'k_fold' stand alone: no further windows beside "
                     "them");
            return;
        }
    }
    check_spans(reader);
    check_objective(reader);
}

/* train, test, train_3, test_1, train_2_before, … */
static bool may_be_fold(const char *name)
{
    size_t word = strncmp(name, "train", 5) == 0 ? 5 : strncmp(name, "test", 4) == 0 ? 4 : 0;
    const char *rest = name + word;
    return word && (*rest == '\0' || (rest[0] == '_' && rest[1] >= '1' && rest[1] <= '9'));
}

void check_window(struct reader *reader, const char *name, struct place place)
{
    const struct windows *windows = &reader->config->windows;
    struct candidates known = {.count = 0};
    bool folds = windows->form > WINDOWS_SPLIT, found = folds && may_be_fold(name);
    char what[128];
    if (reader->windows_unread)
        return;
    if (windows->form == WINDOWS_ALL) {
        if (strcmp(name, "all") != 0)
            complain(reader, place, "there is no window '%.60s', as there are no 'windows'", name);
        return;
    }
    for (size_t i = 0; i < windows->count; i++) {
        candidates_add(&known, windows->named[i].name);
        found = found || strcmp(name, windows->named[i].name) == 0;
    }
    static const char *const made[] = {"train", "test", "train_1", "test_1"};
    for (int i = 0; i < (folds ? 4 : windows->form == WINDOWS_SPLIT ? 2 : 0); i++) {
        candidates_add(&known, made[i]);
        found = found || strcmp(name, made[i]) == 0;
    }
    snprintf(what, sizeof what, "window '%.60s'", name);
    if (!found)
        complain_unknown(reader, place, what, name, &known, NULL);
}
