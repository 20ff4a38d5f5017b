/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stationary bootstrap against tests/oracle/bootstrap.py, whose distribution is that of another
 * program, and what must hold of any.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/analysis/bootstrap.h"
#include "engine/base/memory.h"
#include "kernels/math/philox.h"
#include "tests/kernels/golden.h"

static struct golden *golden(const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "tests/golden/bootstrap/%s.csv", name);
    struct golden *g = read_golden(path, ';', false);
    assert_non_null(g);
    return g;
}

static void draw(const struct bootstrap_source *source, struct bootstrap_bands *bands)
{
    admf_error error = {0};
    if (bootstrap(source, bands, &error) != ADMF_OK)
        fail_msg("%s", error.message);
}

static void expect_near(const char *what, double value, double expected)
{
    bool near = fabs(value - expected) <= 1e-12 * fmax(fabs(expected), 1);
    if (!near && !(isnan(value) && isnan(expected)))
        fail_msg("%s is %.17g and not %.17g", what, value, expected);
}

/* Columns of cases.csv. */
enum { SAMPLES, INITIAL, PERIODS, RISK_FREE, PATHS, BLOCK, SEED, COMBO, SYMBOL, WINDOW, LOSING };

static void the_oracles_paths(void **state)
{
    (void)state;
    struct golden *returns = golden("returns"), *cases = golden("cases"), *rows = golden("bands");
    struct bootstrap_bands bands;
    size_t compared = 0;
    for (size_t i = 0; i < cases->rows; i++) {
        double x[64];
        for (int c = 0; c < cases->columns; c++)
            x[c] = cases->value[c][i];
        draw(&(struct bootstrap_source){.returns = returns->value[0],
                                        .samples = (size_t)x[SAMPLES],
                                        .initial_cash = x[INITIAL],
                                        .periods = x[PERIODS],
                                        .risk_free_rate = x[RISK_FREE],
                                        .paths = (uint64_t)x[PATHS],
                                        .block = (uint64_t)x[BLOCK],
                                        .seed = (uint64_t)x[SEED],
                                        .combo = (uint64_t)x[COMBO],
                                        .symbol = (uint32_t)x[SYMBOL],
                                        .window = (uint32_t)x[WINDOW]},
             &bands);
        expect_near("losing", bands.losing, x[LOSING]);
        for (int q = 0; q < ADMF_QUANTILES; q++) {
            expect_near("total_return", bands.total_return[q], x[LOSING + 1 + q]);
            expect_near("max_drawdown", bands.max_drawdown[q], x[LOSING + 6 + q]);
            expect_near("sharpe", bands.sharpe[q], x[LOSING + 11 + q]);
        }
        for (size_t step = 0; step < bands.steps; step++)
            for (size_t r = 0; r < rows->rows; r++) {
                if (rows->value[0][r] != (double)i ||
                    rows->value[1][r] != (double)bands.sample[step])
                    continue;
                for (int q = 0; q < ADMF_QUANTILES; q++)
                    expect_near("equity", bands.equity[q][step] / x[INITIAL],
                                rows->value[2 + q][r] / x[INITIAL]);
                compared++;
            }
    }
    assert_int_equal(compared, rows->rows);
    free_golden(returns);
    free_golden(cases);
    free_golden(rows);
}

/* Returns that are normal, with a mean and a deviation. */
enum { MADE = 700 };
static const double *made(void)
{
    static double returns[MADE];
    for (size_t t = 0; t < MADE; t += 2) {
        philox_normals(5, 1, t, &returns[t]);
        returns[t] = 0.0005 + 0.01 * returns[t];
        returns[t + 1] = 0.0005 + 0.01 * returns[t + 1];
    }
    return returns;
}

static struct bootstrap_source usual(void)
{
    return (struct bootstrap_source){
        .returns = made(), .samples = MADE, .initial_cash = 1000, .periods = 252, .paths = 200};
}

static void equal_arguments_give_equal_bits(void **state)
{
    (void)state;
    struct bootstrap_bands *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    struct bootstrap_source source = usual(), other[5];
    draw(&source, a);
    draw(&source, b);
    assert_memory_equal(a, b, sizeof *a);
    for (int i = 0; i < 5; i++)
        other[i] = source;
    other[0].seed = 1;
    other[1].combo = 1;
    other[2].symbol = 1;
    other[3].window = 1;
    other[4].block = 4;
    for (int i = 0; i < 5; i++) {
        draw(&other[i], b);
        for (int q = 0; q < ADMF_QUANTILES; q++)
            assert_true(a->total_return[q] != b->total_return[q]);
    }
    free(a);
    free(b);
}

static void steps_go_to_the_last_sample(void **state)
{
    (void)state;
    static const size_t samples[] = {1, 2, 511, 512, 513, MADE};
    struct bootstrap_bands bands;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct bootstrap_source source = usual();
        source.samples = samples[i];
        draw(&source, &bands);
        assert_int_equal(bands.steps, samples[i] < 512 ? samples[i] : 512);
        assert_int_equal(bands.sample[bands.steps - 1], samples[i] - 1);
        for (size_t k = 1; k < bands.steps; k++)
            assert_true(bands.sample[k] > bands.sample[k - 1]);
        for (int q = 0; q < ADMF_QUANTILES; q++) {
            double end = bands.equity[q][bands.steps - 1] / source.initial_cash - 1;
            assert_true(fabs(end - bands.total_return[q]) < 1e-12);
            assert_true(q == 0 || bands.max_drawdown[q] >= bands.max_drawdown[q - 1]);
        }
    }
}

static void constant_returns_leave_no_width(void **state)
{
    (void)state;
    static const double constant[] = {0.001, 0, -0.001};
    double returns[MADE];
    struct bootstrap_bands bands;
    for (int i = 0; i < 3; i++) {
        struct bootstrap_source source = usual();
        for (size_t t = 0; t < MADE; t++)
            returns[t] = constant[i];
        source.returns = returns;
        draw(&source, &bands);
        for (size_t k = 0; k < bands.steps; k++)
            for (int q = 1; q < ADMF_QUANTILES; q++)
                assert_true(bands.equity[q][k] == bands.equity[0][k]);
        assert_true(bands.losing == (constant[i] < 0));
        assert_true(isnan(bands.sharpe[0]) && bands.total_return[0] == bands.total_return[4]);
        assert_true((bands.max_drawdown[4] > 0) == (constant[i] < 0));
    }
}

/* Blocks of 1 are independent draws: the sum of N logarithms is normal with N times their mean and
 * variance, and its median over the paths within four standard errors of that. */
static void blocks_of_one_are_independent(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct bootstrap_bands bands;
    struct bootstrap_source source = usual();
    double mean = 0, square = 0, tail = 1.6448536269514722;
    source.block = 1;
    source.paths = MANY;
    draw(&source, &bands);
    for (size_t t = 0; t < MADE; t++) {
        double x = log1p(source.returns[t]);
        mean += x / MADE;
        square += x * x / MADE;
    }
    double spread = sqrt(MADE * (square - mean * mean)), error = spread / sqrt((double)MANY);
    assert_int_equal(bands.block, 1);
    assert_true(fabs(log1p(bands.total_return[2]) - MADE * mean) < 4 * 1.2533 * error);
    assert_true(fabs(log1p(bands.total_return[0]) - (MADE * mean - tail * spread)) < 9 * error);
    assert_true(fabs(log1p(bands.total_return[4]) - (MADE * mean + tail * spread)) < 9 * error);
}

static void who_is_bankrupt_stays_so(void **state)
{
    (void)state;
    const double returns[] = {0.01, -1, 0.5, 0.02};
    struct bootstrap_bands bands;
    struct bootstrap_source source = usual();
    source.returns = returns;
    source.samples = 4;
    draw(&source, &bands);
    assert_true(bands.total_return[0] == -1 && bands.max_drawdown[4] == 1);
    for (size_t k = 1; k < bands.steps; k++)
        for (int q = 0; q < ADMF_QUANTILES; q++)
            assert_true(bands.equity[q][k - 1] > 0 || bands.equity[q][k] == 0);
}

static void ends_in_order(void **state)
{
    (void)state;
    struct bootstrap_bands bands;
    struct bootstrap_source source = usual();
    for (uint64_t n = 1; n <= 2; n++) {
        admf_error error = {0};
        memory_fail_at(n);
        assert_int_equal(bootstrap(&source, &bands, &error), ADMF_INTERNAL);
        memory_fail_at(0);
        assert_string_equal(error.message, "out of memory");
    }
    volatile int stop = ADMF_INTERRUPTED;
    admf_error error = {0};
    source.stop = &stop;
    assert_int_equal(bootstrap(&source, &bands, &error), ADMF_INTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracles_paths),
        cmocka_unit_test(equal_arguments_give_equal_bits),
        cmocka_unit_test(steps_go_to_the_last_sample),
        cmocka_unit_test(constant_returns_leave_no_width),
        cmocka_unit_test(blocks_of_one_are_independent),
        cmocka_unit_test(who_is_bankrupt_stays_so),
        cmocka_unit_test(ends_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
