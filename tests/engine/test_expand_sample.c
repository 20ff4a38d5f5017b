/* SPDX-License-Identifier: Apache-2.0 */
/* Samples: distinct, sorted, reproducible, evenly spread; and the Sobol sequence itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/expand/axis.h"
#include "engine/expand/grid.h"
#include "engine/expand/sample.h"
#include "tests/io/config/parsing.h"

struct drawn {
    struct config *config;
    struct grid grid;
    struct arena arena;
    struct sample sample;
};

static void draw(struct drawn *d, const char *grid, unsigned n, unsigned seed, const char *method)
{
    char text[1024];
    memset(d, 0, sizeof *d);
    snprintf(text, sizeof text,
             "strategies:\n  - type: macd_crossover\n    %s\n    sample: {n: %u, seed: %u, method: "
             "%s}\n",
             grid, n, seed, method);
    d->config = parse(text);
    assert_true(grid_init(&d->grid, &d->config->strategies.entries[0], d->config));
    assert_true(grid_prepare(&d->grid, &d->arena));
    assert_true(sample_draw(&d->grid, &d->sample));
}

static void finish(struct drawn *d)
{
    memory_free(d->sample.cells);
    arena_deinit(&d->arena);
    config_free(&d->config);
}

static const char *const methods[] = {"random", "latin", "sobol"};

/* Grids of all sizes, with and without `where`, and samples from few to all cells. */
static const struct {
    const char *grid;
    unsigned n;
} cases[] = {
    {"parameters: {fast_period: [1, 2, 3], slow_period: [10, 20, 30, 40]}", 5},
    {"parameters: {fast_period: [1, 2, 3], slow_period: [10, 20, 30, 40]}", 12},
    {"parameters: {fast_period: [1, 2, 30], slow_period: [10, 20, 30, 40]}\n"
     "    where: fast_period < slow_period",
     9},
    {"parameters: {fast_period: {start: 1, stop: 100, step: 1}, slow_period: {start: 1, stop: 100, "
     "step: 1}}\n    where: fast_period < slow_period",
     4950},
    {"parameters: {fast_period: {start: 1, stop: 1000, step: 1}, slow_period: {start: 1001, stop: "
     "9000, step: 1}, signal_period: {start: 1, stop: 50, step: 1}}",
     1000},
    {"parameters: {fast_period: {start: 1, stop: 10000, step: 1}, slow_period: {start: 1, stop: "
     "100000, step: 1}, signal_period: {start: 1, stop: 1000, step: 1}, min_histogram: {linspace: "
     "[0, 1, 1000000]}}\n    where: fast_period * 3 < slow_period",
     500},
    {"parameter_sets: [{fast_period: 3}, {fast_period: 4}]\n"
     "    parameters: {slow_period: [10, 20], signal_period: [1, 2, 3, 4, 5]}",
     7},
    {"parameters: {min_histogram: {linspace: [0, 1, 2000000]}}\n"
     "    where: min_histogram > 0.99999",
     20},
};

static void samples_are_sorted_distinct_and_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t m = 0; m < 3; m++) {
            struct drawn d;
            draw(&d, cases[i].grid, cases[i].n, 7, methods[m]);
            if (d.sample.count != cases[i].n)
                fail_msg("case %zu, %s: %zu cells", i, methods[m], d.sample.count);
            for (size_t k = 0; k < d.sample.count; k++) {
                uint64_t digits[DIMENSIONS_MAX];
                double params[ADMF_PARAMS_MAX];
                assert_true(d.sample.cells[k] < d.grid.cells);
                assert_true(k == 0 || d.sample.cells[k] > d.sample.cells[k - 1]);
                grid_digits(&d.grid, d.sample.cells[k], digits);
                assert_true(grid_index(&d.grid, digits) == d.sample.cells[k]);
                grid_params(&d.grid, digits, params);
                assert_true(grid_passes(&d.grid, params));
            }
            finish(&d);
        }
}

static void the_seed_decides(void **state)
{
    (void)state;
    for (size_t m = 0; m < 3; m++) {
        struct drawn a, b, c;
        draw(&a, cases[4].grid, 200, 1, methods[m]);
        draw(&b, cases[4].grid, 200, 1, methods[m]);
        draw(&c, cases[4].grid, 200, 2, methods[m]);
        assert_memory_equal(a.sample.cells, b.sample.cells, 200 * sizeof *a.sample.cells);
        assert_memory_not_equal(a.sample.cells, c.sample.cells, 200 * sizeof *a.sample.cells);
        finish(&a);
        finish(&b);
        finish(&c);
    }
}

/* The first cells of each method: the same on every machine and in every version. */
static void samples_do_not_change(void **state)
{
    (void)state;
    static const uint64_t expected[3][3] = {
        {UINT64_C(11890240538510440), UINT64_C(161730490633677548), UINT64_C(886335209030263008)},
        {UINT64_C(257609193731511382), UINT64_C(628790640031853548), UINT64_C(670641661646064186)},
        {UINT64_C(23063633261411730), UINT64_C(273038633511661730), UINT64_C(773088633011161730)}};
    for (size_t m = 0; m < 3; m++) {
        struct drawn d;
        draw(&d, cases[5].grid, 3, 42, methods[m]);
        for (size_t k = 0; k < 3; k++)
            if (d.sample.cells[k] != expected[m][k])
                fail_msg("%s: cell %zu is %llu", methods[m], k,
                         (unsigned long long)d.sample.cells[k]);
        finish(&d);
    }
}

/* How often each value of each dimension occurs. */
static void count_digits(const struct drawn *d, int dimension, unsigned *counts)
{
    for (size_t k = 0; k < d->sample.count; k++) {
        uint64_t digits[DIMENSIONS_MAX];
        grid_digits(&d->grid, d->sample.cells[k], digits);
        counts[digits[dimension]]++;
    }
}

static void latin_uses_every_stratum_once(void **state)
{
    (void)state;
    static const char grid[] =
        "parameters: {fast_period: {start: 1, stop: 10, step: 1}, slow_period: "
        "{start: 11, stop: 30, step: 1}, signal_period: {start: 1, stop: 40, "
        "step: 1}}";
    struct drawn d;
    for (unsigned seed = 0; seed < 20; seed++) {
        draw(&d, grid, 120, seed, "latin");
        for (int i = 0; i < 3; i++) {
            unsigned counts[64] = {0};
            count_digits(&d, i, counts);
            for (uint64_t v = 0; v < d.grid.dimension[i].count; v++)
                assert_int_equal(counts[v], 120 / d.grid.dimension[i].count);
        }
        finish(&d);
    }
}

static void sobol_is_even_in_every_dimension(void **state)
{
    (void)state;
    static const char grid[] =
        "parameters: {fast_period: {start: 1, stop: 64, step: 1}, slow_period: "
        "{start: 101, stop: 164, step: 1}, signal_period: {start: 1, stop: 64, "
        "step: 1}}";
    struct drawn d;
    draw(&d, grid, 256, 3, "sobol");
    for (int i = 0; i < 3; i++) {
        unsigned counts[64] = {0};
        count_digits(&d, i, counts);
        for (int v = 0; v < 64; v++)
            assert_int_equal(counts[v], 4);
    }
    finish(&d);
}

/* Every projection of the first 2^k points on one dimension is a permutation of k-bit numbers,
 * which holds iff the leading k-by-k matrix of direction bits is regular; and the first points
 * are those of the published sequence. */
static void sobol_directions_are_right(void **state)
{
    (void)state;
    static const double points[8][4] = {{0, 0, 0, 0},
                                        {0.5, 0.5, 0.5, 0.5},
                                        {0.75, 0.25, 0.25, 0.25},
                                        {0.25, 0.75, 0.75, 0.75},
                                        {0.375, 0.375, 0.625, 0.875},
                                        {0.875, 0.875, 0.125, 0.375},
                                        {0.625, 0.125, 0.875, 0.625},
                                        {0.125, 0.625, 0.375, 0.125}};
    for (int dimension = 0; dimension < SOBOL_DIMENSIONS_MAX; dimension++) {
        uint64_t directions[64], x = 0;
        sobol_directions(dimension, directions);
        for (int i = 0; i < 64; i++) {
            assert_true(directions[i] >> (63 - i) & 1);
            assert_true(i == 63 || (directions[i] & ((UINT64_C(1) << (63 - i)) - 1)) == 0);
        }
        for (int k = 0; dimension < 4 && k < 8; k++) {
            assert_true((double)(x >> 11) * 0x1p-53 == points[k][dimension]);
            x ^= directions[__builtin_ctz(~(unsigned)k)];
        }
    }
}

static void random_samples_are_uniform(void **state)
{
    (void)state;
    unsigned counts[12] = {0};
    for (unsigned seed = 0; seed < 3000; seed++) {
        struct drawn d;
        draw(&d, cases[0].grid, 4, seed, "random");
        for (size_t k = 0; k < 4; k++)
            counts[d.sample.cells[k]]++;
        finish(&d);
    }
    double chi = 0;
    for (int i = 0; i < 12; i++)
        chi += ((double)counts[i] - 1000) * ((double)counts[i] - 1000) / 1000;
    assert_true(chi < 30);
}

static void too_few_sets_are_an_error(void **state)
{
    (void)state;
    struct config *config = parse(
        "strategies:\n  - type: momentum\n    parameters: {signal_threshold: {linspace: [0, 1, "
        "1000000000000]}}\n    where: signal_threshold > 2\n    sample: {n: 5}\n");
    struct axis axes[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(axes_expand(config, config->memory, axes, &errors), ADMF_BAD_CONFIG);
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.items[0].message, "only 0 that pass"));
    config_free(&config);
    admf_diagnostics_deinit(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_are_sorted_distinct_and_pass),
                                       cmocka_unit_test(the_seed_decides),
                                       cmocka_unit_test(samples_do_not_change),
                                       cmocka_unit_test(latin_uses_every_stratum_once),
                                       cmocka_unit_test(sobol_is_even_in_every_dimension),
                                       cmocka_unit_test(sobol_directions_are_right),
                                       cmocka_unit_test(random_samples_are_uniform),
                                       cmocka_unit_test(too_few_sets_are_an_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
