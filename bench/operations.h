/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel executes, counted: no clock, no noise. */
#ifndef ADMF_BENCH_OPERATIONS_H
#define ADMF_BENCH_OPERATIONS_H

#include <stdbool.h>

/* One vector addition of 8 doubles is 8 operations, one comparison of 32 16-bit numbers as well. */
struct operations {
    double instructions;
    double arithmetic; /* + - x, divisions, roots, comparisons, minimum, maximum, rounding */
    double divisions;  /* of these: divisions and roots */
};

/*
 * Lets a child process call run(own) one instruction at a time and counts what it executes. False
 * where the system or the processor does not let us, where it takes over `most` instructions, or
 * where a signal ends it.
 */
bool operations_count(void (*run)(void *own), void *own, double most, struct operations *out);

#endif
