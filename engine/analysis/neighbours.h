/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which instances of an axis are one step of one parameter apart: they are of the same type, agree
 * in every other parameter, and no instance that does so has a value between theirs. Words have no
 * order and make no steps; nor does a number that is off or does not apply.
 */
#ifndef ADMF_ENGINE_ANALYSIS_NEIGHBOURS_H
#define ADMF_ENGINE_ANALYSIS_NEIGHBOURS_H

#include <stdint.h>

#include "admf/cube.h"

enum { NO_NEIGHBOUR = -1 };

/* Start from {0}. */
struct neighbours {
    uint64_t instances;
    size_t parameters; /* of those with numbers */
    /* [parameters][instances][2]: the instance a step below and above, or NO_NEIGHBOUR */
    int64_t *table; /* owned */
};

/*
 * Finds the neighbours of the instances `asked` ([count], in any order); others have none in the
 * table. ADMF_INTERNAL without memory, ADMF_BAD_DATA where a parameter cannot be read.
 * neighbours_deinit also after a failure.
 */
admf_status neighbours_init(struct neighbours *neighbours, const admf_cube *cube, int axis,
                            const uint64_t *asked, uint64_t count, admf_error *error);
void neighbours_deinit(struct neighbours *neighbours);

#endif
