/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/rerun.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "engine/trace/composite.h"

static const struct plan_window *start(struct rerun *rerun, const struct plan *plan, size_t symbol,
                                       size_t window, unsigned wanted)
{
    const struct plan_window *w = &plan->windows[symbol * plan->window_count + window];
    *rerun = (struct rerun){.result.want_trades = (wanted & RERUN_TRADES) != 0,
                            .count = w->end - w->first,
                            .time = plan->bars[symbol]->time + w->first};
    return w;
}

static admf_status simulate(struct rerun *rerun, unsigned wanted, admf_error *error)
{
    struct scalar_result *result = &rerun->result;
    bool made = (result->equity = memory_new(rerun->count, sizeof *result->equity));
    if (made && wanted & RERUN_SAMPLES) {
        result->sample_return = memory_new(rerun->count, sizeof *result->sample_return);
        result->sample_bar = memory_new(rerun->count, sizeof *result->sample_bar);
        made = result->sample_return && result->sample_bar;
    }
    return made ? scalar_simulate(&rerun->inputs.scalar, NULL, result, error) : fail_memory(error);
}

admf_status rerun_cell(struct rerun *rerun, const struct plan *plan, const struct cube_cell *cell,
                       unsigned wanted, const volatile int *stop, admf_error *error)
{
    const struct plan_window *window = start(rerun, plan, cell->symbol, cell->window, wanted);
    admf_status status = stop_status(stop);
    if (status == ADMF_OK)
        status = inputs_init(&rerun->inputs, plan, window, cell->combo, error);
    return status == ADMF_OK ? simulate(rerun, wanted, error) : status;
}

admf_status rerun_adaptive(struct rerun *rerun, const struct plan *plan, size_t window,
                           const struct plan_adaptive *adaptive, unsigned wanted,
                           const volatile int *stop, admf_error *error)
{
    const struct plan_window *w = start(rerun, plan, adaptive->symbol, window, wanted);
    admf_status status = stop_status(stop);
    if (status == ADMF_OK)
        status =
            composite_init(&rerun->inputs, plan, w, adaptive->triple, adaptive->strategy, error);
    return status == ADMF_OK ? simulate(rerun, wanted, error) : status;
}

void rerun_deinit(struct rerun *rerun)
{
    memory_free(rerun->result.equity);
    memory_free(rerun->result.sample_return);
    memory_free(rerun->result.sample_bar);
    scalar_result_deinit(&rerun->result);
    inputs_deinit(&rerun->inputs);
}
