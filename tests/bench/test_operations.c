/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel executes is counted whole, whatever signals come meanwhile, or not at all. */
#define _DEFAULT_SOURCE /* kill, SIGWINCH */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <unistd.h>

#include "bench/operations.h"

enum { ADDITIONS = 100, MOST = 1000000 };

static void add(void)
{
    volatile double sum = 0;
    for (int k = 0; k < ADDITIONS; k++)
        sum = sum + 1;
}

/* Additions before and behind a signal; 0: none. */
static void add_around(void *own)
{
    const int *number = own;
    add();
    if (*number)
        kill(getpid(), *number);
    add();
}

static bool counted(int number, struct operations *out)
{
    return operations_count(add_around, &number, MOST, out);
}

static void test_all_is_counted(void **state)
{
    static const int harmless[] = {0, SIGCHLD, SIGCONT, SIGURG, SIGTSTP, SIGWINCH};
    struct operations operations;
    (void)state;
    if (!counted(0, &operations))
        skip(); /* this system or processor does not let us */
    for (size_t k = 0; k < sizeof harmless / sizeof *harmless; k++) {
        assert_true(counted(harmless[k], &operations));
        assert_true(operations.arithmetic == 2 * ADDITIONS);
        assert_true(operations.instructions > 2 * ADDITIONS);
        assert_true(operations.divisions == 0);
    }
}

static void test_half_is_not_counted(void **state)
{
    static const int ends[] = {SIGKILL, SIGTERM, SIGSEGV};
    struct operations operations;
    int none = 0;
    (void)state;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        assert_false(counted(ends[k], &operations));
    assert_false(operations_count(add_around, &none, ADDITIONS, &operations));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_is_counted),
                                       cmocka_unit_test(test_half_is_not_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
