/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels timed in rounds, all of them round after round: what slows the machine for some
 * seconds is in a few rounds of each kernel, where their spread tells of it, and not in all of
 * those of some kernels.
 */
#ifndef ADMF_BENCH_KERNEL_ROUNDS_H
#define ADMF_BENCH_KERNEL_ROUNDS_H

#include "bench/kernel_case.h"
#include "bench/report.h"
#include "engine/cpu/cpu.h"

enum { TIMED_MAX = CASES_MAX * CPU_TABLES_MAX };

/* A kernel on an instruction set, and the times of its rounds. */
struct timed_kernel {
    const struct kernel_case *c;
    const struct kernel_table *table;
    struct pass pass;
    double frequency;
    size_t times; /* that a round goes through the pass */
    double rounds[ROUNDS_MAX];
};

/* Makes its input and finds out how often a round of so many seconds goes through it. */
void kernel_begin(struct timed_kernel *timed, const struct kernel_case *c,
                  const struct kernel_table *table, double seconds);
/* Times a round; the input is brought into the caches first. */
void kernel_round(struct timed_kernel *timed, int round);
/* Its row of the report, operations left out; releases the input. */
struct kernel_result kernel_end(struct timed_kernel *timed, int rounds);

#endif
