/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/monte_carlo.h"

#include "engine/analysis/bootstrap.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/workflow/best_cells.h"
#include "engine/workflow/rerun.h"

static admf_status draw_paths(const struct plan *plan, const struct cube_cell *cell,
                              const struct rerun *rerun, const volatile int *stop,
                              struct bootstrap_bands *bands, admf_error *error)
{
    const struct config *config = plan->config;
    const struct bootstrap_source source = {.returns = rerun->result.sample_return,
                                            .samples = rerun->result.sample_count,
                                            .initial_cash =
                                                config->portfolio[PORTFOLIO_initial_cash],
                                            .periods = rerun->inputs.window->periods,
                                            .risk_free_rate = config->risk_free_rate,
                                            .paths = config->paths,
                                            .block = config->block,
                                            .seed = config->seed,
                                            .symbol = (uint32_t)cell->symbol,
                                            .window = (uint32_t)cell->window,
                                            .combo = cell->combo,
                                            .stop = stop};
    return bootstrap(&source, bands, error);
}

static admf_status write(const struct plan *plan, struct cube_writer *cube,
                         const struct cube_cell *cell, const struct rerun *rerun,
                         const struct bootstrap_bands *bands, admf_error *error)
{
    int64_t time[BOOTSTRAP_STEPS], sample[BOOTSTRAP_STEPS];
    struct cube_resampled out = {.cell = *cell,
                                 .samples = (int64_t)rerun->result.sample_count,
                                 .block = (int64_t)bands->block,
                                 .losing = bands->losing,
                                 .total_return = bands->total_return,
                                 .max_drawdown = bands->max_drawdown,
                                 .sharpe = bands->sharpe,
                                 .steps = (int64_t)bands->steps,
                                 .time = time,
                                 .sample = sample};
    for (size_t i = 0; i < bands->steps; i++) {
        sample[i] = (int64_t)bands->sample[i];
        time[i] = rerun->time[rerun->result.sample_bar[bands->sample[i]]];
    }
    for (int q = 0; q < ADMF_QUANTILES; q++)
        out.equity[q] = bands->equity[q];
    size_t objective = stored_metric(plan, catalog_find_metric(plan->config->objective));
    struct cube_range range = {cell->symbol, cell->window, cell->combo, 1};
    admf_status status = cube_read_back(cube, objective, &range, &out.objective, error);
    return status == ADMF_OK ? cube_keep_resampled(cube, &out, error) : status;
}

static admf_status resample(const struct plan *plan, struct cube_writer *cube,
                            const struct cube_cell *cell, struct bootstrap_bands *bands,
                            const volatile int *stop, admf_error *error)
{
    struct rerun rerun;
    admf_status status = rerun_cell(&rerun, plan, cell, RERUN_SAMPLES, stop, error);
    if (status == ADMF_OK)
        status = draw_paths(plan, cell, &rerun, stop, bands, error);
    if (status == ADMF_OK)
        status = write(plan, cube, cell, &rerun, bands, error);
    rerun_deinit(&rerun);
    return status;
}

admf_status resample_best(const struct plan *plan, struct cube_writer *cube,
                          const volatile int *stop, admf_error *error)
{
    const struct config *config = plan->config;
    const struct best_wanted wanted = {.by = catalog_find_metric(config->objective),
                                       .n = config->best_n,
                                       .min_trades = config->best_min_trades,
                                       .defined = true};
    struct cube_cell *cells = NULL;
    size_t count = 0;
    if (config->paths == 0)
        return ADMF_OK;
    struct bootstrap_bands *bands = memory_new(1, sizeof *bands);
    admf_status status = bands ? cube_start_resampled(cube, error) : fail_memory(error);
    if (status == ADMF_OK)
        status = best_cells(plan, cube, &wanted, &cells, &count, error);
    for (size_t i = 0; status == ADMF_OK && i < count; i++)
        status = resample(plan, cube, &cells[i], bands, stop, error);
    memory_free(cells);
    memory_free(bands);
    return status;
}
