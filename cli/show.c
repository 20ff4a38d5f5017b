/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/catalog.h"
#include "admf/cube.h"
#include "arguments.h"
#include "cell.h"
#include "json.h"
#include "messages.h"
#include "table.h"

/* Under which heading a metric stands; those not named here come last. */
static const struct {
    const char *title;
    const char *metrics; /* " name name " */
} groups[] = {
    {"Return", " total_return cagr final_equity sharpe sortino calmar psr "},
    {"Risk", " volatility max_drawdown max_drawdown_bars skew kurtosis "},
    {"Trades", " trades open_trades win_rate profit_factor expectancy payoff best_trade worst_trade"
               " avg_bars_held exposure "},
    {"Costs", " turnover fees_paid slippage_paid "},
    {"Exits and orders", " stop_exits trailing_exits target_exits time_exits halted_bars orders"
                         " orders_rejected orders_clipped orders_cash_cut "},
    {"Against holding the symbol", " benchmark_return alpha beta "},
    {"Other", ""},
};
enum { GROUPS = sizeof groups / sizeof *groups };

static int group_of(const char *metric)
{
    char word[80];
    snprintf(word, sizeof word, " %s ", metric);
    for (int g = 0; g < GROUPS - 1; g++) {
        if (strstr(groups[g].metrics, word))
            return g;
    }
    return GROUPS - 1;
}

static const admf_metric *find_metric(const char *name)
{
    size_t count;
    const admf_metric *metrics = admf_metrics(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(metrics[i].name, name) == 0)
            return &metrics[i];
    }
    return NULL;
}

/* Value and meaning of the metrics of one group, in the order of the group's list. */
static void print_group(const admf_cube *cube, int group, const double *values)
{
    cli_table table = {.indent = 2};
    bool any = false;
    cli_table_column(&table, NULL, false);
    cli_table_column(&table, NULL, true);
    cli_table_column(&table, NULL, false);
    cli_table_column(&table, NULL, false);
    for (size_t m = 0; m < admf_cube_metric_count(cube); m++) {
        const char *name = admf_cube_metric_name(cube, m);
        const admf_metric *about = find_metric(name);
        if (group_of(name) != group)
            continue;
        any = true;
        cli_table_cell(&table, name);
        cli_table_exact(&table, values[m]);
        cli_table_cell(&table, about && strcmp(about->unit, "1") != 0 ? about->unit : "");
        cli_table_cell(&table, about ? about->long_name : "");
    }
    if (any)
        printf("\n%s\n", groups[group].title);
    cli_table_print(&table);
}

static void print_labels(const admf_cube *cube, const uint64_t *index, int status)
{
    cli_table table = {.indent = 2};
    cli_table_column(&table, NULL, false);
    cli_table_column(&table, NULL, false);
    for (int axis = 0; axis < ADMF_AXES; axis++) {
        cli_table_cell(&table, admf_axis_name(axis));
        cli_table_cell(&table, admf_cube_label(cube, axis, index[axis]));
    }
    cli_table_cell(&table, "status");
    cli_table_cell(&table, cli_cell_status(status));
    cli_table_print(&table);
}

/* Parameters that apply to this combination: a NaN or an empty word belongs to another one. */
static void print_parameters(const admf_cube *cube, int axis, uint64_t index)
{
    cli_table table = {.indent = 2};
    bool any = false;
    cli_table_column(&table, NULL, false);
    cli_table_column(&table, NULL, true);
    for (size_t p = 0; p < admf_cube_parameter_count(cube, axis); p++) {
        double number = NAN;
        const char *word = NULL;
        admf_cube_parameter(cube, axis, p, index, &number, &word);
        if (!(word && *word) && isnan(number))
            continue;
        any = true;
        cli_table_cell(&table, admf_cube_parameter_name(cube, axis, p));
        if (word && *word)
            cli_table_cell(&table, word);
        else
            cli_table_exact(&table, number);
    }
    if (any)
        printf("\nParameters: %s\n", admf_axis_name(axis));
    cli_table_print(&table);
}

static void print_cell(const admf_cube *cube, uint64_t combo, const uint64_t *index,
                       const double *values, int status)
{
    printf("combo_%" PRIu64 "\n", combo);
    print_labels(cube, index, status);
    for (int axis = ADMF_AXIS_STRATEGY; axis < ADMF_AXES; axis++)
        print_parameters(cube, axis, index[axis]);
    for (int group = 0; group < GROUPS; group++)
        print_group(cube, group, values);
}

static void print_cell_json(const admf_cube *cube, uint64_t combo, const uint64_t *index,
                            const double *values, int status)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_count(&json, "combo", combo);
    cli_cell_json(&json, cube, index);
    cli_json_text(&json, "status", cli_cell_status(status));
    cli_parameters_json(&json, cube, index);
    cli_json_open(&json, "metrics", '{');
    for (size_t m = 0; m < admf_cube_metric_count(cube); m++)
        cli_json_number(&json, admf_cube_metric_name(cube, m), values[m]);
    cli_json_close(&json, '}');
    cli_json_close(&json, '}');
}

static int show_cell(admf_cube *cube, uint64_t combo, uint64_t symbol, uint64_t window, bool json)
{
    admf_error error = {0};
    uint64_t index[ADMF_AXES];
    uint8_t status = 0;
    double *values = calloc(admf_cube_metric_count(cube) + 1, sizeof *values);
    if (!values) {
        cli_complain("out of memory");
        return ADMF_INTERNAL;
    }
    int code = ADMF_OK;
    if (admf_cube_read_cell(cube, symbol, window, combo, values, &status, &error) != ADMF_OK) {
        code = cli_fail(&error);
    } else {
        cli_cell_indices(cube, symbol, window, combo, index);
        (json ? print_cell_json : print_cell)(cube, combo, index, values, status);
    }
    free(values);
    return code;
}

static int show(const cli_command *self, int argc, char **argv)
{
    const char *symbol = NULL, *window = NULL;
    bool json = false;
    const cli_option table[] = {
        {"symbol", 0, CLI_TEXT, &symbol, "NAME", "which symbol (default: the first)", 0, 0},
        {"window", 0, CLI_TEXT, &window, "NAME", "which window (default: the first)", 0, 0},
        {"json", 0, CLI_FLAG, &json, "", "as JSON", 0, 0}};
    cli_operands operands = {{"CUBE", "COMBO"}, 2, 2, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    uint64_t combo, at_symbol, at_window;
    const char *path = operands.values[0];
    if (!cli_combo(operands.values[1], &combo))
        return cli_misused(self, "COMBO is the number of a combination such as combo_7, not '%s'",
                           operands.values[1]);

    admf_cube *cube = NULL;
    admf_error error = {0};
    if (admf_cube_open(path, &cube, &error) != ADMF_OK)
        return cli_fail(&error);
    code = cli_cell_in_range(cube, path, combo);
    if (code == ADMF_OK)
        code = cli_cell_find(cube, ADMF_AXIS_SYMBOL, symbol, &at_symbol);
    if (code == ADMF_OK)
        code = cli_cell_find(cube, ADMF_AXIS_WINDOW, window, &at_window);
    if (code == ADMF_OK)
        code = show_cell(cube, combo, at_symbol, at_window, json);
    admf_cube_close(&cube);
    return code;
}

const cli_command cli_show = {
    "show",
    "every parameter and metric of one combination",
    "admf show results.h5 combo_7\n"
    "admf show results.h5 7 --symbol SP500 --json",
    "admf show CUBE COMBO [--symbol NAME] [--window NAME] [--json]",
    "Prints what combination COMBO (7 or combo_7) of a cube is made of and how it did, every\n"
    "number in the shortest form that reads back as the same one.",
    show};
