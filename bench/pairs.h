/* SPDX-License-Identifier: Apache-2.0 */
/* What two reports have in common, each time with its verdict. */
#ifndef ADMF_BENCH_PAIRS_H
#define ADMF_BENCH_PAIRS_H

#include "bench/timings.h"

/* Too few rounds: one of them had under three. */
enum verdict { FASTER, SLOWER, SAME, TOO_FEW, VERDICTS };
extern const char *const verdict_words[VERDICTS];

/* What is in both reports. */
struct pair {
    const struct timing *before, *now;
    bool alike; /* the settings; else the verdict is about these, and about no change */
    double ratio;
    /*
     * Three standard deviations of the ratio, as both spreads let one expect it (1.4826 times a
     * median distance each), and at least 3 %: two builds of the same code differ by as much. NaN
     * where one of them had one round.
     */
    double noise;
    enum verdict verdict;
    double memory_ratio; /* NaN: not known of both */
    bool larger;         /* by over a tenth and over 2 MiB: more than the same program wavers by */
};

/* The pair of the next new row from `*row` on that has one; false at the end. */
bool pairs_next(const struct timings *old_ones, const struct timings *new_ones, size_t *row,
                struct pair *pair);

struct tally {
    size_t pairs, of[VERDICTS];
    size_t sized, larger; /* memory of both is known; has grown */
};
/* Of the pairs that were measured with the same settings, or of the others. */
struct tally pairs_count(const struct timings *old_ones, const struct timings *new_ones,
                         bool alike);
/* How many the others lack. */
size_t pairs_lacking(const struct timings *these, const struct timings *others);

#endif
