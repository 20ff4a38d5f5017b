/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classifier hmm with model_type svm: the kernels of every instruction set against a
 * plain reference, bit for bit, on real and made-up days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/day_scenes.h"
#include "tests/kernels/svm_reference.h"
#include "tests/kernels/tables.h"

enum { SHORTEST = 30 }; /* lookback_days */

static void check(const struct day_series *days, double window, double every)
{
    double p[] = {SVM, window, every};
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct svm_days expected = svm_reference(days, (size_t)window, (size_t)every);
    for (int k = 0; k < n; k++)
        expect_everywhere(tables[k], p, days, &expected.labels);
    free_svm_days(&expected);
}

static void test_real_days(void **state)
{
    (void)state;
    check_real_days(check, SHORTEST);
}

static void test_made_up_days(void **state)
{
    (void)state;
    check_made_up_days(check, SHORTEST);
}

static void test_short_series(void **state)
{
    (void)state;
    check_short_series(check, SHORTEST);
}

/* Without a change of price all outcomes are neutral: a single class, confidence 1. */
static void test_constant_days(void **state)
{
    (void)state;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = walk_after_standstill();
    struct day_series days = series_of(&b);
    check(&days, 30, 4);
    for (int k = 0; k < n; k++) {
        double p[] = {SVM, 30, 4};
        struct day_labels got = new_labels(300);
        run_days(tables[k], p, &days, 0, 300, got.label, got.confidence);
        for (size_t d = 0; d < 200; d++) {
            assert_int_equal(got.label[d], d < 54 ? 0 : 2);
            assert_true(got.confidence[d] == (d < 54 ? 0 : 1));
        }
        free_labels(&got);
    }
    free_bars(&b);
}

/*
 * Where two prices lie further apart than a ratio can hold, returns and outcomes are no
 * numbers: there is no label while such a day counts, and one again afterwards.
 */
static void test_infinite_ratios(void **state)
{
    enum { SINGULAR = 60, WINDOW = 30, OUTCOME = 5, LONGEST_RETURN = 20 };
    (void)state;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = walk_of_days(200, 5, false);
    b.column[CLOSE][SINGULAR] = 1e-308;
    struct day_series days = series_of(&b);
    /* The last day with such a return leaves the training set. */
    const size_t good = SINGULAR + LONGEST_RETURN + OUTCOME + WINDOW;
    for (int k = 0; k < n; k++) {
        double p[] = {SVM, WINDOW, 1};
        struct day_labels got = new_labels(200);
        run_days(tables[k], p, &days, 0, 200, got.label, got.confidence);
        for (size_t d = WINDOW + 24; d < 200; d++) {
            bool defined = d <= SINGULAR || d >= good;
            if ((got.label[d] != 0) != defined || (got.confidence[d] > 0) != defined)
                fail_msg("%s, day %zu: label %d, confidence %g", tables[k]->name, d, got.label[d],
                         got.confidence[d]);
        }
        free_labels(&got);
    }
    free_bars(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_days),       cmocka_unit_test(test_made_up_days),
        cmocka_unit_test(test_short_series),    cmocka_unit_test(test_constant_days),
        cmocka_unit_test(test_infinite_ratios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
