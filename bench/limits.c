/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/limits.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "bench/limit_probe.h"
#include "bench/timing.h"
#include "engine/cpu/cpu.h"

enum { CACHED = 16 << 10, ROUNDS = 9 };

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

static double memory_rate(probe_memory *probe, double *buffer, size_t bytes, double seconds,
                          int rounds)
{
    double best = 0;
    size_t times = (size_t)(seconds * 2e10 / (double)bytes) + 1;
    probe(buffer, bytes / sizeof(double), 1);
    for (int r = 0; r < rounds; r++) {
        double start = seconds_now();
        probe(buffer, bytes / sizeof(double), times);
        double rate = (double)bytes * (double)times / (seconds_now() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

/* All threads at once, each over a part of its own. */
static double shared_rate(const struct limit_probe *probe, double *buffer, size_t bytes,
                          int threads, int rounds)
{
    size_t part = bytes / sizeof(double) / (size_t)threads / PROBE_BLOCK * PROBE_BLOCK;
    double best = 0;
    for (int r = 0; r < rounds; r++) {
        double start = seconds_now();
#pragma omp parallel num_threads(threads)
        probe->load(buffer + part * (size_t)omp_get_thread_num(), part, 1);
        double rate = (double)(part * sizeof(double)) * (double)threads / (seconds_now() - start);
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

bool limits_measure(bool quick, struct limits *limits)
{
    const struct kernel_table *tables[CPU_TABLES_MAX];
    double seconds = quick ? 0.0001 : 0.002;
    size_t bytes = (size_t)128 << 20; /* more than caches hold, also where little time is taken */
    int rounds = quick ? 2 : ROUNDS;
    double *buffer = aligned_alloc(64, bytes);
    if (!buffer)
        return false;
    memset(buffer, 0, bytes);
    *limits = (struct limits){.frequency = core_frequency(), .threads = cpu_threads()};
    limits->isa_count = (int)cpu_tables(tables);
    for (int k = 0; k < limits->isa_count; k++) {
        const struct limit_probe *probe = probe_of(tables[k]->name);
        struct isa_limits *isa = &limits->isa[k];
        double doubles = PROBE_CHAINS * probe->width;
        strcpy(isa->isa, probe->name);
        isa->additions = doubles * arithmetic_rate(probe->add, seconds);
        isa->divisions = doubles * arithmetic_rate(probe->divide, seconds / 4);
        isa->loads = memory_rate(probe->load, buffer, CACHED, seconds, ROUNDS);
        isa->stores = memory_rate(probe->store, buffer, CACHED, seconds, ROUNDS);
    }
    const struct limit_probe *best = probe_of(tables[limits->isa_count - 1]->name);
    limits->memory_one = memory_rate(best->load, buffer, bytes, 0, rounds);
    limits->memory_all = shared_rate(best, buffer, bytes, limits->threads, rounds);
    free(buffer);
    return true;
}

const struct isa_limits *limits_of(const struct limits *limits, const char *isa)
{
    for (int k = 0; k < limits->isa_count; k++)
        if (strcmp(limits->isa[k].isa, isa) == 0)
            return &limits->isa[k];
    return NULL;
}
