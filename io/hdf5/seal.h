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

#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

struct file_piece {
    uint64_t offset, bytes;
};

/* Seals the closed file at `path`, leaving out `count` pieces, which are sorted here. ADMF_IO. */
admf_status hdf5_seal(const char *path, struct file_piece *pieces, size_t count, admf_error *error);
/* The same, leaving out what deflate has packed, which has a sum for it, if the file is so large
 * that it matters. */
admf_status hdf5_seal_finished(const char *path, admf_error *error);

/* Whether what was sealed is as it was, or was never sealed: else ADMF_BAD_DATA. ADMF_IO. */
admf_status hdf5_seal_check(const char *path, admf_error *error);

#endif
