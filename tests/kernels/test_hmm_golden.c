/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classifier hmm with model_type hmm against golden files made with hmmlearn
 * (tests/oracle/README.md): parameters of every 20th fit through the reference, whose
 * labels are the kernels' bit for bit, and labels and confidences of all days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/hmm_reference.h"
#include "tests/kernels/tables.h"

static const double lookbacks[] = {30, 60};
enum { LOOKBACKS = 2, EVERY = 5 };

/* Fits of a file, matched by day. */
struct matching {
    const struct golden *golden;
    double lookback;
    size_t matched;
};

static const double *column_of(const struct golden *g, const char *format, ...)
{
    char name[64];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    for (int k = 0; k < g->columns; k++)
        if (!strcmp(g->names[k], name))
            return g->value[k];
    give_up("no column %s", name);
}

static void near(const char *what, size_t day, double ours, double expected)
{
    if (!(fabs(ours - expected) <= 1e-6))
        fail_msg("%s of the fit of day %zu: %.17g, not %.17g", what, day, ours, expected);
}

static void compare_fit(void *user, size_t day, const struct hmm_model *m)
{
    static const char *const feature[2] = {"return", "range"};
    struct matching *to = user;
    const struct golden *g = to->golden;
    for (size_t r = 0; r < g->rows; r++) {
        if (column_of(g, "day")[r] != (double)day ||
            column_of(g, "lookback_days")[r] != to->lookback)
            continue;
        to->matched++;
        assert_int_equal(m->steps, (int)column_of(g, "steps")[r]);
        near("likelihood", day, m->log_likelihood, column_of(g, "loglik")[r]);
        for (int i = 0; i < 3; i++) {
            near("pi", day, m->pi[i], column_of(g, "pi_%d", i)[r]);
            for (int k = 0; k < 3; k++)
                near("a", day, m->a[i][k], column_of(g, "a_%d_%d", i, k)[r]);
            for (int f = 0; f < 2; f++) {
                near("mean", day, m->mu[i][f], column_of(g, "mean_%d_%s", i, feature[f])[r]);
                double variance = column_of(g, "var_%d_%s", i, feature[f])[r];
                near("variance", day, m->var[i][f] / variance, 1);
            }
        }
    }
}

static void test_parameters(void **state)
{
    (void)state;
    struct golden *g = read_golden("tests/golden/classifiers/hmm_gaussian.csv", ';', false);
    if (!g)
        fail_msg("no golden file hmm_gaussian.csv");
    struct bars b = read_bars("data/sp500_daily.csv");
    struct day_series days = series_of(&b);
    size_t matched = 0;
    for (int w = 0; w < LOOKBACKS; w++) {
        struct matching to = {.golden = g, .lookback = lookbacks[w]};
        struct day_labels l = hmm_reference(&days, (size_t)lookbacks[w], EVERY, compare_fit, &to);
        free_labels(&l);
        matched += to.matched;
    }
    assert_true(g->rows > 50 && matched == g->rows);
    free_bars(&b);
    free_golden(g);
}

static void compare_days(const struct kernel_table *table, const struct day_series *days,
                         const struct golden *g, double lookback)
{
    double p[] = {GAUSSIAN, lookback, EVERY};
    const double *label = column_of(g, "label_%g", lookback);
    const double *confidence = column_of(g, "confidence_%g", lookback);
    struct day_labels got = new_labels(days->count);
    run_days(table, p, days, 0, days->count, got.label, got.confidence);
    for (size_t d = 0; d < days->count; d++) {
        if (isnan(label[d])) /* a tie */
            continue;
        assert_int_equal(got.label[d], (int)label[d]);
        near("confidence", d, got.confidence[d], confidence[d]);
    }
    free_labels(&got);
}

static void test_labels(void **state)
{
    (void)state;
    struct golden *g = read_golden("tests/golden/classifiers/hmm_gaussian_days.csv", ';', false);
    if (!g)
        fail_msg("no golden file hmm_gaussian_days.csv");
    struct bars b = read_bars("data/sp500_daily.csv");
    struct day_series days = series_of(&b);
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    assert_int_equal(g->rows, b.count);
    for (int k = 0; k < n; k++)
        for (int w = 0; w < LOOKBACKS; w++)
            compare_days(tables[k], &days, g, lookbacks[w]);
    free_bars(&b);
    free_golden(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parameters),
                                       cmocka_unit_test(test_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
