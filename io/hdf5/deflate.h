/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a shuffled chunk in zlib's format (RFC 1950), which HDF5's filter `deflate` reads
 * and writes.
 */
#ifndef ADMF_IO_HDF5_DEFLATE_H
#define ADMF_IO_HDF5_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A chunk, plane by plane: the first byte of all elements, then the second, … */
struct planes {
    const unsigned char *bytes; /* [count × each] */
    size_t count, each;
    bool repeats; /* stretches repeat in it, as in numbers that count up */
};

/* What a thread needs for packing at one level, and for unpacking, which is ISA-L's own. */
struct deflater;
struct inflate_state;

enum { DEFLATER_BYTES = 368 << 10, INFLATER_BYTES = 88 << 10 };

/* NULL: no memory. Given back with deflater_free and inflater_free, to which NULL is fine. */
struct deflater *deflater_new(int level); /* 1 … 9 */
void deflater_free(struct deflater *deflater);
struct inflate_state *inflater_new(void);
void inflater_free(struct inflate_state *inflater);

/* Bytes at most of `bytes` bytes packed. */
size_t deflate_bound(size_t bytes);
/* `out` has room for deflate_bound(count × each) bytes; how many there are now: 0 where a library
 * fails. */
size_t deflate_planes(struct deflater *deflater, const struct planes *planes, unsigned char *out);
/* Whether `packed` is sound and makes just `bytes` bytes of `out`. */
bool inflate_bytes(struct inflate_state *inflater, const unsigned char *packed, size_t length,
                   unsigned char *out, size_t bytes);

#endif
