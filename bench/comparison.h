/* SPDX-License-Identifier: Apache-2.0 */
/* Times against earlier ones, with a verdict where the difference is more than noise. */
#ifndef ADMF_BENCH_COMPARISON_H
#define ADMF_BENCH_COMPARISON_H

#include "bench/timings.h"
#include "cli/json.h"

/*
 * A table, what it comes to in a line, and what it leaves out; false where memory ran out
 * (reported). What they were measured under and differs is noted on standard error, here and below.
 */
bool comparison_print(const struct timings *old_ones, const struct timings *new_ones,
                      bool markdown);
/*
 * Into an object that is open: the array "comparison", how often there is each verdict, and the
 * names "only_before" and "only_now".
 */
void comparison_print_json(cli_json *json, const struct timings *old_ones,
                           const struct timings *new_ones);
/*
 * ADMF_FAILED where anything has become slower or larger with the same settings; ADMF_BAD_DATA
 * (reported) where nothing is in both.
 */
int comparison_code(const struct timings *old_ones, const struct timings *new_ones);

#endif
