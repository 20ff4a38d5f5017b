/* SPDX-License-Identifier: Apache-2.0 */
/* The reference page of the configuration, made from the table of keys and the catalogue. */
#include <math.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/schema.h"
#include "io/config/values_text.h"

static void add_words(struct text *out, const char *words)
{
    const char *separator = "";
    while (*words) {
        size_t length = strcspn(words, "|");
        text_format(out, "%s`%.*s`", separator, (int)length, words);
        words += length + (words[length] == '|');
        separator = ", ";
    }
}

static void add_key(struct text *out, const struct schema_row *row)
{
    text_format(out, "| `%s` | ", row->name);
    switch (row->kind) {
    case KIND_WORD:
        add_words(out, row->words);
        break;
    case KIND_KEEP:
        add_words(out, row->words);
        text_add(out, ", a list of ids, or a mapping");
        break;
    case KIND_TYPE:
        text_add(out, "name of a type");
        break;
    case KIND_PROFILES:
        text_add(out, "mapping, or a list of them");
        break;
    case KIND_POLICY:
        text_add(out, "mapping, or `observe`");
        break;
    case KIND_WHOLE:
        text_format(out, "whole number, at least %.0f", row->min);
        break;
    case KIND_NUMBER:
        text_add(out, row->flags & KEY_OPEN_MIN ? "number above 0" : "number");
        if (isfinite(row->max))
            text_format(out, ", below %g", row->max);
        break;
    case KIND_BOOL:
        text_add(out, "`true`, `false`");
        break;
    case KIND_METRIC:
        text_add(out, "a metric");
        break;
    case KIND_METRICS:
        text_add(out, "metrics");
        break;
    case KIND_TEXT:
    case KIND_COMPRESSION:
        text_add(out, "text");
        break;
    case KIND_NAME:
        text_add(out, "name");
        break;
    case KIND_WINDOWS:
        text_add(out, "mapping of names, or one of the forms below");
        break;
    case KIND_LENGTH:
        text_add(out, "bars `500`, days `500d`, months `6m`");
        break;
    case KIND_PATTERN:
        text_add(out, "a base pattern");
        break;
    case KIND_IDS:
        text_add(out, "a list of ids");
        break;
    case KIND_SIZE:
        text_add(out, "size");
        break;
    case KIND_EXPRESSIONS:
        text_add(out, "conditions");
        break;
    case KIND_LIST:
    case KIND_SETS:
        text_add(out, "list");
        break;
    default:
        text_add(out, "mapping");
    }
    text_format(out, " | %s%s%s | %s | %s%s |\n", *row->fallback ? "`" : "", row->fallback,
                *row->fallback ? "`" : "", row->unit,
                row->flags & KEY_REQUIRED ? "**required**; " : "", row->help);
}

static void add_param(struct text *out, const admf_param *param)
{
    char range[RANGE_TEXT_MAX];
    range_text(param, range);
    text_format(out, "| `%s` | ", param->name);
    if (param->type == ADMF_WORD)
        add_words(out, param->words);
    else if (param->type == ADMF_BOOL)
        text_add(out, "`true`, `false`");
    else
        text_format(out, "%s, %s", param->type == ADMF_INT ? "whole number" : "number", range);
    text_add(out, param->flags & ADMF_CAN_BE_OFF ? ", `off` | `" : " | `");
    value_to_text(param, param->fallback, out);
    text_format(out, "` | %s | %s |\n", param->unit, param->help);
}

static void add_heading(struct text *out, const char *title)
{
    text_format(out,
                "\n## %s\n\n| key | value | default | unit | |\n| --- | --- | --- | --- | --- |\n",
                title);
}

static void add_component(struct text *out, const admf_component *row)
{
    text_format(out, "\n### %s\n\n%s.", row->name, row->help);
    for (int i = 0; i < row->n_labels; i++)
        text_format(out, "%s`%s`", i ? ", " : " Labels: ", row->labels[i]);
    text_add(out, row->n_labels ? ".\n" : "\n");
    for (int i = 0; i < row->n_rules; i++)
        text_format(out, "Needs `%s`.\n", row->rules[i]);
    if (row->n_params)
        text_add(out,
                 "\n| parameter | value | default | unit | |\n| --- | --- | --- | --- | --- |\n");
    for (int i = 0; i < row->n_params; i++)
        add_param(out, &row->params[i]);
}

static void add_metrics(struct text *out)
{
    text_add(out, "\n## Names of metrics\n\n| metric | unit | |\n| --- | --- | --- |\n");
    for (int i = 0; i < METRIC_COUNT; i++)
        text_format(out, "| `%s` | %s | %s |\n", catalog_metrics[i].name,
                    strcmp(catalog_metrics[i].unit, "1") ? catalog_metrics[i].unit : "",
                    catalog_metrics[i].long_name);
}

char *config_reference(void)
{
    struct text out = {0};
    text_add(
        &out,
        "# Configuration reference\n\n"
        "Every key, made by `admf schema --markdown` from the tables in the program.\n"
        "Where a component takes a parameter, its value may be a grid: a list,\n"
        "`{start, stop, step}`, `{linspace: [from, to, n]}` or `{logspace: [from, to, n]}`.\n");
    for (int section = 0; section < SECTION_COUNT; section++) {
        add_heading(&out, section ? schema_section_names[section] : "Sections");
        for (int i = 0; i < KEY_COUNT; i++)
            if ((int)schema_rows[i].section == section && !(schema_rows[i].flags & KEY_HIDDEN))
                add_key(&out, &schema_rows[i]);
        for (int i = 0; section == SECTION_portfolio && i < PORTFOLIO_COUNT; i++)
            add_param(&out, &catalog_portfolio.params[i]);
        for (int i = 0; section == SECTION_portfolio && i < SIZING_COUNT; i++)
            add_param(&out, &catalog_risk.params[i]);
        for (int i = 0; section == SECTION_risk && i < RISK_COUNT; i++)
            add_param(&out, &catalog_risk.params[i]);
        for (int i = 0; section == SECTION_execution && i < EXECUTION_COUNT; i++)
            add_param(&out, &catalog_execution.params[i]);
    }
    text_add(&out, "\n## Strategy types\n");
    for (int i = 0; i < STRATEGY_COUNT; i++)
        add_component(&out, &catalog_strategies[i]);
    text_add(&out, "\n## Classifier types\n");
    for (int i = 0; i < CLASSIFIER_COUNT; i++)
        add_component(&out, &catalog_classifiers[i]);
    add_metrics(&out);
    if (!out.failed)
        return out.chars;
    text_deinit(&out);
    return NULL;
}
