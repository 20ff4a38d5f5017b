/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classifier hmm with model_type hmm: the kernels of every instruction set against a
 * plain reference, bit for bit, on real and made-up days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/day_scenes.h"
#include "tests/kernels/hmm_reference.h"
#include "tests/kernels/tables.h"

enum { SHORTEST = 20 }; /* lookback_days */

static void check_likelihood(void *user, size_t day, const struct hmm_model *m)
{
    (void)user;
    if (m->worst_fall > 1e-9)
        fail_msg("day %zu: the likelihood falls by %g of itself", day, m->worst_fall);
}

static void check(const struct day_series *days, double window, double every)
{
    double p[] = {GAUSSIAN, window, every};
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct day_labels expected =
        hmm_reference(days, (size_t)window, (size_t)every, check_likelihood, NULL);
    for (int k = 0; k < n; k++)
        expect_everywhere(tables[k], p, days, &expected);
    free_labels(&expected);
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

/* Without a change of price there is no label; a day later there may be. */
static void test_constant_days(void **state)
{
    (void)state;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = walk_after_standstill();
    struct day_series days = series_of(&b);
    check(&days, 30, 4);
    for (int k = 0; k < n; k++) {
        double p[] = {GAUSSIAN, 30, 4};
        struct day_labels got = new_labels(300);
        run_days(tables[k], p, &days, 0, 300, got.label, got.confidence);
        for (size_t d = 0; d < 200; d++)
            assert_true(got.label[d] == 0 && got.confidence[d] == 0);
        assert_true(got.label[299] != 0 && got.confidence[299] > 0.33);
        free_labels(&got);
    }
    free_bars(&b);
}

/* Prices whose ratios are 0 or infinite: no crash, the same on all targets, in range. */
static void test_absurd_prices(void **state)
{
    (void)state;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = walk_of_days(200, 6, true);
    for (size_t d = 40; d < 160; d += 17) {
        b.column[CLOSE][d] = d % 2 ? 1e308 : 1e-308;
        b.column[LOW][d] = 5e-324;
        b.column[HIGH][d] = 1.7e308;
    }
    struct day_series days = series_of(&b);
    for (int model = GAUSSIAN; model <= SVM; model++) {
        double p[] = {model, 30, 3};
        struct day_labels first = new_labels(200);
        run_days(tables[0], p, &days, 0, 200, first.label, first.confidence);
        for (size_t d = 0; d < 200; d++)
            assert_true(first.label[d] <= 3 && first.confidence[d] >= 0 &&
                        first.confidence[d] <= 1 && (first.label[d] || first.confidence[d] == 0));
        for (int k = 1; k < n; k++)
            expect_everywhere(tables[k], p, &days, &first);
        free_labels(&first);
    }
    free_bars(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_days),     cmocka_unit_test(test_made_up_days),
        cmocka_unit_test(test_short_series),  cmocka_unit_test(test_constant_days),
        cmocka_unit_test(test_absurd_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
