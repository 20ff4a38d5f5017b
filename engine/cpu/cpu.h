/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: which kernels it can run, how many threads and how much memory there is. */
#ifndef ADMF_ENGINE_CPU_CPU_H
#define ADMF_ENGINE_CPU_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "kernels/table.h"

enum { CPU_TABLES_MAX = 4 };

/* The kernel tables this machine can run, weakest first; returns how many. */
size_t cpu_tables(const struct kernel_table *tables[CPU_TABLES_MAX]);

/*
 * The table named by `isa`, else by the environment variable ADMF_ISA, else the best one
 * (NULL, "" and "auto" name none). NULL with ADMF_USAGE for a name that is unknown or that
 * this machine cannot run.
 */
const struct kernel_table *cpu_choose(const char *isa, admf_error *error);

int cpu_threads(void);               /* processors this process may use */
uint64_t cpu_memory_available(void); /* bytes; the limits of the process and its cgroup included */
uint64_t cpu_peak_memory(void);      /* bytes this process has used at most */
uint64_t cpu_resident_memory(void);  /* and uses now; 0 where the system does not say */

/* Whether the control register flushes subnormals to zero: results would not be the same. */
bool cpu_flushes_to_zero(void);

#endif
