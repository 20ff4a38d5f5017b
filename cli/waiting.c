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

#include <stdlib.h>
#include <unistd.h>

#include "admf/error.h"

void cli_threads_sleep(char **argv)
{
    /* Of OpenMP itself, of gcc's runtime and of clang's. */
    static const char *const said[] = {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"};
    char program[ADMF_PATH_MAX];
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (getenv(said[i]))
            return;
    }
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || length == (ssize_t)sizeof program - 1)
        return;
    program[length] = '\0';
    if (setenv("GOMP_SPINCOUNT", "10000", 1) == 0 && setenv("KMP_BLOCKTIME", "1", 1) == 0)
        execv(program, argv);
}
