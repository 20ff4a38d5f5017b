/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All paths go through time together, so that what is kept of each is a few numbers and not its
 * equity. A block's length and start are functions of the path and of the block's number: it does
 * not matter who draws them, or when.
 */
#include "engine/analysis/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "kernels/math/log.h"
#include "kernels/math/philox.h"

/* What random numbers are for, part of Philox's counter. */
enum { FOR_CELL = 0x43454c4c, FOR_BLOCK = 0x424c4f43 };

struct path {
    size_t position, left; /* of the next return; returns left in its block */
    uint32_t blocks;       /* drawn so far */
    double equity, peak, drawdown;
    double s1, s2; /* Σ r, Σ r·r */
};

struct paths {
    const struct bootstrap_source *source;
    struct path *path;   /* [source->paths] */
    double *value;       /* [source->paths]: something of each */
    uint64_t seed;       /* of this combination's draws */
    uint64_t mean_block; /* samples */
    double log_stay;     /* ln(1 - 1/block): that a block goes on */
};

const int bootstrap_percent[ADMF_QUANTILES] = {5, 25, 50, 75, 95};

uint64_t bootstrap_bytes(uint64_t paths)
{
    /* The C library sorts in a copy. */
    return paths * (sizeof(struct path) + 2 * sizeof(double)) + sizeof(struct bootstrap_bands);
}

/* The smallest whole number whose cube is `n` or more. */
static uint64_t root_of(uint64_t n)
{
    uint64_t root = 1;
    while (root * root * root < n)
        root++;
    return root;
}

static void draw_block(const struct paths *p, uint64_t number, struct path *path)
{
    size_t samples = p->source->samples;
    struct philox bits = philox_draw(p->seed, FOR_BLOCK, number, path->blocks++);
    path->left = 1;
    if (p->mean_block > 1) {
        double further = floor(math_log(1 - philox_unit(philox_half(bits, 0))) / p->log_stay);
        path->left = further < (double)samples ? (size_t)further + 1 : samples;
    }
    path->position = (size_t)(philox_unit(philox_half(bits, 1)) * (double)samples);
}

static void step(const struct paths *p, uint64_t number)
{
    const struct bootstrap_source *source = p->source;
    struct path *path = &p->path[number];
    if (path->left == 0)
        draw_block(p, number, path);
    double r = path->equity == 0 ? 0 : source->returns[path->position];
    path->left--;
    if (++path->position == source->samples)
        path->position = 0;
    path->equity = path->equity * (1 + r);
    path->s1 = path->s1 + r;
    path->s2 = path->s2 + r * r;
    if (path->equity >= path->peak) {
        path->peak = path->equity;
        return;
    }
    double drawdown = (path->peak - path->equity) / path->peak;
    if (drawdown > path->drawdown)
        path->drawdown = drawdown;
}

/* ---- quantiles ----------------------------------------------------------------------------*/

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

/* Of p->value, which is put in order. */
static void take_quantiles(const struct paths *p, double out[ADMF_QUANTILES])
{
    double *value = p->value;
    uint64_t defined = p->source->paths;
    qsort(value, defined, sizeof *value, compare);
    while (defined > 0 && isnan(value[defined - 1]))
        defined--;
    for (int q = 0; q < ADMF_QUANTILES; q++) {
        out[q] = NAN;
        if (defined == 0)
            continue;
        double place = (double)(defined - 1) * bootstrap_percent[q] / 100, below = floor(place);
        uint64_t k = (uint64_t)below, next = k + 1 < defined ? k + 1 : k;
        out[q] = value[k] + (place - below) * (value[next] - value[k]);
    }
}

static void note_equity(const struct paths *p, size_t sample, struct bootstrap_bands *bands)
{
    double quantile[ADMF_QUANTILES];
    for (uint64_t k = 0; k < p->source->paths; k++)
        p->value[k] = p->path[k].equity;
    take_quantiles(p, quantile);
    for (int q = 0; q < ADMF_QUANTILES; q++)
        bands->equity[q][bands->steps] = quantile[q];
    bands->sample[bands->steps++] = sample;
}

/* As the metric: (mean - f)/s·√P. */
static double sharpe_of(const struct paths *p, const struct path *path)
{
    const struct bootstrap_source *source = p->source;
    double n = (double)source->samples, mean = path->s1 / n, q = path->s2 / n;
    double v = q - mean * mean;
    if (v <= 4 * n * 0x1p-53 * q || n == 1)
        return NAN;
    double excess = mean - source->risk_free_rate / source->periods;
    return excess / sqrt(v * n / (n - 1)) * sqrt(source->periods);
}

static void note_ends(const struct paths *p, struct bootstrap_bands *bands)
{
    double initial = p->source->initial_cash;
    uint64_t count = p->source->paths, losing = 0;
    for (uint64_t k = 0; k < count; k++) {
        p->value[k] = p->path[k].equity / initial - 1;
        losing += p->path[k].equity < initial;
    }
    take_quantiles(p, bands->total_return);
    for (uint64_t k = 0; k < count; k++)
        p->value[k] = p->path[k].drawdown;
    take_quantiles(p, bands->max_drawdown);
    for (uint64_t k = 0; k < count; k++)
        p->value[k] = sharpe_of(p, &p->path[k]);
    take_quantiles(p, bands->sharpe);
    bands->losing = (double)losing / (double)count;
}

/* ---- all together -------------------------------------------------------------------------*/

/* The sample after which band `step` is taken: the last one is that of the last. */
static size_t sample_of(size_t samples, size_t step)
{
    if (samples <= BOOTSTRAP_STEPS)
        return step;
    return (size_t)((uint64_t)(step + 1) * samples / BOOTSTRAP_STEPS) - 1;
}

static admf_status run(const struct paths *p, struct bootstrap_bands *bands)
{
    const struct bootstrap_source *source = p->source;
    for (size_t t = 0; t < source->samples; t++) {
        admf_status status = stop_status(source->stop);
        if (status != ADMF_OK)
            return status;
        for (uint64_t k = 0; k < source->paths; k++)
            step(p, k);
        if (t == sample_of(source->samples, bands->steps))
            note_equity(p, t, bands);
    }
    note_ends(p, bands);
    return ADMF_OK;
}

static void start(struct paths *p)
{
    const struct bootstrap_source *source = p->source;
    p->mean_block = source->block ? source->block : root_of(source->samples);
    p->log_stay = math_log(1 - 1 / (double)p->mean_block);
    uint64_t place = (uint64_t)source->symbol << 32 | source->window;
    p->seed = philox_u64(philox_u64(source->seed, FOR_CELL, source->combo), FOR_CELL, place);
    for (uint64_t k = 0; k < source->paths; k++)
        p->path[k] = (struct path){.equity = source->initial_cash, .peak = source->initial_cash};
}

admf_status bootstrap(const struct bootstrap_source *source, struct bootstrap_bands *bands,
                      admf_error *error)
{
    struct paths p = {.source = source,
                      .path = memory_new(source->paths, sizeof *p.path),
                      .value = memory_new(source->paths, sizeof *p.value)};
    admf_status status = p.path && p.value ? ADMF_OK : fail_memory(error);
    *bands = (struct bootstrap_bands){0};
    if (status == ADMF_OK) {
        start(&p);
        bands->block = p.mean_block;
        status = run(&p, bands);
    }
    memory_free(p.path);
    memory_free(p.value);
    return status;
}
