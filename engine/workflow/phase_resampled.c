/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/phase_resampled.h"

#include <stdio.h>

#include "engine/analysis/bootstrap.h"
#include "engine/catalog/catalog.h"
#include "engine/workflow/group_rows.h"

static admf_status read_quantiles(const struct group_rows *rows, uint64_t row, const char *of,
                                  double out[ADMF_QUANTILES], admf_error *error)
{
    admf_status status = ADMF_OK;
    for (int q = 0; status == ADMF_OK && q < ADMF_QUANTILES; q++) {
        char name[32];
        snprintf(name, sizeof name, "%s_q%02d", of, bootstrap_percent[q]);
        status = group_number(rows, row, name, &out[q], error);
    }
    return status;
}

static admf_status describe(const struct plan *plan, const struct group_rows *rows, uint64_t row,
                            admf_resampled *out, admf_error *error)
{
    admf_status status = group_index(rows, row, "combo", plan->combinations, &out->combo, error);
    if (status == ADMF_OK)
        status =
            group_instance(plan, AXIS_STRATEGY, plan_cell(plan, out->combo).index[AXIS_STRATEGY],
                           &out->strategy, error);
    if (status == ADMF_OK)
        status = group_label(rows, row, "symbol", &out->symbol, error);
    if (status == ADMF_OK)
        status = group_label(rows, row, "window", &out->window, error);
    if (status == ADMF_OK)
        status = group_number(rows, row, "losing", &out->losing, error);
    if (status == ADMF_OK)
        status = read_quantiles(rows, row, "total_return", out->total_return, error);
    if (status == ADMF_OK)
        status = read_quantiles(rows, row, "max_drawdown", out->max_drawdown, error);
    if (status == ADMF_OK)
        status = read_quantiles(rows, row, "sharpe", out->sharpe, error);
    return status;
}

admf_status phase_find_resampled(const struct plan *plan, admf_phase_result *result,
                                 admf_error *error)
{
    admf_cube *cube = NULL;
    struct best best;
    result->paths = plan->config->paths;
    if (result->paths == 0)
        return ADMF_OK;
    admf_status status =
        best_init(&best, sizeof result->resampled / sizeof *result->resampled,
                  catalog_less_is_better(catalog_find_metric(plan->config->objective)), error);
    if (status == ADMF_OK)
        status = admf_cube_open(result->cube, &cube, error);
    const struct group_rows rows = {cube, "monte_carlo"};
    if (status == ADMF_OK)
        status = group_rank(&rows, "objective", &best, error);
    for (uint64_t i = 0; status == ADMF_OK && i < best.count; i++)
        status = describe(plan, &rows, best.items[i].combo,
                          &result->resampled[result->resampled_count++], error);
    admf_cube_close(&cube);
    best_deinit(&best);
    return status;
}
