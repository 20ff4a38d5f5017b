/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_IO_CUBE_CUBE_DIGEST_H
#define ADMF_IO_CUBE_CUBE_DIGEST_H

#include <hdf5.h>
#include <stdint.h>

#include "admf/error.h"
#include "engine/base/digest.h"
#include "io/cube/variables.h"

/* Variables whose values also lie, as they are, in the file that they were packed from. */
struct digest_source {
    const struct variables *variables;
    int fd;
    const char *path;
    bool same_texts; /* those at its root are the same as well, if some are rows of bytes there */
};

/* admf_cube_digest by so many threads; `source`, if any, spares inflating what is known and having
 * HDF5 make each string. */
admf_status cube_digest(const char *path, const struct digest_source *source, int threads,
                        char out[DIGEST_TEXT], admf_error *error);
/* The same of an open file, also of what was written to it and is not on disk yet; `path`: for
 * messages. "" on failure: ADMF_BAD_DATA, or ADMF_INTERNAL for want of memory. */
admf_status cube_digest_of(hid_t file, const char *path, int threads, char out[DIGEST_TEXT],
                           admf_error *error);
/* Bytes it takes at most, where the largest variable has `elements`. */
uint64_t cube_digest_bytes(uint64_t elements, int threads);

#endif
