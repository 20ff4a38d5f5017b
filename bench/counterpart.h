/* SPDX-License-Identifier: Apache-2.0 */
/* Which row of another report a row is held against. */
#ifndef ADMF_BENCH_COUNTERPART_H
#define ADMF_BENCH_COUNTERPART_H

#include "bench/timings.h"

/*
 * The row with the same settings. Else, that machines and settings can be compared, one with
 * others: of a work the only one with as many threads, or the only one at all; of a kernel, where
 * the reports have no instruction set in common, that of the best set against that of the best.
 * NULL where there is none. The other way round it is the same.
 */
const struct timing *counterpart_of(const struct timings *these, size_t row,
                                    const struct timings *others);

#endif
