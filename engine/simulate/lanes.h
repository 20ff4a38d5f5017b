/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lanes of a block: its cells sorted by chunk of strategies and by shape and dealt to
 * groups of eight, the same in every window.
 */
#ifndef ADMF_ENGINE_SIMULATE_LANES_H
#define ADMF_ENGINE_SIMULATE_LANES_H

#include "engine/simulate/books.h"
#include "engine/simulate/events.h"
#include "engine/simulate/signals.h"

/* Neighbouring strategies and the groups of all cells that have them. */
struct lane_chunk {
    size_t first_group, groups;
    size_t first_strategy, strategies; /* of the plan */
};

struct lanes {
    const struct plan *plan;
    uint64_t first, count; /* cells of the block */
    size_t chunk_count, group_count;
    struct lane_chunk *chunks;
    struct lane_group *groups;
    struct lane_books **books; /* [group_count]: of the window that a group is connected to */
    uint32_t *cell;            /* [group_count * LANES]: cell of the block; UINT32_MAX: unused */
};

/* Lanes for those of cells first … first+count-1 that are to be run, at least one. False: out of
 * memory. */
bool lanes_init(struct lanes *lanes, const struct plan *plan, uint64_t first, uint64_t count);
void lanes_deinit(struct lanes *lanes);

/* One thread: where the lanes find what stays in place from tile to tile. */
void lanes_connect(struct lanes *lanes, const struct signals *signals,
                   const struct columns *columns);

/* A window's bars begin … end-1 of a tile, and its open books. */
struct lane_part {
    size_t window; /* the caller's number */
    struct lane_books *books;
    size_t begin, end;
};

/*
 * Every thread of the region: chunk by chunk the signals of its strategies and then all their
 * groups in all windows, over the tile of bars first … first+count-1; without parts nothing
 * happens. Groups start at the first bar of a window and are finished behind its last.
 */
void lanes_advance(struct lanes *lanes, const struct lane_part *parts, size_t part_count,
                   struct signals *signals, const struct columns *columns, struct events *events,
                   size_t first, size_t count);

#endif
