/* SPDX-License-Identifier: Apache-2.0 */
/* Times against earlier ones, with a verdict where the difference is more than noise. */
#ifndef ADMF_BENCH_COMPARISON_H
#define ADMF_BENCH_COMPARISON_H

#include "bench/timings.h"
#include "cli/json.h"

/*
 * `noise` is three standard deviations of the ratio, as both spreads let one expect it (1.4826
 * times a median distance each), and at least 3 %: two builds of the same code differ by as much.
 * NaN where one of them had one round.
 */
struct verdict {
    double ratio; /* new time/old time */
    double noise;
    const char *word; /* "faster", "slower", "same"; "too few rounds" where one has under 3 */
};

struct verdict verdict_of(const struct spread *old_time, const struct spread *new_time);

/*
 * A table, and what it comes to in a line; false where memory ran out (reported). What they were
 * measured under and differs is noted on standard error, here and below.
 */
bool comparison_print(const struct timings *old_ones, const struct timings *new_ones,
                      bool markdown);
/* The array "comparison" of an object that is open. */
void comparison_print_json(cli_json *json, const struct timings *old_ones,
                           const struct timings *new_ones);
/* ADMF_FAILED where anything has become slower; ADMF_BAD_DATA (reported) where nothing is in both.
 */
int comparison_code(const struct timings *old_ones, const struct timings *new_ones);

#endif
