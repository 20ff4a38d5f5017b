/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration written out with its defaults, so that a result can be made again from what
 * is stored in it. What the program infers from data or machine (threads, memory, sampling,
 * periods a year) stays out, and profiles keep just the keys they set, since those name them.
 */
#define _XOPEN_SOURCE 700 /* realpath, getcwd */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/condition.h"
#include "io/config/config.h"
#include "io/config/decimal.h"
#include "io/config/utf8.h"
#include "io/config/values_text.h"

/* Characters that YAML would fold into spaces or refuse where they stand unescaped. */
static bool needs_escape(unsigned code)
{
    return (code >= 0x80 && code < 0xa0) || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
           code == 0xfffe || code == 0xffff;
}

/* Text in double quotes: JSON's escapes are YAML's too. */
static void add_quoted(struct text *out, const char *value)
{
    struct text part = {0};
    text_add(out, "\"");
    for (const unsigned char *p = (const unsigned char *)value; *p;) {
        size_t length = utf8_bytes((char)*p);
        unsigned code = length == 1 ? *p : *p & (0xffu >> (length + 1));
        for (size_t i = 1; i < length; i++)
            code = code << 6 | (p[i] & 0x3f);
        if (length == 1) {
            char one[2] = {(char)*p, '\0'};
            part.length = 0;
            text_json_string(&part, one);
            if (!part.failed)
                text_append(out, part.chars + 1, part.length - 2);
        } else if (needs_escape(code)) {
            text_format(out, "\\u%04x", code);
        } else {
            text_append(out, (const char *)p, length);
        }
        p += length;
    }
    text_add(out, "\"");
    out->failed = out->failed || part.failed;
    text_deinit(&part);
}

static void add_text(struct text *out, const char *key, const char *value)
{
    if (!value)
        return;
    text_format(out, "%s: ", key);
    add_quoted(out, value);
    text_add(out, "\n");
}

/* A path that means the same wherever the program is started. */
static void add_path(struct text *out, const char *key, const char *path)
{
    char folder[ADMF_PATH_MAX];
    struct text whole = {0};
    if (!path)
        return;
    char *real = realpath(path, NULL);
    if (!real && *path != '/' && getcwd(folder, sizeof folder)) {
        text_add(&whole, folder);
        text_add(&whole, "/");
    }
    text_add(&whole, real ? real : path);
    if (whole.failed)
        out->failed = true;
    else
        add_text(out, key, whole.chars);
    free(real);
    text_deinit(&whole);
}

static void add_number(struct text *out, const char *key, double number)
{
    char digits[NUMBER_MAX];
    number_to_text(number, digits);
    text_format(out, "%s: %s\n", key, digits);
}

static void add_series(struct text *out, const struct series_source *series)
{
    add_text(out, "  - symbol", series->symbol);
    add_path(out, "    path", series->path);
    add_text(out, "    format", series->format);
    add_text(out, "    timezone", series->timezone);
    add_text(out, "    session", series->session);
    add_text(out, "    stamp", series->stamp_end ? "end" : "start");
    add_text(out, "    start", series->start);
    add_text(out, "    end", series->end);
    if (series->renames)
        text_add(out, "    columns:\n");
    for (size_t i = 0; i < series->renames; i++) {
        text_add(out, "      ");
        add_text(out, series->rename[i].ours, series->rename[i].theirs);
    }
}

static bool given_in(const struct given *given, size_t count, int param)
{
    for (size_t i = 0; i < count; i++)
        if (given[i].param == param)
            return true;
    return false;
}

static bool given_in_sets(const struct component_entry *entry, int param)
{
    for (size_t i = 0; i < entry->set_count; i++)
        if (given_in(entry->sets[i].given, entry->sets[i].count, param))
            return true;
    return false;
}

static void add_given(struct text *out, const admf_component *row, const struct given *given)
{
    text_format(out, "%s: ", row->params[given->param].name);
    values_to_text(&row->params[given->param], &given->values, out);
}

static void add_fallback(struct text *out, const admf_param *param)
{
    text_format(out, "%s: ", param->name);
    value_to_text(param, param->fallback, out);
}

static void add_parameters(struct text *out, const struct component_entry *entry)
{
    const admf_component *row = entry->row;
    bool any = false;
    for (size_t i = 0; i < entry->given_count; i++) {
        text_add(out, any ? "      " : "    parameters:\n      ");
        add_given(out, row, &entry->given[i]);
        text_add(out, "\n");
        any = true;
    }
    for (int i = 0; i < row->n_params; i++) {
        if (given_in(entry->given, entry->given_count, i) || given_in_sets(entry, i))
            continue;
        text_add(out, any ? "      " : "    parameters:\n      ");
        add_fallback(out, &row->params[i]);
        text_add(out, "\n");
        any = true;
    }
}

/* Every set gets all parameters that any of them has. */
static void add_sets(struct text *out, const struct component_entry *entry)
{
    const admf_component *row = entry->row;
    if (entry->set_count)
        text_add(out, "    parameter_sets:\n");
    for (size_t i = 0; i < entry->set_count; i++) {
        const struct param_set *set = &entry->sets[i];
        bool any = false;
        text_add(out, "      - {");
        for (size_t j = 0; j < set->count; j++, any = true) {
            text_add(out, any ? ", " : "");
            add_given(out, row, &set->given[j]);
        }
        for (int j = 0; j < row->n_params; j++) {
            if (given_in(set->given, set->count, j) || !given_in_sets(entry, j))
                continue;
            text_add(out, any ? ", " : "");
            add_fallback(out, &row->params[j]);
            any = true;
        }
        text_add(out, "}\n");
    }
}

static void add_policy(struct text *out, const struct component_entry *entry)
{
    static const char *const words[] = {"flat", "long", "short", "both"};
    text_format(out, "    policy:\n      unknown: %s\n", words[entry->allow[0]]);
    for (int i = 0; i < entry->row->n_labels; i++)
        text_format(out, "      %s: %s\n", entry->row->labels[i], words[entry->allow[i + 1]]);
    text_format(out, "    policy_mode: %s\n", entry->block_entries ? "block_entries" : "close");
}

static void add_entry(struct text *out, const struct component_entry *entry, bool classifier)
{
    static const char *const methods[] = {"", "random", "latin", "sobol"};
    text_format(out, "  - type: %s\n", entry->row->name);
    add_text(out, "    name", entry->name);
    add_parameters(out, entry);
    add_sets(out, entry);
    if (entry->where_count)
        text_add(out, "    where:\n");
    for (size_t i = 0; i < entry->where_count; i++) {
        text_add(out, "      - ");
        add_quoted(out, entry->where[i]->text);
        text_add(out, "\n");
    }
    if (entry->sample != SAMPLE_NONE)
        text_format(out, "    sample: {n: %llu, seed: %llu, method: %s}\n",
                    (unsigned long long)entry->sample_n, (unsigned long long)entry->sample_seed,
                    methods[entry->sample]);
    if (classifier)
        add_policy(out, entry);
}

static void add_profiles(struct text *out, const char *key, const struct component_list *list)
{
    if (list->count)
        text_format(out, "%s:\n", key);
    for (size_t i = 0; i < list->count; i++) {
        const struct component_entry *entry = &list->entries[i];
        const char *start = "  - ";
        add_text(out, "  - name", entry->name);
        if (entry->name)
            start = "    ";
        for (size_t j = 0; j < entry->given_count; j++, start = "    ") {
            text_add(out, start);
            add_given(out, entry->row, &entry->given[j]);
            text_add(out, "\n");
        }
        if (!entry->name && entry->given_count == 0)
            text_add(out, "  - {}\n");
    }
}

static void add_portfolio(struct text *out, const struct config *config)
{
    text_add(out, "portfolio:\n");
    for (int i = 0; i < PORTFOLIO_COUNT + SIZING_COUNT; i++) {
        bool own = i < PORTFOLIO_COUNT;
        const admf_param *param =
            own ? &catalog_portfolio.params[i] : &catalog_risk.params[i - PORTFOLIO_COUNT];
        text_format(out, "  %s: ", param->name);
        value_to_text(param, own ? config->portfolio[i] : config->sizing[i - PORTFOLIO_COUNT], out);
        text_add(out, "\n");
    }
}

static void add_metrics(struct text *out, const char *indent, const struct config *config)
{
    const char *separator = "";
    text_format(out, "%smetrics:\n", indent);
    if (config->sample_given)
        text_format(out, "%s  sampling: %s\n", indent, config->sample_daily ? "day" : "bar");
    if (!isnan(config->periods_per_year)) {
        text_add(out, indent);
        add_number(out, "  periods_per_year", config->periods_per_year);
    }
    text_add(out, indent);
    add_number(out, "  risk_free_rate", config->risk_free_rate);
    text_format(out, "%s  by_regime: %s\n", indent, config->by_regime ? "true" : "false");
    text_format(out, "%s  blocks: %d\n%s  select: [", indent, config->blocks, indent);
    for (int i = 0; i < METRIC_COUNT; i++)
        if (config->metric_selected[i]) {
            text_format(out, "%s%s", separator, catalog_metrics[i].name);
            separator = ", ";
        }
    text_add(out, "]\n");
}

static void add_ids(struct text *out, const uint64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_format(out, "%s%llu", i ? ", " : "[", (unsigned long long)ids[i]);
    text_add(out, "]\n");
}

static void add_phase(struct text *out, const struct config *file, const struct phase_entry *phase)
{
    add_text(out, "    - name", phase->name);
    text_format(out, "      pattern: %s\n", phase->config->base_pattern);
    if (phase->signals >= 0)
        add_text(out, "      signals", file->phases[phase->signals].name);
    add_text(out, "      window", phase->config->window);
    if (phase->inherits >= 0) {
        add_text(out, "      inherit_best_from", file->phases[phase->inherits].name);
        text_format(out, "      by: %s\n      n: %llu\n      min_trades: %llu\n",
                    catalog_metrics[phase->by].name, (unsigned long long)phase->n,
                    (unsigned long long)phase->min_trades);
    }
    add_metrics(out, "      ", phase->config);
}

static void add_choices(struct text *out, const struct config *config)
{
    text_add(out, "  regime_choice:\n");
    for (size_t i = 0; i < config->choice_count; i++) {
        const struct regime_choice *choice = &config->choices[i];
        add_text(out, "    - symbol", choice->symbol);
        add_text(out, "      label", choice->label);
        text_format(out, "      combo: %llu\n", (unsigned long long)choice->combo);
        if (!isnan(choice->profit))
            add_number(out, "      profit", choice->profit);
        if (!isnan(choice->objective))
            add_number(out, "      objective", choice->objective);
    }
}

static void add_workflow(struct text *out, const struct config *config)
{
    text_format(out, "workflow:\n  type: %s\n", config->workflow_type);
    text_format(out, "  base_pattern: %s\n", config->base_pattern);
    if (strcmp(config->base_pattern, "signal_replay") == 0)
        add_path(out, "  signals", config->signals);
    add_text(out, "  name", config->workflow_name);
    /* A default that select leaves out ranks nothing; given, it would be an error. */
    if (config->objective_place.line ||
        config->metric_selected[catalog_find_metric(config->objective)])
        text_format(out, "  objective: %s\n", config->objective);
    add_text(out, "  window", config->window);
    if (config->combinations) {
        text_add(out, "  combinations: ");
        add_ids(out, config->combinations, config->combination_count);
    }
    if (strcmp(config->workflow_type, "train_test") == 0 || config->paths ||
        strcmp(config->workflow_type, "regime_adaptive") == 0)
        text_format(out, "  n: %llu\n  min_trades: %llu\n", (unsigned long long)config->best_n,
                    (unsigned long long)config->best_min_trades);
    if (config->paths)
        text_format(out, "  paths: %llu\n", (unsigned long long)config->paths);
    if (config->block)
        text_format(out, "  block: %llu\n", (unsigned long long)config->block);
    if (config->choice_count)
        add_choices(out, config);
    if (strcmp(config->workflow_type, "multi_phase") != 0)
        return;
    text_add(out, "  phases:\n");
    for (size_t i = 0; i < config->phase_count; i++)
        add_phase(out, config, &config->phases[i]);
}

static void add_length(struct text *out, const char *key, const struct window_length *length)
{
    static const char *const units[] = {"", "d", "m"};
    text_format(out, "%s: %lld%s\n", key, (long long)length->count, units[length->unit]);
}

static void add_named_windows(struct text *out, const struct windows *windows)
{
    for (size_t i = 0; i < windows->count; i++) {
        const struct named_window *window = &windows->named[i];
        text_add(out, "  ");
        add_quoted(out, window->name);
        text_add(out, window->start || window->end ? ":\n" : ": {}\n");
        add_text(out, "    start", window->start);
        add_text(out, "    end", window->end);
    }
}

static void add_windows(struct text *out, const struct windows *windows)
{
    char share[32];
    if (windows->form == WINDOWS_ALL)
        return;
    text_add(out, "windows:\n");
    switch (windows->form) {
    case WINDOWS_SPLIT:
        scaled_to_text(windows->split, windows->split_scale, share);
        text_format(out, "  split: %s\n", share);
        break;
    case WINDOWS_WALK_FORWARD:
        text_add(out, "  walk_forward:\n");
        add_length(out, "    train", &windows->train);
        add_length(out, "    test", &windows->test);
        add_length(out, "    step", &windows->step);
        text_format(out, "    mode: %s\n", windows->anchored ? "anchored" : "rolling");
        add_length(out, "    purge", &windows->purge);
        add_length(out, "    embargo", &windows->embargo);
        break;
    case WINDOWS_K_FOLD:
        text_format(out, "  k_fold:\n    k: %d\n", windows->folds);
        add_length(out, "    purge", &windows->purge);
        add_length(out, "    embargo", &windows->embargo);
        break;
    default:
        add_named_windows(out, windows);
    }
}

static void add_output(struct text *out, const struct config *config)
{
    text_add(out, "output:\n");
    add_path(out, "  path", config->output_path);
    text_format(out, "  precision: %s\n", config->precision_float32 ? "float32" : "float64");
    if (config->deflate)
        text_format(out, "  compression: \"deflate:%d\"\n", config->deflate);
    else
        text_add(out, "  compression: none\n");
    switch (config->keep) {
    case KEEP_LIST:
        text_add(out, "  keep: ");
        add_ids(out, config->keep_ids, config->keep_count);
        break;
    case KEEP_BEST:
        text_format(out, "  keep:\n    best: {by: %s, n: %zu, min_trades: %llu}\n",
                    catalog_metrics[config->keep_by].name, config->keep_count,
                    (unsigned long long)config->keep_min_trades);
        break;
    default:
        text_format(out, "  keep: %s\n", config->keep == KEEP_ALL ? "all" : "none");
    }
}

static void add_resources(struct text *out, const struct config *config)
{
    text_add(out, "resources:\n");
    if (config->threads)
        text_format(out, "  threads: %d\n", config->threads);
    if (config->memory)
        text_format(out, "  memory: %llu\n", (unsigned long long)config->memory);
    text_format(out, "  isa: %s\n  seed: %llu\n", config->isa, (unsigned long long)config->seed);
}

char *config_resolved(const struct config *config)
{
    struct text out = {0};
    add_workflow(&out, config);
    text_add(&out, "data:\n");
    for (size_t i = 0; i < config->series_count; i++)
        add_series(&out, &config->series[i]);
    text_add(&out, "strategies:\n");
    for (size_t i = 0; i < config->strategies.count; i++)
        add_entry(&out, &config->strategies.entries[i], false);
    if (config->classifiers.count)
        text_add(&out, "classifiers:\n");
    for (size_t i = 0; i < config->classifiers.count; i++)
        add_entry(&out, &config->classifiers.entries[i], true);
    add_profiles(&out, "risk", &config->risk);
    add_profiles(&out, "execution", &config->execution);
    add_portfolio(&out, config);
    add_metrics(&out, "", config);
    add_windows(&out, &config->windows);
    add_output(&out, config);
    add_resources(&out, config);
    if (!out.failed)
        return out.chars;
    text_deinit(&out);
    return NULL;
}
