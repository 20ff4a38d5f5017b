/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking for lines of memory before they are needed. Processors do so by themselves, but
 * only within a page of 4 KiB and for a few streams; columns are many, and a kernel that
 * first reads and then computes leaves the memory idle half of the time. Asking is all it
 * is: any address will do, and results do not depend on it. Each pass over the bars best asks
 * for what the next one reads or writes; all that at once is more than memory gives meanwhile.
 */
#ifndef ADMF_FEATURES_FETCH_H
#define ADMF_FEATURES_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/vec.h"

enum { LINE = 64 / sizeof(double) };

/*
 * The line of x[i], which may lie outside of the array; into the second cache, as the first is
 * full of what is worked on.
 */
VEC void fetch(const double *x, ptrdiff_t i)
{
    __builtin_prefetch((const void *)((uintptr_t)x + (uintptr_t)i * sizeof *x), 0, 2);
}

/* Columns that are wanted soon, from these places on; NULL after the last. */
enum { WANTED = 4 };
struct wanted {
    const double *column[WANTED];
};

#endif
