/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of a run meet at a barrier several times a tile. By default they spin there, for
 * milliseconds: on a machine that has something else to do, the one that all wait for may get no
 * processor meanwhile, and two threads are slower than one. To fall asleep at once is no better:
 * where a tile has a few microseconds of work, being woken takes longer than that. So they spin
 * for some tens of microseconds, and then sleep.
 */
#define _POSIX_C_SOURCE 200809L
#include "waiting.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "admf/error.h"

/* Whether the environment says how: to OpenMP itself, to gcc's runtime or to clang's. */
static bool is_said(void)
{
    static const char *const said[] = {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (getenv(said[i]))
            return true;
    }
    return false;
}

static bool say(void)
{
    return setenv("GOMP_SPINCOUNT", "10000", 1) == 0 && setenv("KMP_BLOCKTIME", "1", 1) == 0;
}

#ifdef ADMF_OWN_OPENMP
/* A runtime that is part of the program reads the environment in a constructor of its own, which
 * has no priority and so comes later. */
__attribute__((constructor(101))) static void say_before_it_is_read(void)
{
    if (!is_said())
        say();
}
#endif

void cli_threads_sleep(char **argv)
{
    char program[ADMF_PATH_MAX];
    if (is_said())
        return;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || length == (ssize_t)sizeof program - 1)
        return;
    program[length] = '\0';
    if (say())
        execv(program, argv);
}
