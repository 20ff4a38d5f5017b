/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON Schema of a configuration (draft 2020-12), for editors: made from the table of keys
 * and the catalogue, as validation is. It cannot say everything that validation says (names on
 * two axes, conditions, files), but a file it refuses is wrong.
 */
#include <math.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/catalog/patterns.h"
#include "io/config/schema.h"

static void add_string(struct text *out, const char *key, const char *value)
{
    text_format(out, "\"%s\": ", key);
    text_json_string(out, value);
}

static void add_words(struct text *out, const char *words, const char *further)
{
    const char *separator = "";
    text_add(out, "\"enum\": [");
    while (*words) {
        size_t length = strcspn(words, "|");
        text_format(out, "%s\"%.*s\"", separator, (int)length, words);
        words += length + (words[length] == '|');
        separator = ", ";
    }
    if (further)
        text_format(out, "%s\"%s\"", separator, further);
    text_add(out, "]");
}

static void add_metric_names(struct text *out)
{
    text_add(out, "\"enum\": [");
    for (int i = 0; i < METRIC_COUNT; i++)
        text_format(out, "%s\"%s\"", i ? ", " : "", catalog_metrics[i].name);
    text_add(out, "]");
}

static void add_pattern_names(struct text *out)
{
    const char *separator = "";
    size_t count;
    const admf_pattern *patterns = admf_patterns(&count);
    text_add(out, "\"enum\": [");
    for (size_t i = 0; i < count; i++)
        if (pattern_is_base(&patterns[i])) {
            text_format(out, "%s\"%s\"", separator, patterns[i].name);
            separator = ", ";
        }
    text_add(out, "]");
}

static void add_range(struct text *out, double min, double max, bool open_min, bool open_max)
{
    if (isfinite(min)) {
        text_format(out, ", \"%s\": ", open_min ? "exclusiveMinimum" : "minimum");
        text_json_number(out, min);
    }
    if (isfinite(max)) {
        text_format(out, ", \"%s\": ", open_max ? "exclusiveMaximum" : "maximum");
        text_json_number(out, max);
    }
}

/* One value of a parameter, in braces. */
static void add_value(struct text *out, const admf_param *param)
{
    bool off = param->flags & ADMF_CAN_BE_OFF;
    if (param->type == ADMF_WORD) {
        text_add(out, "{");
        add_words(out, param->words, off ? "off" : NULL);
        text_add(out, "}");
        return;
    }
    if (param->type == ADMF_BOOL) {
        text_add(out, "{\"type\": \"boolean\"}");
        return;
    }
    text_add(out, off ? "{\"anyOf\": [{\"const\": \"off\"}, {" : "{");
    text_format(out, "\"type\": \"%s\"", param->type == ADMF_INT ? "integer" : "number");
    add_range(out, param->min, param->max, param->flags & ADMF_OPEN_MIN,
              param->flags & ADMF_OPEN_MAX);
    text_add(out, off ? "}]}" : "}");
}

static void add_help(struct text *out, const admf_param *param)
{
    text_add(out, "\"description\": ");
    struct text help = {0};
    text_add(&help, param->help);
    if (*param->unit)
        text_format(&help, " (%s)", param->unit);
    if (help.failed)
        out->failed = true;
    else
        text_json_string(out, help.chars);
    text_deinit(&help);
}

/* A parameter as a property: a value, and lists and progressions of them if `grid`. */
static void add_param(struct text *out, const admf_param *param, bool grid)
{
    text_json_string(out, param->name);
    text_add(out, ": {");
    add_help(out, param);
    if (!grid) {
        text_add(out, ", \"allOf\": [");
        add_value(out, param);
        text_add(out, "]}");
        return;
    }
    text_add(out, ", \"anyOf\": [");
    add_value(out, param);
    text_add(out, ", {\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, \"items\": ");
    add_value(out, param);
    text_add(out, "}");
    if (param->type == ADMF_FLOAT || param->type == ADMF_INT)
        text_add(out, ", {\"$ref\": \"#/$defs/progression\"}");
    text_add(out, "]}");
}

static void add_params(struct text *out, const admf_component *row, int from, int to, bool grid)
{
    for (int i = from; i < to; i++) {
        text_add(out, i > from ? ", " : "");
        add_param(out, &row->params[i], grid);
    }
}

static void add_reference(struct text *out, const char *name)
{
    text_format(out, "\"$ref\": \"#/$defs/%s\"", name);
}

/* What a map or list key of the top or inside refers to. */
static const char *definition_of(const struct schema_row *row)
{
    return strcmp(row->name, "strategies") == 0      ? "strategy"
           : strcmp(row->name, "phases") == 0        ? "phase"
           : strcmp(row->name, "regime_choice") == 0 ? "choice"
           : strcmp(row->name, "classifiers") == 0   ? "classifier"
                                                     : row->name;
}

/* A list of combinations, each as 7 or combo_7. */
static void add_ids(struct text *out)
{
    text_add(out, "\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, \"items\": "
                  "{\"anyOf\": [{\"type\": \"integer\", \"minimum\": 0}, {\"type\": \"string\", "
                  "\"pattern\": \"^combo_[0-9]+$\"}]}");
}

/* What number_from_text reads. */
#define DIGITS "[0-9](_?[0-9])*"
#define UNSIGNED_NUMBER "((0|[1-9](_?[0-9])*)([.](" DIGITS ")?)?|[.]" DIGITS ")([eE][-+]?[0-9]+)?"

static void add_kind(struct text *out, const struct schema_row *row)
{
    switch (row->kind) {
    case KIND_MAP:
        add_reference(out, definition_of(row));
        break;
    case KIND_LIST:
        text_add(out, "\"type\": \"array\", \"minItems\": 1, \"items\": {");
        add_reference(out, definition_of(row));
        text_add(out, "}");
        break;
    case KIND_PROFILES:
        text_add(out, "\"anyOf\": [{");
        add_reference(out, row->name);
        text_add(out, "}, {\"type\": \"array\", \"minItems\": 1, \"items\": {");
        add_reference(out, row->name);
        text_add(out, "}}]");
        break;
    case KIND_WORD:
        add_words(out, row->words, NULL);
        break;
    case KIND_TEXT:
        text_add(out, "\"type\": \"string\", \"minLength\": 1");
        break;
    case KIND_NAME:
        text_add(out, "\"type\": \"string\", \"pattern\": \"^(?!.*__)[A-Za-z_][A-Za-z0-9_]*$\"");
        break;
    case KIND_NUMBER:
    case KIND_WHOLE:
        text_format(out, "\"type\": \"%s\"", row->kind == KIND_WHOLE ? "integer" : "number");
        add_range(out, row->min, row->max > 1e18 ? INFINITY : row->max, row->flags & KEY_OPEN_MIN,
                  false);
        break;
    case KIND_BOOL:
        text_add(out, "\"type\": \"boolean\"");
        break;
    case KIND_METRIC:
        add_metric_names(out);
        break;
    case KIND_METRICS:
        text_add(out, "\"anyOf\": [{");
        add_metric_names(out);
        text_add(out, "}, {\"type\": \"array\", \"minItems\": 1, \"uniqueItems\": true, "
                      "\"items\": {");
        add_metric_names(out);
        text_add(out, "}}]");
        break;
    case KIND_TYPE: {
        bool strategy = row->section == SECTION_strategy;
        int count = strategy ? STRATEGY_COUNT : CLASSIFIER_COUNT;
        text_add(out, "\"enum\": [");
        for (int i = 0; i < count; i++)
            text_format(out, "%s\"%s\"", i ? ", " : "",
                        (strategy ? catalog_strategies : catalog_classifiers)[i].name);
        text_add(out, "]");
        break;
    }
    case KIND_PARAMETERS:
        text_add(out, "\"type\": \"object\"");
        break;
    case KIND_SETS:
        text_add(out, "\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"object\"}");
        break;
    case KIND_EXPRESSIONS:
        text_add(out, "\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"minItems\": 1, "
                      "\"items\": {\"type\": \"string\"}}]");
        break;
    case KIND_POLICY:
        text_add(out, "\"anyOf\": [{\"const\": \"observe\"}, {\"type\": \"object\", "
                      "\"additionalProperties\": {");
        add_words(out, row->words, NULL);
        text_add(out, "}}]");
        break;
    case KIND_COLUMNS:
        text_add(out, "\"type\": \"object\", \"propertyNames\": {\"anyOf\": [{");
        add_words(out, row->words, NULL);
        text_add(out, "}, {\"pattern\": \"^(?!.*__)[A-Za-z_][A-Za-z0-9_]*$\"}]}, "
                      "\"additionalProperties\": {\"type\": \"string\", \"minLength\": 1}");
        break;
    case KIND_COMPRESSION:
        text_add(out, "\"type\": \"string\", \"pattern\": \"^(none|deflate:[1-9])$\"");
        break;
    case KIND_PATTERN:
        add_pattern_names(out);
        break;
    case KIND_IDS:
        add_ids(out);
        break;
    case KIND_KEEP:
        text_add(out, "\"anyOf\": [{");
        add_words(out, row->words, NULL);
        text_add(out, "}, {");
        add_ids(out);
        text_add(out, "}, {");
        add_reference(out, "keep");
        text_add(out, "}]");
        break;
    case KIND_WINDOWS:
        text_add(out, "\"anyOf\": [{\"allOf\": [{");
        add_reference(out, "windows");
        text_add(out, "}], \"maxProperties\": 1}, {\"type\": \"object\", "
                      "\"propertyNames\": {\"not\": {\"enum\": [\"split\", "
                      "\"walk_forward\", \"k_fold\"]}, \"pattern\": "
                      "\"^(?!.*__)[A-Za-z_][A-Za-z0-9_]*$\"}, \"additionalProperties\": {");
        add_reference(out, "window");
        text_add(out, "}}], \"minProperties\": 1");
        break;
    case KIND_LENGTH:
        text_format(out,
                    "\"anyOf\": [{\"type\": \"integer\", \"minimum\": %.0f}, {\"type\": "
                    "\"string\", \"pattern\": \"^[-+]?" UNSIGNED_NUMBER "[dm]$\"}]",
                    row->min);
        break;
    case KIND_SIZE:
        text_add(out,
                 "\"anyOf\": [{\"type\": \"number\", \"minimum\": 1048576}, "
                 "{\"type\": \"string\", \"pattern\": \"^[+]?" UNSIGNED_NUMBER "[KMGTkmgt]$\"}]");
        break;
    }
}

static void add_fallback(struct text *out, const struct schema_row *row)
{
    if (!*row->fallback)
        return;
    bool bare = row->kind == KIND_NUMBER || row->kind == KIND_WHOLE || row->kind == KIND_BOOL;
    text_add(out, ", \"default\": ");
    if (bare)
        text_add(out, row->fallback);
    else
        text_json_string(out, row->fallback);
}

static void add_section(struct text *out, enum schema_section section)
{
    bool any = false, required = false;
    text_add(out, "\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
    for (int i = 0; i < KEY_COUNT; i++) {
        const struct schema_row *row = &schema_rows[i];
        if (row->section != section || row->flags & KEY_HIDDEN)
            continue;
        text_format(out, "%s\n    \"%s\": {", any ? "," : "", row->name);
        add_string(out, "description", row->help);
        text_add(out, ", ");
        add_kind(out, row);
        add_fallback(out, row);
        text_add(out, "}");
        any = true;
    }
    if (section == SECTION_risk || section == SECTION_execution) {
        const admf_component *row = section == SECTION_risk ? &catalog_risk : &catalog_execution;
        text_add(out, ",\n    ");
        add_params(out, row, 0, row->n_params, true);
    }
    if (section == SECTION_portfolio) {
        add_params(out, &catalog_portfolio, 0, catalog_portfolio.n_params, false);
        text_add(out, ", ");
        add_params(out, &catalog_risk, 0, SIZING_COUNT, false);
    }
    text_add(out, "}");
    for (int i = 0; i < KEY_COUNT; i++)
        if (schema_rows[i].section == section && (schema_rows[i].flags & KEY_REQUIRED)) {
            text_format(out, "%s\"%s\"", required ? ", " : ", \"required\": [",
                        schema_rows[i].name);
            required = true;
        }
    if (required)
        text_add(out, "]");
}

static void add_param_object(struct text *out, const admf_component *row, bool grid)
{
    text_add(out, "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
    add_params(out, row, 0, row->n_params, grid);
    text_add(out, "}}");
}

/* What the type of a component says about its parameters and, of a classifier, its labels. */
static void add_types(struct text *out, const admf_component *rows, int count)
{
    text_add(out, ", \"allOf\": [");
    for (int i = 0; i < count; i++) {
        const admf_component *row = &rows[i];
        text_format(out,
                    "%s\n    {\"if\": {\"properties\": {\"type\": {\"const\": \"%s\"}}, "
                    "\"required\": [\"type\"]}, \"then\": {\"properties\": {\"parameters\": ",
                    i ? "," : "", row->name);
        add_param_object(out, row, true);
        text_add(out, ", \"parameter_sets\": {\"items\": ");
        add_param_object(out, row, false);
        text_add(out, "}");
        if (row->n_labels) {
            text_add(out, ", \"policy\": {\"propertyNames\": {\"enum\": [\"unknown\"");
            for (int j = 0; j < row->n_labels; j++)
                text_format(out, ", \"%s\"", row->labels[j]);
            text_add(out, "]}}");
        }
        text_add(out, "}}}");
    }
    text_add(out, "]");
}

char *config_schema(void)
{
    static const char *const names[SECTION_COUNT] = {
        "",          "workflow",   "phase",   "choice", "data",
        "strategy",  "classifier", "sample",  "risk",   "execution",
        "portfolio", "metrics",    "windows", "window", "walk_forward",
        "k_fold",    "output",     "keep",    "best",   "resources"};
    struct text out = {0};
    text_add(&out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                   "  \"title\": \"admf configuration\",\n  ");
    add_section(&out, SECTION_top);
    text_add(&out, ",\n  \"$defs\": {\n  \"progression\": {\"anyOf\": [\n    "
                   "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": "
                   "{\"start\": {\"type\": \"number\"}, \"stop\": {\"type\": \"number\"}, "
                   "\"step\": {\"type\": \"number\"}}, \"required\": [\"start\", \"stop\", "
                   "\"step\"]}");
    for (int i = 0; i < 2; i++)
        text_format(&out,
                    ",\n    {\"type\": \"object\", \"additionalProperties\": false, "
                    "\"properties\": {\"%s\": {\"type\": \"array\", \"prefixItems\": [{\"type\": "
                    "\"number\"}, {\"type\": \"number\"}, {\"type\": \"integer\", \"minimum\": "
                    "2}], \"minItems\": 3, \"maxItems\": 3}}, \"required\": [\"%s\"]}",
                    i ? "logspace" : "linspace", i ? "logspace" : "linspace");
    text_add(&out, "]}");
    for (int section = SECTION_workflow; section < SECTION_COUNT; section++) {
        text_format(&out, ",\n  \"%s\": {", names[section]);
        add_section(&out, (enum schema_section)section);
        if (section == SECTION_strategy)
            add_types(&out, catalog_strategies, STRATEGY_COUNT);
        if (section == SECTION_classifier)
            add_types(&out, catalog_classifiers, CLASSIFIER_COUNT);
        text_add(&out, "}");
    }
    text_add(&out, "}}\n");
    if (!out.failed)
        return out.chars;
    text_deinit(&out);
    return NULL;
}
