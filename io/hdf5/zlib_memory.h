/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_IO_HDF5_ZLIB_MEMORY_H
#define ADMF_IO_HDF5_ZLIB_MEMORY_H

#include <zlib.h>

/* Has a stream that is to be started take its memory as all of the library does. */
void zlib_memory(z_stream *stream);

#endif
