/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads datasets, one after the other, each from its first element to its last in row-major order,
 * with several threads that inflate chunks ahead. Only the caller's thread calls HDF5.
 */
#ifndef ADMF_IO_HDF5_CHUNK_READER_H
#define ADMF_IO_HDF5_CHUNK_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/hdf5/failure.h"

struct chunk_reader;

/* Where a dataset's elements lie in another file as HDF5 would read them, one behind the other. */
struct plain_place {
    int fd;           /* open meanwhile; negative: nowhere */
    const char *path; /* for messages */
    uint64_t offset;
};

/*
 * Starts on datasets, which stay open meanwhile. Those of a plain place are read from there;
 * `places` may be NULL. One can be read so if it is of little-endian numbers of at most 8 bytes, in
 * chunks that are all there and runs of neighbouring elements of at most CHUNK_READER_MOST bytes,
 * shuffled, deflated, both or neither; others are left out. `path` is for messages.
 */
enum { CHUNK_READER_MOST = 1 << 20 };
admf_status chunk_reader_start(const hid_t *datasets, const struct plain_place *places,
                               size_t dataset_count, int threads, const char *path,
                               struct chunk_reader **out, admf_error *error);
/* Whether datasets[k] can be read so. */
bool chunk_reader_can(const struct chunk_reader *reader, size_t k);
/* The next elements of datasets[k], *count of them, as HDF5 stores them; they stay until the next
 * call. *count is 0 at its end. Each dataset in turn is read to its end, those left out excepted.
 */
admf_status chunk_reader_next(struct chunk_reader *reader, size_t k, const void **elements,
                              size_t *count, admf_error *error);
/* NULL is fine. */
void chunk_reader_stop(struct chunk_reader **reader);

/* Bytes it takes with chunks of at most `room` bytes. */
uint64_t chunk_reader_bytes(uint64_t room, int threads);

#endif
