/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lanes need to jump from order to order: the extremes of prices over any stretch of
 * the tile, and scratch for each thread.
 */
#ifndef ADMF_ENGINE_SIMULATE_EVENTS_H
#define ADMF_ENGINE_SIMULATE_EVENTS_H

#include <stdbool.h>

#include "engine/plan/plan.h"

struct events {
    const struct plan *plan;
    struct price_ranges ranges;
    struct range_entry *rows; /* of the ranges */
    size_t tile_bars;
    int threads;
    struct event_scratch *scratch; /* [threads]; NULL: nobody jumps */
};

/* Bytes for tiles of so many bars; 0 where nobody jumps. */
uint64_t events_bytes(const struct plan *plan, size_t tile_bars);
/* False: out of memory. */
bool events_init(struct events *events, const struct plan *plan, size_t tile_bars);
void events_deinit(struct events *events);

/* One thread: the ranges of the tile of bars first … first+count-1. */
void events_advance(struct events *events, const struct bars *bars, size_t first, size_t count);

#endif
