/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/phase_best.h"

#include <math.h>

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/workflow/best_cells.h"

/* A cube, which is being written or is finished. */
struct source {
    const struct plan *plan;
    struct cube_writer *making; /* NULL: finished */
    admf_cube *finished;
};

/* NaN where the cube does not hold the metric. */
static admf_status read_stored(const struct source *source, const admf_ranked *entry, int metric,
                               double *out, admf_error *error)
{
    const struct plan *plan = source->plan;
    *out = (double)NAN;
    if (!plan->config->metric_selected[metric])
        return ADMF_OK;
    if (source->making)
        return cube_read_back(source->making, stored_metric(plan, metric),
                              &(struct cube_range){entry->symbol, entry->window, entry->combo, 1},
                              out, error);
    int k = admf_cube_metric_index(source->finished, catalog_metrics[metric].name);
    return admf_cube_read_value(source->finished, k, entry->symbol, entry->window, entry->combo,
                                out, error);
}

static admf_status describe(const struct source *source, const admf_ranked *entry, admf_best *best,
                            admf_error *error)
{
    const struct plan *plan = source->plan;
    struct cell place = plan_cell(plan, entry->combo);
    *best = (admf_best){.combo = entry->combo,
                        .by = entry->by,
                        .symbol = memory_copy_text(plan->bars[entry->symbol]->symbol),
                        .window = memory_copy_text(plan->windows[entry->window].label)};
    if (read_stored(source, entry, METRIC_total_return, &best->total_return, error) != ADMF_OK ||
        read_stored(source, entry, METRIC_max_drawdown, &best->max_drawdown, error) != ADMF_OK ||
        read_stored(source, entry, METRIC_sharpe, &best->sharpe, error) != ADMF_OK ||
        read_stored(source, entry, METRIC_trades, &best->trades, error) != ADMF_OK)
        return error->code;
    const char **const labels[AXIS_COUNT] = {&best->strategy, &best->classifier, &best->risk,
                                             &best->execution};
    for (int a = 0; a < AXIS_COUNT; a++)
        *labels[a] = memory_copy_text(plan->axes[a].instances[place.index[a]].label);
    return best->symbol && best->window && best->strategy && best->classifier && best->risk &&
                   best->execution
               ? ADMF_OK
               : fail_memory(error);
}

static admf_status describe_all(const struct source *source, const admf_ranked *entries,
                                uint64_t count, admf_phase_result *result, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t i = 0; status == ADMF_OK && i < count; i++)
        status = describe(source, &entries[i], &result->best[result->best_count++], error);
    return status;
}

enum { MOST = sizeof((admf_phase_result *)0)->best / sizeof(admf_best) };

static admf_status find_in_making(const struct source *source, int by, admf_phase_result *result,
                                  admf_error *error)
{
    struct best best;
    admf_status status = best_ranked(source->plan, source->making,
                                     &(struct best_wanted){.by = by, .n = MOST}, &best, error);
    if (status == ADMF_OK)
        status = describe_all(source, best.items, best.count, result, error);
    best_deinit(&best);
    return status;
}

static admf_status find_in_finished(struct source *source, int by, admf_phase_result *result,
                                    admf_error *error)
{
    admf_ranking *ranking = NULL;
    admf_status status = admf_cube_open(result->cube, &source->finished, error);
    if (status == ADMF_OK)
        status = admf_cube_rank(source->finished,
                                &(admf_rank_options){.by = catalog_metrics[by].name, .n = MOST},
                                &ranking, error);
    if (status == ADMF_OK)
        status = describe_all(source, ranking->entries, ranking->count, result, error);
    admf_ranking_free(&ranking);
    admf_cube_close(&source->finished);
    return status;
}

admf_status phase_find_best(const struct plan *plan, struct cube_writer *cube,
                            admf_phase_result *result, admf_error *error)
{
    struct source source = {.plan = plan, .making = cube};
    int by = catalog_find_metric(plan->config->objective);
    /* The catalogue's own text: the result outlives the configuration. */
    result->best_by = catalog_metrics[by].name;
    if (!plan->config->metric_selected[by])
        return ADMF_OK;
    return cube ? find_in_making(&source, by, result, error)
                : find_in_finished(&source, by, result, error);
}
