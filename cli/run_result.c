/* SPDX-License-Identifier: Apache-2.0 */
#include "run_result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admf/cube.h"
#include "diagnostics_json.h"
#include "json.h"
#include "number.h"
#include "run_sequences.h"
#include "table.h"
#include "visible.h"

/* The label on one axis of one of the best; the columns of the table are made from these. */
static const char *label(const admf_best *best, int column)
{
    const char *const labels[ADMF_AXES] = {best->symbol,     best->window, best->strategy,
                                           best->classifier, best->risk,   best->execution};
    return labels[column] ? labels[column] : "";
}

/* Says whether a column has anything to tell: an axis that was left out does not. */
static bool is_telling(const admf_phase_result *phase, int column)
{
    static const char *const absent[] = {"", "all", "", "none", "default", "default"};
    bool different = column == 0 && phase->symbols > 1;
    for (size_t i = 0; i < phase->best_count; i++) {
        different = different || strcmp(label(&phase->best[i], column), label(phase->best, column));
        if (column > 0 && strcmp(label(&phase->best[i], column), absent[column]) != 0)
            return true;
    }
    return different;
}

static bool is_column(const char *metric)
{
    static const char *const columns[] = {"sharpe", "total_return", "max_drawdown", "trades"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (strcmp(metric, columns[i]) == 0)
            return true;
    }
    return false;
}

void cli_phase_best_print(const admf_phase_result *phase)
{
    cli_table table = {0};
    bool telling[ADMF_AXES], by = phase->best_by && !is_column(phase->best_by);
    if (phase->best_count == 0)
        return;
    cli_table_column(&table, "combination", false);
    for (int c = 0; c < ADMF_AXES; c++) {
        telling[c] = is_telling(phase, c);
        if (telling[c])
            cli_table_column(&table, admf_axis_name(c), false);
    }
    if (by)
        cli_table_column(&table, phase->best_by, true);
    cli_table_column(&table, "sharpe", true);
    cli_table_column(&table, "total_return", true);
    cli_table_column(&table, "max_drawdown", true);
    cli_table_column(&table, "trades", true);
    for (size_t i = 0; i < phase->best_count; i++) {
        const admf_best *best = &phase->best[i];
        char text[CLI_NUMBER_MAX];
        snprintf(text, sizeof text, "combo_%" PRIu64, best->combo);
        cli_table_cell(&table, text);
        for (int c = 0; c < ADMF_AXES; c++) {
            if (telling[c])
                cli_table_cell(&table, label(best, c));
        }
        if (by)
            cli_table_rounded(&table, best->by);
        cli_table_rounded(&table, best->sharpe);
        cli_table_rounded(&table, best->total_return);
        cli_table_rounded(&table, best->max_drawdown);
        cli_table_count(&table, best->trades);
    }
    printf("Best by %s:\n", phase->best_by ? phase->best_by : "sharpe");
    cli_table_print(&table);
    putchar('\n');
}

static void print_line(const char *name, const char *text)
{
    printf("%-8s ", name);
    cli_print_visible(stdout, text);
    putchar('\n');
}

/* What a store holds. The ratio is that of values to changes, which no container has a part in. */
static void print_store(const admf_signal_result *signals)
{
    char bytes[32], ratio[CLI_NUMBER_MAX];
    uint64_t instances = signals->bars ? signals->values / signals->bars : 0;
    cli_format_bytes(bytes, sizeof bytes, signals->bytes);
    snprintf(ratio, sizeof ratio, "%.1f",
             signals->changes ? (double)signals->values / (double)signals->changes : 0.0);
    print_line("store", signals->store);
    print_line("digest", signals->digest);
    printf("%-8s %" PRIu64 " instance%s x %" PRIu64 " bar%s = %" PRIu64 " value%s in %" PRIu64
           " change%s, compression ratio %s, %s\n",
           "signals", instances, instances == 1 ? "" : "s", signals->bars,
           signals->bars == 1 ? "" : "s", signals->values, signals->values == 1 ? "" : "s",
           signals->changes, signals->changes == 1 ? "" : "s", ratio, bytes);
}

/* Features and signals that were computed. */
static void print_work(const admf_signal_result *signals)
{
    printf(", features %" PRIu64 " column%s, signals %" PRIu64 " instance%s",
           signals->feature_columns, signals->feature_columns == 1 ? "" : "s", signals->made,
           signals->made == 1 ? "" : "s");
}

static void print_generation(const admf_phase_result *phase)
{
    char seconds[32], memory[32];
    cli_format_seconds(seconds, sizeof seconds, phase->seconds);
    cli_format_bytes(memory, sizeof memory, phase->peak_memory);
    print_store(&phase->signals);
    printf("%-8s %s", "done", seconds);
    print_work(&phase->signals);
    printf(", peak memory %s\n", memory);
}

static void print_phase(const admf_phase_result *phase, bool named)
{
    char seconds[32], rate[32], memory[32];
    if (named)
        print_line("Phase", phase->name);
    if (phase->combinations == 0 && phase->signals.store) {
        print_generation(phase);
        return;
    }
    cli_phase_best_print(phase);
    cli_resampled_print(phase);
    cli_adaptive_print(phase);
    cli_format_seconds(seconds, sizeof seconds, phase->seconds);
    cli_format_bytes(memory, sizeof memory, phase->peak_memory);
    if (phase->status == ADMF_OK) {
        print_line("cube", phase->cube);
        print_line("digest", phase->digest);
        if (phase->signals.store)
            print_store(&phase->signals);
    }
    double work = phase->combination_bars - phase->combination_bars_found;
    printf("%-8s %" PRIu64 " combination%s%s in %s", "done", phase->combinations,
           phase->combinations == 1 ? "" : "s", work > 0 ? "" : ", all found finished,", seconds);
    if (phase->seconds > 0 && work > 0) {
        cli_format_rate(rate, sizeof rate, work / phase->seconds);
        printf(", %s combination-bars/s", rate);
    }
    if (phase->signals.source) {
        print_work(&phase->signals);
        printf(", read %" PRIu64, phase->signals.read);
    }
    printf(", peak memory %s\n", memory);
}

void cli_run_print(const admf_workflow_result *result)
{
    if (!result || result->phase_count == 0)
        return;
    if (result->data_source) {
        fputs("data     ", stdout);
        cli_print_visible(stdout, result->data_source);
        puts(result->sample_data ? " (the shipped sample: the configuration names no data)\n"
                                 : "\n");
    }
    for (size_t i = 0; i < result->phase_count; i++) {
        if (i > 0)
            putchar('\n');
        if (result->phases[i].status == ADMF_OK)
            print_phase(&result->phases[i], result->phase_count > 1);
    }
}

static void best_json(cli_json *json, const admf_best *best)
{
    cli_json_open(json, NULL, '{');
    cli_json_count(json, "combo", best->combo);
    cli_json_text(json, "symbol", best->symbol);
    cli_json_text(json, "window", best->window);
    cli_json_text(json, "strategy", best->strategy);
    cli_json_text(json, "classifier", best->classifier);
    cli_json_text(json, "risk", best->risk);
    cli_json_text(json, "execution", best->execution);
    cli_json_number(json, "by", best->by);
    cli_json_number(json, "sharpe", best->sharpe);
    cli_json_number(json, "total_return", best->total_return);
    cli_json_number(json, "max_drawdown", best->max_drawdown);
    cli_json_number(json, "trades", best->trades);
    cli_json_close(json, '}');
}

void cli_phase_json(cli_json *json, const admf_phase_result *phase)
{
    cli_json_text(json, "name", phase->name);
    cli_json_text(json, "pattern", phase->pattern);
    cli_json_text(json, "cube", phase->cube);
    cli_json_text(json, "digest", phase->digest[0] ? phase->digest : NULL);
    cli_json_number(json, "seconds", phase->seconds);
    cli_json_count(json, "combinations", phase->combinations);
    cli_json_number(json, "combination_bars", phase->combination_bars);
    cli_json_number(json, "combination_bars_found", phase->combination_bars_found);
    cli_json_open(json, "signals", '{');
    cli_json_text(json, "store", phase->signals.store);
    cli_json_text(json, "digest", phase->signals.digest[0] ? phase->signals.digest : NULL);
    cli_json_count(json, "feature_columns", phase->signals.feature_columns);
    cli_json_count(json, "instances", phase->signals.made);
    cli_json_count(json, "instances_read", phase->signals.read);
    cli_json_text(json, "source", phase->signals.source);
    cli_json_count(json, "bars", phase->signals.bars);
    cli_json_count(json, "values", phase->signals.values);
    cli_json_count(json, "changes", phase->signals.changes);
    cli_json_count(json, "bytes", phase->signals.bytes);
    cli_json_close(json, '}');
    cli_json_count(json, "peak_memory", phase->peak_memory);
    cli_json_text(json, "best_by", phase->best_by);
    cli_json_open(json, "best", '[');
    for (size_t i = 0; i < phase->best_count; i++)
        best_json(json, &phase->best[i]);
    cli_json_close(json, ']');
    cli_resampled_json(json, phase);
    cli_adaptive_json(json, phase);
}

void cli_run_json(const admf_workflow_result *result, int code, const admf_diagnostics *errors,
                  const admf_diagnostics *warnings)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_count(&json, "status", (uint64_t)code);
    if (result) {
        cli_json_text(&json, "correlation_id", result->correlation_id);
        cli_json_text(&json, "pattern", result->pattern);
        cli_json_text(&json, "data", result->data_source);
        cli_json_flag(&json, "sample_data", result->sample_data);
        cli_json_open(&json, "phases", '[');
        for (size_t i = 0; i < result->phase_count; i++) {
            cli_json_open(&json, NULL, '{');
            cli_json_count(&json, "status", result->phases[i].status);
            cli_phase_json(&json, &result->phases[i]);
            cli_json_close(&json, '}');
        }
        cli_json_close(&json, ']');
    }
    cli_diagnostics_json(&json, errors, warnings);
    cli_json_close(&json, '}');
}
