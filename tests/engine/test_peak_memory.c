/* SPDX-License-Identifier: Apache-2.0 */
/* The peak memory of a process is its own, whoever started it. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/cpu/cpu.h"

enum { MIB = 1 << 20, LARGE = 300 * MIB, SMALL = 100 * MIB };

static void test_parent_does_not_count(void **state)
{
    (void)state;
    char *block = malloc(LARGE);
    assert_non_null(block);
    memset(block, 1, LARGE);
    assert_true(cpu_peak_memory() >= LARGE);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "test_peak_memory", "child", (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    free(block);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        uint64_t peak = cpu_peak_memory();
        return peak > 0 && peak < SMALL ? 0 : 1;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parent_does_not_count)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
