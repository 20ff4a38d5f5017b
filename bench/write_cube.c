/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `admf-bench write-cube`: every value of a square of combinations through FILE.partial into the
 * compressed file, as a run does it, computing left out. Half of the metrics are noise, as
 * returns are, half small whole numbers, as counts are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "admf/workflow.h"
#include "bench/commands.h"
#include "bench/timing.h"
#include "cli/messages.h"
#include "engine/catalog/catalog.h"
#include "engine/cpu/cpu.h"
#include "io/cube/cube_writer.h"

enum { SIDE = 1000, SIDE_MAX = 5000, METRICS = 40, METRICS_MAX = 100, NAME = 64 };

static void *take(size_t count, size_t size)
{
    void *block = calloc(count, size);
    if (!block) {
        cli_complain("out of memory");
        exit(ADMF_INTERNAL);
    }
    return block;
}

/* side x side moving-average crossovers, and one of everything else. */
static void make_axes(struct axis axes[AXIS_COUNT], int side)
{
    static double no_params[1];
    static char *const names[] = {"", "none", "default", "default"};
    size_t combinations = (size_t)side * (size_t)side;
    const admf_component *row = &catalog_strategies[STRATEGY_sma_crossover];
    struct component_entry *entry = take(1, sizeof *entry);
    entry->row = row;
    for (int a = 0; a < AXIS_COUNT; a++) {
        size_t count = a == AXIS_STRATEGY ? combinations : 1;
        axes[a] = (struct axis){.kind = (enum axis_kind)a, .count = count};
        axes[a].instances = take(count, sizeof *axes[a].instances);
        axes[a].instances[0].label = names[a];
        axes[a].instances[0].params = no_params;
    }
    double *params = take(combinations, 2 * sizeof *params);
    char *labels = take(combinations, NAME);
    for (size_t i = 0; i < combinations; i++, params += 2, labels += NAME) {
        struct instance *instance = &axes[AXIS_STRATEGY].instances[i];
        params[0] = 1 + (double)(i / (size_t)side);
        params[1] = 1 + side + (double)(i % (size_t)side);
        snprintf(labels, NAME, "sma_crossover[fast_period=%.0f,slow_period=%.0f]", params[0],
                 params[1]);
        instance->row = row;
        instance->entry = entry;
        instance->params = params;
        instance->label = labels;
    }
}

static double value(uint64_t metric, uint64_t cell)
{
    uint64_t x = metric * 0x9E3779B97F4A7C15u + cell * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 29) * 0x94D049BB133111EBu;
    x ^= x >> 32;
    return metric % 2 ? (double)(x % 300) : (double)(x >> 12) * 0x1p-52 - 0.5;
}

static double *make_column(uint64_t metric, size_t combinations)
{
    double *column = take(combinations, sizeof *column);
    for (uint64_t i = 0; i < combinations; i++)
        column[i] = value(metric, i);
    return column;
}

static admf_status write_blocks(struct cube_writer *cube, double *const *columns, int metrics,
                                const uint8_t *fate, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t b = 0; status == ADMF_OK && b < cube_blocks(cube); b++) {
        struct cube_range range = cube_block_range(cube, b);
        const double *part[METRICS_MAX];
        for (int m = 0; m < metrics; m++)
            part[m] = columns[m] + range.first;
        struct cube_values values = {.metrics = part, .status = fate + range.first};
        status = cube_write_block(cube, b, &values, error);
    }
    return status;
}

/* Prints seconds and bytes first, for programs that read them. */
static int write_cube(const char *path, int side, int metrics, int threads)
{
    size_t combinations = (size_t)side * (size_t)side;
    admf_error error = {0};
    struct axis axes[AXIS_COUNT];
    admf_metric about[METRICS_MAX];
    char names[METRICS_MAX][16];
    double *columns[METRICS_MAX];
    const char *symbol = "SYNTH";
    struct cube_window window = {"all", 0, 1};
    make_axes(axes, side);
    for (int m = 0; m < metrics; m++) {
        snprintf(names[m], sizeof names[m], "metric_%d", m);
        about[m] = (admf_metric){names[m], "a metric", "1", m % 2};
        columns[m] = make_column((uint64_t)m, combinations);
    }
    uint8_t *fate = take(combinations, 1);
    memset(fate, ADMF_CELL_OK, combinations);
    struct cube_layout layout = {.symbol_count = 1,
                                 .symbols = &symbol,
                                 .window_count = 1,
                                 .windows = &window,
                                 .axes = axes,
                                 .metric_count = (size_t)metrics,
                                 .metrics = about,
                                 .deflate = 1,
                                 .threads = threads};
    struct cube_writer *cube;
    double start = seconds_now(), created = start, written = start;
    admf_status status = cube_create(path, &layout, true, &cube, &error);
    if (status == ADMF_OK) {
        created = seconds_now();
        status = write_blocks(cube, columns, metrics, fate, &error);
        written = seconds_now();
    }
    if (status == ADMF_OK)
        status = cube_finish(&cube, NULL, NULL, &error);
    if (status != ADMF_OK)
        return cli_fail(&error);
    double end = seconds_now(), bytes = 8.0 * (double)combinations * metrics;
    printf(
        "%.6f s %.0f bytes: %.0f MB/s (%.3f s to make the file, %.3f s for the blocks, %.3f s to "
        "compress)\n",
        end - start, bytes, bytes / (end - start) / 1e6, created - start, written - created,
        end - written);
    return ADMF_OK;
}

static int run(const cli_command *self, int argc, char **argv)
{
    int side = SIDE, metrics = METRICS, threads = cpu_threads(), code;
    const cli_option table[] = {
        {"side", 0, CLI_INT, &side, "N", "N x N combinations (default: 1000)", 0, 1},
        {"metrics", 0, CLI_INT, &metrics, "N", "metrics of each (default: 40)", 0, 1},
        {"threads", 't', CLI_INT, &threads, "N", "threads that compress", 0, 1}};
    cli_operands operands = {{"FILE", NULL}, 1, 1, 0, NULL};
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (side > SIDE_MAX || metrics > METRICS_MAX)
        return cli_misused(self, "--side goes up to %d, --metrics up to %d", SIDE_MAX, METRICS_MAX);
    if (threads > ADMF_THREADS_MAX)
        return cli_misused(self, "--threads goes up to %d", ADMF_THREADS_MAX);
    struct stat about;
    if (stat(operands.values[0], &about) == 0 && !S_ISREG(about.st_mode))
        return cli_misused(self, "%s is no file; FILE is the cube to write", operands.values[0]);
    return write_cube(operands.values[0], side, metrics, threads);
}

const cli_command bench_write_cube = {
    "write-cube",
    "write a cube of made-up values, once",
    "admf-bench write-cube made_up.h5\n"
    "admf-bench write-cube made_up.h5 --metrics 1 --threads 1",
    "admf-bench write-cube FILE [--side N] [--metrics N] [--threads N]",
    "Writes FILE, replacing what is there, and prints seconds, bytes of values and their\n"
    "rate. This is what `works write_cube` starts; the file is for measuring readers.",
    run};
