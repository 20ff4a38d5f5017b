/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of admf-bench: one row each. */
#ifndef ADMF_BENCH_COMMANDS_H
#define ADMF_BENCH_COMMANDS_H

#include "cli/arguments.h"

extern const cli_command bench_kernels, bench_works, bench_growth, bench_compare, bench_list,
    bench_read_csv, bench_write_cube;

#endif
