/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/disk.h"

#include <string.h>

#include "engine/analysis/bootstrap.h"
#include "engine/plan/memory.h"

/* Bytes of a row of a group (io/cube/kept_forms.c, io/cube/regime_table.c), a text as 16. */
enum {
    REGIME_NAMES = 3 * 16 + 8 + 8,
    EQUITY_ROW = 16,
    TRADE_ROW = 136,
    CHANGE_ROWS = 17 + 32, /* of signals and regimes */
    ADAPTIVE_ROW = 24,
    STEP_ROW = 16 + ADMF_QUANTILES * 8,
};

static double window_bars(const struct plan *plan, enum window_role role)
{
    double bars = 0;
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++)
        if (role == WINDOW_PLAIN || plan->windows[w].role == role)
            bars += (double)(plan->windows[w].end - plan->windows[w].first);
    return bars;
}

static double least(double a, double b) { return a < b ? a : b; }

/* Cells whose equity, trades, signals and regimes are kept. */
static double kept_cells(const struct plan *plan)
{
    const struct config *config = plan->config;
    double series = (double)(plan->symbol_count * plan->window_count);
    double run = (double)plan_chosen(plan, 0, plan->combinations) * series;
    switch (config->keep) {
    case KEEP_ALL:
        return run;
    case KEEP_LIST:
        return (double)config->keep_count * series;
    case KEEP_BEST:
        return least((double)config->keep_count, run);
    default:
        return 0;
    }
}

/* Portfolios that follow the regime. Before they are chosen, in phase test of regime_adaptive, they
 * are taken to be all that were asked for. */
static double adaptive_portfolios(const struct plan *plan)
{
    const struct config *config = plan->config;
    double all = (double)(plan->symbol_count * plan_triples(plan));
    if (plan->adaptive || !config->adaptive)
        return (double)plan->adaptive_count;
    return config->window && strcmp(config->window, "test") == 0
               ? least((double)config->best_n, all)
               : 0;
}

static double resampled_steps(const struct plan *plan)
{
    const struct config *config = plan->config;
    double series = (double)(plan->symbol_count * plan->window_count), samples = 0;
    if (!config->paths)
        return 0;
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++)
        samples += (double)plan->windows[w].samples / series;
    return least((double)config->best_n, (double)plan->combinations * series) *
           least(samples, BOOTSTRAP_STEPS);
}

/* What is added to the cube behind the metrics. */
static double group_bytes(const struct plan *plan)
{
    double series = (double)(plan->symbol_count * plan->window_count);
    double bars = window_bars(plan, WINDOW_PLAIN) / series; /* of one */
    double kept = EQUITY_ROW + (double)(TRADE_ROW + CHANGE_ROWS) / BARS_PER_CHANGE;
    double stitched = plan->windows[0].fold ? window_bars(plan, WINDOW_TEST) : 0;
    return kept_cells(plan) * bars * kept + stitched * EQUITY_ROW +
           resampled_steps(plan) * STEP_ROW +
           adaptive_portfolios(plan) * (double)plan->window_count *
               (bars * ADAPTIVE_ROW + METRIC_COUNT * 8);
}

void plan_estimate_disk(struct plan *plan)
{
    const struct config *config = plan->config;
    uint64_t metrics = 0, series = plan->symbol_count * plan->window_count;
    uint64_t width = config->precision_float32 ? 4 : 8;
    for (int k = 0; k < METRIC_COUNT; k++)
        metrics += config->metric_selected[k];
    uint64_t cells = plan->combinations * series;
    uint64_t bytes = cells * ((metrics + 3 * (uint64_t)config->blocks) * width + 1);
    if (config->by_regime)
        bytes += series * plan->axes[AXIS_STRATEGY].count * plan_regime_rows(plan) *
                 (4 * width + REGIME_NAMES);
    plan->sizes.partial_bytes = bytes;
    plan->sizes.cube_bytes = bytes + (uint64_t)group_bytes(plan);
}
