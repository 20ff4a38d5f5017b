/* SPDX-License-Identifier: Apache-2.0 */
/* A work in a process of its own, so that its time and its memory are its own. */
#ifndef ADMF_BENCH_CHILD_H
#define ADMF_BENCH_CHILD_H

#include "admf/error.h"

struct child_result {
    double seconds;   /* from its start to its end */
    double processor; /* seconds that its threads had a processor, all together */
    double memory;    /* bytes that it had at most */
};

enum { CHILD_ARGUMENTS = 24 };

/*
 * Runs a program to its end; NULL ends the arguments, the first of which is its path. It reads from
 * the file `input` and writes to `output` (NULL: nothing and nowhere); messages are let through.
 * ADMF_IO where it cannot be started; where it ends otherwise than with 0, that if it is
 * ADMF_BAD_DATA, ADMF_NO_INPUT or ADMF_IO, else ADMF_INTERNAL. Never ADMF_FAILED, which is for what
 * was measured.
 */
admf_status child_run(const char *const *arguments, const char *input, const char *output,
                      struct child_result *result, admf_error *error);

/* The path of a program that lies beside this one; false where there is none. */
enum { CHILD_PATH_MAX = 4096 };
int child_beside(const char *name, char path[CHILD_PATH_MAX]);

#endif
