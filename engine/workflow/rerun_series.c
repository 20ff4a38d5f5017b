/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/rerun_series.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/ordered_work.h"

struct slot {
    struct cube_cell cell;
    struct rerun rerun;
    admf_status status;
    admf_error error;
    bool used; /* the rerun is to be given back */
};

struct reruns {
    const struct rerun_series *series;
    size_t most, held;     /* bars */
    uint64_t asked, given; /* cells */
    struct cube_cell next; /* cell asked-1 */
    struct ordered_work work;
    struct slot slot[ORDERED_SLOTS_MAX];
};

static void run_slot(void *context, int thread, size_t index)
{
    struct reruns *r = context;
    struct slot *slot = &r->slot[index];
    (void)thread;
    slot->status = rerun_cell(&slot->rerun, r->series->plan, &slot->cell, r->series->wanted,
                              r->series->stop, &slot->error);
}

/* That it holds: columns are no shorter than the stretches before the window. */
static size_t bars_of(const struct plan *plan, const struct cube_cell *cell)
{
    const struct plan_window *w = &plan->windows[cell->symbol * plan->window_count + cell->window];
    size_t bars = w->end - w->first;
    return bars > INPUTS_TILE ? bars : INPUTS_TILE;
}

static size_t longest(const struct plan *plan)
{
    size_t bars = 0;
    for (size_t s = 0; s < plan->symbol_count; s++)
        bars = plan->bars[s]->count > bars ? plan->bars[s]->count : bars;
    return bars;
}

static void give_back(struct slot *slot)
{
    if (slot->used)
        rerun_deinit(&slot->rerun);
    slot->used = false;
}

/* Gives the threads what there is room for. */
static void give_more(struct reruns *r)
{
    const struct rerun_series *s = r->series;
    for (; r->given < s->count && !ordered_full(&r->work); r->given++) {
        struct slot *slot = &r->slot[ordered_next(&r->work)];
        if (r->asked == r->given) {
            r->next = s->cell(s->context, r->given);
            r->asked++;
        }
        size_t bars = bars_of(s->plan, &r->next);
        if (r->held && r->held + bars > r->most)
            return;
        r->held += bars;
        *slot = (struct slot){.cell = r->next, .used = true};
        ordered_give(&r->work);
    }
}

static admf_status run_all(struct reruns *r, admf_error *error)
{
    const struct rerun_series *s = r->series;
    admf_status status = ADMF_OK;
    for (uint64_t i = 0; status == ADMF_OK && i < s->count; i++) {
        give_more(r);
        struct slot *slot = &r->slot[ordered_take(&r->work)];
        r->held -= bars_of(s->plan, &slot->cell);
        status = slot->status;
        if (status == ADMF_OK)
            status = s->use(s->context, i, &slot->rerun, error);
        else if (slot->error.code != ADMF_OK) /* else it was stopped */
            *error = slot->error;
        give_back(slot);
    }
    return status;
}

admf_status rerun_series(const struct rerun_series *series, admf_error *error)
{
    struct reruns *r = memory_new(1, sizeof *r);
    if (!r)
        return fail_memory(error);
    r->series = series;
    r->most = longest(series->plan);
    /* HDF5 has one thread, and stored signals are read from it. */
    bool alone = series->plan->mode == PLAN_REPLAY;
    ordered_start(&r->work, alone ? 1 : series->plan->sizes.threads, run_slot, r);
    admf_status status = run_all(r, error);
    ordered_stop(&r->work);
    for (size_t k = 0; k < ORDERED_SLOTS_MAX; k++)
        give_back(&r->slot[k]);
    memory_free(r);
    return status;
}
