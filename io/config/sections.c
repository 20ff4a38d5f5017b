/* SPDX-License-Identifier: Apache-2.0 */
/* The sections that are nothing but keys: workflow, portfolio, metrics, resources. */
#include <stdio.h>
#include <string.h>

#include "admf/workflow.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/reader.h"
#include "io/config/value.h"

static void read_combinations(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    char description[DESCRIPTION_MAX];
    if (!node)
        return;
    config->combinations_place = node->place;
    if (node->kind == NODE_LIST) {
        config->combinations = read_ids(reader, node, "combinations", &config->combination_count);
        return;
    }
    describe_node(node, description);
    complain(reader, node->place, "'combinations' must be a list of ids, not %s", description);
}

/* How many a ready-made sequence goes on with; other types have none to choose. */
static void read_best_of_sequence(struct reader *reader, const struct found *found)
{
    static const enum schema_key keys[] = {KEY_workflow_n, KEY_workflow_min_trades};
    struct config *config = reader->config;
    const char *type = config->workflow_type;
    read_whole(reader, found, KEY_workflow_n, &config->best_n);
    read_whole(reader, found, KEY_workflow_min_trades, &config->best_min_trades);
    for (int i = 0; i < 2 && !reader->type_unread; i++)
        if (found->key[keys[i]] && strcmp(type, "train_test") != 0 &&
            strcmp(type, "monte_carlo") != 0 && strcmp(type, "regime_adaptive") != 0)
            complain(reader, found->key[keys[i]]->place,
                     "'%s' of the workflow is for types train_test, monte_carlo and "
                     "regime_adaptive; type %s has no best to go on with",
                     schema_rows[keys[i]].name, type);
}

/* How the best of monte_carlo are resampled. */
static void read_resampling(struct reader *reader, const struct found *found)
{
    static const enum schema_key keys[] = {KEY_workflow_paths, KEY_workflow_block};
    struct config *config = reader->config;
    if (strcmp(config->workflow_type, "monte_carlo") == 0) {
        config->paths = 1000;
        read_whole(reader, found, KEY_workflow_paths, &config->paths);
        read_whole(reader, found, KEY_workflow_block, &config->block);
        return;
    }
    for (int i = 0; i < 2 && !reader->type_unread; i++)
        if (found->key[keys[i]])
            complain(reader, found->key[keys[i]]->place,
                     "'%s' of the workflow is for type monte_carlo; type %s resamples nothing",
                     schema_rows[keys[i]].name, config->workflow_type);
}

/* What is a type and a pattern at once: either word alone would leave out half of it. */
static void check_pattern(struct reader *reader, const struct found *found)
{
    static char signal_generation[] = "signal_generation", signal_replay[] = "signal_replay";
    static char *const both[] = {signal_generation, signal_replay};
    struct config *config = reader->config;
    const struct yaml_node *value = found->value[KEY_workflow_base_pattern];
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        bool type = strcmp(config->workflow_type, both[i]) == 0;
        bool pattern = strcmp(config->base_pattern, both[i]) == 0;
        if (type && value && !pattern)
            complain(reader, value->place,
                     "type %s has no other base_pattern than its own; remove "
                     "base_pattern",
                     both[i]);
        else if (!type && pattern && !reader->type_unread)
            complain(reader, value->place, "base_pattern %s goes with type: %s", both[i], both[i]);
        if (type)
            config->base_pattern = both[i];
    }
}

/* That a replay has one is found out later: the command line may name it. */
static void read_signals(struct reader *reader, const struct found *found)
{
    struct config *config = reader->config;
    char *path = NULL;
    if (!read_text(reader, found, KEY_workflow_signals, &path))
        return;
    config->signals_place = found->value[KEY_workflow_signals]->place;
    config->signals = path_beside(reader, path);
    if (strcmp(config->workflow_type, "signal_replay") != 0 && !reader->type_unread)
        complain(reader, found->key[KEY_workflow_signals]->place,
                 "'signals' of the workflow goes with type: signal_replay");
}

void read_workflow(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct found found;
    int metric;
    if (!node || !read_section(reader, node, SECTION_workflow, NULL, 0, NULL, "workflow", &found))
        return;
    bool type_read = read_word(reader, &found, KEY_workflow_type, &config->workflow_type);
    if (found.value[KEY_workflow_type]) {
        config->type_place = found.value[KEY_workflow_type]->place;
        reader->type_unread = !type_read;
    }
    read_pattern(reader, &found, KEY_workflow_base_pattern, &config->base_pattern);
    check_pattern(reader, &found);
    read_signals(reader, &found);
    read_text(reader, &found, KEY_workflow_name, &config->workflow_name);
    if (read_text(reader, &found, KEY_workflow_window, &config->window))
        config->window_place = found.value[KEY_workflow_window]->place;
    read_combinations(reader, found.value[KEY_workflow_combinations]);
    read_best_of_sequence(reader, &found);
    read_resampling(reader, &found);
    read_choices(reader, &found);
    if (read_metric(reader, &found, KEY_workflow_objective, &metric)) {
        config->objective =
            reader_text(reader, catalog_metrics[metric].name, strlen(catalog_metrics[metric].name));
        config->objective_place = found.value[KEY_workflow_objective]->place;
    }
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
    memset(reader->config->metric_selected, 0, sizeof reader->config->metric_selected);
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
    if (found.value[KEY_metrics_select])
        read_select(reader, found.value[KEY_metrics_select]);
    for (size_t i = 0; i < config->series_count; i++)
        config->series[i].periods_per_year = config->periods_per_year;
}

/* A number of bytes is alone in what config_resolved writes; in quotes it is text. */
static void read_size(struct reader *reader, const struct yaml_node *node, uint64_t *bytes)
{
    char description[DESCRIPTION_MAX];
    double number;
    bool quoted = node->kind == NODE_TEXT && !node->plain;
    if (node->kind == NODE_TEXT &&
        !(quoted && number_from_text(node->text, node->length, &number)) &&
        admf_size_from_text(node->text, bytes))
        return;
    describe_node(node, description);
    complain(reader, node->place, "'memory' must be a size above 0 with K, M, G or T (8G), not %s",
             description);
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
