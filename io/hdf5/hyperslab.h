/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A box of a dataset to or from memory, where it lies row-major with nothing between.
 *
 * In memory it has the dataset's rank, so that HDF5 copies runs instead of single elements.
 */
#ifndef ADMF_IO_HDF5_HYPERSLAB_H
#define ADMF_IO_HDF5_HYPERSLAB_H

#include <stdint.h>

#include "io/hdf5/failure.h"

/* `count[d]` elements from `start[d]` on of each of the dataset's dimensions. */
struct hyperslab {
    const hsize_t *start, *count;
};

/*
 * How to read or write so many texts: HDF5 clears a buffer of a megabyte each time, unless told
 * that few will do. To be closed with hdf5_close; negative on failure.
 */
hid_t text_transfer(uint64_t values);

/*
 * `values` hold the product of the counts, in `type`. What HDF5 refuses is ADMF_BAD_DATA on
 * reading and ADMF_IO on writing, told as `what`; `path` is for messages.
 */
admf_status hyperslab_read(hid_t dataset, const struct hyperslab *slab, hid_t type, void *values,
                           const char *path, const char *what, admf_error *error);
/* The same where `type` is one of integers, and ADMF_BAD_DATA for a number that it cannot hold, of
 * which HDF5 makes the nearest that it can. */
admf_status hyperslab_read_exact(hid_t dataset, const struct hyperslab *slab, hid_t type,
                                 void *values, const char *path, const char *what,
                                 admf_error *error);
admf_status hyperslab_write(hid_t dataset, const struct hyperslab *slab, hid_t type,
                            const void *values, const char *path, const char *what,
                            admf_error *error);

#endif
