/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "admf/trace.h"
#include "arguments.h"
#include "messages.h"
#include "run_options.h"
#include "stop.h"
#include "terminal.h"

/* `context` is the errno of the write that failed. */
static bool print_line(void *context, const char *json, size_t length)
{
    int *error = context;
    errno = 0;
    if (fwrite(json, 1, length, stdout) == length && putc('\n', stdout) != EOF)
        return true;
    *error = errno ? errno : EIO;
    cli_streams_failed(*error);
    return false;
}

/* What was written to a pipe, or printed, is there. */
static bool is_made_whole(const char *path)
{
    struct stat about;
    return path && (stat(path, &about) != 0 || S_ISREG(about.st_mode));
}

static int execute(const admf_trace_options *given)
{
    admf_trace_options options = *given;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    int error = 0;
    bool equals_cube = false;
    options.equals_cube = &equals_cube;
    options.line = print_line;
    options.context = &error;
    options.stop = cli_stop_watch();
    admf_status status = admf_trace(&options, &errors, &warnings);
    cli_streams_flush();
    int code = error ? ADMF_IO : cli_exit_code(status);
    bool stopped = cli_stopped(code);
    /* Of standard output the end of the program tells; a reader who has read enough is no reason
     * for a message. */
    bool cannot_write = code == ADMF_IO && errors.total == 0;
    if (cannot_write || (stopped && !is_made_whole(options.output))) {
        cli_report(NULL, &warnings);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    } else if (stopped) {
        code = cli_conclude_stopped(code, NULL, &errors, &warnings);
    } else {
        code = cli_conclude(status, &errors, &warnings);
    }
    if (code == ADMF_OK && equals_cube)
        cli_note("the summary equals %s_%" PRIu64 " of %s, bit for bit",
                 options.adaptive ? "adaptive" : "combo", options.combo, options.path);
    return code;
}

static int trace(const cli_command *self, int argc, char **argv)
{
    admf_trace_options options = {0};
    uint64_t combo = UINT64_MAX, adaptive = UINT64_MAX;
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
        {"output", 'o', CLI_TEXT, &options.output, "FILE", "write to FILE", 0, 0},
        {"force", 'f', CLI_FLAG, &options.force, "", "replace FILE if it exists", 0, 0},
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
    return execute(&options);
}

const cli_command cli_trace = {
    "trace",
    "one combination again, event by event",
    "admf trace results.h5 --combo combo_7 -o trace.jsonl\n"
    "admf trace results.h5 --combo 7 --types FILL,POSITION_CLOSE | head\n"
    "admf trace sweep.yaml --combo 7 --from 2020-01-01 --to 2020-06-30\n"
    "admf trace adaptive.test.h5 --adaptive 0 --types REGIME_CHANGE,SIGNAL",
    "admf trace CUBE|FILE --combo ID [--symbol NAME] [--window NAME] [--from TIME] [--to TIME]\n"
    "                  [--types LIST] [--timing] [-o FILE] [--force] [--isa NAME]\n"
    "       admf trace CUBE|FILE --adaptive ID [--from TIME] [--to TIME]\n"
    "                  [--types LIST] [--timing] [-o FILE] [--force] [--isa NAME]",
    "Runs one combination through the event-driven path and writes its events as JSON Lines,\n"
    "one object a line: BAR, FEATURES, CLASSIFICATION, SIGNAL, ORDER, RISK_DECISION, FILL,\n"
    "PORTFOLIO_UPDATE, POSITION_OPEN, POSITION_CLOSE, REGIME_CHANGE, RISK_BREACH, and a\n"
    "SUMMARY with every metric at the end. Of a cube, the summary is compared with the cube's\n"
    "own values, and standard error says that they are equal; the exit code is 1 if they are not,\n"
    "bit for bit. With --adaptive it is a portfolio of a regime_adaptive run: SIGNAL then names\n"
    "the combination that has the say, also when only that has changed. TIME is a date or an\n"
    "ISO 8601 time. A FILE that -o names is there once it is whole; a pipe or a device is written\n"
    "to as it is.",
    trace};
