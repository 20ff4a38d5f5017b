/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a core can do at most, one function for each instruction set. Each goes over its work
 * `times` times; nothing it computes is used.
 */
#ifndef ADMF_BENCH_LIMIT_PROBE_H
#define ADMF_BENCH_LIMIT_PROBE_H

#include <stddef.h>

enum { PROBE_CHAINS = 12, PROBE_BLOCK = 64 }; /* vectors; doubles */

typedef void probe_arithmetic(size_t times);                           /* PROBE_CHAINS vectors */
typedef void probe_memory(double *buffer, size_t count, size_t times); /* count % PROBE_BLOCK: 0 */

struct limit_probe {
    const char *name; /* of the instruction set */
    int width;        /* doubles in a vector */
    probe_arithmetic *add, *divide;
    probe_memory *load, *store;
};

extern const struct limit_probe limit_probe_v2, limit_probe_v3, limit_probe_v4, limit_probe_neon;

#endif
