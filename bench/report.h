/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a run of the benchmark finds out, and the forms in which it is told. */
#ifndef ADMF_BENCH_REPORT_H
#define ADMF_BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "admf/machine.h"
#include "bench/limits.h"
#include "bench/operations.h"
#include "bench/timing.h"
#include "cli/json.h"

/* A kernel on an instruction set; everything by element. */
struct kernel_result {
    const char *name, *isa, *element;
    struct spread time;   /* seconds */
    double frequency;     /* of the core meanwhile */
    double read, written; /* bytes */
    bool counted;         /* whether this is known; instructions of the best set only, else NaN */
    struct operations operations;
};

/* A work from end to end, in a process of its own. */
struct work_result {
    const char *name, *title, *isa, *lanes, *unit;
    int threads;
    struct spread time; /* seconds */
    double processor;   /* seconds that the whole process had a processor; median */
    double amount;      /* of units */
    double memory;      /* bytes that the process had at most */
};

/* One figure of a work against what it should be. */
struct target {
    const char *work, *measure, *unit;
    double value, wanted;
    double by_processor; /* the same from the time of the processors; NaN: means nothing */
    bool at_most;        /* else at least */
};

struct report {
    bool quick; /* a first impression only: small works, few rounds */
    admf_machine machine;
    char processor[128];
    double load; /* processes that wanted a processor in the minute before */
    struct limits limits;
    /* Owned. */
    size_t kernel_count, work_count, target_count;
    struct kernel_result *kernels;
    struct work_result *works;
    struct target *targets;
    int left_out; /* exit code of the first work that has no row as it failed; 0: none */
};

/* What bounds a kernel: of the limits of its instruction set the one that takes longest. */
struct bound {
    const char *name; /* "loads", "stores", "arithmetic", "divisions"; "-": not counted */
    double share;     /* of the time that the kernel takes */
};
struct bound bound_of(const struct report *report, const struct kernel_result *kernel);

/* The deviation of a time; NaN of one round, which knows of none. */
double deviation_of(const struct spread *time);

/* Describes the machine and measures its limits; `quick`: roughly. */
admf_status report_init(struct report *report, bool quick, admf_error *error);
void report_deinit(struct report *report);

/* A row more, all zero; NULL where memory ran out (reported). */
struct kernel_result *report_kernel(struct report *report);
struct work_result *report_work(struct report *report);
struct target *report_target(struct report *report);

/* To standard output: tables, aligned or in Markdown; false where memory ran out (reported). */
bool report_print(const struct report *report, bool markdown);
/* Into an object that is open. */
void report_print_json(cli_json *json, const struct report *report);

#endif
