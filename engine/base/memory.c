/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static _Atomic uint64_t allocations;
static _Atomic uint64_t failing;

void memory_fail_at(uint64_t n)
{
    atomic_store(&allocations, 0);
    atomic_store(&failing, n);
}

uint64_t memory_allocations(void) { return atomic_load(&allocations); }

static _Bool refused(void)
{
    uint64_t n = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
    return n == atomic_load_explicit(&failing, memory_order_relaxed);
}

void *memory_new(size_t count, size_t size)
{
    if (refused())
        return NULL;
    return calloc(count ? count : 1, size ? size : 1);
}

void *memory_resize(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (refused() || !size_product(count, size, &bytes))
        return NULL;
    return realloc(old, bytes ? bytes : 1);
}

static void *new_aligned(size_t count, size_t size, _Bool clear)
{
    enum { ALIGN = 64 };
    size_t bytes, rounded;
    if (refused() || !size_product(count, size, &bytes) || !size_sum(bytes, ALIGN, &rounded))
        return NULL;
    rounded = rounded / ALIGN * ALIGN;
    void *block = aligned_alloc(ALIGN, rounded);
    if (block && clear)
        memset(block, 0, rounded);
    return block;
}

void *memory_new_aligned(size_t count, size_t size) { return new_aligned(count, size, 1); }

void *memory_new_uncleared(size_t count, size_t size) { return new_aligned(count, size, 0); }

void memory_free(void *block) { free(block); }

void memory_return(uint64_t little)
{
    (void)little;
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 33)
    if (mallinfo2().fordblks < little)
        return;
#endif
    malloc_trim(0);
#endif
}

char *memory_copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = memory_new(bytes, 1);
    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}
