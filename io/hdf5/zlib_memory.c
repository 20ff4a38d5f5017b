/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/zlib_memory.h"

#include "engine/base/memory.h"

static void *take(void *context, unsigned count, unsigned size)
{
    (void)context;
    return memory_new(count, size);
}

static void give_back(void *context, void *block)
{
    (void)context;
    memory_free(block);
}

void zlib_memory(z_stream *stream)
{
    stream->zalloc = take;
    stream->zfree = give_back;
}
