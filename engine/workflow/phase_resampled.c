/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/phase_resampled.h"

#include <stdio.h>

#include "engine/analysis/bootstrap.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/cube/best.h"
#include "io/cube/reader.h"

static admf_status read_number(const admf_cube *cube, uint64_t row, const char *name, double *out,
                               admf_error *error)
{
    const struct cube_column column = {"monte_carlo", name};
    return cube_table_number(cube, &column, row, out, error);
}

static admf_status read_label(const admf_cube *cube, uint64_t row, const char *name,
                              const char **out, admf_error *error)
{
    const struct cube_column column = {"monte_carlo", name};
    struct text_list text;
    admf_status status = cube_table_text(cube, &column, row, &text, error);
    if (status != ADMF_OK)
        return status;
    *out = memory_copy_text(text_list_get(&text, 0));
    text_list_deinit(&text);
    return *out ? ADMF_OK : fail_memory(error);
}

static admf_status read_quantiles(const admf_cube *cube, uint64_t row, const char *of,
                                  double out[ADMF_QUANTILES], admf_error *error)
{
    admf_status status = ADMF_OK;
    for (int q = 0; status == ADMF_OK && q < ADMF_QUANTILES; q++) {
        char name[32];
        snprintf(name, sizeof name, "%s_q%02d", of, bootstrap_percent[q]);
        status = read_number(cube, row, name, &out[q], error);
    }
    return status;
}

static admf_status describe(const struct plan *plan, const admf_cube *cube, uint64_t row,
                            admf_resampled *out, admf_error *error)
{
    double combo = 0;
    admf_status status = read_number(cube, row, "combo", &combo, error);
    if (status == ADMF_OK && !(combo >= 0 && combo < (double)plan->combinations))
        status = fail_file(error, ADMF_BAD_DATA, cube->path, 0,
                           "/monte_carlo is about a combination that there is not");
    if (status != ADMF_OK)
        return status;
    out->combo = (uint64_t)combo;
    size_t strategy = plan_cell(plan, out->combo).index[AXIS_STRATEGY];
    out->strategy = memory_copy_text(plan->axes[AXIS_STRATEGY].instances[strategy].label);
    status = out->strategy ? ADMF_OK : fail_memory(error);
    if (status == ADMF_OK)
        status = read_label(cube, row, "symbol", &out->symbol, error);
    if (status == ADMF_OK)
        status = read_label(cube, row, "window", &out->window, error);
    if (status == ADMF_OK)
        status = read_number(cube, row, "losing", &out->losing, error);
    if (status == ADMF_OK)
        status = read_quantiles(cube, row, "total_return", out->total_return, error);
    if (status == ADMF_OK)
        status = read_quantiles(cube, row, "max_drawdown", out->max_drawdown, error);
    if (status == ADMF_OK)
        status = read_quantiles(cube, row, "sharpe", out->sharpe, error);
    return status;
}

/* Rows stand in order of their cells, so that of equals the lower cell comes first here too. */
static admf_status rank_rows(const admf_cube *cube, struct best *best, admf_error *error)
{
    uint64_t rows = 0;
    const struct cube_column objective = {"monte_carlo", "objective"};
    admf_status status = cube_table_rows(cube, &objective, &rows, error);
    for (uint64_t row = 0; status == ADMF_OK && row < rows; row++) {
        admf_ranked ranked = {.combo = row};
        status = read_number(cube, row, "objective", &ranked.by, error);
        if (status == ADMF_OK)
            best_offer(best, &ranked);
    }
    best_sort(best);
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
    if (status == ADMF_OK)
        status = rank_rows(cube, &best, error);
    for (uint64_t i = 0; status == ADMF_OK && i < best.count; i++)
        status = describe(plan, cube, best.items[i].combo,
                          &result->resampled[result->resampled_count++], error);
    admf_cube_close(&cube);
    best_deinit(&best);
    return status;
}
