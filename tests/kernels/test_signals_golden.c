/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every strategy, and every classifier of bars, against its golden file
 * (tests/oracle/README.md), features included. A row without a file fails; an empty
 * field is a bar too near a threshold to be compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/golden.h"
#include "tests/kernels/signal_rows.h"
#include "tests/kernels/tables.h"

static struct padded columns_of(const struct kernel_table *table, const admf_component *row,
                                const double *p, const struct bars *b)
{
    double *column[ADMF_NEEDS_MAX];
    for (int k = 0; k < row->n_needs; k++)
        column[k] = compute_column(table, row->needs[k], row, p, b, 256);
    struct padded x = pad(column, row->n_needs, b->count);
    for (int k = 0; k < row->n_needs; k++)
        free(column[k]);
    return x;
}

static void compare_signal(const char *name, const int *ours, const double *expected, size_t rows)
{
    size_t compared = 0;
    for (size_t t = 0; t < rows; t++) {
        if (isnan(expected[t]))
            continue;
        if (ours[t] != (int)expected[t])
            fail_msg("%s, bar %zu: %d, not %g", name, t, ours[t], expected[t]);
        compared++;
    }
    assert_true(compared > rows / 2);
}

static void compare_number(const char *name, const double *ours, const double *expected,
                           size_t rows)
{
    for (size_t t = 0; t < rows; t++)
        if (!isnan(expected[t]) && !agrees(ours[t], expected[t], 1))
            fail_msg("%s, bar %zu: %.17g, not %.17g", name, t, ours[t], expected[t]);
}

static void compare_strategy(const struct kernel_table *table, const char *name,
                             const double *expected, const struct bars *b)
{
    double p[ADMF_PARAMS_MAX];
    const char *member;
    int id = parse_series(strategy_rows, STRATEGY_COUNT, name, NULL, NULL, p, &member);
    struct padded x = columns_of(table, &strategy_rows[id], p, b);
    if (!strcmp(member, "strength")) {
        double *strength = allocate(x.words * WORD_BARS * sizeof *strength);
        table->strength[id]((const double *const *)x.column, p, x.words, strength);
        compare_number(name, strength, expected, b->count);
        free(strength);
    } else {
        int *signal = run_strategy(table, id, p, &x);
        compare_signal(name, signal, expected, b->count);
        free(signal);
    }
    free_padded(&x, strategy_rows[id].n_needs);
}

static void compare_classifier(const struct kernel_table *table, const char *name,
                               const double *expected, const struct bars *b)
{
    double p[ADMF_PARAMS_MAX];
    const char *member;
    int id = parse_series(classifier_rows, CLASSIFIER_COUNT, name, NULL, NULL, p, &member);
    struct padded x = columns_of(table, &classifier_rows[id], p, b);
    int *label = run_classifier(table, id, p, &x);
    if (!strcmp(member, "label")) {
        compare_signal(name, label, expected, b->count);
    } else {
        double *confidence = allocate(b->count * sizeof *confidence);
        for (size_t t = 0; t < b->count; t++)
            confidence[t] = confidence_at(table, id, p, &x, t, label[t]);
        compare_number(name, confidence, expected, b->count);
        free(confidence);
    }
    free(label);
    free_padded(&x, classifier_rows[id].n_needs);
}

typedef void compare_fn(const struct kernel_table *, const char *, const double *,
                        const struct bars *);

static void compare_file(const char *folder, const char *row, compare_fn *compare)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    char path[512];
    snprintf(path, sizeof path, "tests/golden/%s/%s.csv", folder, row);
    struct bars b = read_bars("tests/golden/bars.csv");
    struct golden *g = read_golden(path, ';', false);
    if (!g)
        fail_msg("%s is missing", path);
    assert_int_equal(g->rows, b.count);
    for (int k = 0; k < g->columns; k++)
        compare(tables[n - 1], g->names[k], g->value[k], &b);
    free_golden(g);
    free_bars(&b);
}

static void strategies_agree(void **state)
{
    (void)state;
    for (int id = 0; id < STRATEGY_COUNT; id++)
        compare_file("strategies", strategy_rows[id].name, compare_strategy);
}

static void classifiers_agree(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    (void)state;
    assert_true(machine_tables(tables) > 0);
    for (int id = 0; id < CLASSIFIER_COUNT; id++)
        if (tables[0]->classifier[id]) /* those of days have tests of their own */
            compare_file("classifiers", classifier_rows[id].name, compare_classifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strategies_agree),
        cmocka_unit_test(classifiers_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
