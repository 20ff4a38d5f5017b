/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/phase_adaptive.h"

#include "engine/catalog/catalog.h"
#include "engine/workflow/group_rows.h"

static admf_status read_labels(const struct plan *plan, const struct group_rows *rows, uint64_t row,
                               admf_adaptive *out, admf_error *error)
{
    static const enum axis_kind axes[] = {AXIS_CLASSIFIER, AXIS_RISK, AXIS_EXECUTION};
    static const char *const columns[] = {"classifier", "risk", "execution"};
    const char **const labels[] = {&out->classifier, &out->risk, &out->execution};
    admf_status status = group_label(rows, row, "symbol", &out->symbol, error);
    if (status == ADMF_OK)
        status = group_label(rows, row, "window", &out->window, error);
    for (int k = 0; status == ADMF_OK && k < 3; k++) {
        uint64_t index = 0;
        status = group_index(rows, row, columns[k], plan->axes[axes[k]].count, &index, error);
        if (status == ADMF_OK)
            status = group_instance(plan, axes[k], (size_t)index, labels[k], error);
    }
    return status;
}

static admf_status describe(const struct plan *plan, const struct group_rows *rows, uint64_t row,
                            admf_adaptive *out, admf_error *error)
{
    static const char *const columns[] = {"train",        "test",   "total_return",
                                          "max_drawdown", "sharpe", "trades"};
    double *const numbers[] = {&out->train,        &out->test,   &out->total_return,
                               &out->max_drawdown, &out->sharpe, &out->trades};
    out->row = row;
    admf_status status = read_labels(plan, rows, row, out, error);
    for (size_t k = 0; status == ADMF_OK && k < sizeof columns / sizeof *columns; k++)
        status = group_number(rows, row, columns[k], numbers[k], error);
    return status;
}

admf_status phase_find_adaptive(const struct plan *plan, admf_phase_result *result,
                                admf_error *error)
{
    admf_cube *cube = NULL;
    struct best best;
    if (plan->adaptive_count == 0)
        return ADMF_OK;
    admf_status status =
        best_init(&best, sizeof result->adaptive / sizeof *result->adaptive,
                  catalog_less_is_better(catalog_find_metric(plan->config->objective)), error);
    if (status == ADMF_OK)
        status = admf_cube_open(result->cube, &cube, error);
    const struct group_rows rows = {cube, "adaptive"};
    if (status == ADMF_OK)
        status = group_rank(&rows, "train", &best, error);
    for (uint64_t i = 0; status == ADMF_OK && i < best.count; i++)
        status = describe(plan, &rows, best.items[i].combo,
                          &result->adaptive[result->adaptive_count++], error);
    admf_cube_close(&cube);
    best_deinit(&best);
    return status;
}
