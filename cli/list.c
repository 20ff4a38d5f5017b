/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "admf/catalog.h"
#include "admf/error.h"
#include "arguments.h"
#include "catalog_rows.h"
#include "json.h"
#include "messages.h"
#include "suggestion.h"

static const char *row_name(const void *kind, size_t i)
{
    return cli_row_name(*(const cli_row_kind *)kind, i);
}

static int unknown_kind(const cli_command *self, const char *name)
{
    const char *like = cli_suggest_of(name, cli_row_kinds, CLI_ROW_KINDS);
    if (like)
        return cli_misused(self, "unknown list '%s'; did you mean '%s'?", name, like);
    return cli_misused(self,
                       "unknown list '%s'; there are features, strategies, classifiers, "
                       "validators, risk, metrics and patterns",
                       name);
}

static int unknown_name(cli_row_kind kind, const char *name)
{
    const char *like = cli_suggest(name, row_name, &kind, cli_row_count(kind));
    if (like)
        cli_complain("no '%s' among the %s; did you mean '%s'?", name, cli_row_kinds[kind], like);
    else
        cli_complain("no '%s' among the %s; `admf list %s` names them", name, cli_row_kinds[kind],
                     cli_row_kinds[kind]);
    return ADMF_USAGE;
}

static int list_one(cli_row_kind kind, const char *name, bool as_json)
{
    for (size_t i = 0; i < cli_row_count(kind); i++) {
        if (strcmp(cli_row_name(kind, i), name) != 0)
            continue;
        cli_json json = {0};
        if (as_json)
            cli_row_json(&json, kind, i);
        else
            cli_row_print(kind, i);
        return ADMF_OK;
    }
    return unknown_name(kind, name);
}

static void list_all_json(cli_row_kind kind)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '[');
    for (size_t i = 0; i < cli_row_count(kind); i++)
        cli_row_json(&json, kind, i);
    cli_json_close(&json, ']');
}

static int list(const cli_command *self, int argc, char **argv)
{
    bool json = false;
    const cli_option table[] = {{"json", 0, CLI_FLAG, &json, "", "as JSON", 0, 0}};
    cli_operands operands = {{"what to list: features, strategies, classifiers, validators, "
                              "risk, metrics or patterns",
                              "NAME"},
                             1,
                             2,
                             0,
                             0};
    int code, kind = 0;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    while (kind < CLI_ROW_KINDS && strcmp(cli_row_kinds[kind], operands.values[0]) != 0)
        kind++;
    if (kind == CLI_ROW_KINDS)
        return unknown_kind(self, operands.values[0]);
    if (operands.count == 2)
        return list_one((cli_row_kind)kind, operands.values[1], json);
    if (json)
        list_all_json((cli_row_kind)kind);
    else
        cli_rows_print((cli_row_kind)kind);
    return ADMF_OK;
}

const cli_command cli_list = {
    "list",
    "features, strategies, classifiers, validators, risk, metrics, patterns",
    "admf list strategies\n"
    "admf list strategies momentum      its parameters with ranges, defaults and units\n"
    "admf list features macd --json",
    "admf list features|strategies|classifiers|validators|risk|metrics|patterns [NAME] [--json]",
    "Prints what can be named in a configuration and what a cube holds: all of one kind with a\n"
    "line each, or everything about NAME. `validators` are the limits on orders; `risk` are all "
    "keys\n"
    "of a risk profile: these, halts, protective exits, options and sizing.",
    list};
