/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "runs_print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "number.h"
#include "run_result.h"
#include "shell_word.h"
#include "table.h"
#include "visible.h"

static const admf_run_phase *last_phase(const admf_run *run)
{
    return run->phase_count ? &run->phases[run->phase_count - 1] : NULL;
}

static void best_cell(cli_table *table, const admf_run_phase *phase)
{
    char text[CLI_NUMBER_MAX + 64] = "", number[CLI_NUMBER_MAX];
    if (phase && phase->result.best_count && phase->result.best_by) {
        cli_format_rounded(number, phase->result.best[0].by);
        snprintf(text, sizeof text, "%s %s", phase->result.best_by, number);
    }
    cli_table_cell(table, text);
}

void cli_runs_table(const admf_runs *runs)
{
    cli_table table = {0};
    cli_table_column(&table, "run", false);
    cli_table_column(&table, "status", false);
    cli_table_column(&table, "started", false);
    cli_table_column(&table, "took", true);
    cli_table_column(&table, "combinations", true);
    cli_table_column(&table, "best", false);
    cli_table_column(&table, "cube", false);
    for (size_t i = 0; i < runs->count; i++) {
        const admf_run *run = &runs->items[i];
        const admf_run_phase *phase = last_phase(run);
        char text[CLI_NUMBER_MAX] = "";
        cli_table_cell(&table, run->correlation_id);
        cli_table_cell(&table, run->status);
        cli_table_cell(&table, run->started);
        if (!isnan(run->seconds))
            cli_format_seconds(text, sizeof text, run->seconds);
        cli_table_cell(&table, text);
        snprintf(text, sizeof text, "%" PRIu64, run->combinations);
        cli_table_cell(&table, text);
        best_cell(&table, phase);
        cli_table_cell(&table, phase ? phase->result.cube : "");
    }
    cli_table_print(&table);
}

/* ---- repeating one ------------------------------------------------------------------------*/

/* The cube of a run of one phase has all that is needed; else the configuration recorded does. */
static char *repeat(const admf_run *run, const char *analytics)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    fputs("admf", out);
    if (run->phase_count == 1 && admf_run_cube_is_kept(run, 0)) {
        cli_shell_word(out, "run");
        cli_shell_word(out, run->phases[0].result.cube);
    } else {
        cli_shell_word(out, "runs");
        cli_shell_word(out, run->correlation_id);
        fputs(" --config", out);
        if (analytics) {
            fputs(" --analytics", out);
            cli_shell_word(out, analytics);
        }
        fputs(" > again.yaml && admf run again.yaml", out);
    }
    fputs(" -o again.h5", out);
    fclose(out);
    return text;
}

/* ---- one run ------------------------------------------------------------------------------*/

static void line(const char *name, const char *text)
{
    if (!text || !*text)
        return;
    printf("  %-15s", name);
    cli_print_visible(stdout, text);
    putchar('\n');
}

static void print_configuration(const admf_run *run)
{
    printf("  %-15s", "configuration");
    cli_print_visible(stdout, run->configuration_path);
    fputs(", hash ", stdout);
    cli_print_visible(stdout, run->configuration_hash);
    putchar('\n');
}

static void print_phase(const admf_run_phase *phase)
{
    const admf_phase_result *result = &phase->result;
    char seconds[CLI_NUMBER_MAX];
    fputs("Phase ", stdout);
    cli_print_visible(stdout, result->name);
    fputs(": ", stdout);
    cli_print_visible(stdout, phase->status);
    printf(", %" PRIu64 " combination%s", result->combinations,
           result->combinations == 1 ? "" : "s");
    if (!isnan(result->seconds)) {
        cli_format_seconds(seconds, sizeof seconds, result->seconds);
        printf(" in %s", seconds);
    }
    putchar('\n');
    line("cube", result->cube);
    line("digest", result->digest);
    putchar('\n');
    if (result->best_count)
        cli_phase_best_print(result);
}

void cli_run_show(const admf_run *run, const char *analytics)
{
    char seconds[CLI_NUMBER_MAX] = "", program[80];
    char *command = repeat(run, analytics);
    bool running = strcmp(run->status, "running") == 0;
    if (!isnan(run->seconds))
        cli_format_seconds(seconds, sizeof seconds, run->seconds);
    snprintf(program, sizeof program, "admf %s", run->program_version);
    cli_print_visible(stdout, run->correlation_id);
    putchar('\n');
    line("status", running ? "running, or ended without a word (killed)" : run->status);
    line("reason", run->reason);
    line("started", run->started);
    line("finished", run->finished);
    line("took", seconds);
    line("pattern", run->pattern);
    line("data", run->data);
    line("data hashes", run->data_hashes);
    print_configuration(run);
    line("program", program);
    line("called", run->command);
    line("in", run->folder);
    putchar('\n');
    for (size_t p = 0; p < run->phase_count; p++)
        print_phase(&run->phases[p]);
    fputs("Again:\n  ", stdout);
    cli_print_visible(stdout, command ? command : "");
    putchar('\n');
    free(command);
}

/* ---- JSON ---------------------------------------------------------------------------------*/

static void run_json(cli_json *json, const admf_run *run)
{
    cli_json_text(json, "correlation_id", run->correlation_id);
    cli_json_text(json, "status", run->status);
    if (run->exit_code < 0)
        cli_json_text(json, "exit_code", NULL);
    else
        cli_json_count(json, "exit_code", (uint64_t)run->exit_code);
    cli_json_text(json, "reason", run->reason);
    cli_json_text(json, "started", run->started);
    cli_json_text(json, "finished", run->finished);
    cli_json_number(json, "seconds", run->seconds);
    cli_json_count(json, "combinations", run->combinations);
    cli_json_text(json, "pattern", run->pattern);
    cli_json_text(json, "data", run->data);
    cli_json_text(json, "data_hashes", run->data_hashes);
    cli_json_text(json, "configuration_path", run->configuration_path);
    cli_json_text(json, "configuration_hash", run->configuration_hash);
    cli_json_text(json, "program_version", run->program_version);
    cli_json_text(json, "command", run->command);
    cli_json_text(json, "folder", run->folder);
    cli_json_open(json, "phases", '[');
    for (size_t p = 0; p < run->phase_count; p++) {
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "status", run->phases[p].status);
        cli_phase_json(json, &run->phases[p].result);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

void cli_runs_json(const admf_runs *runs)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '[');
    for (size_t i = 0; i < runs->count; i++) {
        cli_json_open(&json, NULL, '{');
        run_json(&json, &runs->items[i]);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
}

void cli_run_show_json(const admf_run *run, const char *analytics)
{
    cli_json json = {0};
    char *command = repeat(run, analytics);
    cli_json_open(&json, NULL, '{');
    run_json(&json, run);
    cli_json_text(&json, "configuration", run->configuration);
    cli_json_text(&json, "resolved_configuration", run->resolved_configuration);
    cli_json_text(&json, "again", command);
    cli_json_close(&json, '}');
    free(command);
}
