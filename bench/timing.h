/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, and what repeated measurements come to. */
#ifndef ADMF_BENCH_TIMING_H
#define ADMF_BENCH_TIMING_H

enum { ROUNDS_MAX = 99 };

/* Of several measurements: their median, and the median of their distances from it. */
struct spread {
    double median, deviation;
    int rounds;
};

double seconds_now(void);     /* of a clock that never goes back */
double seconds_running(void); /* that this thread has had a processor */

/* Sorts the values. */
struct spread spread_of(double *values, int count);

/*
 * Cycles a second of the core, now: from a chain of operations that take a cycle each. The counter
 * that processors offer as their clock runs at a rate of its own.
 */
double core_frequency(void);

#endif
