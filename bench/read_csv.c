/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `admf-bench read-csv`: from the name of a file to bars in memory, rows checked, days numbered,
 * digest made.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "admf/workflow.h"
#include "bench/commands.h"
#include "bench/timing.h"
#include "cli/messages.h"
#include "engine/cpu/cpu.h"
#include "io/market/bars.h"

static int read_once(const struct series_source *source, int threads)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    struct bars *bars = NULL;
    double start = seconds_now();
    admf_status status = bars_load(source, threads, &bars, &errors, &warnings);
    double seconds = seconds_now() - start;
    if (status == ADMF_OK) {
        printf("%zu %.17g %.6f\n", bars->count, bars->close[bars->count - 1], seconds);
        fflush(stdout);
    }
    bars_free(&bars);
    return cli_conclude(status, &errors, &warnings);
}

/* Whether there is one more line, however long. */
static bool pass_line(FILE *file)
{
    int c = getc(file);
    bool any = c != EOF;
    while (c != EOF && c != '\n')
        c = getc(file);
    return any;
}

static int run(const cli_command *self, int argc, char **argv)
{
    char symbol[] = "BARS", session[] = "24x7";
    cli_operands operands = {{"FILE", NULL}, 1, 1, 0, NULL};
    int threads = cpu_threads(), code;
    const cli_option table[] = {
        {"threads", 't', CLI_INT, &threads, "N", "threads that read", 0, 1}};
    if (!cli_parse(self, table, 1, &operands, argc, argv, &code))
        return code;
    if (threads > ADMF_THREADS_MAX)
        return cli_misused(self, "--threads goes up to %d", ADMF_THREADS_MAX);
    char path[ADMF_PATH_MAX];
    if (strlen(operands.values[0]) >= sizeof path)
        return cli_misused(self, "the path is too long");
    strcpy(path, operands.values[0]);
    struct series_source source = {
        .symbol = symbol, .path = path, .session = session, .periods_per_year = NAN};
    while (code == ADMF_OK && pass_line(stdin))
        code = read_once(&source, threads);
    return code;
}

const cli_command bench_read_csv = {
    "read-csv",
    "read market data, once for each line of standard input",
    "yes '' | head -n 5 | admf-bench read-csv bars.csv\n"
    "echo | admf-bench read-csv bars.csv --threads 1",
    "admf-bench read-csv FILE [--threads N]",
    "For each line that comes on standard input reads FILE and prints how many bars it has, its\n"
    "last close, and the seconds. This is what `works read_csv` starts; a script can let it take\n"
    "turns with another reader, as bench/csv_pandas.py does.",
    run};
