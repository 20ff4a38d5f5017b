/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The big grid: sma_crossover over 100 fast x 100 slow periods on 200 000 synthetic
 * minute bars, every metric, daily samples. Prints the cost of a combination-bar in lanes,
 * jumping from order to order and bar by bar, and in the scalar path, what a second thread
 * gives, and the memory used.
 *
 *     big_grid [BARS [SIDE]]     200000 bars and 100 x 100 by default
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admf/market.h"
#include "admf/workflow.h"
#include "engine/cpu/cpu.h"
#include "engine/trace/inputs.h"
#include "engine/workflow/configuration.h"

enum { SCALAR_RUNS = 12, REPEATS = 3 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void stop_on(admf_status status, const admf_diagnostics *errors)
{
    if (status == ADMF_OK)
        return;
    for (size_t i = 0; i < errors->count; i++)
        fprintf(stderr, "big_grid: %s\n", errors->items[i].message);
    exit(status);
}

static void write_grid(const char *folder, const char *lanes, int side)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.yaml", folder, lanes);
    FILE *file = fopen(path, "w");
    if (!file)
        exit(ADMF_IO);
    fprintf(file,
            "data:\n  - {symbol: SYNTH, path: bars.h5, session: 24x7}\n"
            "strategies:\n  - type: sma_crossover\n    parameters:\n"
            "      fast_period: {start: 5, stop: %d, step: 2}\n"
            "      slow_period: {start: 213, stop: %d, step: 5}\n"
            "portfolio: {allow_short: false}\nexecution: {fill: close}\n"
            "resources: {lanes: %s}\n",
            5 + 2 * (side - 1), 213 + 5 * (side - 1), lanes);
    fclose(file);
}

static void write_bars(const char *folder, uint64_t bars)
{
    char path[512];
    admf_error error = {0};
    snprintf(path, sizeof path, "%s/bars.h5", folder);
    admf_synth_options synth = {.output = path, .bars = bars, .seed = 1, .force = true};
    if (admf_synth(&synth, &error) != ADMF_OK) {
        fprintf(stderr, "big_grid: %s\n", error.message);
        exit(error.code);
    }
}

/* Seconds of the whole run, from the bars in memory to the cube on disk; the least of a few. */
static double run_lanes(const char *folder, const char *lanes, int threads, uint64_t *memory,
                        double *combination_bars)
{
    char config[512], cube[512];
    double best = 1e300;
    snprintf(config, sizeof config, "%s/%s.yaml", folder, lanes);
    snprintf(cube, sizeof cube, "%s/grid.h5", folder);
    admf_options options = {
        .config_path = config, .output = cube, .force = true, .threads = threads};
    for (int r = 0; r < REPEATS; r++) {
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        admf_workflow_result *result = NULL;
        stop_on(admf_workflow_run(&options, &result, &errors, &warnings), &errors);
        best = result->phases[0].seconds < best ? result->phases[0].seconds : best;
        *memory = result->phases[0].peak_memory;
        *combination_bars = result->phases[0].combination_bars;
        admf_workflow_result_free(&result);
        admf_diagnostics_deinit(&errors);
        admf_diagnostics_deinit(&warnings);
    }
    return best;
}

/* Seconds of the scalar simulation of a combination, features and signals not counted. */
static double run_scalar(const char *folder)
{
    char path[512];
    double seconds = 0;
    admf_error error = {0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    struct config *config = NULL;
    struct plan *plan = NULL;
    snprintf(path, sizeof path, "%s/auto.yaml", folder);
    stop_on(configuration_load(path, &config, &errors, &warnings), &errors);
    struct plan_options options = {.kernels = cpu_choose(NULL, &error), .threads = 1};
    stop_on(plan_new(config, &options, &plan, &errors, &warnings), &errors);
    for (int k = 0; k < SCALAR_RUNS; k++) {
        struct inputs inputs;
        struct scalar_result result = {0};
        uint64_t combo = plan->combinations / SCALAR_RUNS * (uint64_t)k;
        if (inputs_init(&inputs, plan, &plan->windows[0], combo, &error) != ADMF_OK)
            exit(error.code);
        double start = now();
        if (scalar_simulate(&inputs.scalar, NULL, &result, &error) != ADMF_OK)
            exit(error.code);
        seconds += now() - start;
        scalar_result_deinit(&result);
        inputs_deinit(&inputs);
    }
    plan_free(&plan);
    config_free(&config);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return seconds / SCALAR_RUNS;
}

int main(int argc, char **argv)
{
    uint64_t bars = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000, memory = 0, most = 0;
    int side = argc > 2 ? atoi(argv[2]) : 100;
    char folder[] = "/tmp/admf_big_grid_XXXXXX", command[64];
    double work = 0;
    if (bars < 1000 || side < 1 || side > 100 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: big_grid [BARS >= 1000 [SIDE 1 … 100]]\n");
        return ADMF_USAGE;
    }
    write_bars(folder, bars);
    printf("combinations %d x %d, bars %" PRIu64 "\n", side, side, bars);
    double scalar = 0;
    for (int way = 0; way < 2; way++) {
        const char *lanes = way ? "lockstep" : "auto";
        write_grid(folder, lanes, side);
        double one = run_lanes(folder, lanes, 1, &memory, &work);
        double two = run_lanes(folder, lanes, 2, &memory, &work), cost = one / work * 1e9;
        most = memory > most ? memory : most;
        if (!way)
            scalar = run_scalar(folder) / (double)bars * 1e9;
        printf("%-8s 1 thread   %8.3f s  %7.4f ns per combination-bar, %.2f G/s, %.1f x the "
               "scalar path\n",
               lanes, one, cost, 1 / cost, scalar / cost);
        printf("%-8s 2 threads  %8.3f s  %.2f x one thread\n", lanes, two, one / two);
    }
    printf("scalar path                    %7.4f ns per combination-bar\n", scalar);
    printf("peak memory         %.0f MiB\n", (double)most / (1 << 20));
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? 0 : ADMF_IO;
}
