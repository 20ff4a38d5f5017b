/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "running.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analytics_path.h"
#include "messages.h"
#include "progress.h"
#include "run_options.h"
#include "run_result.h"
#include "shell_word.h"
#include "stop.h"
#include "terminal.h"

/* Arguments that are repeated in what is said and recorded. */
enum { ARGUMENTS_MAX = 256 };

/* Signals that were not stored to the end are no work to go on with; nor is what ended before any
 * of it was run. */
static bool keeps_nothing(const admf_workflow_result *result)
{
    return !result || (result->phase_count == 1 && result->phases[0].status != ADMF_OK &&
                       result->phases[0].combinations == 0);
}

/* The command that goes on where this run ended: the same, with --resume, without --force. */
static void say_how_to_resume(const cli_command *self, int argc, char *const *argv, int code)
{
    bool has_resume = false;
    cli_note_stopped(code, "what is finished is kept. To go on:");
    fprintf(stderr, "  admf %s", self->name);
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

static int execute(const cli_command *self, const admf_options *options, bool json, int argc,
                   char *const *argv)
{
    admf_workflow_result *result = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = admf_workflow_run(options, &result, &errors, &warnings);
    int code = cli_exit_code(status);

    cli_progress_clear();
    bool stopped = cli_stopped(code);
    if (json)
        cli_run_json(result, code, &errors, &warnings);
    else if (status == ADMF_OK)
        cli_run_print(result);
    cli_streams_flush();
    if (stopped && keeps_nothing(result)) {
        const char *kept =
            !result && options->resume ? "what was to be gone on with is as it was" : NULL;
        code = cli_conclude_stopped(code, kept, &errors, &warnings);
    } else if (stopped) {
        cli_report(&errors, &warnings);
        say_how_to_resume(self, argc, argv, code);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    } else {
        code = cli_conclude(status, &errors, &warnings);
    }
    admf_workflow_result_free(&result);
    return code;
}

/* How the program was called, for the record; freed with free, NULL where memory ran out. */
static char *command_line(const cli_command *self, int argc, char *const *argv)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    fprintf(out, "admf %s", self->name);
    for (int i = 0; i < argc; i++)
        cli_shell_word(out, argv[i]);
    fclose(out);
    return text;
}

static int record_and_execute(const cli_command *self, admf_options *options, const char *analytics,
                              bool json, int argc, char *const *argv)
{
    char store[ADMF_PATH_MAX];
    options->progress = cli_progress_show;
    options->stop = cli_stop_watch();
    options->analytics = cli_analytics_path(analytics, store, sizeof store);
    if (!options->analytics && !analytics)
        cli_note("neither XDG_DATA_HOME nor HOME says where to record this run; --analytics FILE "
                 "does, --analytics off asks for no record");
    char *command = command_line(self, argc, argv);
    options->command = command;
    int code = execute(self, options, json, argc, argv);
    free(command);
    return code;
}

int cli_run_workflow(const cli_command *self, const cli_running *how, int argc, char **argv)
{
    admf_options options = how->options;
    cli_operands operands = how->operands;
    bool json = false;
    const char *analytics = NULL;
    const cli_option table[] = {
        CLI_RUN_OPTIONS(options),
        CLI_ANALYTICS_OPTION(analytics, "FILE|off", "where the run is recorded, or off"),
        {"force", 'f', CLI_FLAG, &options.force, "", how->force_help, 0, 0},
        {"json", 0, CLI_FLAG, &json, "", how->json_help, 0, 0},
        {"resume", 0, CLI_FLAG, &options.resume, "", how->resume_help, 0, 0}};
    size_t rows = sizeof table / sizeof *table - !how->resume_help;
    char *given[ARGUMENTS_MAX]; /* reading moves argv's pointers; hint and record want them all */
    int code, given_count = argc < ARGUMENTS_MAX ? argc : ARGUMENTS_MAX;
    memcpy(given, argv, (size_t)given_count * sizeof *given);
    if (!cli_parse(self, table, rows, &operands, argc, argv, &code))
        return code;
    if (options.resume && options.force)
        return cli_misused(self,
                           "--resume keeps what is there and --force replaces it: choose one");
    options.config_path = operands.values[operands.count - 1];
    if (operands.count > 1)
        options.signals = operands.values[0];
    return record_and_execute(self, &options, analytics, json, given_count, given);
}
