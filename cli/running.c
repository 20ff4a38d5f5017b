/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "running.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analytics_path.h"
#include "messages.h"
#include "progress.h"
#include "run_result.h"
#include "shell_word.h"
#include "stop.h"
#include "terminal.h"

/* The command that goes on where this run ended: the same, with --resume, without --force. */
static void say_how_to_resume(const cli_command *self, int argc, char *const *argv, int code)
{
    bool has_resume = false;
    fprintf(stderr, "admf: %s; what is finished is kept. To go on:\n  admf %s",
            code == ADMF_INTERRUPTED ? "interrupted" : "stopped", self->name);
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

static int execute(const cli_command *self, const admf_options *options, bool json, int argc,
                   char *const *argv)
{
    admf_workflow_result *result = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = admf_workflow_run(options, &result, &errors, &warnings);
    int code = cli_exit_code(status);

    cli_progress_clear();
    if (code == ADMF_STOPPED || code == ADMF_INTERRUPTED)
        forget_stop(&errors);
    if (json)
        cli_run_json(result, code, &errors, &warnings);
    else if (status == ADMF_OK)
        cli_run_print(result);
    cli_streams_flush();
    if (code == ADMF_STOPPED || code == ADMF_INTERRUPTED) {
        cli_report(&errors, &warnings);
        if (options->store_signals)
            fprintf(stderr, "admf: %s; nothing is kept\n",
                    code == ADMF_INTERRUPTED ? "interrupted" : "stopped");
        else
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

int cli_workflow_run(const cli_command *self, admf_options *options, const char *analytics,
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
