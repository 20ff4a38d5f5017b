/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading market data: seconds from the name of a file to bars in memory, rows checked, days
 * numbered, digest made, once for each line that comes on standard input.
 *
 *     csv_load FILE
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "io/market/bars.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    char line[16], symbol[] = "BARS", session[] = "24x7";
    if (argc != 2) {
        fputs("usage: csv_load FILE, and a line on standard input for each time\n", stderr);
        return ADMF_USAGE;
    }
    struct series_source source = {
        .symbol = symbol, .path = argv[1], .session = session, .periods_per_year = NAN};
    while (fgets(line, sizeof line, stdin)) {
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        struct bars *bars = NULL;
        double start = now();
        admf_status status = bars_load(&source, &bars, &errors, &warnings);
        double seconds = now() - start;
        if (status != ADMF_OK) {
            fprintf(stderr, "csv_load: %s\n", errors.count ? errors.items[0].message : "failed");
            return status;
        }
        printf("%zu %.17g %.6f\n", bars->count, bars->close[bars->count - 1], seconds);
        fflush(stdout);
        bars_free(&bars);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    }
    return 0;
}
