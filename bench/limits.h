/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of this machine, measured: what the figures of kernels are held against. */
#ifndef ADMF_BENCH_LIMITS_H
#define ADMF_BENCH_LIMITS_H

#include <stdbool.h>

#include "engine/cpu/cpu.h"

/* Of one instruction set, on one core: a second. Loads and stores are of the first cache. */
struct isa_limits {
    char isa[8];
    double additions, divisions; /* of doubles */
    double loads, stores;        /* bytes */
};

struct limits {
    double frequency; /* cycles a second of a core */
    int isa_count;
    struct isa_limits isa[CPU_TABLES_MAX];
    /* Bytes a second read from buffers of several times what caches hold; NaN: not measured. */
    double memory_one, memory_all; /* by one thread; by `threads` together */
    int threads;
};

/*
 * `quick`: a first impression of cores, within some milliseconds; going over memory would take
 * seconds where caches are large. Nor is memory measured where there is too little of it for what
 * caches hold. False: out of memory.
 */
bool limits_measure(bool quick, struct limits *limits);
/* Those of an instruction set of this machine. */
const struct isa_limits *limits_of(const struct limits *limits, const char *isa);

#endif
