/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/rerun.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"

admf_status rerun_cell(struct rerun *rerun, const struct plan *plan, const struct cube_cell *cell,
                       bool want_trades, const volatile int *stop, admf_error *error)
{
    const struct plan_window *window =
        &plan->windows[cell->symbol * plan->window_count + cell->window];
    *rerun = (struct rerun){.result.want_trades = want_trades,
                            .count = window->end - window->first,
                            .time = plan->bars[cell->symbol]->time + window->first};
    if (stop && *stop != ADMF_OK)
        return (admf_status)*stop;
    admf_status status = inputs_init(&rerun->inputs, plan, window, cell->combo, error);
    if (status != ADMF_OK)
        return status;
    rerun->result.equity = memory_new(rerun->count, sizeof *rerun->result.equity);
    return rerun->result.equity
               ? scalar_simulate(&rerun->inputs.scalar, NULL, &rerun->result, error)
               : fail_memory(error);
}

void rerun_deinit(struct rerun *rerun)
{
    memory_free(rerun->result.equity);
    scalar_result_deinit(&rerun->result);
    inputs_deinit(&rerun->inputs);
}
