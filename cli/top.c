/* SPDX-License-Identifier: Apache-2.0 */
/* The best combinations of a cube. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/cube.h"
#include "arguments.h"
#include "cell.h"
#include "json.h"
#include "messages.h"
#include "suggestion.h"
#include "table.h"
#include "visible.h"

enum { SHOWN = 5, CELLWISE = 1000 };

struct request {
    const char *path;
    admf_rank_options options;
    bool json;
    int metrics[SHOWN]; /* `by`, and what is shown beside it; -1: not in the cube */
};

static const char *const shown[SHOWN] = {"", "sharpe", "total_return", "max_drawdown", "trades"};

static const char *metric_shown(const struct request *r, int column)
{
    return column ? shown[column] : r->options.by;
}

/* The shown metrics of every entry: values[entry*SHOWN + column]. Few entries: cell by cell. */
static admf_status read_cells(admf_cube *cube, const struct request *r, const admf_ranking *ranking,
                              double *values, admf_error *error)
{
    admf_status result = ADMF_OK;
    for (uint64_t i = 0; i < ranking->count; i++) {
        const admf_ranked *entry = &ranking->entries[i];
        for (uint64_t c = 0; result == ADMF_OK && c < SHOWN; c++) {
            if (r->metrics[c] >= 0)
                result = admf_cube_read_value(cube, r->metrics[c], entry->symbol, entry->window,
                                              entry->combo, &values[i * SHOWN + c], error);
        }
    }
    return result;
}

static bool has_entry(const admf_ranking *ranking, uint64_t symbol, uint64_t window)
{
    for (uint64_t i = 0; i < ranking->count; i++) {
        if (ranking->entries[i].symbol == symbol && ranking->entries[i].window == window)
            return true;
    }
    return false;
}

/* The same for many entries: one whole metric of one symbol and window after the other. */
static admf_status read_columns(admf_cube *cube, const struct request *r,
                                const admf_ranking *ranking, double *values, admf_error *error)
{
    uint64_t windows = admf_cube_axis_size(cube, ADMF_AXIS_WINDOW);
    uint64_t places = windows * admf_cube_axis_size(cube, ADMF_AXIS_SYMBOL);
    double *column = malloc((admf_cube_combinations(cube) + 1) * sizeof *column);
    admf_status result = column ? ADMF_OK : ADMF_INTERNAL;
    for (uint64_t p = 0; result == ADMF_OK && p < places * SHOWN; p++) {
        uint64_t c = p % SHOWN, symbol = p / SHOWN / windows, window = p / SHOWN % windows;
        if (r->metrics[c] < 0 || !has_entry(ranking, symbol, window))
            continue;
        result = admf_cube_read_metric(cube, r->metrics[c], symbol, window, column, error);
        for (uint64_t i = 0; result == ADMF_OK && i < ranking->count; i++) {
            if (ranking->entries[i].symbol == symbol && ranking->entries[i].window == window)
                values[i * SHOWN + c] = column[ranking->entries[i].combo];
        }
    }
    free(column);
    return result;
}

/* An axis is shown if it has more than one place, the strategy always. */
static bool axis_shown(const admf_cube *cube, int axis)
{
    return axis == ADMF_AXIS_STRATEGY || admf_cube_axis_size(cube, axis) > 1;
}

static void print_entries(const admf_cube *cube, const struct request *r,
                          const admf_ranking *ranking, const double *values)
{
    cli_table table = {0};
    cli_table_column(&table, "combination", false);
    for (int axis = 0; axis < ADMF_AXES; axis++) {
        if (axis_shown(cube, axis))
            cli_table_column(&table, cli_axis_name(axis), false);
    }
    for (int c = 0; c < SHOWN; c++) {
        if (r->metrics[c] >= 0)
            cli_table_column(&table, metric_shown(r, c), true);
    }
    for (uint64_t i = 0; i < ranking->count; i++) {
        char name[32];
        uint64_t index[ADMF_AXES];
        cli_cell_indices(cube, ranking->entries[i].symbol, ranking->entries[i].window,
                         ranking->entries[i].combo, index);
        snprintf(name, sizeof name, "combo_%" PRIu64, ranking->entries[i].combo);
        cli_table_cell(&table, name);
        for (int axis = 0; axis < ADMF_AXES; axis++) {
            if (axis_shown(cube, axis))
                cli_table_cell(&table, admf_cube_label(cube, axis, index[axis]));
        }
        for (int c = 0; c < SHOWN; c++) {
            if (r->metrics[c] >= 0 && strcmp(metric_shown(r, c), "trades") == 0)
                cli_table_exact(&table, values[i * SHOWN + (uint64_t)c]);
            else if (r->metrics[c] >= 0)
                cli_table_rounded(&table, values[i * SHOWN + (uint64_t)c]);
        }
    }
    cli_table_print(&table);
}

/* "24 combinations tried, the best 5 by sharpe shown, of those with 30 trades or more" */
static void print_summary(const admf_rank_options *options, const admf_ranking *ranking)
{
    const char *of = ranking->count > 0 ? ", of those" : "";
    printf("%" PRIu64 " combination%s tried", ranking->tried, ranking->tried == 1 ? "" : "s");
    if (ranking->count > 0)
        printf(", the best %" PRIu64 " by %s shown", ranking->count, options->by);
    else
        fputs(", none", stdout);
    if (options->min_trades > 0)
        printf("%s with %" PRIu64 " trades or more", of, options->min_trades);
    if (options->where) {
        printf("%s for which ", options->min_trades > 0 ? " and" : of);
        cli_print_visible(stdout, options->where);
    }
    putchar('\n');
}

static void print_text(const admf_cube *cube, const struct request *r, const admf_ranking *ranking,
                       const double *values)
{
    if (ranking->count > 0) {
        print_entries(cube, r, ranking, values);
        putchar('\n');
    }
    print_summary(&r->options, ranking);
}

static void print_json(const admf_cube *cube, const struct request *r, const admf_ranking *ranking,
                       const double *values)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "cube", r->path);
    cli_json_text(&json, "by", r->options.by);
    cli_json_count(&json, "tried", ranking->tried);
    cli_json_open(&json, "best", '[');
    for (uint64_t i = 0; i < ranking->count; i++) {
        uint64_t index[ADMF_AXES];
        cli_cell_indices(cube, ranking->entries[i].symbol, ranking->entries[i].window,
                         ranking->entries[i].combo, index);
        cli_json_open(&json, NULL, '{');
        cli_json_count(&json, "combo", ranking->entries[i].combo);
        cli_cell_json(&json, cube, index);
        for (int c = 0; c < SHOWN; c++) {
            if (r->metrics[c] >= 0)
                cli_json_number(&json, metric_shown(r, c), values[i * SHOWN + (uint64_t)c]);
        }
        cli_parameters_json(&json, cube, index);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
}

static int print_ranking(admf_cube *cube, const struct request *r, const admf_ranking *ranking)
{
    admf_error error = {0};
    if (ranking->count > SIZE_MAX / (SHOWN * sizeof(double)) - 1) {
        cli_complain("out of memory");
        return ADMF_INTERNAL;
    }
    double *values = calloc((size_t)ranking->count * SHOWN + 1, sizeof *values);
    admf_status status = ADMF_INTERNAL;
    if (!values)
        snprintf(error.message, sizeof error.message, "out of memory");
    else if (ranking->count <= CELLWISE)
        status = read_cells(cube, r, ranking, values, &error);
    else
        status = read_columns(cube, r, ranking, values, &error);
    int code = ADMF_OK;
    if (status != ADMF_OK)
        code = cli_fail(&error);
    else
        (r->json ? print_json : print_text)(cube, r, ranking, values);
    free(values);
    return code;
}

static int rank(admf_cube *cube, const struct request *r)
{
    admf_ranking *ranking = NULL;
    admf_error error = {0};
    admf_status status = admf_cube_rank(cube, &r->options, &ranking, &error);
    int code = status == ADMF_OK ? print_ranking(cube, r, ranking) : cli_fail(&error);
    admf_ranking_free(&ranking);
    return code;
}

static const char *metric_at(const void *cube, size_t i) { return admf_cube_metric_name(cube, i); }

static int unknown_metric(const admf_cube *cube, const char *name)
{
    char names[256] = "";
    size_t count = admf_cube_metric_count(cube), used = 0;
    const char *like = cli_suggest(name, metric_at, cube, count);
    if (like) {
        cli_complain("the cube holds no metric '%s'; did you mean '%s'?", name, like);
        return ADMF_USAGE;
    }
    for (size_t m = 0; m < count && used < sizeof names; m++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", m ? ", " : "",
                                 admf_cube_metric_name(cube, m));
    cli_complain("the cube holds no metric '%s'; %s%s", name,
                 used < sizeof names ? "--by may name " : "`admf list metrics` names them",
                 used < sizeof names ? names : "");
    return ADMF_USAGE;
}

/* Finds the metrics in the cube; `by` must be there. A metric is shown once. */
static int choose_metrics(const admf_cube *cube, struct request *r)
{
    for (int c = 0; c < SHOWN; c++) {
        const char *name = metric_shown(r, c);
        r->metrics[c] =
            c && strcmp(name, r->options.by) == 0 ? -1 : admf_cube_metric_index(cube, name);
    }
    return r->metrics[0] >= 0 ? ADMF_OK : unknown_metric(cube, r->options.by);
}

/* A label given that there is not gets a message that names the nearest. */
static int check_label(const admf_cube *cube, int axis, const char *label)
{
    uint64_t index;
    return label ? cli_cell_find(cube, axis, label, &index) : ADMF_OK;
}

static int top(const cli_command *self, int argc, char **argv)
{
    struct request r = {.options = {.by = "sharpe", .n = 20}};
    admf_rank_options *o = &r.options;
    const cli_option table[] = {
        {"by", 0, CLI_TEXT, &o->by, "METRIC", "sorted by this metric (default: sharpe)", 0, 0},
        {"count", 'n', CLI_COUNT, &o->n, "N", "how many (default: 20)", 0, 1},
        {"min-trades", 0, CLI_COUNT, &o->min_trades, "N",
         "only those with N trades or more (default: 0)", 0, 0},
        {"where", 0, CLI_TEXT, &o->where, "EXPR", "only those for which EXPR holds", 0, 0},
        {"symbol", 0, CLI_TEXT, &o->symbol, "NAME", "only this symbol", 0, 0},
        {"window", 0, CLI_TEXT, &o->window, "NAME", "only this window", 0, 0},
        {"json", 0, CLI_FLAG, &r.json, "", "as JSON", 0, 0}};
    cli_operands operands = {{"CUBE", 0}, 1, 1, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;

    admf_cube *cube = NULL;
    admf_error error = {0};
    r.path = operands.values[0];
    if (admf_cube_open(r.path, &cube, &error) != ADMF_OK)
        return cli_fail(&error);
    code = choose_metrics(cube, &r);
    if (code == ADMF_OK)
        code = check_label(cube, ADMF_AXIS_SYMBOL, o->symbol);
    if (code == ADMF_OK)
        code = check_label(cube, ADMF_AXIS_WINDOW, o->window);
    if (code == ADMF_OK)
        code = rank(cube, &r);
    admf_cube_close(&cube);
    return code;
}

const cli_command cli_top = {
    "top",
    "the best combinations of a cube",
    "admf top results.h5\n"
    "admf top results.h5 --by calmar -n 5 --min-trades 30\n"
    "admf top results.h5 --where 'max_drawdown < 0.2 and momentum__lookback_period >= 20'\n"
    "admf top results.h5 --json | jq '.best[0].combo'",
    "admf top CUBE [--by METRIC] [-n N] [--min-trades N] [--where EXPR] [--symbol NAME]\n"
    "                [--window NAME] [--json]",
    "Sorts the combinations of a cube by a metric, the best first; of equals the lower number,\n"
    "undefined values last. EXPR compares metrics, parameters and axis names as in the `where`\n"
    "of a configuration. The number of combinations tried is part of the answer: the best of\n"
    "many looks better than it is.",
    top};
