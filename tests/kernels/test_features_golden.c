/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every feature against its golden files (tests/oracle/README.md): values of TA-Lib and
 * of a long-double reference written in another language. A row without files fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/golden.h"
#include "tests/kernels/tables.h"

/*
 * One column of a golden file. `bar` holds the bar of each row, NULL where row and bar
 * are the same. From the first bar on an empty field means undefined; a reference says
 * the same about the bars before.
 */
static void compare_column(const struct kernel_table *table, const char *name, const char *oracle,
                           const double *expected, const double *bar, size_t rows,
                           const struct bars *b)
{
    double p[ADMF_PARAMS_MAX];
    const char *member, *colon = strchr(oracle, ':');
    if (!colon)
        give_up("%s: no oracle", name);
    bool is_reference = !strncmp(oracle, "reference", 9);
    size_t first = (size_t)strtoul(colon + 1, NULL, 10), compared = 0;
    int f = parse_series(feature_rows, N_FEATURES, name, NULL, NULL, p, &member);
    find_member(&feature_rows[f], member);
    double *ours = compute_column(table, name, NULL, NULL, b, 256);
    for (size_t row = 0; row < rows; row++) {
        size_t t = bar ? (size_t)bar[row] : row;
        if (t < first && !(is_reference && isnan(expected[row])))
            continue;
        double scale = in_currency(f) ? b->column[CLOSE][t] : 1;
        if (!agrees(ours[t], expected[row], scale))
            fail_msg("%s, bar %zu: %.17g, but %s says %.17g", name, t, ours[t], oracle,
                     expected[row]);
        compared += !isnan(expected[row]);
    }
    if (compared == 0)
        fail_msg("%s: nothing to compare", name);
    free(ours);
}

/* False if there is no such file. */
static bool compare_file(const struct kernel_table *table, const char *folder, int feature,
                         bool has_bars, const struct bars *b)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.csv", folder, feature_rows[feature].name);
    struct golden *g = read_golden(path, ';', true);
    if (!g) {
        print_error("%s is missing\n", path);
        return false;
    }
    int k = 0;
    const double *bar = has_bars ? g->value[k++] : NULL;
    if (!bar && g->rows != b->count)
        fail_msg("%s: %zu rows for %zu bars", path, g->rows, b->count);
    for (; k < g->columns; k++)
        compare_column(table, g->names[k], g->oracles[k], g->value[k], bar, g->rows, b);
    free_golden(g);
    return true;
}

static void compare_folder(const char *folder, bool has_bars, const char *bars_path)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables), missing = 0;
    struct bars b = read_bars(bars_path);
    for (int f = 0; f < N_FEATURES; f++)
        missing += !compare_file(tables[n - 1], folder, f, has_bars, &b);
    free_bars(&b);
    assert_int_equal(missing, 0);
}

static void features_agree_on_made_up_bars(void **state)
{
    (void)state;
    compare_folder("tests/golden/features", false, "tests/golden/bars.csv");
}

static void features_agree_on_the_index(void **state)
{
    (void)state;
    compare_folder("tests/golden/features_sp500", true, "data/sp500_daily.csv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_agree_on_made_up_bars),
        cmocka_unit_test(features_agree_on_the_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
