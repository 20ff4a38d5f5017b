/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way the library allocates. Blocks are counted so that a test can make the
 * n-th allocation fail and see that the failure is reported and nothing leaks.
 */
#ifndef ADMF_ENGINE_BASE_MEMORY_H
#define ADMF_ENGINE_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* NULL when memory ran out or count*size overflows. count or size 0 gives a valid pointer. */
void *memory_new(size_t count, size_t size) __attribute__((malloc)); /* zeroed */
/* Grows or shrinks; new bytes are not cleared. On failure NULL, and `old` stays as it was. */
void *memory_resize(void *old, size_t count, size_t size);
/* Zeroed, at a multiple of 64 bytes. Freed by memory_free. */
void *memory_new_aligned(size_t count, size_t size) __attribute__((malloc));
/*
 * The same, but what it holds is undefined: for room that is larger than what most calls use of it,
 * as memory that is never touched costs nothing.
 */
void *memory_new_uncleared(size_t count, size_t size) __attribute__((malloc));
void memory_free(void *block);
/* Between two stages: gives what was freed back to the system, where the C library can and it is
 * more than `little` bytes, which cost more to take again than they are worth. */
void memory_return(uint64_t little);
char *memory_copy_text(const char *text); /* NULL when memory ran out */

/* For tests: let the n-th allocation from now on fail (1: the next); 0: none. */
void memory_fail_at(uint64_t n);
/* Allocations made since the last memory_fail_at. */
uint64_t memory_allocations(void);

/* a*b and a+b, or false when the result does not fit. */
static inline _Bool size_product(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}
static inline _Bool size_sum(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

#endif
