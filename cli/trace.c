/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admf/trace.h"
#include "arguments.h"
#include "messages.h"
#include "run_options.h"
#include "stop.h"
#include "terminal.h"

/* Where the events go: standard output, or a file that gets its name when it is complete. */
struct sink {
    const char *path;                   /* NULL: standard output                  */
    char final[ADMF_PATH_MAX];          /* what is written: `path`, links followed */
    char temporary[ADMF_PATH_MAX + 16]; /* "" where `path` is written directly */
    FILE *file;
    int error; /* errno of the write that failed; 0: none */
    const volatile int *stop;
    bool equals_cube; /* what the trace says, at its end */
};

static bool write_line(void *context, const char *json, size_t length)
{
    struct sink *sink = context;
    if (*sink->stop)
        return false;
    if (fwrite(json, 1, length, sink->file) == length && putc('\n', sink->file) != EOF)
        return true;
    sink->error = errno ? errno : EIO;
    if (sink->file == stdout)
        cli_streams_failed(sink->error);
    return false;
}

static int cannot_write(const struct sink *sink, int error)
{
    cli_complain("cannot write %s: %s", sink->path, strerror(error));
    return ADMF_IO;
}

/* A pipe or device is written as it is: only a plain file can be renamed into place. */
static int open_sink(struct sink *sink, const char *input)
{
    struct stat there, source;
    const char *name = sink->path;
    sink->file = stdout;
    if (!name)
        return ADMF_OK;
    bool exists = stat(name, &there) == 0;
    if (exists && stat(input, &source) == 0 && there.st_dev == source.st_dev &&
        there.st_ino == source.st_ino) {
        cli_complain("--output %s is the file that is traced", name);
        return ADMF_USAGE;
    }
    if (!exists || S_ISREG(there.st_mode)) {
        char *real = exists ? realpath(name, NULL) : NULL;
        snprintf(sink->final, sizeof sink->final, "%s", real ? real : name);
        free(real);
        snprintf(sink->temporary, sizeof sink->temporary, "%s.partial", sink->final);
        name = sink->temporary;
    }
    sink->file = fopen(name, "wb");
    if (!sink->file) {
        sink->temporary[0] = '\0';
        return cannot_write(sink, errno);
    }
    return ADMF_OK;
}

/* Completes or removes the file; `code` is how the trace went. */
static int close_sink(struct sink *sink, int code)
{
    if (!sink->path)
        return code;
    int error = sink->error;
    errno = 0;
    if (fclose(sink->file) != 0 && error == 0)
        error = errno ? errno : EIO;
    /* A trace that differs from its cube is kept: it is what one wants to look at then. */
    bool complete = error == 0 && (code == ADMF_OK || code == ADMF_FAILED);
    if (sink->temporary[0] && complete && rename(sink->temporary, sink->final) != 0) {
        error = errno;
        complete = false;
    }
    if (sink->temporary[0] && !complete)
        unlink(sink->temporary);
    return error ? cannot_write(sink, error) : code;
}

static int execute(admf_trace_options *options, struct sink *sink)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    int code = open_sink(sink, options->path);
    if (code != ADMF_OK)
        return code;
    options->equals_cube = &sink->equals_cube;
    options->line = write_line;
    options->context = sink;
    sink->stop = cli_stop_watch();
    admf_status status = admf_trace(options, &errors, &warnings);
    bool cut_short = sink->error || *sink->stop;
    if (cut_short) { /* what the library says of a trace cut short is of no interest */
        cli_report(NULL, &warnings);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
        code = sink->error ? ADMF_IO : *sink->stop;
    } else {
        cli_streams_flush();
        code = cli_conclude(status, &errors, &warnings);
    }
    code = close_sink(sink, code);
    if (code == ADMF_OK && sink->equals_cube)
        cli_note("the summary equals %s_%" PRIu64 " of %s, bit for bit",
                 options->adaptive ? "adaptive" : "combo", options->combo, options->path);
    return code;
}

static int trace(const cli_command *self, int argc, char **argv)
{
    admf_trace_options options = {0};
    uint64_t combo = UINT64_MAX, adaptive = UINT64_MAX;
    struct sink sink = {0};
    const cli_option table[] = {
        {"combo", 'c', CLI_COMBO, &combo, "ID", "the combination: 7 or combo_7", 0, 0},
        {"adaptive", 'a', CLI_ADAPTIVE, &adaptive, "ID",
         "or the adaptive portfolio: 3 or adaptive_3, row 3 of /adaptive", 0, 0},
        {"symbol", 0, CLI_TEXT, &options.symbol, "NAME", "which symbol (default: the first)", 0, 0},
        {"window", 0, CLI_TEXT, &options.window, "NAME", "which window (default: the first)", 0, 0},
        {"from", 0, CLI_TEXT, &options.from, "TIME", "only events from this time on", 0, 0},
        {"to", 0, CLI_TEXT, &options.to, "TIME", "only events up to this time", 0, 0},
        {"types", 0, CLI_TEXT, &options.types, "LIST", "only these types: SIGNAL,FILL", 0, 0},
        {"timing", 0, CLI_FLAG, &options.timing, "", "calls and time per service in the summary", 0,
         0},
        {"output", 'o', CLI_TEXT, &sink.path, "FILE", "write to FILE", 0, 0},
        CLI_ISA_OPTION(options.isa)};
    cli_operands operands = {{"CUBE or FILE", 0}, 1, 1, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if ((combo == UINT64_MAX) == (adaptive == UINT64_MAX))
        return cli_misused(self, "`admf trace` needs %s ID, such as --combo combo_7",
                           combo == UINT64_MAX ? "--combo ID or --adaptive"
                                               : "one of --combo ID and --adaptive");
    options.adaptive = combo == UINT64_MAX;
    options.combo = options.adaptive ? adaptive : combo;
    options.path = operands.values[0];
    return execute(&options, &sink);
}

const cli_command cli_trace = {
    "trace",
    "one combination again, event by event",
    "admf trace results.h5 --combo combo_7 -o trace.jsonl\n"
    "admf trace results.h5 --combo 7 --types FILL,POSITION_CLOSE | head\n"
    "admf trace sweep.yaml --combo 7 --from 2020-01-01 --to 2020-06-30\n"
    "admf trace adaptive.test.h5 --adaptive 0 --types REGIME_CHANGE,SIGNAL",
    "admf trace CUBE|FILE --combo ID [--symbol NAME] [--window NAME] [--from TIME] [--to TIME]\n"
    "                  [--types LIST] [--timing] [-o FILE] [--isa NAME]\n"
    "       admf trace CUBE|FILE --adaptive ID [--from TIME] [--to TIME]\n"
    "                  [--types LIST] [--timing] [-o FILE] [--isa NAME]",
    "Runs one combination through the event-driven path and writes its events as JSON Lines,\n"
    "one object a line: BAR, FEATURES, CLASSIFICATION, SIGNAL, ORDER, RISK_DECISION, FILL,\n"
    "PORTFOLIO_UPDATE, POSITION_OPEN, POSITION_CLOSE, REGIME_CHANGE, RISK_BREACH, and a\n"
    "SUMMARY with every metric at the end. Of a cube, the summary is compared with the cube's\n"
    "own values, and standard error says that they are equal; the exit code is 1 if they are not,\n"
    "bit for bit. With --adaptive it is a portfolio of a regime_adaptive run: SIGNAL then names\n"
    "the combination that has the say, also when only that has changed. TIME is a date or an\n"
    "ISO 8601 time.",
    trace};
