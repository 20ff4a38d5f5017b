/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of stretches of two columns, on every instruction set, against a plain loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/feature_rows.h"
#include "tests/kernels/tables.h"

enum { GUARDS = 16, STRETCHES = 3000, EVERY_STRETCH_TO = 70 };
#define GUARD (-0x1.badp+900)

/* The table of two columns, its rows between guards. */
struct guarded_table {
    size_t bars;
    double *low, *high;
    struct range_entry *rows;
    struct range_table table;
};

/* Few different values, so that stretches hold their extremes several times. */
static double *random_column(size_t bars, uint64_t seed)
{
    double *column = allocate(bars * sizeof *column);
    for (size_t t = 0; t < bars; t++)
        column[t] = 1 + floor(40 * random_unit(&seed)) / 8;
    return column;
}

static bool is_guard(const struct range_entry *entry)
{
    return entry->low == GUARD && entry->minus_high == GUARD;
}

static void make(const struct kernel_table *table, struct guarded_table *e, size_t bars)
{
    size_t n = range_entries(bars) + 2 * GUARDS;
    *e = (struct guarded_table){.bars = bars};
    e->low = random_column(bars, 11 + bars);
    e->high = random_column(bars, 12 + bars);
    e->rows = allocate(n * sizeof *e->rows);
    for (size_t i = 0; i < n; i++)
        e->rows[i] = (struct range_entry){GUARD, GUARD};
    e->table = (struct range_table){.low = e->low, .high = e->high};
    table->ranges(&e->table, bars, e->rows + GUARDS);
}

static void unmake(const struct kernel_table *table, struct guarded_table *e)
{
    size_t n = range_entries(e->bars);
    for (size_t i = 0; i < GUARDS; i++)
        if (!is_guard(&e->rows[i]) || !is_guard(&e->rows[GUARDS + n + i]))
            fail_msg("%s wrote outside the rows of %zu bars", table->name, e->bars);
    free(e->rows);
    free(e->low);
    free(e->high);
}

static void check(const struct kernel_table *table, const struct guarded_table *e, size_t begin,
                  size_t end)
{
    double low = e->low[begin], high = e->high[begin];
    for (size_t t = begin; t < end; t++) {
        low = e->low[t] < low ? e->low[t] : low;
        high = e->high[t] > high ? e->high[t] : high;
    }
    const struct range_table bare = {.low = e->low, .high = e->high};
    const struct range_table *both[] = {&e->table, &bare};
    for (int k = 0; k < 2; k++) {
        struct price_range range = range_of(both[k], begin, end);
        if (range.low != low || range.high != high || lowest(both[k], begin, end) != low ||
            highest(both[k], begin, end) != high)
            fail_msg("%s, %s, bars %zu to %zu of %zu: %g and %g, not %g and %g", table->name,
                     k ? "without rows" : "from rows", begin, end, e->bars, range.low, range.high,
                     low, high);
    }
    struct price_range none = range_or_none(&e->table, end, begin);
    assert_true(none.low == INFINITY && none.high == -INFINITY);
}

static void check_bars(const struct kernel_table *table, size_t bars)
{
    struct guarded_table e;
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

static void every_stretch_has_its_range(void **state)
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_stretch_has_its_range)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
