/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/rerun.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"

admf_status rerun_cell(struct rerun *rerun, const struct plan *plan, const struct cube_cell *cell,
                       unsigned wanted, const volatile int *stop, admf_error *error)
{
    const struct plan_window *window =
        &plan->windows[cell->symbol * plan->window_count + cell->window];
    *rerun = (struct rerun){.result.want_trades = (wanted & RERUN_TRADES) != 0,
                            .count = window->end - window->first,
                            .time = plan->bars[cell->symbol]->time + window->first};
    if (stop && *stop != ADMF_OK)
        return (admf_status)*stop;
    admf_status status = inputs_init(&rerun->inputs, plan, window, cell->combo, error);
    if (status != ADMF_OK)
        return status;
    struct scalar_result *result = &rerun->result;
    bool made = (result->equity = memory_new(rerun->count, sizeof *result->equity));
    if (made && wanted & RERUN_SAMPLES) {
        result->sample_return = memory_new(rerun->count, sizeof *result->sample_return);
        result->sample_bar = memory_new(rerun->count, sizeof *result->sample_bar);
        made = result->sample_return && result->sample_bar;
    }
    return made ? scalar_simulate(&rerun->inputs.scalar, NULL, result, error) : fail_memory(error);
}

void rerun_deinit(struct rerun *rerun)
{
    memory_free(rerun->result.equity);
    memory_free(rerun->result.sample_return);
    memory_free(rerun->result.sample_bar);
    scalar_result_deinit(&rerun->result);
    inputs_deinit(&rerun->inputs);
}
