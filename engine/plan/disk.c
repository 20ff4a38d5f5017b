/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/disk.h"

#include <string.h>

#include "engine/analysis/bootstrap.h"
#include "engine/base/failure.h"
#include "engine/plan/memory.h"

/* Bytes of a row of a group (io/cube/kept_forms.c, io/cube/regime_table.c), a text as 16. */
enum {
    REGIME_NAMES = 3 * 16 + 8 + 8,
    REGIME_VALUES = 4 * 8, /* whatever the precision */
    EQUITY_ROW = 16,
    TRADE_ROW = 136,
    CHANGE_ROWS = 17 + 32, /* of signals and regimes */
    ADAPTIVE_ROW = 24,
    STEP_ROW = 16 + ADMF_QUANTILES * 8,
};

/* Where io/cube/variables.c refuses a variable there are 16 times as many. */
#define CUBE_BYTES_MOST 0x1p56

static double least(double a, double b) { return a < b ? a : b; }

/* Cells whose equity, trades, signals and regimes are kept. */
static double kept_cells(const struct plan *plan)
{
    const struct config *config = plan->config;
    double series = (double)(plan->symbol_count * plan->window_count);
    double run = (double)plan_chosen_cells(plan);
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
    if (!config->paths)
        return 0;
    return least((double)config->best_n, (double)plan_chosen_cells(plan)) *
           least(plan_mean_samples(plan), BOOTSTRAP_STEPS);
}

/* What is added to the cube behind the metrics. */
static double group_bytes(const struct plan *plan)
{
    double series = (double)(plan->symbol_count * plan->window_count);
    double bars = plan_window_bars(plan, WINDOW_PLAIN) / series; /* of one */
    double kept = EQUITY_ROW + (double)(TRADE_ROW + CHANGE_ROWS) / BARS_PER_CHANGE;
    double stitched = plan->windows[0].fold ? plan_window_bars(plan, WINDOW_TEST) : 0;
    return kept_cells(plan) * bars * kept + stitched * EQUITY_ROW +
           resampled_steps(plan) * STEP_ROW +
           adaptive_portfolios(plan) * (double)plan->window_count *
               (bars * ADAPTIVE_ROW + METRIC_COUNT * 8);
}

bool plan_cells_bytes(const struct plan *plan, uint64_t series, uint64_t *bytes)
{
    const struct config *config = plan->config;
    uint64_t metrics = 0, width = config->precision_float32 ? 4 : 8;
    for (int k = 0; k < METRIC_COUNT; k++)
        metrics += config->metric_selected[k];
    /* Combinations are below 2^43, series below 2^38 and the rest below 2^25: exact. */
    unsigned __int128 all = (unsigned __int128)plan->combinations * series *
                            ((metrics + 3 * (uint64_t)config->blocks) * width + 1);
    if (config->by_regime)
        all += (unsigned __int128)plan->axes[AXIS_STRATEGY].count * plan_regime_rows(plan) *
               series * (REGIME_VALUES + REGIME_NAMES);
    if (all >= CUBE_BYTES_MOST)
        return false;
    *bytes = (uint64_t)all;
    return true;
}

admf_status plan_estimate_disk(struct plan *plan, admf_diagnostics *errors)
{
    const struct config *config = plan->config;
    struct plan_sizes *sizes = &plan->sizes;
    double groups = group_bytes(plan);
    if (!plan_cells_bytes(plan, plan->symbol_count * plan->window_count, &sizes->partial_bytes) ||
        groups >= CUBE_BYTES_MOST)
        return report(errors, ADMF_BAD_CONFIG, config->path, config->keep_place.line,
                      config->keep_place.column, config->keep_place.length,
                      "what is kept of the combinations is more than a cube can hold; keep fewer");
    sizes->cube_bytes = sizes->partial_bytes + (uint64_t)groups;
    return ADMF_OK;
}
