/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/phase_best.h"

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"

/* NaN where the cube does not hold the metric. */
static admf_status read_stored(admf_cube *cube, const admf_ranked *entry, const char *metric,
                               double *out, admf_error *error)
{
    int k = admf_cube_metric_index(cube, metric);
    *out = (double)__builtin_nan("");
    return k < 0 ? ADMF_OK
                 : admf_cube_read_value(cube, k, entry->symbol, entry->window, entry->combo, out,
                                        error);
}

static admf_status describe_best(const struct plan *plan, admf_cube *cube,
                                 const admf_ranking *ranking, admf_phase_result *result,
                                 admf_error *error)
{
    for (uint64_t i = 0; i < ranking->count; i++) {
        const admf_ranked *entry = &ranking->entries[i];
        admf_best *best = &result->best[result->best_count++];
        struct cell place = plan_cell(plan, entry->combo);
        *best = (admf_best){.combo = entry->combo,
                            .by = entry->by,
                            .symbol = memory_copy_text(plan->bars[entry->symbol]->symbol),
                            .window = memory_copy_text(plan->windows[entry->window].label)};
        if (read_stored(cube, entry, "total_return", &best->total_return, error) != ADMF_OK ||
            read_stored(cube, entry, "max_drawdown", &best->max_drawdown, error) != ADMF_OK ||
            read_stored(cube, entry, "sharpe", &best->sharpe, error) != ADMF_OK ||
            read_stored(cube, entry, "trades", &best->trades, error) != ADMF_OK)
            return error->code;
        const char **const labels[AXIS_COUNT] = {&best->strategy, &best->classifier, &best->risk,
                                                 &best->execution};
        for (int a = 0; a < AXIS_COUNT; a++)
            *labels[a] = memory_copy_text(plan->axes[a].instances[place.index[a]].label);
        if (!best->symbol || !best->window || !best->strategy || !best->classifier || !best->risk ||
            !best->execution)
            return fail_memory(error);
    }
    return ADMF_OK;
}

admf_status phase_find_best(const struct plan *plan, admf_phase_result *result, admf_error *error)
{
    admf_cube *cube = NULL;
    admf_ranking *ranking = NULL;
    admf_status status = admf_cube_open(result->cube, &cube, error);
    result->symbols = plan->symbol_count;
    /* The catalogue's own text: the result outlives the configuration. */
    result->best_by = catalog_metrics[catalog_find_metric(plan->config->objective)].name;
    if (status == ADMF_OK && admf_cube_metric_index(cube, result->best_by) >= 0)
        status =
            admf_cube_rank(cube,
                           &(admf_rank_options){.by = result->best_by,
                                                .n = sizeof result->best / sizeof *result->best},
                           &ranking, error);
    if (status == ADMF_OK && ranking)
        status = describe_best(plan, cube, ranking, result, error);
    admf_ranking_free(&ranking);
    admf_cube_close(&cube);
    return status;
}
