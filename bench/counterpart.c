/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/counterpart.h"

#include <string.h>

static const struct timing *find(const struct timings *timings, const char *name)
{
    for (size_t k = 0; k < timings->count; k++)
        if (strcmp(timings->items[k].name, name) == 0)
            return &timings->items[k];
    return NULL;
}

static bool sets_meet(const struct timings *these, const struct timings *others)
{
    for (size_t k = 0; k < these->kernels; k++)
        for (size_t i = 0; i < others->kernels; i++)
            if (strcmp(these->items[k].isa, others->items[i].isa) == 0)
                return true;
    return false;
}

static const struct timing *best_kernel(const struct timings *timings, const char *what)
{
    const struct timing *best = NULL;
    for (size_t k = 0; k < timings->kernels; k++)
        if (strcmp(timings->items[k].what, what) == 0)
            best = &timings->items[k];
    return best;
}

/* NULL also where there are several. */
static const struct timing *only_work(const struct timings *timings, const struct timing *like,
                                      bool same_threads)
{
    const struct timing *only = NULL;
    for (size_t k = timings->kernels; k < timings->count; k++) {
        const struct timing *work = &timings->items[k];
        if (strcmp(work->what, like->what) != 0 || (same_threads && work->threads != like->threads))
            continue;
        if (only)
            return NULL;
        only = work;
    }
    return only;
}

const struct timing *counterpart_of(const struct timings *these, size_t row,
                                    const struct timings *others)
{
    const struct timing *one = &these->items[row], *other = find(others, one->name);
    if (other)
        return other;
    if (row < these->kernels)
        return best_kernel(these, one->what) == one && !sets_meet(these, others)
                   ? best_kernel(others, one->what)
                   : NULL;
    if (only_work(these, one, true) == one)
        other = only_work(others, one, true);
    if (!other && only_work(these, one, false) == one)
        other = only_work(others, one, false);
    return other;
}
