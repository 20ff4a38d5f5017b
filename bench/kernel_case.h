/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel as the benchmark runs it: checked on random input of any size against what the tests
 * hold it to, then gone through again and again on input of one size. Cases are made from the
 * catalogue: a row more is a case more.
 */
#ifndef ADMF_BENCH_KERNEL_CASE_H
#define ADMF_BENCH_KERNEL_CASE_H

#include "tests/kernels/feature_rows.h"

enum { CASE_NAME_MAX = 48, CASES_MAX = 256 };
enum { TILE_BARS = 8192 }; /* what kernels of columns are timed over: a tile, as runs cut it */

/* What is timed. One run goes through `elements`; `own` is the case's. */
struct pass {
    void (*run)(void *own);
    void (*release)(void *own);
    void *own;
    double elements;
    double read, written; /* bytes a run, every array once */
};

struct kernel_case {
    char name[CASE_NAME_MAX]; /* "feature.rsi.simple" */
    const char *element;      /* "bar", "day", … */
    size_t size;              /* bars or days that are timed */
    size_t least, most;       /* bars or days that can be checked; most = 0: any number */
    size_t counted;           /* for counting instructions; 0: too many of them */
    int id;                   /* of the row */
    int variant;              /* what else tells cases of a row apart */
    double params[ADMF_PARAMS_MAX];
    /* Whether the table has the kernel; NULL: every table has. */
    bool (*exists)(const struct kernel_case *c, const struct kernel_table *table);
    /* False: wrong on `size` bars or days drawn from `seed`; how, into `text`. */
    bool (*check)(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                  uint64_t seed, char text[DIFFERENCE_MAX]);
    /* For a run over `size` bars or days; release with pass->release(pass->own). */
    struct pass (*prepare)(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size);
};

struct case_list {
    size_t count;
    struct kernel_case items[CASES_MAX];
};

/*
 * A case more, with this name and nothing else. In a file of its own, so that a test of cases can
 * have it beside a case_other that is not the one below.
 */
struct kernel_case *case_add(struct case_list *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void cases_of_features(struct case_list *list);
void cases_of_signals(struct case_list *list);
void cases_of_days(struct case_list *list);
void cases_of_columns(struct case_list *list);
void cases_of_lanes(struct case_list *list);
void cases_of_analysis(struct case_list *list);

/* All of them; lives as long as the program. */
const struct case_list *cases_all(void);

/* The kernels that everything is compared with: those of the least instruction set. */
const struct kernel_table *case_baseline(void);
/* Another one, where the machine has two. */
const struct kernel_table *case_other(const struct kernel_table *table);

#endif
