/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/best.h"

#include <math.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

admf_status best_init(struct best *best, uint64_t n, bool smaller, admf_error *error)
{
    *best = (struct best){.room = n, .smaller = smaller};
    best->items = memory_new(n, sizeof *best->items);
    return best->items ? ADMF_OK : fail_memory(error);
}

void best_deinit(struct best *best)
{
    memory_free(best->items);
    *best = (struct best){0};
}

static bool is_better(const struct best *best, const admf_ranked *a, const admf_ranked *b)
{
    if (isnan(a->by) != isnan(b->by))
        return isnan(b->by);
    if (!isnan(a->by) && a->by != b->by)
        return best->smaller ? a->by < b->by : a->by > b->by;
    if (a->combo != b->combo)
        return a->combo < b->combo;
    if (a->symbol != b->symbol)
        return a->symbol < b->symbol;
    return a->window < b->window;
}

static void swap(admf_ranked *a, admf_ranked *b)
{
    admf_ranked was = *a;
    *a = *b;
    *b = was;
}

static void rise(struct best *best, uint64_t i)
{
    admf_ranked *items = best->items;
    for (; i && is_better(best, &items[(i - 1) / 2], &items[i]); i = (i - 1) / 2)
        swap(&items[i], &items[(i - 1) / 2]);
}

/* Of the first `count` items. */
static void sink(struct best *best, uint64_t count)
{
    admf_ranked *items = best->items;
    for (uint64_t i = 0, child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && is_better(best, &items[child], &items[child + 1]))
            child++;
        if (!is_better(best, &items[i], &items[child]))
            return;
        swap(&items[i], &items[child]);
    }
}

void best_offer(struct best *best, const admf_ranked *cell)
{
    if (best->count < best->room) {
        best->items[best->count] = *cell;
        rise(best, best->count++);
    } else if (best->room && is_better(best, cell, &best->items[0])) {
        best->items[0] = *cell;
        sink(best, best->count);
    }
}

void best_sort(struct best *best)
{
    for (uint64_t left = best->count; left > 1; left--) {
        swap(&best->items[0], &best->items[left - 1]);
        sink(best, left - 1);
    }
}
