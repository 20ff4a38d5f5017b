/* SPDX-License-Identifier: Apache-2.0 */
/* The times of a report, by name: of the one in hand, or of one kept as JSON. */
#ifndef ADMF_BENCH_TIMINGS_H
#define ADMF_BENCH_TIMINGS_H

#include "bench/conditions.h"

enum { TIMING_NAME_MAX = 96, TIMING_WORD_MAX = 24 };
#define TIMING_SMALL "small " /* works of --quick begin with it */

struct timing {
    char name[TIMING_NAME_MAX]; /* "feature.sma, v3"; "big_grid, v4, auto, 2 threads" */
    char what[TIMING_NAME_MAX]; /* "feature.sma"; "big_grid", "small big_grid" */
    /* The settings that it was measured with. */
    char isa[TIMING_WORD_MAX], lanes[TIMING_WORD_MAX];
    int threads;        /* 0: a kernel, and no lanes */
    struct spread time; /* seconds */
    double memory;      /* bytes that a work had at most; 0 or NaN: not known */
};

struct timings {
    struct conditions conditions; /* that they were measured under */
    size_t count, kernels;        /* kernels come first, each from its least set to its best */
    struct timing *items;         /* owned */
};

/*
 * ADMF_NO_INPUT where the file cannot be opened, ADMF_BAD_DATA where it is no report, with its
 * place, ADMF_INTERNAL where memory runs out. Nothing is left to free then.
 */
admf_status timings_read(const char *path, struct timings *out, admf_error *error);
admf_status timings_of(const struct report *report, struct timings *out, admf_error *error);
void timings_deinit(struct timings *timings);

#endif
