/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_values.h"
#include "number.h"

/* Trials that are compared with one another at most, in one series and in all together. */
enum { MOST_TRIALS = 10000, LEAST_TRIALS = 1000 };

/* --- finding ------------------------------------------------------------------------------ */

static bool has_label(const admf_cube *cube, int axis, uint64_t index, const char *label)
{
    return !label || strcmp(admf_cube_label(cube, axis, index), label) == 0;
}

static admf_status find_series(cli_evidence *e, admf_cube *cube, const admf_rank_options *options,
                               admf_error *error)
{
    uint64_t shown = 0;
    admf_status status = ADMF_OK;
    for (uint64_t p = 0; status == ADMF_OK && p < e->places; p++) {
        uint64_t symbol = p / e->windows, window = p % e->windows;
        if (!has_label(cube, ADMF_AXIS_SYMBOL, symbol, options->symbol) ||
            !has_label(cube, ADMF_AXIS_WINDOW, window, options->window))
            continue;
        status = admf_cube_trials(cube, symbol, window, &e->series[p].trials, error);
        admf_trials_join(&e->trials, &e->series[p].trials);
        shown += e->series[p].shown;
    }
    e->expected_maximum = admf_expected_maximum_sharpe(
        e->trials.deviations / (double)(e->trials.count - 1), e->trials.count);
    uint64_t most = shown ? MOST_TRIALS / shown : MOST_TRIALS;
    for (uint64_t p = 0; status == ADMF_OK && p < e->places; p++) {
        struct cli_series *series = &e->series[p];
        if (!series->shown)
            continue;
        status = admf_cube_overfitting(cube, p / e->windows, p % e->windows, &series->trials,
                                       most > LEAST_TRIALS ? most : LEAST_TRIALS,
                                       &series->overfitting, error);
    }
    return status;
}

static struct cli_series *series_of(const cli_evidence *e, const admf_ranked *entry)
{
    return &e->series[entry->symbol * e->windows + entry->window];
}

static admf_status deflate(cli_evidence *e, admf_cube *cube, const admf_ranking *ranking,
                           admf_error *error)
{
    const int metrics[] = {admf_cube_metric_index(cube, "sharpe"),
                           admf_cube_metric_index(cube, "skew"),
                           admf_cube_metric_index(cube, "kurtosis")};
    double *values;
    admf_status status = cli_cell_values(cube, ranking, metrics, 3, &values, error);
    e->not_deflated = metrics[1] < 0         ? "the cube holds no metric 'skew'"
                      : metrics[2] < 0       ? "the cube holds no metric 'kurtosis'"
                      : e->trials.count == 1 ? "it takes two combinations with a Sharpe ratio"
                                             : "none of these has a Sharpe ratio";
    for (uint64_t i = 0; status == ADMF_OK && i < ranking->count; i++) {
        const admf_trials *trials = &series_of(e, &ranking->entries[i])->trials;
        const double *v = values + 3 * i;
        double year = sqrt(trials->periods);
        e->deflated[i] = admf_deflated_sharpe(v[0] / year, e->expected_maximum / year,
                                              trials->samples, v[1], v[2]);
        if (trials->missing)
            e->not_deflated = trials->missing;
    }
    for (uint64_t i = 0; status == ADMF_OK && i < ranking->count; i++) {
        if (!isnan(e->deflated[i]))
            e->not_deflated = NULL;
    }
    free(values);
    return status;
}

admf_status cli_evidence_find(cli_evidence *e, admf_cube *cube, const admf_rank_options *options,
                              const admf_ranking *ranking, admf_error *error)
{
    *e = (cli_evidence){.windows = admf_cube_axis_size(cube, ADMF_AXIS_WINDOW)};
    e->places = e->windows * admf_cube_axis_size(cube, ADMF_AXIS_SYMBOL);
    e->series = calloc(e->places, sizeof *e->series);
    e->deflated = calloc(ranking->count + 1, sizeof *e->deflated);
    e->neighbourhoods = calloc(ranking->count + 1, sizeof *e->neighbourhoods);
    if (!e->series || !e->deflated || !e->neighbourhoods) {
        snprintf(error->message, sizeof error->message, "out of memory");
        return error->code = ADMF_INTERNAL;
    }
    for (uint64_t i = 0; i < ranking->count; i++)
        series_of(e, &ranking->entries[i])->shown = true;
    admf_status status = find_series(e, cube, options, error);
    if (status == ADMF_OK)
        status = deflate(e, cube, ranking, error);
    if (status == ADMF_OK)
        status =
            admf_cube_neighbourhoods(cube, admf_cube_metric_index(cube, options->by),
                                     ranking->entries, ranking->count, e->neighbourhoods, error);
    return status;
}

void cli_evidence_free(cli_evidence *e)
{
    free(e->series);
    free(e->deflated);
    free(e->neighbourhoods);
    *e = (cli_evidence){0};
}

/* --- text --------------------------------------------------------------------------------- */

void cli_evidence_columns(cli_table *table)
{
    cli_table_column(table, "deflated", true);
    cli_table_column(table, "neighbours", true);
    cli_table_column(table, "half_as_good", true);
}

void cli_evidence_cells(const cli_evidence *e, uint64_t entry, cli_table *table)
{
    cli_table_rounded(table, e->deflated[entry]);
    cli_table_rounded(table, e->neighbourhoods[entry].median);
    cli_table_rounded(table, e->neighbourhoods[entry].half_as_good);
}

/* The only series with an entry; NULL where there are several. */
static const struct cli_series *only_series(const cli_evidence *e)
{
    const struct cli_series *found = NULL;
    for (uint64_t p = 0; p < e->places; p++) {
        if (e->series[p].shown && found)
            return NULL;
        if (e->series[p].shown)
            found = &e->series[p];
    }
    return found;
}

static void explain_deflated(const cli_evidence *e, cli_table *table)
{
    char text[256], maximum[CLI_NUMBER_MAX];
    cli_format_rounded(maximum, e->expected_maximum);
    snprintf(text, sizeof text,
             "probability that the Sharpe ratio is truly above %s, which the best of %" PRIu64
             " trials without skill is expected to have",
             maximum, e->trials.count);
    cli_table_cell(table, "deflated");
    if (e->not_deflated)
        snprintf(text, sizeof text, "not available: %s", e->not_deflated);
    cli_table_cell(table, text);
}

static void explain_neighbours(const cli_evidence *e, const char *by, uint64_t entries,
                               cli_table *table)
{
    char text[256];
    uint64_t count = 0;
    for (uint64_t i = 0; i < entries; i++)
        count += e->neighbourhoods[i].count;
    cli_table_cell(table, "neighbours");
    if (count == 0) {
        cli_table_cell(table, "not available: none is one step of one parameter away");
        return;
    }
    snprintf(text, sizeof text,
             "median %s of those one step of one parameter away, its own being 1", by);
    cli_table_cell(table, text);
    cli_table_cell(table, "half_as_good");
    cli_table_cell(table, "share of these that is at least half as good");
}

static void explain_overfitting(const cli_evidence *e, const admf_cube *cube, uint64_t place,
                                cli_table *table)
{
    const struct cli_series *series = &e->series[place];
    const admf_overfitting *o = &series->overfitting;
    char text[512], of[128] = "", number[CLI_NUMBER_MAX], drawn[48] = "";
    if (!only_series(e))
        snprintf(of, sizeof of, " in %.48s, %.48s",
                 admf_cube_label(cube, ADMF_AXIS_SYMBOL, place / e->windows),
                 admf_cube_label(cube, ADMF_AXIS_WINDOW, place % e->windows));
    if (o->compared < series->trials.count)
        snprintf(drawn, sizeof drawn, " (drawn from %" PRIu64 ")", series->trials.count);
    cli_format_rounded(number, o->probability);
    if (o->missing)
        snprintf(text, sizeof text, "not available%s: %s", of, o->missing);
    else
        snprintf(text, sizeof text,
                 "%s%s: so often, of %" PRIu64 " ways to choose by half of %" PRIu64
                 " blocks of time, the best of %" PRIu64
                 " trials%s is no better than their median in the other half",
                 number, of, o->splits, o->blocks, o->compared, drawn);
    cli_table_cell(table, "overfitting");
    cli_table_cell(table, text);
}

void cli_evidence_print(const cli_evidence *e, const admf_cube *cube, const char *by,
                        uint64_t entries)
{
    cli_table table = {0};
    cli_table_column(&table, NULL, false);
    cli_table_column(&table, NULL, false);
    explain_deflated(e, &table);
    explain_neighbours(e, by, entries, &table);
    for (uint64_t p = 0; p < e->places; p++) {
        if (e->series[p].shown)
            explain_overfitting(e, cube, p, &table);
    }
    cli_table_print(&table);
}

/* --- JSON --------------------------------------------------------------------------------- */

void cli_evidence_entry_json(const cli_evidence *e, uint64_t entry, cli_json *json)
{
    const admf_neighbourhood *n = &e->neighbourhoods[entry];
    cli_json_number(json, "deflated_sharpe", e->deflated[entry]);
    cli_json_open(json, "neighbours", '{');
    cli_json_count(json, "count", n->count);
    cli_json_number(json, "median", n->median);
    cli_json_number(json, "half_as_good", n->half_as_good);
    cli_json_close(json, '}');
}

static void series_json(const cli_evidence *e, const admf_cube *cube, uint64_t place,
                        cli_json *json)
{
    const struct cli_series *series = &e->series[place];
    const admf_overfitting *o = &series->overfitting;
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "symbol", admf_cube_label(cube, ADMF_AXIS_SYMBOL, place / e->windows));
    cli_json_text(json, "window", admf_cube_label(cube, ADMF_AXIS_WINDOW, place % e->windows));
    cli_json_count(json, "trials", series->trials.count);
    cli_json_open(json, "overfitting", '{');
    cli_json_number(json, "probability", o->probability);
    cli_json_count(json, "splits", o->splits);
    cli_json_count(json, "blocks", o->blocks);
    cli_json_count(json, "compared", o->compared);
    cli_json_text(json, "missing", o->missing);
    cli_json_close(json, '}');
    cli_json_close(json, '}');
}

void cli_evidence_json(const cli_evidence *e, const admf_cube *cube, cli_json *json)
{
    cli_json_count(json, "trials", e->trials.count);
    cli_json_number(json, "expected_maximum_sharpe", e->expected_maximum);
    cli_json_text(json, "not_deflated", e->not_deflated);
    cli_json_open(json, "series", '[');
    for (uint64_t p = 0; p < e->places; p++) {
        if (e->series[p].shown)
            series_json(e, cube, p, json);
    }
    cli_json_close(json, ']');
}
