/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "admf/market.h"
#include "arguments.h"
#include "diagnostics_json.h"
#include "json.h"
#include "messages.h"
#include "number.h"
#include "stop.h"
#include "visible.h"

enum { ERRORS_SHOWN = 20 };

static void print_text(const admf_import_options *options, const admf_import_result *result)
{
    char number[CLI_NUMBER_MAX];
    cli_print_visible(stdout, options->input);
    printf(": %" PRIu64 " bar%s, %s to %s\n", result->bars, result->bars == 1 ? "" : "s",
           result->first, result->last);
    cli_format_exact(number, result->bars_per_year);
    printf("bars a year  %s\n", isnan(result->bars_per_year)
                                    ? "unknown: a run needs `metrics.periods_per_year`"
                                    : number);
    if (result->bars_outside > 0)
        printf("outside of the session, left out  %" PRIu64 "\n", result->bars_outside);
    if (options->repair_drop)
        printf("bad rows dropped  %" PRIu64 "\n", result->rows_dropped);
    printf("digest  %s\n", result->digest);
    if (options->output) {
        fputs("written  ", stdout);
        cli_print_visible(stdout, options->output);
        putchar('\n');
    }
}

static void print_json(const admf_import_options *options, const admf_import_result *result)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "input", options->input);
    cli_json_text(&json, "output", options->output);
    cli_json_count(&json, "bars", result->bars);
    cli_json_text(&json, "first", result->first);
    cli_json_text(&json, "last", result->last);
    cli_json_number(&json, "bars_per_year", result->bars_per_year);
    cli_json_count(&json, "bars_outside", result->bars_outside);
    cli_json_count(&json, "rows_dropped", result->rows_dropped);
    cli_json_text(&json, "digest", result->digest);
    cli_json_close(&json, '}');
}

static int execute(const admf_import_options *options, bool json)
{
    admf_import_result result = {0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    errors.limit = ERRORS_SHOWN;
    admf_status status = admf_import(options, &result, &errors, &warnings);
    int code = cli_exit_code(status);
    bool stopped = cli_stopped(code);
    if (json && status != ADMF_OK)
        cli_failure_json(code, &errors, &warnings);
    code = stopped ? cli_conclude_stopped(code, NULL, &errors, &warnings)
                   : cli_conclude(status, &errors, &warnings);
    if (code == ADMF_OK)
        (json ? print_json : print_text)(options, &result);
    return code;
}

static int import(const cli_command *self, int argc, char **argv)
{
    admf_import_options options = {0};
    const char *stamp = "start", *repair = NULL;
    cli_texts columns = {0};
    bool json = false;
    const cli_option table[] = {
        {"output", 'o', CLI_TEXT, &options.output, "FILE", "convert to FILE: .csv or .h5", 0, 0},
        {"symbol", 0, CLI_TEXT, &options.symbol, "NAME", "name of the series", 0, 0},
        {"columns", 0, CLI_LIST, &columns, "OURS=THEIRS", "timestamp=Date: what a column is called",
         0, 0},
        {"timezone", 0, CLI_TEXT, &options.timezone, "ZONE", "of times without an offset", 0, 0},
        {"session", 0, CLI_TEXT, &options.session, "HOURS", "trading hours, such as 09:30-16:00", 0,
         0},
        {"stamp", 0, CLI_WORD, &stamp, "WHICH", "times are of a bar's start or end", "start|end",
         0},
        {"start", 0, CLI_TEXT, &options.start, "TIME", "leave out what is earlier", 0, 0},
        {"end", 0, CLI_TEXT, &options.end, "TIME", "leave out what is later", 0, 0},
        {"repair", 0, CLI_WORD, &repair, "drop", "drop bad rows, and count them", "drop", 0},
        {"force", 'f', CLI_FLAG, &options.force, "", "replace the output if it exists", 0, 0},
        {"json", 0, CLI_FLAG, &json, "", "what was found as JSON", 0, 0}};
    cli_operands operands = {{"FILE", 0}, 1, 1, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    for (int i = 0; i < columns.count; i++) {
        const char *equals = strchr(columns.items[i], '=');
        if (!equals || equals == columns.items[i] || !equals[1])
            return cli_misused(self, "--columns needs a pair such as timestamp=Date, not '%s'",
                               columns.items[i]);
    }
    options.input = operands.values[0];
    options.columns = columns.items;
    options.column_count = columns.count;
    options.stamp_end = strcmp(stamp, "end") == 0;
    options.repair_drop = repair != NULL;
    options.stop = cli_stop_watch();
    return execute(&options, json);
}

const cli_command cli_import = {
    "import",
    "check market data, convert it to a fast file",
    "admf import bars.csv               is every row right?\n"
    "admf import bars.csv -o bars.h5    and keep it in a file that loads without parsing\n"
    "admf import spx.csv --columns timestamp=Date --columns close='Last price'",
    "admf import FILE [-o FILE] [--columns OURS=THEIRS]... [--timezone ZONE]\n"
    "                   [--session HOURS] [--stamp start|end] [--start TIME] [--end TIME]\n"
    "                   [--symbol NAME] [--repair drop] [--force] [--json]",
    "Reads market data (CSV, also compressed by gzip, or HDF5) and reports bad rows with their\n"
    "place: unsorted or repeated times, missing columns, prices that are no prices. Of many\n"
    "errors the first 20 are shown, with the total. With -o a good file is converted.\n"
    "\n"
    "A CSV has a line of names, then a row a bar, between commas, semicolons or tabs. It needs\n"
    "timestamp and close; open, high, low and volume are known, too, in any order and case. A\n"
    "further column is kept where it holds numbers. Times rise, and are all of one kind: dates,\n"
    "ISO 8601 with or without an offset, or seconds, ms, us or ns since 1970, by their digits.",
    import};
