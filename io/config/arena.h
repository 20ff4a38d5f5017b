/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is given back all at once: a chain of blocks, filled from the front. What a
 * configuration or an axis owns lives in one arena, so freeing it is one call and no error
 * path can leak a part of it.
 */
#ifndef ADMF_IO_CONFIG_ARENA_H
#define ADMF_IO_CONFIG_ARENA_H

#include <stddef.h>

struct arena_block;

/* Start from {0}. */
struct arena {
    struct arena_block *first; /* the block being filled */
};

/* Zeroed, aligned for any plain type; NULL when memory ran out or count*size overflows. */
void *arena_new(struct arena *arena, size_t count, size_t size);
/* The first `length` bytes of text with a NUL behind them. */
char *arena_text(struct arena *arena, const char *text, size_t length);
void arena_deinit(struct arena *arena);

#endif
