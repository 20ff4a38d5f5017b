/* SPDX-License-Identifier: Apache-2.0 */
/* The section `output`: where the cube goes, how it is stored, which combinations are kept. */
#define _POSIX_C_SOURCE 200809L /* stat */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/catalog/catalog.h"
#include "io/config/decimal.h"
#include "io/config/reader.h"

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
