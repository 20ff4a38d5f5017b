/* SPDX-License-Identifier: Apache-2.0 */
/* HDF5's shuffle filter: all first bytes of the elements, then all second bytes, …: what is alike
 * in neighbours comes together. */
#ifndef ADMF_IO_HDF5_SHUFFLE_H
#define ADMF_IO_HDF5_SHUFFLE_H

#include <stddef.h>

/* `count` elements of `element` bytes each; `from` and `to` do not overlap. */
void shuffle_bytes(const unsigned char *from, unsigned char *to, size_t count, size_t element);
void unshuffle_bytes(const unsigned char *from, unsigned char *to, size_t count, size_t element);

#endif
