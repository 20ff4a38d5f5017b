/* SPDX-License-Identifier: Apache-2.0 */
/* The best combinations of a cube. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/cube.h"
#include "arguments.h"
#include "cell.h"
#include "cell_values.h"
#include "evidence.h"
#include "json.h"
#include "messages.h"
#include "suggestion.h"
#include "table.h"
#include "visible.h"

enum { SHOWN = 5 };

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

/* An axis is shown if it has more than one place, the strategy always. */
static bool axis_shown(const admf_cube *cube, int axis)
{
    return axis == ADMF_AXIS_STRATEGY || admf_cube_axis_size(cube, axis) > 1;
}

/* The best, what is shown of them ([count][SHOWN]) and what there is to say of it. */
struct best {
    const admf_ranking *ranking;
    double *values;
    cli_evidence evidence;
};

static void print_entries(const admf_cube *cube, const struct request *r, const struct best *best)
{
    const admf_ranking *ranking = best->ranking;
    cli_table table = {0};
    cli_table_column(&table, "combination", false);
    for (int axis = 0; axis < ADMF_AXES; axis++) {
        if (axis_shown(cube, axis))
            cli_table_column(&table, admf_axis_name(axis), false);
    }
    for (int c = 0; c < SHOWN; c++) {
        if (r->metrics[c] >= 0)
            cli_table_column(&table, metric_shown(r, c), true);
    }
    cli_evidence_columns(&table);
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
                cli_table_count(&table, best->values[i * SHOWN + (uint64_t)c]);
            else if (r->metrics[c] >= 0)
                cli_table_rounded(&table, best->values[i * SHOWN + (uint64_t)c]);
        }
        cli_evidence_cells(&best->evidence, i, &table);
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
        printf("%s with %" PRIu64 " trade%s or more", of, options->min_trades,
               options->min_trades == 1 ? "" : "s");
    if (options->where) {
        printf("%s for which ", options->min_trades > 0 ? " and" : of);
        cli_print_visible(stdout, options->where);
    }
    putchar('\n');
}

static void print_text(const admf_cube *cube, const struct request *r, const struct best *best)
{
    if (best->ranking->count > 0) {
        print_entries(cube, r, best);
        putchar('\n');
    }
    print_summary(&r->options, best->ranking);
    if (best->ranking->count > 0)
        cli_evidence_print(&best->evidence, cube, r->options.by, best->ranking->count);
}

static void entry_json(cli_json *json, const admf_cube *cube, const struct request *r,
                       const struct best *best, uint64_t i)
{
    const admf_ranked *entry = &best->ranking->entries[i];
    uint64_t index[ADMF_AXES];
    cli_cell_indices(cube, entry->symbol, entry->window, entry->combo, index);
    cli_json_open(json, NULL, '{');
    cli_json_count(json, "combo", entry->combo);
    cli_cell_json(json, cube, index);
    for (int c = 0; c < SHOWN; c++) {
        if (r->metrics[c] >= 0)
            cli_json_number(json, metric_shown(r, c), best->values[i * SHOWN + (uint64_t)c]);
    }
    cli_evidence_entry_json(&best->evidence, i, json);
    cli_parameters_json(json, cube, index);
    cli_json_close(json, '}');
}

static void print_json(const admf_cube *cube, const struct request *r, const struct best *best)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "cube", r->path);
    cli_json_text(&json, "by", r->options.by);
    cli_json_count(&json, "tried", best->ranking->tried);
    cli_evidence_json(&best->evidence, cube, &json);
    cli_json_open(&json, "best", '[');
    for (uint64_t i = 0; i < best->ranking->count; i++)
        entry_json(&json, cube, r, best, i);
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
}

static int print_ranking(admf_cube *cube, const struct request *r, const admf_ranking *ranking)
{
    admf_error error = {0};
    struct best best = {.ranking = ranking};
    admf_status status = cli_cell_values(cube, ranking, r->metrics, SHOWN, &best.values, &error);
    if (status == ADMF_OK)
        status = cli_evidence_find(&best.evidence, cube, &r->options, ranking, &error);
    if (status == ADMF_OK)
        (r->json ? print_json : print_text)(cube, r, &best);
    free(best.values);
    cli_evidence_free(&best.evidence);
    return status == ADMF_OK ? ADMF_OK : cli_fail(&error);
}

static int rank(admf_cube *cube, const struct request *r)
{
    admf_ranking *ranking = NULL;
    admf_error error = {0};
    admf_status status = admf_cube_rank(cube, &r->options, &ranking, &error);
    int code = status == ADMF_OK ? print_ranking(cube, r, ranking)
                                 : cli_fail_in("--where", r->options.where, &error);
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
    "undefined values last. EXPR compares metrics, parameters, `symbol`, `window`, `status`\n"
    "('ok', 'no_trades', 'bankrupt', 'invalid') and of each other axis index, name and type\n"
    "(`strategy`, `strategy_name`, `strategy_type`, `risk`, ...) as in the `where` of a\n"
    "configuration.\n"
    "\n"
    "The best of many looks better than it is. `deflated`, the deflated Sharpe ratio, is the\n"
    "probability that a Sharpe ratio is truly above what the best of so many trials has by luck;\n"
    "0.95 is usually asked for. `neighbours` says how good those one step of one parameter away\n"
    "are, their median, 1 being as good, and `half_as_good` which share of them is at least half\n"
    "as good. `overfitting` is the probability of backtest overfitting: how often what is best in\n"
    "one half of the time is no better than the median in the other. For it, 10000 are drawn\n"
    "where there are more, always the same ones.",
    top};
