/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a result cube: every value of a million combinations through PATH.partial into the
 * compressed file, as a run does it, computing left out. Half of the metrics are noise, as
 * returns are, half small whole numbers, as counts are. Prints bytes of values a second.
 *
 *     cube_write CUBE [METRICS [THREADS]]     40 metrics and 2 threads by default
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/catalog/catalog.h"
#include "io/cube/cube_writer.h"

enum { SIDE = 1000, COMBINATIONS = SIDE * SIDE, METRICS_MAX = 100, NAME = 64 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void stop_on(admf_status status, const admf_error *error)
{
    if (status == ADMF_OK)
        return;
    fprintf(stderr, "cube_write: %s: %s\n", error->file, error->message);
    exit(status);
}

static void *take(size_t count, size_t size)
{
    void *block = calloc(count, size);
    if (!block)
        exit(ADMF_INTERNAL);
    return block;
}

/* A million moving-average crossovers, and one of everything else. */
static void make_axes(struct axis axes[AXIS_COUNT])
{
    static double no_params[1];
    static char *const names[] = {"", "none", "default", "default"};
    const admf_component *row = &catalog_strategies[catalog_find_component(
        catalog_strategies, STRATEGY_COUNT, "sma_crossover")];
    struct component_entry *entry = take(1, sizeof *entry);
    entry->row = row;
    for (int a = 0; a < AXIS_COUNT; a++) {
        size_t count = a == AXIS_STRATEGY ? COMBINATIONS : 1;
        axes[a] = (struct axis){.kind = (enum axis_kind)a, .count = count};
        axes[a].instances = take(count, sizeof *axes[a].instances);
        axes[a].instances[0].label = names[a];
        axes[a].instances[0].params = no_params;
    }
    double *params = take(COMBINATIONS, 2 * sizeof *params);
    char *labels = take(COMBINATIONS, NAME);
    for (int i = 0; i < COMBINATIONS; i++, params += 2, labels += NAME) {
        struct instance *instance = &axes[AXIS_STRATEGY].instances[i];
        params[0] = 1 + i / SIDE;
        params[1] = 1 + SIDE + i % SIDE;
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

int main(int argc, char **argv)
{
    int metrics = argc > 2 ? atoi(argv[2]) : 40, threads = argc > 3 ? atoi(argv[3]) : 2;
    if (argc < 2 || metrics < 1 || metrics > METRICS_MAX || threads < 1) {
        fprintf(stderr, "usage: cube_write CUBE [METRICS 1 … %d [THREADS]]\n", METRICS_MAX);
        return ADMF_USAGE;
    }
    admf_error error = {0};
    struct axis axes[AXIS_COUNT];
    admf_metric about[METRICS_MAX];
    char names[METRICS_MAX][16];
    const double *columns[METRICS_MAX];
    const char *symbol = "SYNTH";
    struct cube_window window = {"all", 0, 1};
    make_axes(axes);
    for (int m = 0; m < metrics; m++) {
        snprintf(names[m], sizeof names[m], "metric_%d", m);
        about[m] = (admf_metric){names[m], "a metric", "1", m % 2};
        double *column = take(COMBINATIONS, sizeof *column);
        for (uint64_t i = 0; i < COMBINATIONS; i++)
            column[i] = value((uint64_t)m, i);
        columns[m] = column;
    }
    uint8_t *fate = take(COMBINATIONS, 1);
    memset(fate, ADMF_CELL_OK, COMBINATIONS);
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
    double start = now();
    stop_on(cube_create(argv[1], &layout, true, &cube, &error), &error);
    double created = now();
    for (uint64_t b = 0; b < cube_blocks(cube); b++) {
        struct cube_range range = cube_block_range(cube, b);
        const double *part[METRICS_MAX];
        for (int m = 0; m < metrics; m++)
            part[m] = columns[m] + range.first;
        struct cube_values values = {.metrics = part, .status = fate + range.first};
        stop_on(cube_write_block(cube, b, &values, &error), &error);
    }
    double written = now();
    stop_on(cube_finish(&cube, NULL, &error), &error);
    double end = now(), bytes = 8.0 * COMBINATIONS * metrics;
    printf("%d combinations x %d metrics, %d threads: %.0f MB/s (%.3f s: %.3f to make the file, "
           "%.3f for the blocks, %.3f to compress)\n",
           COMBINATIONS, metrics, threads, bytes / (end - start) / 1e6, end - start,
           created - start, written - created, end - written);
    return 0;
}
