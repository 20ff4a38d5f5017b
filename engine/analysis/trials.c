/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analysis/trials.h"

#include <math.h>

#include "admf/analysis.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"

enum { PIECE_CELLS = 1 << 17 }; /* looked at at once, at least one strategy's */

admf_status trials_visit(admf_cube *cube, int sharpe, uint64_t symbol, uint64_t window,
                         const struct cube_piece *within, trial_visitor *visit, void *context,
                         admf_error *error)
{
    uint64_t row = cube_row_cells(cube), first = within->first / row;
    uint64_t end = (within->first + within->count + row - 1) / row;
    uint64_t step = PIECE_CELLS / row ? PIECE_CELLS / row : 1;
    step = step < end - first ? step : end - first;
    double *values = memory_new(step * row, sizeof *values);
    admf_status status = values ? ADMF_OK : fail_memory(error);
    for (; !status && first < end; first += step) {
        struct cube_rows rows = {symbol, window, first, step < end - first ? step : end - first};
        status = cube_read_metric_rows(cube, sharpe, &rows, values, error);
        for (uint64_t i = 0; !status && i < rows.count * row; i++) {
            uint64_t combo = first * row + i;
            if (!isnan(values[i]) && combo - within->first < within->count)
                status = visit(context, combo, values[i], error);
        }
    }
    memory_free(values);
    return status;
}

void admf_trials_join(admf_trials *all, const admf_trials *more)
{
    /* Chan, Golub, LeVeque, The American Statistician 37, 1983. */
    double n = (double)all->count, m = (double)more->count;
    if (more->count == 0)
        return;
    double delta = n > 0 ? more->mean - all->mean : 0;
    all->deviations += more->deviations + delta * delta * n * m / (n + m);
    all->mean = n > 0 ? all->mean + delta * m / (n + m) : more->mean;
    all->count += more->count;
}

struct walk {
    admf_trials *trials;
    uint64_t first; /* combination */
    double sharpe;  /* its Sharpe ratio */
};

static admf_status add_trial(void *context, uint64_t combo, double sharpe, admf_error *error)
{
    struct walk *walk = context;
    (void)error;
    if (walk->trials->count == 0) {
        walk->first = combo;
        walk->sharpe = sharpe;
    }
    admf_trials_join(walk->trials, &(admf_trials){.count = 1, .mean = sharpe});
    return ADMF_OK;
}

/* Sums over all stretches of one combination. */
static admf_status add_up(admf_cube *cube, const struct cube_blocks *blocks, uint64_t symbol,
                          uint64_t window, uint64_t combo, double total[CUBE_BLOCK_SUMS],
                          admf_error *error)
{
    struct cube_piece one = {combo, 1};
    double *values = memory_new(blocks->count, sizeof *values);
    admf_status status = values ? ADMF_OK : fail_memory(error);
    for (int k = 0; !status && k < CUBE_BLOCK_SUMS; k++) {
        status = cube_read_blocks(cube, blocks, (enum cube_block_sum)k, symbol, window, &one,
                                  values, error);
        total[k] = 0;
        for (uint64_t b = 0; !status && b < blocks->count; b++)
            total[k] += values[b];
    }
    memory_free(values);
    return status;
}

/*
 * Samples a year and the return without risk are not stored as numbers. They follow from the
 * annualised metrics of one combination, whose mean and deviation are known from its sums:
 * volatility = s·√P, sharpe = (mean − f)/s·√P.
 */
static const char *infer(const double total[CUBE_BLOCK_SUMS], double sharpe, double volatility,
                         admf_trials *out)
{
    double n = total[CUBE_BLOCK_N], mean = total[CUBE_BLOCK_SUM] / n;
    double variance = (total[CUBE_BLOCK_SUM2] / n - mean * mean) * n / (n - 1);
    double year = volatility / sqrt(variance);
    if (!(n > 1) || !(variance > 0) || !(year > 0) || !isfinite(year))
        return "the sums of the blocks do not fit the metrics";
    out->samples = n;
    out->periods = year * year;
    out->risk_free = mean - sharpe * sqrt(variance) / year;
    return NULL;
}

static admf_status describe(admf_cube *cube, const struct cube_blocks *blocks, int volatility,
                            uint64_t symbol, uint64_t window, const struct walk *walk,
                            admf_error *error)
{
    double total[CUBE_BLOCK_SUMS], deviation = NAN;
    admf_status status = add_up(cube, blocks, symbol, window, walk->first, total, error);
    if (!status)
        status =
            admf_cube_read_value(cube, volatility, symbol, window, walk->first, &deviation, error);
    if (!status)
        walk->trials->missing = infer(total, walk->sharpe, deviation, walk->trials);
    return status;
}

admf_status admf_cube_trials(admf_cube *cube, uint64_t symbol, uint64_t window, admf_trials *out,
                             admf_error *error)
{
    int sharpe = admf_cube_metric_index(cube, "sharpe");
    int volatility = admf_cube_metric_index(cube, "volatility");
    const struct cube_piece all = {0, admf_cube_combinations(cube)};
    struct walk walk = {.trials = out};
    struct cube_blocks blocks;
    *out = (admf_trials){.samples = NAN, .periods = NAN, .risk_free = NAN};
    admf_status status = cube_blocks_open(cube, &blocks, error);
    if (!status && sharpe >= 0)
        status = trials_visit(cube, sharpe, symbol, window, &all, add_trial, &walk, error);
    if (out->count == 0)
        out->mean = NAN;
    if (sharpe < 0)
        out->missing = "the cube holds no metric 'sharpe'";
    else if (volatility < 0)
        out->missing = "the cube holds no metric 'volatility'";
    else if (blocks.count == 0)
        out->missing = "the cube holds no sums by block (metrics: blocks is 0)";
    else if (out->count == 0)
        out->missing = "no combination has a Sharpe ratio";
    else if (!status)
        status = describe(cube, &blocks, volatility, symbol, window, &walk, error);
    cube_blocks_close(&blocks);
    return status;
}
