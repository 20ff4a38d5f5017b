/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels of strategies and classifiers, on every instruction set, against rules written
 * out bar by bar, also for numbers of bars that fill no word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/signal_rules.h"
#include "tests/kernels/tables.h"

static const size_t lengths[] = {1, 5, 63, 64, 65, 131, 1021};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static void strategies_follow_their_rules(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    char text[DIFFERENCE_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++)
        for (int id = 0; id < STRATEGY_COUNT; id++)
            for (int k = 0; k < LENGTHS; k++)
                if (!strategy_follows_rule(tables[i], id, lengths[k], 77 + lengths[k], text))
                    fail_msg("%s", text);
}

static void strengths_follow_their_rules(void **state)
{
    static const double params[][2] = {{20, 0.5}, {20, 0}, {20, 0.3}};
    const struct kernel_table *tables[TABLES_MAX];
    char text[DIFFERENCE_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++)
        for (int id = 0; id < STRATEGY_COUNT; id++)
            for (int k = 0; tables[i]->strength[id] && k < 3; k++)
                if (!strength_follows_rule(tables[i], id, params[k], 131, 5, text))
                    fail_msg("%s", text);
}

static void classifiers_follow_their_rules(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    char text[DIFFERENCE_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++)
        for (int id = 0; id < CLASSIFIER_COUNT; id++)
            for (int k = 0; k < LENGTHS; k++)
                for (int j = 0; j < CLASSIFIER_CASES; j++)
                    if (tables[i]->classifier[id] && /* those of days have tests of their own */
                        !classifier_follows_rule(tables[i], id, j, lengths[k], 33 + lengths[k],
                                                 text))
                        fail_msg("%s", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strategies_follow_their_rules),
        cmocka_unit_test(strengths_follow_their_rules),
        cmocka_unit_test(classifiers_follow_their_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
