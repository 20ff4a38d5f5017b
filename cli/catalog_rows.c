/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog_rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "admf/catalog.h"
#include "parameter_rows.h"
#include "table.h"

const char *const cli_row_kinds[CLI_ROW_KINDS] = {
    "features", "strategies", "classifiers", "validators", "risk", "metrics", "patterns"};

/* Components of one of the first three kinds. */
static const admf_component *components(cli_row_kind kind, size_t *count)
{
    switch (kind) {
    case CLI_FEATURES:
        return admf_features(count);
    case CLI_STRATEGIES:
        return admf_strategies(count);
    default:
        return admf_classifiers(count);
    }
}

/* What a key of `risk` does. */
static const char *rule_kind(int key)
{
    static const char *const kinds[] = {"sizing", "limit on orders", "halt", "exit", "option"};
    return kinds[admf_risk_key_kind(key)];
}

static bool is_risk(cli_row_kind kind) { return kind == CLI_VALIDATORS || kind == CLI_RISK; }

/* The i-th row of a list of keys of `risk`; *count, if not NULL, is their number. */
static int risk_key(cli_row_kind kind, size_t i, size_t *count)
{
    size_t seen = 0;
    int found = 0;
    for (int key = 0; key < admf_risk_keys()->n_params; key++) {
        if (kind == CLI_VALIDATORS && admf_risk_key_kind(key) != ADMF_RISK_VALIDATOR)
            continue;
        if (seen++ == i)
            found = key;
    }
    if (count)
        *count = seen;
    return found;
}

size_t cli_row_count(cli_row_kind kind)
{
    size_t count = 0;
    if (kind == CLI_METRICS)
        admf_metrics(&count);
    else if (kind == CLI_PATTERNS)
        admf_patterns(&count);
    else if (is_risk(kind))
        risk_key(kind, 0, &count);
    else
        components(kind, &count);
    return count;
}

const char *cli_row_name(cli_row_kind kind, size_t i)
{
    size_t count;
    if (kind == CLI_METRICS)
        return admf_metrics(&count)[i].name;
    if (kind == CLI_PATTERNS)
        return admf_patterns(&count)[i].name;
    if (is_risk(kind))
        return admf_risk_keys()->params[risk_key(kind, i, NULL)].name;
    return components(kind, &count)[i].name;
}

static const char *row_help(cli_row_kind kind, size_t i)
{
    size_t count;
    if (kind == CLI_METRICS)
        return admf_metrics(&count)[i].long_name;
    if (kind == CLI_PATTERNS)
        return admf_patterns(&count)[i].help;
    if (is_risk(kind))
        return admf_risk_keys()->params[risk_key(kind, i, NULL)].help;
    return components(kind, &count)[i].help;
}

/* What stands between name and help: unit of a metric, kind of a rule. */
static const char *row_note(cli_row_kind kind, size_t i)
{
    size_t count;
    if (kind == CLI_METRICS) {
        const char *unit = admf_metrics(&count)[i].unit;
        return strcmp(unit, "1") == 0 ? "" : unit;
    }
    return is_risk(kind) ? rule_kind(risk_key(kind, i, NULL)) : "";
}

void cli_rows_print(cli_row_kind kind)
{
    cli_table table = {0};
    bool noted = kind == CLI_METRICS || kind == CLI_RISK;
    cli_table_column(&table, NULL, false);
    if (noted)
        cli_table_column(&table, NULL, false);
    cli_table_column(&table, NULL, false);
    for (size_t i = 0; i < cli_row_count(kind); i++) {
        cli_table_cell(&table, cli_row_name(kind, i));
        if (noted)
            cli_table_cell(&table, row_note(kind, i));
        cli_table_cell(&table, row_help(kind, i));
    }
    cli_table_print(&table);
}

static void print_texts(const char *title, const char *const *texts, int count)
{
    if (count == 0)
        return;
    printf("\n%s\n", title);
    for (int i = 0; i < count; i++)
        printf("  %s\n", texts[i][0] ? texts[i] : "(one column)");
}

static void print_component(const admf_component *component)
{
    printf("%s: %s\n", component->name, component->help);
    if (component->n_params > 0)
        puts("\nParameters");
    cli_parameters_print(component->params, component->n_params);
    print_texts("Conditions", component->rules, component->n_rules);
    print_texts("Needs", component->needs, component->n_needs);
    print_texts("Labels", component->labels, component->n_labels);
    if (component->n_members > 1)
        print_texts("Columns", component->members, component->n_members);
}

static void print_pattern(const admf_pattern *pattern)
{
    const char *const lines[][2] = {
        {"stateful", pattern->stateful},   {"shared", pattern->shared},
        {"expands", pattern->expand},      {"cascade", pattern->cascade},
        {"stateless", pattern->stateless}, {"nesting", pattern->nesting},
        {"runs", pattern->route}};
    printf("%s: %s\n\n", pattern->name, pattern->help);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        printf("  %-9s  %s\n", lines[i][0], lines[i][1] && lines[i][1][0] ? lines[i][1] : "-");
}

static void print_metric(const admf_metric *metric)
{
    bool plain = strcmp(metric->unit, "1") == 0;
    printf("%s: %s\n\n", metric->name, metric->long_name);
    printf("  unit     %s\n", plain ? "none (a ratio or a share)" : metric->unit);
    printf("  values   %s\n", metric->is_count ? "whole numbers" : "numbers");
    printf("  formula  docs/NUMERICS.md, under %s\n", metric->name);
}

void cli_row_print(cli_row_kind kind, size_t i)
{
    size_t count;
    if (kind == CLI_PATTERNS) {
        print_pattern(&admf_patterns(&count)[i]);
    } else if (kind == CLI_METRICS) {
        print_metric(&admf_metrics(&count)[i]);
    } else if (is_risk(kind)) {
        printf("%s: %s (%s)\n\n", cli_row_name(kind, i), row_help(kind, i), row_note(kind, i));
        cli_parameters_print(&admf_risk_keys()->params[risk_key(kind, i, NULL)], 1);
    } else {
        print_component(&components(kind, &count)[i]);
    }
}

static void texts_json(cli_json *json, const char *key, const char *const *texts, int count)
{
    cli_json_open(json, key, '[');
    for (int i = 0; i < count; i++)
        cli_json_text(json, NULL, texts[i]);
    cli_json_close(json, ']');
}

static void component_json(cli_json *json, const admf_component *component)
{
    cli_json_open(json, "parameters", '[');
    for (int p = 0; p < component->n_params; p++) {
        cli_json_open(json, NULL, '{');
        cli_parameter_json(json, &component->params[p]);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
    texts_json(json, "conditions", component->rules, component->n_rules);
    texts_json(json, "needs", component->needs, component->n_needs);
    texts_json(json, "labels", component->labels, component->n_labels);
    texts_json(json, "columns", component->members, component->n_members);
}

static void pattern_json(cli_json *json, const admf_pattern *pattern)
{
    cli_json_text(json, "stateful", pattern->stateful);
    cli_json_text(json, "shared", pattern->shared);
    cli_json_text(json, "expand", pattern->expand);
    cli_json_text(json, "cascade", pattern->cascade);
    cli_json_text(json, "stateless", pattern->stateless);
    cli_json_text(json, "nesting", pattern->nesting);
    cli_json_text(json, "route", pattern->route);
}

void cli_row_json(cli_json *json, cli_row_kind kind, size_t i)
{
    size_t count;
    cli_json_open(json, NULL, '{');
    if (is_risk(kind)) {
        cli_json_text(json, "kind", row_note(kind, i));
        cli_parameter_json(json, &admf_risk_keys()->params[risk_key(kind, i, NULL)]);
    } else {
        cli_json_text(json, "name", cli_row_name(kind, i));
        cli_json_text(json, "help", row_help(kind, i));
    }
    if (kind == CLI_METRICS) {
        cli_json_text(json, "unit", admf_metrics(&count)[i].unit);
        cli_json_flag(json, "count", admf_metrics(&count)[i].is_count);
    } else if (kind == CLI_PATTERNS) {
        pattern_json(json, &admf_patterns(&count)[i]);
    } else if (!is_risk(kind)) {
        component_json(json, &components(kind, &count)[i]);
    }
    cli_json_close(json, '}');
}
