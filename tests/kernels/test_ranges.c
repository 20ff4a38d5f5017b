/* SPDX-License-Identifier: Apache-2.0 */
/* Extremes over stretches of a column, on every instruction set, against a plain loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/feature_rows.h"
#include "tests/kernels/tables.h"

enum { GUARDS = 16, STRETCHES = 3000, EVERY_STRETCH_TO = 70 };
#define GUARD (-0x1.badp+900)

/* Both tables of one column, rows above 0 between guards. */
struct extremes_pair {
    size_t bars;
    double *column, *rows[2]; /* of the lowest, of the highest */
    struct extremes of[2];
};

/* Few different values, so that stretches hold their extremes several times. */
static double *random_column(size_t bars, uint64_t seed)
{
    double *column = allocate(bars * sizeof *column);
    for (size_t t = 0; t < bars; t++)
        column[t] = 1 + floor(40 * random_unit(&seed)) / 8;
    return column;
}

static void make(const struct kernel_table *table, struct extremes_pair *e, size_t bars)
{
    extremes_kernel *const kernel[] = {table->lowest, table->highest};
    *e = (struct extremes_pair){.bars = bars};
    e->column = random_column(bars, 11 + bars);
    for (int k = 0; k < 2; k++) {
        size_t n = range_doubles(e->bars) + 2 * GUARDS;
        e->rows[k] = allocate(n * sizeof *e->rows[k]);
        for (size_t i = 0; i < n; i++)
            e->rows[k][i] = GUARD;
        e->of[k].bar[0] = e->column;
        kernel[k](&e->of[k], bars, e->rows[k] + GUARDS);
    }
}

static void unmake(const struct kernel_table *table, struct extremes_pair *e)
{
    size_t n = range_doubles(e->bars);
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < GUARDS; i++)
            if (e->rows[k][i] != GUARD || e->rows[k][GUARDS + n + i] != GUARD)
                fail_msg("%s wrote outside the rows of %zu bars", table->name, e->bars);
        free(e->rows[k]);
    }
    free(e->column);
}

static void check(const struct kernel_table *table, const struct extremes_pair *e, size_t begin,
                  size_t end)
{
    double low = e->column[begin], high = low;
    for (size_t t = begin; t < end; t++) {
        low = e->column[t] < low ? e->column[t] : low;
        high = e->column[t] > high ? e->column[t] : high;
    }
    const struct extremes bare = {.bar = {e->column}};
    if (lowest(&bare, begin, end) != low || highest(&bare, begin, end) != high)
        fail_msg("without a table, bars %zu to %zu of %zu are not %g and %g", begin, end, e->bars,
                 low, high);
    if (lowest(&e->of[0], begin, end) != low || highest(&e->of[1], begin, end) != high)
        fail_msg("%s, bars %zu to %zu of %zu: %g and %g, not %g and %g", table->name, begin, end,
                 e->bars, lowest(&e->of[0], begin, end), highest(&e->of[1], begin, end), low, high);
}

static void check_bars(const struct kernel_table *table, size_t bars)
{
    struct extremes_pair e;
    uint64_t seed = 5 + bars;
    make(table, &e, bars);
    if (bars <= EVERY_STRETCH_TO) {
        for (size_t begin = 0; begin < bars; begin++)
            for (size_t end = begin + 1; end <= bars; end++)
                check(table, &e, begin, end);
    } else {
        for (int k = 0; k < STRETCHES; k++) {
            size_t begin = (size_t)((double)bars * random_unit(&seed));
            size_t most = k % 2 ? bars - begin : bars - begin < 40 ? bars - begin : 40;
            check(table, &e, begin, begin + 1 + (size_t)((double)most * random_unit(&seed)));
        }
        check(table, &e, 0, bars);
    }
    unmake(table, &e);
}

static void every_stretch_has_its_extremes(void **state)
{
    static const size_t larger[] = {127, 128, 129, 511, 1000, 2048, 2049, RANGE_TILE_MOST};
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++) {
        for (size_t bars = 1; bars <= EVERY_STRETCH_TO; bars++)
            check_bars(tables[i], bars);
        for (size_t k = 0; k < sizeof larger / sizeof *larger; k++)
            check_bars(tables[i], larger[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_stretch_has_its_extremes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
