/* SPDX-License-Identifier: Apache-2.0 */
/* Works from end to end: what is run, and what its figures should be. */
#ifndef ADMF_BENCH_WORK_H
#define ADMF_BENCH_WORK_H

#include <stddef.h>

#include "admf/error.h"
#include "bench/report.h"
#include "cli/arguments.h"

enum work_kind {
    WORK_RUN,       /* a sweep: seconds from bars in memory to the cube on disk */
    WORK_PROCESS,   /* a sweep: seconds of the whole process */
    WORK_READ_CSV,  /* bars from a file into memory */
    WORK_WRITE_CUBE /* values from memory to a cube on disk */
};

/* Files of bars that works read. */
enum work_bars {
    BARS_MINUTES,
    BARS_LONG,
    BARS_ZIGZAG,
    BARS_CSV,
    BARS_KINDS,
    BARS_NONE = BARS_KINDS
};

struct work {
    const char *name, *title, *unit; /* unit NULL: combination-bar */
    enum work_kind kind;
    enum work_bars bars;
    const char *config; /* see work_sizes */
    const char *lanes;  /* forced, unless the caller forces another way; NULL: no */
    const char *memory; /* --memory; NULL: none */
    int threads;        /* forced; 0: no */
    /* Targets; 0: none. */
    const char *base; /* the work that `most` is a ratio to */
    double ratio_most, ratio_least;
    double core_rate_least; /* units a second and core */
    double rate_least;      /* units a second */
    double seconds_most, memory_most;
};

extern const struct work works[];
extern const size_t work_count;

/* How large works are. In a configuration @ and a letter stand for a number that depends on it: the
 * table in work_files.c. */
struct work_sizes {
    int side;  /* of the big grid; a square */
    int step;  /* places in the whole grid from one to the next */
    int small; /* its root: the side of each of two small grids */
    uint64_t bars[BARS_KINDS];
    int cube_side;   /* of the cube that is written */
    bool for_target; /* targets are meant for works of this size */
};

struct work_options {
    const char *const *names;
    size_t name_count;
    int threads, rounds;
    const char *lanes, *isa; /* NULL: auto, the best */
    bool keep_going;         /* with the other works, after one that failed */
    struct work_sizes sizes;
};

/* Refuses, as a misuse of `self`, more rounds or threads than there may be. The exit code. */
int works_refuse(const cli_command *self, const struct work_options *options);

/*
 * Runs the selected works, round after round all of them, in a folder below the one for temporary
 * files, and adds them and their targets to the report. A work that fails ends it; where they keep
 * going it is told on standard error and has no row, and the report notes the code.
 */
admf_status works_run(const struct work_options *options, struct report *report, admf_error *error);

#endif
