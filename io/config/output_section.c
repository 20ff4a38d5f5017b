/* SPDX-License-Identifier: Apache-2.0 */
/* The section `output`: where the cube goes, how it is stored, which combinations are kept. */
#define _POSIX_C_SOURCE 200809L /* stat */
#include <string.h>
#include <sys/stat.h>

#include "engine/catalog/catalog.h"
#include "io/config/reader.h"

static void read_keep_ids(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    config->keep = KEEP_LIST;
    config->keep_place = node->place;
    config->keep_ids = read_ids(reader, node, "keep", &config->keep_count);
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

/* A single combination where a list of them is meant. */
static bool is_id(const struct yaml_node *node)
{
    double number;
    return node_is_number(node, &number) ||
           (node->kind == NODE_TEXT && strncmp(node->text, "combo_", 6) == 0);
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
    } else if (is_id(node)) {
        complain(reader, node->place,
                 "'keep' is all, none, {best: {n: 20}} or a list of combinations; to keep this "
                 "one: keep: [%s]",
                 node->text);
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
