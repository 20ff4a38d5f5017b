/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel tables this machine can run, the baseline first. */
#ifndef ADMF_TESTS_TABLES_H
#define ADMF_TESTS_TABLES_H

#include "engine/cpu/cpu.h"

enum { TABLES_MAX = CPU_TABLES_MAX };

static inline int machine_tables(const struct kernel_table **tables)
{
    return (int)cpu_tables(tables);
}

#endif
