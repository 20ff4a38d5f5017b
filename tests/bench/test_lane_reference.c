/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the benchmark holds portfolios and metrics against finds what is wrong on every instruction
 * set, and blames no set for the mistake of another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/kernel_case.h"
#include "engine/cpu/cpu.h"

enum { SIZE = 301 };

static struct case_list cases;
static const struct kernel_table *right;
static struct kernel_table wrong, *other;

/* In place of that of bench/kernel_case.c: the other set is what a test wants it to be. */
const struct kernel_table *case_other(const struct kernel_table *table)
{
    (void)table;
    return other;
}

static bool passes(const char *name, const struct kernel_table *table)
{
    char text[DIFFERENCE_MAX] = "";
    for (size_t k = 0; k < cases.count; k++)
        if (strcmp(cases.items[k].name, name) == 0)
            return cases.items[k].check(&cases.items[k], table, SIZE, 1, text);
    fail_msg("no %s", name);
    return false;
}

/* ---- kernels that are wrong --------------------------------------------------------------*/

static void doubled_sharpe(const struct finish_inputs *inputs, const struct portfolio_lanes *state,
                           double metric[METRIC_COUNT][LANES], uint8_t status[LANES])
{
    right->finish(inputs, state, metric, status);
    for (int l = 0; l < LANES; l++)
        metric[METRIC_sharpe][l] *= 2;
}

static void no_bankrupts(const struct finish_inputs *inputs, const struct portfolio_lanes *state,
                         double metric[METRIC_COUNT][LANES], uint8_t status[LANES])
{
    right->finish(inputs, state, metric, status);
    for (int l = 0; l < LANES; l++)
        status[l] = status[l] == ADMF_CELL_BANKRUPT ? ADMF_CELL_OK : status[l];
}

/* The group under other terms, of which one is changed by a factor. */
struct changed {
    struct lane_group group;
    double risk[LANES][RISK_COUNT], execution[LANES][EXECUTION_COUNT];
};

static struct changed *change(const struct lane_group *group, double fee, double size)
{
    static struct changed changed;
    changed.group = *group;
    for (int l = 0; l < LANES; l++) {
        memcpy(changed.risk[l], group->risk[l], sizeof changed.risk[l]);
        memcpy(changed.execution[l], group->execution[l], sizeof changed.execution[l]);
        changed.execution[l][EXECUTION_fee_rate] *= fee;
        changed.risk[l][RISK_size] *= size;
        changed.group.risk[l] = changed.risk[l];
        changed.group.execution[l] = changed.execution[l];
    }
    return &changed;
}

static void fee_in_step(const struct lane_tile *tile, struct lane_group *group)
{
    right->lockstep(tile, &change(group, 2, 1)->group);
}

static void size_in_step(const struct lane_tile *tile, struct lane_group *group)
{
    right->lockstep(tile, &change(group, 1, 1.5)->group);
}

static bool fee_by_events(const struct lane_tile *tile, struct lane_group *group,
                          struct event_scratch *scratch)
{
    return right->events(tile, &change(group, 2, 1)->group, scratch);
}

/* ---- tests -------------------------------------------------------------------------------*/

static int start(void **state)
{
    const struct kernel_table *tables[CPU_TABLES_MAX];
    (void)state;
    cpu_tables(tables);
    right = tables[0];
    wrong = *right;
    other = &wrong;
    cases.count = 0;
    cases_of_lanes(&cases);
    return 0;
}

static void test_right_ones_pass(void **state)
{
    (void)state;
    for (size_t k = 0; k < cases.count; k++)
        assert_true(passes(cases.items[k].name, right));
}

static void test_metrics_that_are_wrong_everywhere(void **state)
{
    (void)state;
    wrong.finish = doubled_sharpe;
    assert_false(passes("lanes.finish", &wrong));
    wrong.finish = no_bankrupts;
    assert_false(passes("lanes.finish", &wrong));
    /* How metrics are made is nothing to portfolios. */
    assert_true(passes("lanes.lockstep", &wrong));
}

static void test_portfolios_that_are_wrong_everywhere(void **state)
{
    static const char *const in_step[] = {"lanes.lockstep", "lanes.lockstep.halts",
                                          "lanes.lockstep.every_bar"};
    static lane_kernel *const kernels[] = {fee_in_step, size_in_step};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        wrong.lockstep = kernels[k];
        for (size_t i = 0; i < sizeof in_step / sizeof *in_step; i++)
            assert_false(passes(in_step[i], &wrong));
    }
    wrong.events = fee_by_events;
    wrong.lockstep = fee_in_step;
    assert_false(passes("lanes.events", &wrong));
    assert_false(passes("lanes.events.brackets", &wrong));
}

/* The set that is compared with is wrong, not the one that is checked. */
static void test_nobody_is_blamed_for_another(void **state)
{
    (void)state;
    wrong.finish = doubled_sharpe;
    wrong.lockstep = fee_in_step;
    for (size_t k = 0; k < cases.count; k++)
        assert_true(passes(cases.items[k].name, right));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_right_ones_pass, start),
        cmocka_unit_test_setup(test_metrics_that_are_wrong_everywhere, start),
        cmocka_unit_test_setup(test_portfolios_that_are_wrong_everywhere, start),
        cmocka_unit_test_setup(test_nobody_is_blamed_for_another, start)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
