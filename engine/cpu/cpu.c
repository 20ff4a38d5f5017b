/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "engine/cpu/cpu.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "engine/base/failure.h"
#include "engine/cpu/cgroup.h"
#include "engine/cpu/system_number.h"

size_t cpu_tables(const struct kernel_table *tables[CPU_TABLES_MAX])
{
    size_t n = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    /* The program itself is built for v2, so v2 is there if we are here. */
    tables[n++] = &kernel_table_v2;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
        __builtin_cpu_supports("fma"))
        tables[n++] = &kernel_table_v3;
    if (n == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512cd"))
        tables[n++] = &kernel_table_v4;
#else
    tables[n++] = &kernel_table_neon;
#endif
    return n;
}

const struct kernel_table *cpu_choose(const char *isa, admf_error *error)
{
    const struct kernel_table *tables[CPU_TABLES_MAX];
    size_t n = cpu_tables(tables);
    const char *source = "";
    if (!isa || !*isa || strcmp(isa, "auto") == 0) {
        isa = getenv("ADMF_ISA");
        source = "ADMF_ISA: ";
    }
    if (!isa || !*isa || strcmp(isa, "auto") == 0)
        return tables[n - 1];
    for (size_t k = 0; k < n; k++)
        if (strcmp(isa, tables[k]->name) == 0)
            return tables[k];
    char names[64] = "";
    for (size_t k = 0; k < n; k++) {
        strcat(names, k ? ", " : "");
        strcat(names, tables[k]->name);
    }
    fail(error, ADMF_USAGE, "%sthis machine cannot run instruction set '%s'; it can run %s", source,
         isa, names);
    return NULL;
}

int cpu_threads(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t cpu_memory_available(void)
{
    uint64_t kib = system_number("/proc/meminfo", "MemAvailable:", UINT64_MAX / 1024);
    uint64_t room = lesser(kib * 1024, cgroup_memory_room("/proc/self/cgroup", "/sys/fs/cgroup"));
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        room = lesser(room, limit.rlim_cur);
    return room;
}

uint64_t cpu_peak_memory(void)
{
    /* getrusage counts what the process was before its exec, a copy of a large parent, too. */
    uint64_t kib = system_number("/proc/self/status", "VmHWM:", 0);
    if (kib > 0)
        return kib * 1024;
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

uint64_t cpu_resident_memory(void)
{
    return system_number("/proc/self/status", "VmRSS:", 0) * 1024;
}

bool cpu_flushes_to_zero(void)
{
#if defined(__x86_64__)
    return (_mm_getcsr() & 0x8040) != 0; /* FTZ, DAZ */
#else
    uint64_t fpcr;
    __asm__("mrs %0, fpcr" : "=r"(fpcr));
    return (fpcr >> 24 & 1) != 0;
#endif
}
