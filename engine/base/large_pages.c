/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* madvise, MADV_HUGEPAGE */
#include "engine/base/large_pages.h"

#include <stdint.h>
#include <sys/mman.h>

#include "engine/base/memory.h"

void ask_for_large_pages(void *block, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const size_t page = (size_t)2 << 20;
    size_t skipped = (size_t) - (uintptr_t)block & (page - 1);
    if (bytes < skipped || bytes - skipped < page)
        return;
    madvise((char *)block + skipped, (bytes - skipped) & ~(page - 1), MADV_HUGEPAGE);
#else
    (void)block;
    (void)bytes;
#endif
}

void *memory_new_large(size_t count, size_t size)
{
    void *block = memory_new_uncleared(count, size);
    if (block)
        ask_for_large_pages(block, count * size);
    return block;
}
