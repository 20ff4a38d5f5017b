/* SPDX-License-Identifier: Apache-2.0 */
/* The trials of a cube that are compared, and their sums in an even number of stretches. */
#include <math.h>

#include "admf/analysis.h"
#include "engine/analysis/cross_validation.h"
#include "engine/analysis/draw.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"

/*
 * How `count` blocks become an even number of equal stretches, CROSS_BLOCKS_MAX at most: `merged`
 * neighbours each; `skipped` at the start are left out.
 */
struct stretches {
    int count;
    uint64_t merged, skipped;
};

static struct stretches cut(uint64_t count)
{
    uint64_t merged = (count + CROSS_BLOCKS_MAX - 1) / CROSS_BLOCKS_MAX;
    uint64_t even = count / (2 * merged) * 2;
    return (struct stretches){(int)even, merged, count - even * merged};
}

static void merge(const struct stretches *s, const double *block, double *out)
{
    for (int k = 0; k < s->count; k++) {
        out[k] = 0;
        for (uint64_t b = 0; b < s->merged; b++)
            out[k] += block[s->skipped + (uint64_t)k * s->merged + b];
    }
}

struct reading {
    admf_cube *cube;
    uint64_t symbol, window;
    const struct cube_blocks *blocks;
    struct stretches stretches;
    const struct drawn_trials *drawn;
    double *values; /* of a piece */
    uint64_t room;
    double *n, *sum[2]; /* merged; sum and sum2 of [drawn->count] */
};

static admf_status read_piece(struct reading *r, enum cube_block_sum which,
                              const struct cube_piece *piece, admf_error *error)
{
    uint64_t size = piece->count * r->blocks->count;
    if (size > r->room) {
        double *values = memory_resize(r->values, size, sizeof *values);
        if (!values)
            return fail_memory(error);
        r->values = values;
        r->room = size;
    }
    return cube_read_blocks(r->cube, r->blocks, which, r->symbol, r->window, piece, r->values,
                            error);
}

/* The sums of all drawn trials from `first` on that are in its piece; *next: the first beyond. */
static admf_status read_trials(struct reading *r, uint64_t first, uint64_t *next, admf_error *error)
{
    const uint64_t *combos = r->drawn->combos;
    struct cube_piece piece = cube_block_piece(r->cube, r->blocks, combos[first]);
    uint64_t count = (uint64_t)r->stretches.count;
    admf_status status = ADMF_OK;
    *next = first;
    while (*next < r->drawn->count && combos[*next] - piece.first < piece.count)
        ++*next;
    for (int k = 0; !status && k < 2; k++) {
        status = read_piece(r, k ? CUBE_BLOCK_SUM2 : CUBE_BLOCK_SUM, &piece, error);
        for (uint64_t t = first; !status && t < *next; t++)
            merge(&r->stretches, r->values + (combos[t] - piece.first) * r->blocks->count,
                  r->sum[k] + t * count);
    }
    return status;
}

static admf_status read_sums(struct reading *r, admf_error *error)
{
    uint64_t count = (uint64_t)r->stretches.count, next = 0;
    r->n = memory_new(count, sizeof *r->n);
    r->sum[0] = memory_new(r->drawn->count, count * sizeof(double));
    r->sum[1] = memory_new(r->drawn->count, count * sizeof(double));
    if (!r->n || !r->sum[0] || !r->sum[1])
        return fail_memory(error);
    struct cube_piece one = {r->drawn->combos[0], 1};
    admf_status status = read_piece(r, CUBE_BLOCK_N, &one, error);
    if (!status)
        merge(&r->stretches, r->values, r->n);
    while (!status && next < r->drawn->count)
        status = read_trials(r, next, &next, error);
    return status;
}

static admf_status compare(struct reading *r, const admf_trials *trials, admf_overfitting *out,
                           admf_error *error)
{
    struct cross_result result = {0};
    const struct kernel_table *kernels = cpu_choose(NULL, error);
    admf_status status = kernels ? read_sums(r, error) : error->code;
    if (!status)
        status = cross_validate(kernels,
                                &(struct cross_sums){.trials = r->drawn->count,
                                                     .blocks = r->stretches.count,
                                                     .risk_free = trials->risk_free,
                                                     .n = r->n,
                                                     .sum = r->sum[0],
                                                     .sum2 = r->sum[1]},
                                &result, error);
    if (!status && result.splits == 0)
        out->missing = "no combination has a Sharpe ratio in half of the blocks";
    if (!status && result.splits)
        out->probability = (double)result.overfit / (double)result.splits;
    out->splits = result.splits;
    memory_free(r->values);
    memory_free(r->n);
    memory_free(r->sum[0]);
    memory_free(r->sum[1]);
    return status;
}

static admf_status draw_and_compare(admf_cube *cube, uint64_t symbol, uint64_t window,
                                    const struct cube_blocks *blocks, const admf_trials *trials,
                                    uint64_t most, admf_overfitting *out, admf_error *error)
{
    struct drawn_trials drawn;
    struct reading reading = {.cube = cube,
                              .symbol = symbol,
                              .window = window,
                              .blocks = blocks,
                              .stretches = cut(blocks->count),
                              .drawn = &drawn};
    admf_status status = draw_trials(&drawn, cube, blocks, symbol, window, most, error);
    out->blocks = (uint64_t)reading.stretches.count;
    out->compared = drawn.count;
    if (!status)
        status = compare(&reading, trials, out, error);
    draw_deinit(&drawn);
    return status;
}

admf_status admf_cube_overfitting(admf_cube *cube, uint64_t symbol, uint64_t window,
                                  const admf_trials *trials, uint64_t most, admf_overfitting *out,
                                  admf_error *error)
{
    struct cube_blocks blocks;
    *out = (admf_overfitting){.probability = NAN, .missing = trials->missing};
    if (!out->missing && trials->count < 2)
        out->missing = "it takes two combinations with a Sharpe ratio";
    if (out->missing)
        return ADMF_OK;
    admf_status status = cube_blocks_open(cube, &blocks, error);
    if (!status && blocks.count < CROSS_BLOCKS_MIN)
        out->missing = "it takes four blocks (metrics: blocks)";
    else if (!status)
        status = draw_and_compare(cube, symbol, window, &blocks, trials, most < 2 ? 2 : most, out,
                                  error);
    cube_blocks_close(&blocks);
    return status;
}
