/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/workflow.h"
#include "analytics_path.h"
#include "arguments.h"
#include "messages.h"
#include "progress.h"
#include "run_options.h"
#include "run_result.h"
#include "shell_word.h"
#include "stop.h"
#include "terminal.h"

/* The command that goes on where this run ended: the same, with --resume, without --force. */
static void say_how_to_resume(int argc, char *const *argv, int code)
{
    bool has_resume = false;
    fprintf(stderr, "admf: %s; what is finished is kept. To go on:\n  admf run",
            code == ADMF_INTERRUPTED ? "interrupted" : "stopped");
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0 && !has_resume) {
            fputs(" --resume", stderr);
            has_resume = true;
        }
        has_resume = has_resume || strcmp(argv[i], "--resume") == 0;
        if (strcmp(argv[i], "--force") != 0 && strcmp(argv[i], "-f") != 0)
            cli_shell_word(stderr, argv[i]);
    }
    fputs(has_resume ? "\n" : " --resume\n", stderr);
}

/* A request to stop is no error: it gets its own message. */
static void forget_stop(admf_diagnostics *errors)
{
    size_t kept = 0;
    for (size_t i = 0; i < errors->count; i++) {
        admf_status code = errors->items[i].code;
        if (code != ADMF_STOPPED && code != ADMF_INTERRUPTED)
            errors->items[kept++] = errors->items[i];
    }
    errors->total -= errors->count - kept;
    errors->count = kept;
}

static int execute(const admf_options *options, bool json, int argc, char *const *argv)
{
    admf_workflow_result *result = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = admf_workflow_run(options, &result, &errors, &warnings);
    int code = cli_exit_code(status);

    cli_progress_clear();
    if (json)
        cli_run_json(result, code);
    else if (status == ADMF_OK)
        cli_run_print(result);
    cli_streams_flush();
    if (code == ADMF_STOPPED || code == ADMF_INTERRUPTED) {
        forget_stop(&errors);
        cli_report(&errors, &warnings);
        say_how_to_resume(argc, argv, code);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    } else {
        code = cli_conclude(status, &errors, &warnings);
    }
    admf_workflow_result_free(&result);
    return code;
}

/* How the program was called, for the record; freed with free, NULL where memory ran out. */
static char *command_line(int argc, char *const *argv)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    fputs("admf run", out);
    for (int i = 0; i < argc; i++)
        cli_shell_word(out, argv[i]);
    fclose(out);
    return text;
}

enum { ARGUMENTS_MAX = 256 };

static int run(const cli_command *self, int argc, char **argv)
{
    admf_options options = {0};
    bool json = false;
    const char *analytics = NULL;
    char store[ADMF_PATH_MAX];
    const cli_option table[] = {
        CLI_RUN_OPTIONS(options),
        CLI_ANALYTICS_OPTION(analytics, "FILE|off", "where the run is recorded, or off"),
        {"resume", 0, CLI_FLAG, &options.resume, "", "go on with a run that was ended", 0, 0},
        {"force", 'f', CLI_FLAG, &options.force, "", "replace results that exist", 0, 0},
        {"json", 0, CLI_FLAG, &json, "", "what was run as JSON", 0, 0}};
    cli_operands operands = {{"FILE", 0}, 1, 1, 0, 0};
    char *given[ARGUMENTS_MAX]; /* reading moves argv's pointers; the hint wants them all */
    int code, given_count = argc < ARGUMENTS_MAX ? argc : ARGUMENTS_MAX;
    memcpy(given, argv, (size_t)given_count * sizeof *given);
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (options.resume && options.force)
        return cli_misused(self,
                           "--resume keeps what is there and --force replaces it: choose one");

    options.config_path = operands.values[0];
    options.progress = cli_progress_show;
    options.stop = cli_stop_watch();
    options.analytics = cli_analytics_path(analytics, store, sizeof store);
    if (!options.analytics && !analytics)
        cli_note("neither XDG_DATA_HOME nor HOME says where to record this run; --analytics FILE "
                 "does, --analytics off asks for no record");
    char *command = command_line(given_count, given);
    options.command = command;
    code = execute(&options, json, given_count, given);
    free(command);
    return code;
}

const cli_command cli_run = {
    "run",
    "run a configuration and keep the results",
    "admf run sweep.yaml\n"
    "admf run sweep.yaml -o results.h5 --threads 8\n"
    "admf run sweep.yaml -o results.h5 --resume    go on after Ctrl-C or a crash\n"
    "admf run results.h5 -o again.h5               from the configuration kept in a cube",
    "admf run FILE [-o FILE] [--resume | --force] [--threads N] [--memory SIZE] [--isa NAME]\n"
    "                     [--analytics FILE|off]",
    "Runs everything that the configuration FILE asks for and writes the results to a cube, an\n"
    "HDF5 file. Ends with the best combinations and the digest of the cube. Results that exist\n"
    "are not replaced unless --force says so. Ctrl-C and SIGTERM end the run in order; with\n"
    "--resume it goes on and gives the same cube, bit for bit, as if it had never ended. `admf "
    "runs`\n"
    "lists what was run; the record is $XDG_DATA_HOME/admf/analytics.db unless --analytics says\n"
    "otherwise.",
    run};
