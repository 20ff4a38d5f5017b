/* SPDX-License-Identifier: Apache-2.0 */
#include "messages.h"

#include <stdarg.h>
#include <stdio.h>

#include "excerpt.h"
#include "progress.h"
#include "terminal.h"
#include "visible.h"

const char *cli_program = "admf";

enum { ERROR, WARNING };

static const char *paint(bool colour, const char *code) { return colour ? code : ""; }

static void print_one(cli_source *source, const admf_error *error, int kind)
{
    bool colour = cli_lively(stderr);
    fputs(paint(colour, "\033[1m"), stderr);
    cli_print_visible(stderr, error->file[0] ? error->file : cli_program);
    if (error->file[0] && error->line > 0) {
        fprintf(stderr, ":%d", error->line);
        if (error->column > 0)
            fprintf(stderr, ":%d", error->column);
    }
    fprintf(stderr, ": %s%s:%s ", paint(colour, kind == ERROR ? "\033[31m" : "\033[35m"),
            kind == ERROR ? "error" : "warning", paint(colour, "\033[0m"));
    cli_print_visible(stderr, error->message);
    putc('\n', stderr);
    cli_excerpt(source, error, colour, stderr);
}

void cli_complain(const char *format, ...)
{
    admf_error error = {0};
    cli_source source = CLI_SOURCE_INIT;
    va_list values;
    va_start(values, format);
    vsnprintf(error.message, sizeof error.message, format, values);
    va_end(values);
    cli_progress_clear();
    print_one(&source, &error, ERROR);
}

void cli_note(const char *format, ...)
{
    char text[ADMF_MESSAGE_MAX];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    cli_progress_clear();
    fprintf(stderr, "%s: ", cli_program);
    cli_print_visible(stderr, text);
    putc('\n', stderr);
}

int cli_exit_code(admf_status status)
{
    switch (status) {
    case ADMF_OK:
    case ADMF_FAILED:
    case ADMF_USAGE:
    case ADMF_BAD_DATA:
    case ADMF_NO_INPUT:
    case ADMF_INTERNAL:
    case ADMF_IO:
    case ADMF_STOPPED:
    case ADMF_BAD_CONFIG:
    case ADMF_INTERRUPTED:
        return (int)status;
    }
    return ADMF_INTERNAL;
}

/* For a failure that nobody described. */
static const char *meaning(int code)
{
    switch (code) {
    case ADMF_FAILED:
        return "failed";
    case ADMF_USAGE:
        return "these arguments make no sense together";
    case ADMF_BAD_DATA:
        return "the data cannot be used";
    case ADMF_NO_INPUT:
        return "an input file is missing";
    case ADMF_IO:
        return "reading or writing failed";
    case ADMF_STOPPED:
        return "stopped";
    case ADMF_INTERRUPTED:
        return "interrupted";
    case ADMF_BAD_CONFIG:
        return "the configuration is wrong";
    default:
        return "internal error";
    }
}

static int fail_with(cli_source *source, admf_error error)
{
    int code = cli_exit_code(error.code == ADMF_OK ? ADMF_INTERNAL : error.code);
    if (!error.message[0])
        snprintf(error.message, sizeof error.message, "%s", meaning(code));
    cli_progress_clear();
    print_one(source, &error, ERROR);
    cli_source_deinit(source);
    return code;
}

int cli_fail(const admf_error *error)
{
    cli_source source = CLI_SOURCE_INIT;
    return fail_with(&source, *error);
}

int cli_fail_in(const char *name, const char *text, const admf_error *error)
{
    cli_source source = CLI_SOURCE_INIT;
    admf_error copy = *error;
    if (error->line > 0 && !error->file[0]) {
        snprintf(copy.file, sizeof copy.file, "%s", name);
        cli_source_of_text(&source, name, text);
    }
    return fail_with(&source, copy);
}

void cli_report(const admf_diagnostics *errors, const admf_diagnostics *warnings)
{
    cli_source source = CLI_SOURCE_INIT;
    cli_progress_clear();
    for (size_t i = 0; warnings && i < warnings->count; i++)
        print_one(&source, &warnings->items[i], WARNING);
    for (size_t i = 0; errors && i < errors->count; i++)
        print_one(&source, &errors->items[i], ERROR);
    if (warnings && warnings->total > warnings->count)
        fprintf(stderr, "%zu of %zu warnings shown\n", warnings->count, warnings->total);
    if (errors && errors->total > errors->count)
        fprintf(stderr, "%zu of %zu errors shown\n", errors->count, errors->total);
    else if (errors && errors->count > 0)
        fprintf(stderr, errors->count == 1 ? "%zu error\n" : "%zu errors\n", errors->count);
    cli_source_deinit(&source);
}

int cli_conclude(admf_status status, admf_diagnostics *errors, admf_diagnostics *warnings)
{
    int code = cli_exit_code(status);
    cli_report(errors, warnings);
    if (code != ADMF_OK && errors->count == 0)
        cli_complain("%s", meaning(code));
    admf_diagnostics_deinit(errors);
    admf_diagnostics_deinit(warnings);
    return code;
}
