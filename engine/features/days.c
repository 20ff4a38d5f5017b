/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/features/days.h"

#include <stdlib.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"

/* Days one task labels at most: enough that finding its start is cheap, few enough to share out. */
enum { TASK_DAYS = 2048 };

/* An instance and what its tasks may cost: the scratch grows with the days of a fit. */
struct work {
    size_t instance, bytes;
};

/* Whether a classifier is fitted to days, here and now. */
static bool is_day_instance(const struct plan *plan, size_t i)
{
    const struct instance *instance = &plan->axes[AXIS_CLASSIFIER].instances[i];
    return plan->mode != PLAN_REPLAY && instance->row && catalog_is_day_classifier[instance->id];
}

/* Whether any classifier of the plan is fitted to days. */
static bool days_needed(const struct plan *plan)
{
    for (size_t i = 0; i < plan->axes[AXIS_CLASSIFIER].count; i++)
        if (is_day_instance(plan, i))
            return true;
    return false;
}

uint64_t day_labels_bytes(const struct plan *plan, const struct bars *bars)
{
    uint64_t instances = 0, scratch = 0;
    for (size_t i = 0; i < plan->axes[AXIS_CLASSIFIER].count; i++) {
        if (!is_day_instance(plan, i))
            continue;
        const struct instance *classifier = &plan->axes[AXIS_CLASSIFIER].instances[i];
        uint64_t bytes = plan->kernels->day[classifier->id].scratch(classifier->params, bars->days);
        scratch = bytes > scratch ? bytes : scratch;
        instances++;
    }
    if (instances == 0)
        return 0;
    return instances * (bars->days * (sizeof(uint8_t) + sizeof(double)) + sizeof(struct work)) +
           bars->days * 3 * sizeof(double) + scratch * (uint64_t)plan->sizes.threads;
}

static void fold_days(const struct bars *bars, double *high, double *low, double *close)
{
    size_t t = 0;
    for (size_t day = 0; day < bars->days; day++) {
        high[day] = bars->high[t];
        low[day] = bars->low[t];
        for (; t <= bars->day_end[day]; t++) {
            high[day] = bars->high[t] > high[day] ? bars->high[t] : high[day];
            low[day] = bars->low[t] < low[day] ? bars->low[t] : low[day];
        }
        close[day] = bars->close[bars->day_end[day]];
    }
}

void day_labels_deinit(struct day_labels *labels, size_t classifiers)
{
    for (size_t i = 0; i < classifiers; i++) {
        if (labels->label)
            memory_free(labels->label[i]);
        if (labels->confidence)
            memory_free(labels->confidence[i]);
    }
    memory_free(labels->label);
    memory_free(labels->confidence);
    *labels = (struct day_labels){0};
}

static bool allocate(const struct plan *plan, int only, struct day_labels *out)
{
    size_t n = plan->axes[AXIS_CLASSIFIER].count;
    out->label = memory_new(n, sizeof *out->label);
    out->confidence = memory_new(n, sizeof *out->confidence);
    if (!out->label || !out->confidence)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_day_instance(plan, i) || (only >= 0 && i != (size_t)only))
            continue;
        out->label[i] = memory_new(out->days, sizeof **out->label);
        out->confidence[i] = memory_new(out->days, sizeof **out->confidence);
        if (!out->label[i] || !out->confidence[i])
            return false;
    }
    return true;
}

/* Labels days of one instance; false: out of memory. */
static bool run_task(const struct plan *plan, const struct day_series *days, size_t instance,
                     size_t first, size_t n, struct day_labels *out)
{
    const struct instance *classifier = &plan->axes[AXIS_CLASSIFIER].instances[instance];
    const struct kernel_table *kernels = plan->kernels;
    size_t bytes = kernels->day[classifier->id].scratch(classifier->params, days->count);
    void *scratch = memory_new_uncleared(bytes, 1);
    if (!scratch)
        return false;
    kernels->day[classifier->id].run(classifier->params, days, first, n, scratch,
                                     out->label[instance] + first,
                                     out->confidence[instance] + first);
    memory_free(scratch);
    return true;
}

static int costly_first(const void *left, const void *right)
{
    const struct work *a = left, *b = right;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return a->instance < b->instance ? -1 : a->instance > b->instance;
}

/* The instances to label, those with the longest tasks first; returns how many. */
static size_t order_work(const struct plan *plan, const struct day_series *days,
                         const struct day_labels *out, struct work *work)
{
    const struct axis *axis = &plan->axes[AXIS_CLASSIFIER];
    size_t n = 0;
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *classifier = &axis->instances[i];
        if (out->label[i])
            work[n++] = (struct work){
                i, plan->kernels->day[classifier->id].scratch(classifier->params, days->count)};
    }
    qsort(work, n, sizeof *work, costly_first);
    return n;
}

/*
 * The longest tasks begin first and all of an instance are equally long, so that threads have
 * little to wait for at the end.
 */
static admf_status run_tasks(const struct plan *plan, const struct day_series *days, int threads,
                             struct day_labels *out, admf_error *error)
{
    size_t pieces = (days->count + TASK_DAYS - 1) / TASK_DAYS;
    struct work *work = memory_new(plan->axes[AXIS_CLASSIFIER].count, sizeof *work);
    if (!work)
        return fail_memory(error);
    size_t tasks = order_work(plan, days, out, work) * pieces;
    bool go_on = true;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t task = 0; task < tasks; task++) {
        size_t piece = task % pieces, from = days->count * piece / pieces;
        size_t n = days->count * (piece + 1) / pieces - from;
        bool wanted;
#pragma omp atomic read
        wanted = go_on;
        if (wanted && !run_task(plan, days, work[task / pieces].instance, from, n, out)) {
#pragma omp atomic write
            go_on = false;
        }
    }
    memory_free(work);
    return go_on ? ADMF_OK : fail_memory(error);
}

admf_status day_labels_make(const struct plan *plan, const struct bars *bars, int only,
                            bool with_confidence, int threads, struct day_labels *out,
                            admf_error *error)
{
    size_t n = plan->axes[AXIS_CLASSIFIER].count;
    *out = (struct day_labels){.days = bars->days};
    if (!days_needed(plan))
        return ADMF_OK;
    double *high = memory_new(bars->days, sizeof *high);
    double *low = memory_new(bars->days, sizeof *low);
    double *close = memory_new(bars->days, sizeof *close);
    admf_status status =
        high && low && close && allocate(plan, only, out) ? ADMF_OK : fail_memory(error);
    if (status == ADMF_OK) {
        fold_days(bars, high, low, close);
        struct day_series days = {.count = bars->days, .high = high, .low = low, .close = close};
        status = run_tasks(plan, &days, threads, out, error);
    }
    /* Only a trace shows confidences. */
    for (size_t i = 0; out->confidence && i < n && !with_confidence; i++) {
        memory_free(out->confidence[i]);
        out->confidence[i] = NULL;
    }
    memory_free(high);
    memory_free(low);
    memory_free(close);
    if (status != ADMF_OK)
        day_labels_deinit(out, n);
    return status;
}
