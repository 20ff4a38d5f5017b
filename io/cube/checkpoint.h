/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far a workflow of several phases has come: a small JSON file beside its cubes, written
 * anew after each phase, never half.
 */
#ifndef ADMF_IO_CUBE_CHECKPOINT_H
#define ADMF_IO_CUBE_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "io/config/arena.h"

struct checkpoint_phase {
    const char *name, *status, *cube, *digest; /* status: finished, failed */
    const char *signals;                       /* store of them that was written; NULL: none */
    double seconds;
    uint64_t combinations;
};

struct checkpoint {
    const char *correlation_id;
    char configuration[17], data[17]; /* digests */
    size_t count;
    struct checkpoint_phase *phases;
    struct arena arena; /* of what checkpoint_read found */
};

admf_status checkpoint_write(const char *path, const struct checkpoint *checkpoint,
                             admf_error *error);
/* ADMF_NO_INPUT where there is none, ADMF_BAD_DATA where it is none of ours. Freed with
 * checkpoint_deinit, also after a failure. */
admf_status checkpoint_read(const char *path, struct checkpoint *out, admf_error *error);
/* Removes the file, which need not be there. */
void checkpoint_remove(const char *path);
void checkpoint_deinit(struct checkpoint *checkpoint);

#endif
