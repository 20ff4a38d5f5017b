/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/limits.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "bench/caches.h"
#include "bench/limit_probe.h"
#include "bench/timing.h"
#include "engine/cpu/cpu.h"

enum { CACHED = 16 << 10, ROUNDS = 9 };
/*
 * What is read from memory is so many times what caches could keep of it, and so much at least.
 * With fewer times, where memory is short, the rate would be that of the caches.
 */
enum { TIMES_CACHES = 4, LEAST_TIMES_CACHES = 2 };
static const size_t least_bytes = (size_t)128 << 20, least_part = (size_t)16 << 20;
static const double enough_seconds = 0.5; /* for the rounds over it, where caches are large */

static const struct limit_probe *const probes[] = {
#if defined(__x86_64__)
    &limit_probe_v2, &limit_probe_v3, &limit_probe_v4
#else
    &limit_probe_neon
#endif
};

/* Times a second that a probe can be gone through, the best of a few rounds. */
static double arithmetic_rate(probe_arithmetic *probe, double seconds)
{
    double best = 0;
    size_t times = (size_t)(seconds * 1e8);
    for (int r = 0; r < ROUNDS; r++) {
        double start = seconds_now();
        probe(times);
        double rate = (double)times / (seconds_now() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

static double memory_rate(probe_memory *probe, double *buffer, size_t bytes, double seconds)
{
    double best = 0;
    size_t times = (size_t)(seconds * 2e10 / (double)bytes) + 1;
    double begun = seconds_now();
    probe(buffer, bytes / sizeof(double), 1);
    for (int r = 0; r < ROUNDS && (r < 2 || seconds_now() - begun < enough_seconds); r++) {
        double start = seconds_now();
        probe(buffer, bytes / sizeof(double), times);
        double rate = (double)bytes * (double)times / (seconds_now() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

/* What threads go over, together and each alone. */
struct memory {
    double *buffer;
    int threads;
    size_t one, part; /* bytes: by one thread, from the start; by each of `threads`, one by one */
    bool one_tells, part_tells; /* more than caches keep */
};

static size_t whole_blocks(size_t bytes)
{
    size_t block = PROBE_BLOCK * sizeof(double);
    return bytes / block * block;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* More than caches keep, but no more than half of what memory there is. */
static bool memory_get(struct memory *memory, int threads)
{
    size_t cached = cache_bytes(CACHES_OF_SYSTEM, 1);
    size_t cached_part = cache_bytes(CACHES_OF_SYSTEM, threads);
    size_t count = (size_t)threads, most = (size_t)(cpu_memory_available() / 2);
    size_t one = larger(TIMES_CACHES * cached, least_bytes);
    size_t part = larger(TIMES_CACHES * cached_part, larger(least_part, least_bytes / count));
    one = larger(one < most ? one : most, CACHED);
    part = larger(part < most / count ? part : most / count, CACHED);
    *memory = (struct memory){.threads = threads,
                              .one = whole_blocks(one),
                              .part = whole_blocks(part),
                              .one_tells = one >= LEAST_TIMES_CACHES * cached,
                              .part_tells = part >= LEAST_TIMES_CACHES * cached_part};
    memory->buffer = aligned_alloc(64, larger(memory->one, memory->part * count));
    if (!memory->buffer)
        return false;
    memset(memory->buffer, 0, memory->one);
    /* The rest by those who read it: it lies beside them then. */
#pragma omp parallel num_threads(threads)
    {
        size_t begin = memory->part * (size_t)omp_get_thread_num(), end = begin + memory->part;
        begin = larger(begin, memory->one);
        if (begin < end)
            memset((char *)memory->buffer + begin, 0, end - begin);
    }
    return true;
}

/* All threads at once, each over a part of its own. */
static double shared_rate(const struct limit_probe *probe, const struct memory *memory)
{
    size_t count = memory->part / sizeof(double);
    double best = 0, begun = seconds_now();
    for (int r = 0; r < ROUNDS && (r < 2 || seconds_now() - begun < enough_seconds); r++) {
        int team = 1; /* OpenMP may give fewer threads */
        double start = seconds_now();
#pragma omp parallel num_threads(memory->threads)
        {
#pragma omp master
            team = omp_get_num_threads();
            probe->load(memory->buffer + count * (size_t)omp_get_thread_num(), count, 1);
        }
        double bytes = (double)memory->part * (double)team;
        double rate = bytes / (seconds_now() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

static const struct limit_probe *probe_of(const char *isa)
{
    for (size_t k = 0; k < sizeof probes / sizeof *probes; k++)
        if (strcmp(probes[k]->name, isa) == 0)
            return probes[k];
    return NULL;
}

static bool measure_memory(const struct limit_probe *probe, struct limits *limits)
{
    struct memory memory;
    if (!memory_get(&memory, limits->threads))
        return false;
    if (memory.one_tells)
        limits->memory_one = memory_rate(probe->load, memory.buffer, memory.one, 0);
    if (memory.part_tells)
        limits->memory_all = shared_rate(probe, &memory);
    free(memory.buffer);
    return true;
}

bool limits_measure(bool quick, struct limits *limits)
{
    static _Alignas(64) double buffer[CACHED / sizeof(double)];
    const struct kernel_table *tables[CPU_TABLES_MAX];
    double seconds = quick ? 0.0001 : 0.002;
    *limits = (struct limits){.frequency = core_frequency(),
                              .threads = cpu_threads(),
                              .memory_one = NAN,
                              .memory_all = NAN};
    limits->isa_count = (int)cpu_tables(tables);
    for (int k = 0; k < limits->isa_count; k++) {
        const struct limit_probe *probe = probe_of(tables[k]->name);
        struct isa_limits *isa = &limits->isa[k];
        double doubles = PROBE_CHAINS * probe->width;
        strcpy(isa->isa, probe->name);
        isa->additions = doubles * arithmetic_rate(probe->add, seconds);
        isa->divisions = doubles * arithmetic_rate(probe->divide, seconds / 4);
        isa->loads = memory_rate(probe->load, buffer, CACHED, seconds);
        isa->stores = memory_rate(probe->store, buffer, CACHED, seconds);
    }
    const struct limit_probe *best = probe_of(tables[limits->isa_count - 1]->name);
    return quick || measure_memory(best, limits);
}

const struct isa_limits *limits_of(const struct limits *limits, const char *isa)
{
    for (int k = 0; k < limits->isa_count; k++)
        if (strcmp(limits->isa[k].isa, isa) == 0)
            return &limits->isa[k];
    return NULL;
}
