/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n best of the cells that are offered one by one, by a value of each: NaN comes last, and
 * ties go to the lower combination, of one combination to the lower symbol and then window,
 * whatever the order of the offers.
 */
#ifndef ADMF_IO_CUBE_BEST_H
#define ADMF_IO_CUBE_BEST_H

#include "admf/cube.h"

struct best {
    admf_ranked *items; /* owned, [room]: a heap with the worst of them on top */
    uint64_t count, room;
    bool smaller; /* values are better */
};

/* ADMF_INTERNAL without memory for `n`. best_deinit also after a failure. */
admf_status best_init(struct best *best, uint64_t n, bool smaller, admf_error *error);
void best_deinit(struct best *best);
void best_offer(struct best *best, const admf_ranked *cell);
/* Puts the items in order, the best first; after that nothing may be offered. */
void best_sort(struct best *best);

#endif
