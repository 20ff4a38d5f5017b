/* SPDX-License-Identifier: Apache-2.0 */
#include "run_sequences.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "table.h"

/* ---- monte_carlo --------------------------------------------------------------------------*/

/* The quantiles shown: the worst twentieth, the middle, the best twentieth. */
enum { LOW = 0, MIDDLE = 2, HIGH = 4 };

void cli_resampled_print(const admf_phase_result *phase)
{
    static const char *const titles[] = {
        "losing", "total_return 5 %", "50 %", "95 %", "drawdown 50 %",
        "95 %",   "sharpe 5 %",       "50 %", "95 %"};
    cli_table table = {0};
    const admf_resampled *rows = phase->resampled;
    bool symbols = phase->symbols > 1, windows = false;
    if (phase->paths == 0)
        return;
    if (phase->resampled_count == 0) {
        puts("Nothing was resampled: no combination has the objective and enough trades.\n");
        return;
    }
    for (size_t i = 0; i < phase->resampled_count; i++)
        windows = windows || strcmp(rows[i].window, "all") != 0;
    cli_table_column(&table, "combination", false);
    if (symbols)
        cli_table_column(&table, "symbol", false);
    if (windows)
        cli_table_column(&table, "window", false);
    for (size_t c = 0; c < sizeof titles / sizeof *titles; c++)
        cli_table_column(&table, titles[c], true);
    for (size_t i = 0; i < phase->resampled_count; i++) {
        const admf_resampled *row = &rows[i];
        char text[CLI_NUMBER_MAX];
        snprintf(text, sizeof text, "combo_%" PRIu64, row->combo);
        cli_table_cell(&table, text);
        if (symbols)
            cli_table_cell(&table, row->symbol);
        if (windows)
            cli_table_cell(&table, row->window);
        const double numbers[] = {row->losing,
                                  row->total_return[LOW],
                                  row->total_return[MIDDLE],
                                  row->total_return[HIGH],
                                  row->max_drawdown[MIDDLE],
                                  row->max_drawdown[HIGH],
                                  row->sharpe[LOW],
                                  row->sharpe[MIDDLE],
                                  row->sharpe[HIGH]};
        for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++)
            cli_table_rounded(&table, numbers[c]);
    }
    printf("Resampled, %" PRIu64 " paths each:\n", phase->paths);
    cli_table_print(&table);
    putchar('\n');
}

static void quantiles_json(cli_json *json, const char *name, const double value[ADMF_QUANTILES])
{
    static const char *const names[] = {"q05", "q25", "q50", "q75", "q95"};
    cli_json_open(json, name, '{');
    for (int q = 0; q < ADMF_QUANTILES; q++)
        cli_json_number(json, names[q], value[q]);
    cli_json_close(json, '}');
}

void cli_resampled_json(cli_json *json, const admf_phase_result *phase)
{
    if (phase->paths == 0)
        return;
    cli_json_count(json, "paths", phase->paths);
    cli_json_open(json, "resampled", '[');
    for (size_t i = 0; i < phase->resampled_count; i++) {
        const admf_resampled *row = &phase->resampled[i];
        cli_json_open(json, NULL, '{');
        cli_json_count(json, "combo", row->combo);
        cli_json_text(json, "symbol", row->symbol);
        cli_json_text(json, "window", row->window);
        cli_json_text(json, "strategy", row->strategy);
        cli_json_number(json, "losing", row->losing);
        quantiles_json(json, "total_return", row->total_return);
        quantiles_json(json, "max_drawdown", row->max_drawdown);
        quantiles_json(json, "sharpe", row->sharpe);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

/* ---- regime_adaptive ----------------------------------------------------------------------*/

enum { LABELS = 5 };

static const char *label(const admf_adaptive *row, int column)
{
    const char *const labels[LABELS] = {row->symbol, row->window, row->classifier, row->risk,
                                        row->execution};
    return labels[column];
}

void cli_adaptive_print(const admf_phase_result *phase)
{
    static const char *const titles[LABELS] = {"symbol", "window", "classifier", "risk",
                                               "execution"};
    const admf_adaptive *rows = phase->adaptive;
    bool telling[LABELS] = {false};
    cli_table table = {0};
    char in_train[CLI_NUMBER_MAX + 64], name[32];
    if (phase->adaptive_count == 0)
        return;
    cli_table_column(&table, "portfolio", false);
    for (int c = 0; c < LABELS; c++) {
        telling[c] = c == 0 ? phase->symbols > 1 : strcmp(titles[c], "classifier") == 0;
        for (size_t i = 1; i < phase->adaptive_count; i++)
            telling[c] = telling[c] || strcmp(label(&rows[i], c), label(rows, c)) != 0;
        if (telling[c])
            cli_table_column(&table, titles[c], false);
    }
    snprintf(in_train, sizeof in_train, "%s in train", phase->best_by);
    cli_table_column(&table, in_train, true);
    cli_table_column(&table, phase->best_by, true);
    cli_table_column(&table, "total_return", true);
    cli_table_column(&table, "max_drawdown", true);
    cli_table_column(&table, "trades", true);
    for (size_t i = 0; i < phase->adaptive_count; i++) {
        snprintf(name, sizeof name, "adaptive_%" PRIu64, rows[i].row);
        cli_table_cell(&table, name);
        for (int c = 0; c < LABELS; c++)
            if (telling[c])
                cli_table_cell(&table, label(&rows[i], c));
        cli_table_rounded(&table, rows[i].train);
        cli_table_rounded(&table, rows[i].test);
        cli_table_rounded(&table, rows[i].total_return);
        cli_table_rounded(&table, rows[i].max_drawdown);
        cli_table_exact(&table, rows[i].trades);
    }
    puts("Adaptive, the strategy chosen for each regime:");
    cli_table_print(&table);
    putchar('\n');
}

void cli_adaptive_json(cli_json *json, const admf_phase_result *phase)
{
    if (phase->adaptive_count == 0)
        return;
    cli_json_open(json, "adaptive", '[');
    for (size_t i = 0; i < phase->adaptive_count; i++) {
        const admf_adaptive *row = &phase->adaptive[i];
        cli_json_open(json, NULL, '{');
        cli_json_count(json, "portfolio", row->row);
        cli_json_text(json, "symbol", row->symbol);
        cli_json_text(json, "window", row->window);
        cli_json_text(json, "classifier", row->classifier);
        cli_json_text(json, "risk", row->risk);
        cli_json_text(json, "execution", row->execution);
        cli_json_number(json, "train", row->train);
        cli_json_number(json, "test", row->test);
        cli_json_number(json, "total_return", row->total_return);
        cli_json_number(json, "max_drawdown", row->max_drawdown);
        cli_json_number(json, "sharpe", row->sharpe);
        cli_json_number(json, "trades", row->trades);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}
