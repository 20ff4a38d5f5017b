/* SPDX-License-Identifier: Apache-2.0 */
/* The section `data`: the series, their columns, times, sessions and time zones. */
#define _XOPEN_SOURCE 700 /* stat, access, strcasecmp, readlink, realpath */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/config/reader.h"
#include "io/market/calendar.h"
#include "io/market/columns.h"

/* A file must be there and be a file; what is in it is found out when it is read. */
static void check_file(struct reader *reader, const char *path, struct place place)
{
    struct stat status;
    if (stat(path, &status) != 0)
        complain_as(reader, ADMF_NO_INPUT, place, "cannot open '%s': %s", path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        complain_as(reader, ADMF_NO_INPUT, place, "'%s' is a directory; name a file", path);
    else if (access(path, R_OK) != 0)
        complain_as(reader, ADMF_NO_INPUT, place, "cannot open '%s': %s", path, strerror(errno));
}

/* What a column is to be called: a name of ours, or any other for a further column. */
static bool check_column(struct reader *reader, const struct yaml_node *key,
                         const struct yaml_node *map)
{
    char what[128];
    struct candidates candidates = {.count = 0};
    if (column_mistyped(key->text)) {
        snprintf(what, sizeof what, "column '%.80s'", key->text);
        candidates_add_words(&candidates, reader, schema_rows[KEY_data_columns].words);
        complain_unknown(reader, key->place, what, key->text, &candidates, map);
        return false;
    }
    if (!is_name(key->text)) {
        complain(reader, key->place,
                 "the column '%.80s' is not a name: letters, digits and single underscores, no "
                 "digit first",
                 key->text);
        return false;
    }
    return true;
}

static void read_columns(struct reader *reader, const struct yaml_node *node,
                         struct series_source *series)
{
    char description[DESCRIPTION_MAX];
    if (!node)
        return;
    if (node->kind != NODE_MAP) {
        describe_node(node, description);
        complain(reader, node->place,
                 "'columns' must be a mapping, {timestamp: name in the file}, not %s", description);
        return;
    }
    series->rename = reader_new(reader, node->count, sizeof *series->rename);
    for (size_t i = 0; series->rename && i < node->count; i++) {
        const struct yaml_node *key = node->keys[i];
        bool taken = false;
        if (!check_column(reader, key, node))
            continue;
        char *theirs = text_of(reader, node->items[i], key->text);
        for (size_t j = 0; theirs && j < series->renames; j++)
            taken = taken || strcasecmp(series->rename[j].theirs, theirs) == 0;
        if (taken)
            complain(reader, node->items[i]->place, "the file's column '%s' is used twice", theirs);
        if (!theirs || taken)
            continue;
        series->rename[series->renames].ours = reader_text(reader, key->text, key->length);
        series->rename[series->renames].theirs = theirs;
        series->renames++;
    }
}

void read_placed_text(struct reader *reader, const struct found *found, enum schema_key key,
                      char **out, struct source_place *place)
{
    if (!read_text(reader, found, key, out))
        return;
    struct place at = found->value[key]->place;
    *place = (struct source_place){at.line, at.column, at.length};
}

void complain_again(struct reader *reader, const admf_diagnostics *found)
{
    reader->no_memory = reader->no_memory || found->total > found->count;
    for (size_t i = 0; i < found->count; i++) {
        const admf_error *error = &found->items[i];
        struct place place = {error->line, error->column, error->length};
        if (error->code == ADMF_INTERNAL)
            reader->no_memory = true;
        else
            complain_as(reader, error->code, place, "%s", error->message);
    }
}

/* Read here as they are when the bars are, so that a run finds nothing that a check does not. */
static void read_calendar(struct reader *reader, const struct found *found,
                          struct series_source *series)
{
    struct calendar calendar;
    admf_diagnostics wrong = ADMF_DIAGNOSTICS_INIT;
    read_placed_text(reader, found, KEY_data_timezone, &series->timezone, &series->timezone_place);
    read_placed_text(reader, found, KEY_data_session, &series->session, &series->session_place);
    read_placed_text(reader, found, KEY_data_start, &series->start, &series->start_place);
    read_placed_text(reader, found, KEY_data_end, &series->end, &series->end_place);
    calendar_init(&calendar, series, &wrong);
    calendar_deinit(&calendar);
    complain_again(reader, &wrong);
    admf_diagnostics_deinit(&wrong);
}

/* Symbols stand in tables, labels and options: one line each. */
static void read_symbol(struct reader *reader, const struct found *found,
                        struct series_source *series)
{
    if (!read_text(reader, found, KEY_data_symbol, &series->symbol))
        return;
    for (const unsigned char *c = (const unsigned char *)series->symbol; *c; c++)
        if (*c < ' ' || *c == 0x7f) {
            complain(reader, found->value[KEY_data_symbol]->place,
                     "'symbol' holds a control character; use letters, digits and signs");
            return;
        }
}

static void read_series(struct reader *reader, const struct yaml_node *node, size_t index)
{
    struct config *config = reader->config;
    struct series_source *series = &config->series[index];
    struct found found;
    char *stamp = NULL, *path = NULL;
    *series = (struct series_source){.format = "auto",
                                     .timezone = "UTC",
                                     .session = "00:00-24:00",
                                     .periods_per_year = NAN,
                                     .config_file = config->path,
                                     .line = node->place.line,
                                     .column = node->place.column};
    if (!read_section(reader, node, SECTION_data, NULL, 0, NULL, "a series of data", &found))
        return;
    read_symbol(reader, &found, series);
    for (size_t i = 0; series->symbol && i < index; i++)
        if (config->series[i].symbol && strcmp(config->series[i].symbol, series->symbol) == 0) {
            complain(reader, found.value[KEY_data_symbol]->place,
                     "the symbol '%.100s' is given twice; it stands in line %d already",
                     series->symbol, config->series[i].line);
            break;
        }
    if (read_text(reader, &found, KEY_data_path, &path)) {
        struct place place = found.value[KEY_data_path]->place;
        series->path = path_beside(reader, path);
        series->line = place.line;
        series->column = place.column;
        if (series->path)
            check_file(reader, series->path, place);
    }
    read_word(reader, &found, KEY_data_format, &series->format);
    read_calendar(reader, &found, series);
    if (read_word(reader, &found, KEY_data_stamp, &stamp))
        series->stamp_end = strcmp(stamp, "end") == 0;
    read_columns(reader, found.value[KEY_data_columns], series);
}

/*
 * Where the shipped series lie: in the sources, or where an installation has put them; seen from
 * the folder of the program that is wherever the installation was moved to.
 */
#ifndef ADMF_DATA_DIR
#define ADMF_DATA_DIR "data"
#define ADMF_INSTALLED_DATA_DIR "data"
#endif
#ifndef ADMF_DATA_FROM_PROGRAM
#define ADMF_DATA_FROM_PROGRAM "../share/admf"
#endif
#define SAMPLE "/sp500_daily.csv"

/* The sample that was installed with the running program; NULL: there is none, or no room. */
static char *sample_of_program(struct reader *reader)
{
    char path[ADMF_PATH_MAX], room[PATH_MAX];
    static const char rest[] = "/" ADMF_DATA_FROM_PROGRAM SAMPLE;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0 || (size_t)length == sizeof path)
        return NULL;
    path[length] = '\0';
    char *end = strrchr(path, '/');
    if (!end || (size_t)(end - path) + sizeof rest > sizeof path)
        return NULL;
    strcpy(end, rest);
    if (!realpath(path, room) || access(room, R_OK) != 0)
        return NULL;
    return reader_text(reader, room, strlen(room));
}

/* An installation comes first: its program needs nothing of the sources, which may be gone. */
static char *sample_path(struct reader *reader)
{
    char *path = sample_of_program(reader);
    if (path)
        return path;
    return access(ADMF_DATA_DIR SAMPLE, R_OK) == 0 ? ADMF_DATA_DIR SAMPLE
                                                   : ADMF_INSTALLED_DATA_DIR SAMPLE;
}

static void use_sample_data(struct reader *reader)
{
    struct config *config = reader->config;
    config->series = reader_new(reader, 1, sizeof *config->series);
    if (!config->series)
        return;
    *config->series = (struct series_source){.symbol = "SP500",
                                             .path = sample_path(reader),
                                             .format = "auto",
                                             .timezone = "UTC",
                                             .session = "00:00-24:00",
                                             .periods_per_year = NAN};
    config->series_count = 1;
    config->sample_data = true;
}

void read_data(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    char description[DESCRIPTION_MAX];
    if (!node) {
        use_sample_data(reader);
        return;
    }
    if (node->kind != NODE_LIST || node->count == 0) {
        describe_node(node, description);
        complain(reader, node->place, "'data' must be a list of series (- symbol: …), not %s",
                 node->kind == NODE_LIST ? "an empty list" : description);
        return;
    }
    config->series = reader_new(reader, node->count, sizeof *config->series);
    config->series_count = config->series ? node->count : 0;
    for (size_t i = 0; i < config->series_count; i++)
        read_series(reader, node->items[i], i);
}
