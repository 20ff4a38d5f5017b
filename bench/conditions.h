/* SPDX-License-Identifier: Apache-2.0 */
/* What a report was measured under. Times of two reports say little where it is not the same. */
#ifndef ADMF_BENCH_CONDITIONS_H
#define ADMF_BENCH_CONDITIONS_H

#include "bench/json_file.h"
#include "bench/report.h"

/* An empty text, 0 or NaN: not known. */
struct conditions {
    char processor[128], compiler[64];
    bool quick;
    double load; /* processes that wanted a processor in the minute before */
    struct limits limits;
};

/* Of a report kept as JSON; what it lacks is not known. */
struct conditions conditions_read(struct json_file *json);
/* Of the report in hand. */
struct conditions conditions_of(const struct report *report);

/* A line to standard error for each that is known of both and differs by more than it wavers. */
void conditions_note(const struct conditions *before, const struct conditions *now);

#endif
