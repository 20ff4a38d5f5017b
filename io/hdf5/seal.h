/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A check sum behind the end of an HDF5 file, which HDF5 does not look at. Of what HDF5 keeps in a
 * file, heaps of texts and references have none of its own, and HDF5 believes them: one changed
 * byte there may end a program, or keep it busy for ever. HDF5 cuts the sum off when it changes
 * the file, so that a file that another program has written to is taken as it is.
 *
 *     file of HDF5 | pieces left out: (offset, bytes)… | their number | sum | "ADMFSEAL"
 *
 * All numbers are little-endian and have 64 bits. The sum (engine/base/digest.h) is of the whole
 * file but the pieces left out, then of the list of these: of values, which may change or are not
 * worth the time.
 */
#ifndef ADMF_IO_HDF5_SEAL_H
#define ADMF_IO_HDF5_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

struct file_piece {
    uint64_t offset, bytes;
};

/* Pieces as they are found; all zero at first. */
struct file_pieces {
    struct file_piece *list; /* owned */
    size_t count, capacity;
};
/* What touches the last one makes it longer. False: out of memory. */
bool file_pieces_add(struct file_pieces *pieces, uint64_t offset, uint64_t bytes);
void file_pieces_drop(struct file_pieces *pieces);

/* Seals the closed file at `path`, leaving out `count` pieces, which are sorted here; with more
 * than 2^20 that do not touch it stays without a seal. ADMF_IO. */
admf_status hdf5_seal(const char *path, struct file_piece *pieces, size_t count, admf_error *error);
/* The same, leaving out what deflate has packed, which has a sum for it, if the file is so large
 * that it matters: `packed`, which is known to be, and what else is found, which is added.
 * ADMF_BAD_DATA where HDF5 does not read it, ADMF_INTERNAL. */
admf_status hdf5_seal_finished(const char *path, struct file_pieces *packed, admf_error *error);

/* Whether what was sealed is as it was, or was never sealed: else ADMF_BAD_DATA. ADMF_IO,
 * ADMF_INTERNAL. */
admf_status hdf5_seal_check(const char *path, admf_error *error);

#endif
