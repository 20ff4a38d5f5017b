/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "timing.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double seconds_now(void) { return seconds_of(CLOCK_MONOTONIC); }
double seconds_running(void) { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

struct spread spread_of(double *values, int count)
{
    double distance[ROUNDS_MAX];
    struct spread spread = {median_of(values, count), 0, count};
    for (int k = 0; k < count; k++)
        distance[k] = fabs(values[k] - spread.median);
    spread.deviation = median_of(distance, count);
    return spread;
}

/* Eight operations, each on the result of the one before; no processor merges them. */
#if defined(__x86_64__)
#define STEP "xor %1, %0\n\t"
#else
#define STEP "eor %0, %0, %1\n\t"
#endif

double core_frequency(void)
{
    enum { TRIES = 5, STEPS = 8, TIMES = 20000 };
    double best = 0;
    for (int k = 0; k < TRIES; k++) {
        uint64_t x = 1, y = 3;
        double start = seconds_running();
        for (int i = 0; i < TIMES; i++)
            __asm__ volatile(STEP STEP STEP STEP STEP STEP STEP STEP : "+r"(x) : "r"(y));
        double rate = (double)STEPS * TIMES / (seconds_running() - start);
        best = rate > best ? rate : best;
    }
    return best;
}
