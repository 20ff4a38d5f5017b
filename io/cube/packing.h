/* SPDX-License-Identifier: Apache-2.0 */
/* Contiguous arrays of one file into shuffled, deflated chunks of another. */
#ifndef ADMF_IO_CUBE_PACKING_H
#define ADMF_IO_CUBE_PACKING_H

#include <hdf5.h>

#include "io/cube/variables.h"

/*
 * Copies every variable, from its offset in the file `source`, chunk by chunk into the
 * dataset of the same index. `threads` threads read and compress; only the calling one
 * calls HDF5. `from` and `path` are for messages.
 */
admf_status pack_variables(const struct variables *variables, int source, const char *from,
                           const hid_t *datasets, int deflate, int threads, const char *path,
                           admf_error *error);

/* Bytes it takes with chunks of at most `room` bytes. */
uint64_t pack_bytes(uint64_t room, int threads);

#endif
