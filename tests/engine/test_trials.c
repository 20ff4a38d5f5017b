/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Skill and luck among many trials: against tests/oracle/trials.py, which has the example of the
 * paper, and against trials whose skill is known because they were made.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admf/analysis.h"
#include "engine/analysis/cross_validation.h"
#include "engine/analysis/quantile.h"
#include "engine/cpu/cpu.h"
#include "kernels/math/philox.h"
#include "tests/kernels/golden.h"

static struct golden *golden(const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "tests/golden/trials/%s.csv", name);
    struct golden *g = read_golden(path, ';', false);
    assert_non_null(g);
    return g;
}

static void expect_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance * fmax(fabs(expected), 1e-300)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void quantiles(void **state)
{
    (void)state;
    struct golden *g = golden("quantile");
    for (size_t i = 0; i < g->rows; i++) {
        double tail = g->value[0][i], expected = g->value[1][i];
        expect_near(normal_upper_quantile(tail), expected, 1e-12);
    }
    free_golden(g);
    assert_true(fabs(normal_upper_quantile(0.5)) < 1e-15);
    assert_true(isnan(normal_upper_quantile(0)) && isnan(normal_upper_quantile(1)));
    assert_true(isnan(normal_upper_quantile(-1)) && isnan(normal_upper_quantile(NAN)));
}

static void expected_maximum(void **state)
{
    (void)state;
    struct golden *g = golden("maximum");
    for (size_t i = 0; i < g->rows; i++)
        expect_near(admf_expected_maximum_sharpe(g->value[0][i], (uint64_t)g->value[1][i]),
                    g->value[2][i], 1e-12);
    free_golden(g);
    assert_true(isnan(admf_expected_maximum_sharpe(1, 0)));
    assert_true(isnan(admf_expected_maximum_sharpe(1, 1)));
    assert_true(isnan(admf_expected_maximum_sharpe(NAN, 9)));
    assert_true(admf_expected_maximum_sharpe(0, 9) == 0);
}

static void deflated(void **state)
{
    (void)state;
    struct golden *g = golden("deflated");
    double *const *v = g->value;
    for (size_t i = 0; i < g->rows; i++)
        expect_near(admf_deflated_sharpe(v[0][i], v[1][i], v[2][i], v[3][i], v[4][i]), v[5][i],
                    1e-9);
    free_golden(g);
    /* Bailey and López de Prado 2014: 2.5 a year, found in 100 trials of variance 1/2. */
    double maximum = admf_expected_maximum_sharpe(0.5 / 250, 100);
    assert_true(fabs(admf_deflated_sharpe(2.5 / sqrt(250), maximum, 1250, -3, 10) - 0.9004) < 5e-5);
    assert_true(isnan(admf_deflated_sharpe(NAN, 0, 100, 0, 3)));
    assert_true(isnan(admf_deflated_sharpe(0.1, 0, 1, 0, 3)));
    assert_true(isnan(admf_deflated_sharpe(1, 0, 100, 9, 3))); /* no distribution has these */
}

static void cross_validation(void **state)
{
    (void)state;
    struct golden *cases = golden("cross_validation"), *all = golden("cross_sums");
    const struct kernel_table *tables[CPU_TABLES_MAX];
    for (size_t c = 0, row = 0; c < cases->rows; c++) {
        int blocks = (int)cases->value[1][c];
        uint64_t trials = (uint64_t)cases->value[2][c];
        admf_error error = {0};
        struct cross_result result;
        struct cross_sums sums = {.trials = trials,
                                  .blocks = blocks,
                                  .risk_free = cases->value[3][c],
                                  .n = all->value[3] + row,
                                  .sum = all->value[4] + row,
                                  .sum2 = all->value[5] + row};
        for (size_t t = 0; t < cpu_tables(tables); t++) {
            assert_int_equal(cross_validate(tables[t], &sums, &result, &error), ADMF_OK);
            assert_int_equal(result.splits, cases->value[4][c]);
            assert_int_equal(result.overfit, cases->value[5][c]);
            assert_true(fabs(result.logits - cases->value[6][c]) < 1e-7);
        }
        row += trials * (uint64_t)blocks;
    }
    free_golden(cases);
    free_golden(all);
}

/* Trials that never vary choose nothing. */
static void nothing_to_choose(void **state)
{
    (void)state;
    const double n[4] = {5, 5, 5, 5}, none[8] = {0};
    admf_error error = {0};
    struct cross_result result;
    struct cross_sums sums = {.trials = 2, .blocks = 4, .n = n, .sum = none, .sum2 = none};
    assert_int_equal(cross_validate(cpu_choose(NULL, &error), &sums, &result, &error), ADMF_OK);
    assert_int_equal(result.splits, 0);
    assert_int_equal(result.overfit, 0);
}

/* --- made trials -------------------------------------------------------------------------- */

enum { TRIALS = 1000, BLOCKS = 16, BLOCK_SAMPLES = 20, SAMPLES = BLOCKS * BLOCK_SAMPLES };

static struct {
    double n[BLOCKS], sum[TRIALS][BLOCKS], sum2[TRIALS][BLOCKS], sharpe[TRIALS];
} made;

/* Returns of one trial: normal, with the mean `edge` in units of their deviation. */
static void draw_returns(uint64_t seed, uint32_t trial, double edge, double returns[SAMPLES])
{
    for (uint64_t k = 0; k < SAMPLES; k += 2)
        philox_normals(seed, trial, k, returns + k);
    for (int k = 0; k < SAMPLES; k++)
        returns[k] = 0.01 * (returns[k] + edge);
}

static void make_trials(uint64_t seed, double edge_of_7)
{
    for (uint32_t t = 0; t < TRIALS; t++) {
        double returns[SAMPLES], sum = 0, sum2 = 0;
        draw_returns(seed, t, t == 7 ? edge_of_7 : 0, returns);
        for (int b = 0; b < BLOCKS; b++) {
            made.n[b] = BLOCK_SAMPLES;
            made.sum[t][b] = made.sum2[t][b] = 0;
            for (int k = 0; k < BLOCK_SAMPLES; k++) {
                double r = returns[b * BLOCK_SAMPLES + k];
                made.sum[t][b] += r;
                made.sum2[t][b] += r * r;
            }
            sum += made.sum[t][b];
            sum2 += made.sum2[t][b];
        }
        double mean = sum / SAMPLES, variance = sum2 / SAMPLES - mean * mean;
        made.sharpe[t] = mean / sqrt(variance * SAMPLES / (SAMPLES - 1));
    }
}

static uint32_t best_trial(void)
{
    uint32_t best = 0;
    for (uint32_t t = 1; t < TRIALS; t++)
        if (made.sharpe[t] > made.sharpe[best])
            best = t;
    return best;
}

static double deflated_best(uint64_t seed, double edge_of_7)
{
    uint32_t best = best_trial();
    double mean = 0, variance = 0, moment[3] = {0}, returns[SAMPLES], center = 0;
    for (int t = 0; t < TRIALS; t++)
        mean += made.sharpe[t] / TRIALS;
    for (int t = 0; t < TRIALS; t++)
        variance += (made.sharpe[t] - mean) * (made.sharpe[t] - mean) / (TRIALS - 1);
    draw_returns(seed, best, best == 7 ? edge_of_7 : 0, returns);
    for (int k = 0; k < SAMPLES; k++)
        center += returns[k] / SAMPLES;
    for (int k = 0; k < SAMPLES; k++)
        for (int power = 2; power <= 4; power++)
            moment[power - 2] += pow(returns[k] - center, power) / SAMPLES;
    return admf_deflated_sharpe(made.sharpe[best], admf_expected_maximum_sharpe(variance, TRIALS),
                                SAMPLES, moment[1] / pow(moment[0], 1.5),
                                moment[2] / (moment[0] * moment[0]));
}

static double overfitting(void)
{
    admf_error error = {0};
    struct cross_result result;
    struct cross_sums sums = {
        .trials = TRIALS, .blocks = BLOCKS, .n = made.n, .sum = made.sum[0], .sum2 = made.sum2[0]};
    assert_int_equal(cross_validate(cpu_choose(NULL, &error), &sums, &result, &error), ADMF_OK);
    assert_int_equal(result.splits, 12870);
    return (double)result.overfit / (double)result.splits;
}

enum { SEEDS = 100, JUDGED = 20 }; /* those that are cross-validated too */

static void noise_is_found_to_be_noise(void **state)
{
    (void)state;
    int quiet = 0;
    double sum = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_trials(seed, 0);
        quiet += deflated_best(seed, 0) < 0.95;
        sum += seed <= JUDGED ? overfitting() : 0;
    }
    print_message("noise: %d of %d not significant, mean overfitting %.3f\n", quiet, SEEDS,
                  sum / JUDGED);
    assert_true(quiet >= 95);
    assert_true(fabs(sum / JUDGED - 0.5) < 0.1);
}

static void an_edge_is_found(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        make_trials(seed, 0.4);
        double found = deflated_best(seed, 0.4), overfit = overfitting();
        print_message("edge: deflated %.6f, overfitting %.4f\n", found, overfit);
        assert_int_equal(best_trial(), 7);
        assert_true(found > 0.95);
        assert_true(overfit < 0.05);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),         cmocka_unit_test(expected_maximum),
        cmocka_unit_test(deflated),          cmocka_unit_test(cross_validation),
        cmocka_unit_test(nothing_to_choose), cmocka_unit_test(noise_is_found_to_be_noise),
        cmocka_unit_test(an_edge_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
