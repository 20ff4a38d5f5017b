/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/arena.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/memory.h"

enum { ALIGN = 16, SMALLEST_BLOCK = 16 << 10, LARGEST_STEP = 4 << 20 };

struct arena_block {
    struct arena_block *next;
    size_t used, size; /* of bytes[] */
    _Alignas(ALIGN) unsigned char bytes[];
};

static struct arena_block *new_block(struct arena *arena, size_t bytes)
{
    size_t size = arena->first ? 2 * arena->first->size : SMALLEST_BLOCK, whole;
    if (size > LARGEST_STEP)
        size = LARGEST_STEP;
    if (size < bytes)
        size = bytes;
    if (!size_sum(size, sizeof(struct arena_block), &whole))
        return NULL;
    struct arena_block *block = memory_new(whole, 1);
    if (!block)
        return NULL;
    block->size = size;
    block->next = arena->first;
    arena->first = block;
    return block;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
    size_t bytes, rounded;
    if (!size_product(count, size, &bytes) || !size_sum(bytes, ALIGN - 1, &rounded))
        return NULL;
    rounded = rounded / ALIGN * ALIGN;
    struct arena_block *block = arena->first;
    if (!block || block->size - block->used < rounded)
        block = new_block(arena, rounded);
    if (!block)
        return NULL;
    void *place = block->bytes + block->used;
    block->used += rounded;
    return place;
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_new(arena, length + 1, 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

void arena_deinit(struct arena *arena)
{
    while (arena->first) {
        struct arena_block *next = arena->first->next;
        memory_free(arena->first);
        arena->first = next;
    }
}
