/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a size that suits what grows with bars or combinations. */
#ifndef ADMF_ENGINE_BASE_LARGE_PAGES_H
#define ADMF_ENGINE_BASE_LARGE_PAGES_H

#include <stddef.h>

/*
 * Asks the system for large pages under a block that is to be filled from end to end: a sixth of
 * the time that reading a file takes is spent on the first touch of small ones. Only pages that
 * lie wholly inside the block are asked for, and where the system has none nothing happens.
 */
void ask_for_large_pages(void *block, size_t bytes);

/* memory_new_uncleared, asked for in large pages. */
void *memory_new_large(size_t count, size_t size) __attribute__((malloc));

#endif
