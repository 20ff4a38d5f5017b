/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes chunks of datasets, shuffled and deflated by several threads. Only the caller's thread
 * calls HDF5, and the chunks come into the file in the order in which they were given, so that it
 * does not depend on who was faster.
 */
#ifndef ADMF_IO_HDF5_CHUNK_PACKER_H
#define ADMF_IO_HDF5_CHUNK_PACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/hdf5/failure.h"
#include "io/hdf5/seal.h"

enum { CHUNK_RANK_MAX = 8 };

struct chunk_packer;

/* A chunk: whole, what lies beyond the dataset's edge included. */
struct chunk {
    hid_t dataset; /* may be closed once the chunk is given */
    int rank;
    const hsize_t *corner; /* [rank] */
    size_t bytes, element; /* of all its elements; of one */
    bool repeats;          /* stretches repeat in it, as in numbers that count up */
};

/* Datasets must have the filters shuffle and deflate, in this order, or none for `deflate` 0. They
 * are in the file at `path`. Where its packed chunks lie is added to `packed`. Both must live as
 * long. */
admf_status chunk_packer_start(int threads, int deflate, const char *path,
                               struct file_pieces *packed, struct chunk_packer **out,
                               admf_error *error);
/* Where the next chunk's `bytes` bytes are to be put, not cleared; NULL on failure. */
void *chunk_packer_room(struct chunk_packer *packer, size_t bytes, admf_error *error);
/* Takes the chunk that was put there. A failure may be of an earlier one. */
admf_status chunk_packer_give(struct chunk_packer *packer, const struct chunk *chunk,
                              admf_error *error);
/* Writes all that were given, and keeps no memory for them. */
admf_status chunk_packer_flush(struct chunk_packer *packer, admf_error *error);
/* Drops what is not written. NULL is fine. */
void chunk_packer_stop(struct chunk_packer **packer);

/* Bytes it takes with chunks of at most `room` bytes. */
uint64_t chunk_packer_bytes(uint64_t room, int threads);

#endif
