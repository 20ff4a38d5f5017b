/* SPDX-License-Identifier: Apache-2.0 */
/* The sections that hold no components: workflow, data, portfolio, metrics, output, resources. */
#define _POSIX_C_SOURCE 200809L /* stat, access, fileno */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/decimal.h"
#include "io/config/reader.h"
#include "io/config/time_text.h"
#include "io/config/value.h"
#include "io/market/timezone.h"

void read_workflow(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    int metric;
    if (!node || !read_section(reader, node, SECTION_workflow, NULL, 0, NULL, "workflow", &found))
        return;
    read_word(reader, &found, KEY_workflow_type, &config->workflow_type);
    read_word(reader, &found, KEY_workflow_base_pattern, &config->base_pattern);
    read_text(reader, &found, KEY_workflow_name, &config->workflow_name);
    if (read_metric(reader, &found, KEY_workflow_objective, &metric))
        config->objective =
            reader_text(reader, catalog_metrics[metric].name, strlen(catalog_metrics[metric].name));
}

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

static void read_columns(struct reader *reader, const struct yaml_node *node,
                         struct series_source *series)
{
    char description[DESCRIPTION_MAX], what[128];
    struct candidates candidates = {.count = 0};
    if (!node)
        return;
    if (node->kind != NODE_MAP) {
        describe_node(node, description);
        complain(reader, node->place,
                 "'columns' must be a mapping, {timestamp: name in the file}, not %s", description);
        return;
    }
    candidates_add_words(&candidates, reader, schema_rows[KEY_data_columns].words);
    series->rename = reader_new(reader, node->count, sizeof *series->rename);
    for (size_t i = 0; series->rename && i < node->count; i++) {
        const struct yaml_node *key = node->keys[i];
        bool known = false, taken = false;
        for (size_t j = 0; j < candidates.count; j++)
            known = known || strcmp(candidates.names[j], key->text) == 0;
        if (!known) {
            snprintf(what, sizeof what, "column '%.80s'", key->text);
            complain_unknown(reader, key->place, what, key->text, &candidates, node);
            continue;
        }
        char *theirs = text_of(reader, node->items[i], key->text);
        for (size_t j = 0; theirs && j < series->renames; j++)
            taken = taken || strcmp(series->rename[j].theirs, theirs) == 0;
        if (taken)
            complain(reader, node->items[i]->place, "the file's column '%s' is used twice", theirs);
        if (!theirs || taken)
            continue;
        series->rename[series->renames].ours = reader_text(reader, key->text, key->length);
        series->rename[series->renames].theirs = theirs;
        series->renames++;
    }
}

void read_span(struct reader *reader, const struct found *found, const enum schema_key keys[2],
               char **start, char **end)
{
    struct time_text times[2];
    char **texts[] = {start, end};
    bool good[2];
    for (int i = 0; i < 2; i++) {
        good[i] = read_text(reader, found, keys[i], texts[i]);
        if (good[i] && !time_from_text(*texts[i], &times[i])) {
            complain(reader, found->value[keys[i]]->place,
                     "'%s' is '%.60s'; write a date (2015-01-31) or a time (2015-01-31T09:30:00)",
                     schema_rows[keys[i]].name, *texts[i]);
            good[i] = false;
        }
    }
    if (good[0] && good[1] && time_after(&times[0], &times[1]))
        complain(reader, found->value[keys[1]]->place, "'end' (%s) lies before 'start' (%s)", *end,
                 *start);
}

static void read_session(struct reader *reader, const struct found *found,
                         struct series_source *series)
{
    if (read_text(reader, found, KEY_data_session, &series->session) &&
        !session_is_valid(series->session))
        complain(reader, found->value[KEY_data_session]->place,
                 "'session' is '%.60s'; write HH:MM-HH:MM (09:30-16:00) or 24x7", series->session);
}

static void read_timezone(struct reader *reader, const struct found *found,
                          struct series_source *series)
{
    if (!read_text(reader, found, KEY_data_timezone, &series->timezone))
        return;
    struct place place = found->value[KEY_data_timezone]->place;
    struct zone *zone = NULL;
    admf_error error = {0};
    size_t length = strlen(series->timezone);
    if (*series->timezone == '/' || strstr(series->timezone, "..") ||
        strspn(series->timezone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                 "_+-/") != length)
        complain(reader, place, "'%.60s' is not a time zone; write an IANA name, Europe/Berlin",
                 series->timezone);
    else if (zone_open(series->timezone, &zone, &error) == ADMF_INTERNAL)
        reader->no_memory = true;
    else if (!zone)
        complain_as(reader, error.code, place, "%s", error.message);
    zone_close(&zone);
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
    static const enum schema_key span[] = {KEY_data_start, KEY_data_end};
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
    read_timezone(reader, &found, series);
    read_session(reader, &found, series);
    if (read_word(reader, &found, KEY_data_stamp, &stamp))
        series->stamp_end = strcmp(stamp, "end") == 0;
    read_span(reader, &found, span, &series->start, &series->end);
    read_columns(reader, found.value[KEY_data_columns], series);
}

/* Where the shipped series lie: the build tree, until an installation says otherwise. */
#ifndef ADMF_DATA_DIR
#define ADMF_DATA_DIR "data"
#endif

static void use_sample_data(struct reader *reader)
{
    struct config *config = reader->config;
    config->series = reader_new(reader, 1, sizeof *config->series);
    if (!config->series)
        return;
    *config->series = (struct series_source){.symbol = "SP500",
                                             .path = ADMF_DATA_DIR "/sp500_daily.csv",
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

void read_portfolio(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    for (int i = 0; i < SIZING_COUNT; i++)
        config->sizing[i] = catalog_risk.params[i].fallback;
    for (int i = 0; i < PORTFOLIO_COUNT; i++)
        config->portfolio[i] = catalog_portfolio.params[i].fallback;
    if (!node || !read_section(reader, node, SECTION_portfolio, &catalog_risk, SIZING_COUNT,
                               &catalog_portfolio, "portfolio", &found))
        return;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->keys[i], *value = node->items[i];
        int sizing = catalog_find_param(&catalog_risk, key->text);
        int own = catalog_find_param(&catalog_portfolio, key->text);
        bool is_sizing = sizing >= 0 && sizing < SIZING_COUNT;
        if ((!is_sizing && own < 0) || node_is_null(value))
            continue;
        if (value->kind != NODE_TEXT && is_sizing)
            complain(reader, value->place,
                     "'%s' of the portfolio takes one value; a grid of it: put it into `risk` "
                     "(risk: {%s: […]})",
                     key->text, key->text);
        else if (value->kind != NODE_TEXT)
            complain(reader, value->place,
                     "'%s' of the portfolio takes one value: it is the same for every combination; "
                     "what can be a grid, put it into `risk`",
                     key->text);
        else if (is_sizing)
            value_read(reader, value, &catalog_risk.params[sizing], "portfolio",
                       &config->sizing[sizing]);
        else
            value_read(reader, value, &catalog_portfolio.params[own], "portfolio",
                       &config->portfolio[own]);
    }
}

static void select_metric(struct reader *reader, const struct yaml_node *node)
{
    char what[128];
    char *name = text_of(reader, node, "select");
    int metric = name ? catalog_find_metric(name) : -1;
    if (metric >= 0) {
        if (reader->config->metric_selected[metric])
            complain(reader, node->place, "the metric '%s' is selected twice", name);
        reader->config->metric_selected[metric] = true;
    } else if (name) {
        struct candidates candidates = {.count = 0};
        for (int i = 0; i < METRIC_COUNT; i++)
            candidates_add(&candidates, catalog_metrics[i].name);
        snprintf(what, sizeof what, "metric '%.80s'", name);
        complain_unknown(reader, node->place, what, name, &candidates, NULL);
    }
}

static void read_select(struct reader *reader, const struct yaml_node *node)
{
    memset(reader->config->metric_selected, !node, sizeof reader->config->metric_selected);
    if (!node)
        return;
    if (node->kind == NODE_MAP || (node->kind == NODE_LIST && node->count == 0))
        complain(reader, node->place, "'select' must be a list of metrics, not %s",
                 node->kind == NODE_MAP ? "a mapping" : "an empty list");
    else if (node->kind == NODE_TEXT)
        select_metric(reader, node);
    else
        for (size_t i = 0; i < node->count; i++)
            select_metric(reader, node->items[i]);
}

void read_metrics(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    char *sampling = NULL;
    uint64_t blocks;
    config->periods_per_year = NAN;
    config->blocks = 16;
    read_select(reader, NULL);
    if (!node || !read_section(reader, node, SECTION_metrics, NULL, 0, NULL, "metrics", &found))
        return;
    if (read_word(reader, &found, KEY_metrics_sampling, &sampling)) {
        config->sample_given = true;
        config->sample_daily = strcmp(sampling, "day") == 0;
    }
    read_number(reader, &found, KEY_metrics_periods_per_year, &config->periods_per_year);
    read_number(reader, &found, KEY_metrics_risk_free_rate, &config->risk_free_rate);
    read_boolean(reader, &found, KEY_metrics_by_regime, &config->by_regime);
    if (read_whole(reader, &found, KEY_metrics_blocks, &blocks))
        config->blocks = (int)blocks;
    read_select(reader, found.value[KEY_metrics_select]);
    for (size_t i = 0; i < config->series_count; i++)
        config->series[i].periods_per_year = config->periods_per_year;
}

static bool read_id(struct reader *reader, const struct yaml_node *node, uint64_t *id)
{
    struct decimal decimal;
    char description[DESCRIPTION_MAX];
    int64_t number;
    int scale;
    if (node->kind == NODE_TEXT && node->plain &&
        decimal_from_text(node->text, node->length, &decimal) &&
        decimals_to_scale(&decimal, 1, &number, &scale) && scale == 0 && number >= 0) {
        *id = (uint64_t)number;
        return true;
    }
    describe_node(node, description);
    complain(reader, node->place, "'keep' lists combination ids (0, 1, 2, …), not %s", description);
    return false;
}

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* The later places of an id that stands in a list more than once. */
static void complain_repeated(struct reader *reader, const struct yaml_node *list,
                              uint64_t repeated)
{
    bool before = false;
    for (size_t i = 0; i < list->count; i++) {
        uint64_t id;
        if (!read_id(reader, list->items[i], &id) || id != repeated)
            continue;
        if (before)
            complain(reader, list->items[i]->place, "combination %llu is kept twice",
                     (unsigned long long)id);
        before = true;
    }
}

/* The ids, sorted: what is kept has no order. */
static void read_keep_ids(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    if (node->count == 0) {
        complain(reader, node->place, "'keep' has an empty list; write none");
        return;
    }
    config->keep = KEEP_LIST;
    config->keep_place = node->place;
    config->keep_ids = reader_new(reader, node->count, sizeof *config->keep_ids);
    for (size_t i = 0; config->keep_ids && i < node->count; i++)
        config->keep_count +=
            read_id(reader, node->items[i], &config->keep_ids[config->keep_count]);
    if (!config->keep_ids)
        return;
    qsort(config->keep_ids, config->keep_count, sizeof *config->keep_ids, compare_ids);
    for (size_t i = 1, told = 0; i < config->keep_count && told < 100; i++)
        if (config->keep_ids[i] == config->keep_ids[i - 1]) {
            complain_repeated(reader, node, config->keep_ids[i]);
            told++;
        }
}

static void read_best(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    uint64_t n = 20;
    config->keep = KEEP_BEST;
    config->keep_count = (size_t)n;
    if (!node || !read_section(reader, node, SECTION_best, NULL, 0, NULL, "best", &found))
        return;
    read_metric(reader, &found, KEY_best_by, &config->keep_by);
    if (read_whole(reader, &found, KEY_best_n, &n))
        config->keep_count = (size_t)n;
    read_whole(reader, &found, KEY_best_min_trades, &config->keep_min_trades);
    if (!config->metric_selected[config->keep_by])
        complain(reader, found.value[KEY_best_by] ? found.value[KEY_best_by]->place : node->place,
                 "the best are chosen by '%s', which metrics.select leaves out",
                 catalog_metrics[config->keep_by].name);
    if (config->keep_min_trades && !config->metric_selected[METRIC_trades])
        complain(reader, found.value[KEY_best_min_trades]->place,
                 "'min_trades' needs the metric 'trades', which metrics.select leaves out");
}

static void read_keep(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    char *word = NULL;
    config->keep_by = catalog_find_metric(config->objective);
    if (!node)
        return;
    if (node->kind == NODE_LIST) {
        read_keep_ids(reader, node);
    } else if (node->kind == NODE_MAP) {
        if (read_section(reader, node, SECTION_keep, NULL, 0, NULL, "keep", &found))
            read_best(reader, found.value[KEY_keep_best]);
    } else {
        memset(&found, 0, sizeof found);
        found.value[KEY_output_keep] = node;
        if (read_word(reader, &found, KEY_output_keep, &word))
            config->keep = strcmp(word, "all") == 0 ? KEEP_ALL : KEEP_NONE;
    }
}

static void read_compression(struct reader *reader, const struct found *found)
{
    char *text = NULL;
    if (!read_text(reader, found, KEY_output_compression, &text))
        return;
    if (strcmp(text, "none") == 0)
        reader->config->deflate = 0;
    else if (strncmp(text, "deflate:", 8) == 0 && text[8] >= '1' && text[8] <= '9' && !text[9])
        reader->config->deflate = text[8] - '0';
    else
        complain(reader, found->value[KEY_output_compression]->place,
                 "unknown compression '%.60s'; known: none, deflate:1 to deflate:9", text);
}

void read_output(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    char *path = NULL, *precision = NULL;
    struct stat status;
    config->deflate = 1;
    read_keep(reader, NULL);
    if (!node || !read_section(reader, node, SECTION_output, NULL, 0, NULL, "output", &found))
        return;
    if (read_text(reader, &found, KEY_output_path, &path)) {
        config->output_path = path_beside(reader, path);
        if (config->output_path && stat(config->output_path, &status) == 0 &&
            S_ISDIR(status.st_mode))
            complain(reader, found.value[KEY_output_path]->place,
                     "'%s' is a directory; name a file", path);
    }
    if (read_word(reader, &found, KEY_output_precision, &precision))
        config->precision_float32 = strcmp(precision, "float32") == 0;
    read_compression(reader, &found);
    read_keep(reader, found.value[KEY_output_keep]);
}

/* A number of bytes with K, M, G or T for powers of 1024. */
static bool read_size(struct reader *reader, const struct yaml_node *node, uint64_t *bytes)
{
    static const char units[] = "KMGT";
    char description[DESCRIPTION_MAX];
    double number;
    size_t length = node->length;
    int shift = 0;
    if (node->kind == NODE_TEXT && length) {
        const char *unit = strchr(units, node->text[length - 1]);
        shift = unit && *unit ? 10 * (int)(unit - units + 1) : 0;
        length -= shift != 0;
        if (number_from_text(node->text, length, &number) && (node->plain || shift)) {
            number = ldexp(number, shift);
            if (number >= 1 && number < 0x1p63) {
                *bytes = (uint64_t)number;
                return true;
            }
        }
    }
    describe_node(node, description);
    complain(reader, node->place, "'memory' must be a size above 0 with K, M, G or T (8G), not %s",
             description);
    return false;
}

void read_resources(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    uint64_t threads;
    if (!node || !read_section(reader, node, SECTION_resources, NULL, 0, NULL, "resources", &found))
        return;
    if (read_whole(reader, &found, KEY_resources_threads, &threads))
        config->threads = (int)threads;
    if (found.value[KEY_resources_memory])
        read_size(reader, found.value[KEY_resources_memory], &config->memory);
    if (read_word(reader, &found, KEY_resources_isa, &config->isa))
        config->isa_place = found.value[KEY_resources_isa]->place;
    read_word(reader, &found, KEY_resources_lanes, &config->lanes);
    read_whole(reader, &found, KEY_resources_seed, &config->seed);
}
