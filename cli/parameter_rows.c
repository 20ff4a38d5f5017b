/* SPDX-License-Identifier: Apache-2.0 */
#include "parameter_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "table.h"

enum { TEXT = 256 };

static const double whole_limit = 9007199254740991.0; /* 2^53 - 1: no limit of its own */

static const char *type_name(const admf_param *param)
{
    static const char *const names[] = {"number", "whole number", "word", "true or false"};
    return names[param->type];
}

static bool has_min(const admf_param *param)
{
    return isfinite(param->min) && param->min > -whole_limit;
}

static bool has_max(const admf_param *param)
{
    return isfinite(param->max) && param->max < whole_limit;
}

/* "reject, clip", and what comes after. */
static void format_words(const char *words, const char *after, char out[TEXT])
{
    size_t used = 0;
    for (; *words && used + 3 < TEXT; words++) {
        if (*words == '|')
            out[used++] = ',';
        out[used++] = *words == '|' ? ' ' : *words;
    }
    snprintf(out + used, TEXT - used, "%s", after);
}

/* "1 to 100000", "above 0", "0 or more, below 1", "any", "reject, clip" */
static void format_range(const admf_param *param, char out[TEXT])
{
    char min[CLI_NUMBER_MAX], max[CLI_NUMBER_MAX];
    const char *off = param->flags & ADMF_CAN_BE_OFF ? ", or off" : "";
    bool open_min = param->flags & ADMF_OPEN_MIN, open_max = param->flags & ADMF_OPEN_MAX;
    cli_format_exact(min, param->min);
    cli_format_exact(max, param->max);
    if (param->type == ADMF_BOOL)
        snprintf(out, TEXT, "true, false%s", off);
    else if (param->type == ADMF_WORD)
        format_words(param->words, off, out);
    else if (!has_min(param) && !has_max(param))
        snprintf(out, TEXT, "any%s", off);
    else if (!has_max(param))
        snprintf(out, TEXT, open_min ? "above %s%s" : "%s or more%s", min, off);
    else if (!has_min(param))
        snprintf(out, TEXT, open_max ? "below %s%s" : "up to %s%s", max, off);
    else if (!open_min && !open_max)
        snprintf(out, TEXT, "%s to %s%s", min, max, off);
    else
        snprintf(out, TEXT, "%s %s, %s %s%s", open_min ? "above" : "from", min,
                 open_max ? "below" : "up to", max, off);
}

/* The k-th of "first|second|…". */
static void format_word(const char *words, int k, char out[TEXT])
{
    while (k-- > 0 && *words) {
        words += strcspn(words, "|");
        words += *words == '|';
    }
    snprintf(out, TEXT, "%.*s", (int)strcspn(words, "|"), words);
}

static void format_default(const admf_param *param, char out[TEXT])
{
    if (isnan(param->fallback))
        snprintf(out, TEXT, param->flags & ADMF_CAN_BE_OFF ? "off" : "none");
    else if (param->type == ADMF_BOOL)
        snprintf(out, TEXT, param->fallback != 0 ? "true" : "false");
    else if (param->type == ADMF_WORD)
        format_word(param->words, (int)param->fallback, out);
    else
        cli_format_exact(out, param->fallback);
}

void cli_parameters_print(const admf_param *params, int count)
{
    static const char *const titles[] = {"name", "type", "range", "default", "unit", "meaning"};
    cli_table table = {.indent = 2};
    for (size_t c = 0; c < sizeof titles / sizeof *titles; c++)
        cli_table_column(&table, titles[c], false);
    for (int p = 0; p < count; p++) {
        char text[TEXT];
        cli_table_cell(&table, params[p].name);
        cli_table_cell(&table, type_name(&params[p]));
        format_range(&params[p], text);
        cli_table_cell(&table, text);
        format_default(&params[p], text);
        cli_table_cell(&table, text);
        cli_table_cell(&table, params[p].unit);
        cli_table_cell(&table, params[p].help);
    }
    if (count > 0)
        cli_table_print(&table);
}

static void default_json(cli_json *json, const admf_param *param)
{
    char text[TEXT];
    if (isnan(param->fallback) || param->type == ADMF_WORD) {
        format_default(param, text);
        cli_json_text(json, "default", text);
    } else if (param->type == ADMF_BOOL) {
        cli_json_flag(json, "default", param->fallback != 0);
    } else {
        cli_json_number(json, "default", param->fallback);
    }
}

void cli_parameter_json(cli_json *json, const admf_param *param)
{
    static const char *const types[] = {"float", "int", "word", "bool"};
    cli_json_text(json, "name", param->name);
    cli_json_text(json, "help", param->help);
    cli_json_text(json, "type", types[param->type]);
    if (param->type == ADMF_FLOAT || param->type == ADMF_INT) {
        cli_json_number(json, "min", has_min(param) ? param->min : NAN);
        cli_json_number(json, "max", has_max(param) ? param->max : NAN);
        cli_json_flag(json, "min_excluded", param->flags & ADMF_OPEN_MIN);
        cli_json_flag(json, "max_excluded", param->flags & ADMF_OPEN_MAX);
    }
    if (param->type == ADMF_WORD) {
        cli_json_open(json, "words", '[');
        for (const char *w = param->words; *w; w += strcspn(w, "|"), w += *w == '|') {
            char text[TEXT];
            format_word(w, 0, text);
            cli_json_text(json, NULL, text);
        }
        cli_json_close(json, ']');
    }
    default_json(json, param);
    cli_json_flag(json, "can_be_off", param->flags & ADMF_CAN_BE_OFF);
    cli_json_text(json, "unit", param->unit);
}
