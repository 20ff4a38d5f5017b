/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every feature kernel against a plain long-double reference, and against itself: tile
 * sizes, instruction sets and what comes later must not change a bit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/feature_reference.h"
#include "tests/kernels/tables.h"

struct instance {
    int feature;
    double p[3];
};

/* Of each feature: shortest and odd periods, every variant, one longer than the data. */
static const struct instance instances[] = {
    {FEATURE_sma, {1}},
    {FEATURE_sma, {2}},
    {FEATURE_sma, {5}},
    {FEATURE_sma, {20}},
    {FEATURE_sma, {300}},
    {FEATURE_sma, {777}},
    {FEATURE_sma, {100000}},
    {FEATURE_ema, {1, 0}},
    {FEATURE_ema, {20, 0}},
    {FEATURE_ema, {333, 0}},
    {FEATURE_ema, {1, 1}},
    {FEATURE_ema, {20, 1}},
    {FEATURE_ema, {100000, 1}},
    {FEATURE_wma, {1}},
    {FEATURE_wma, {2}},
    {FEATURE_wma, {7}},
    {FEATURE_wma, {150}},
    {FEATURE_wma, {1200}},
    {FEATURE_wma, {100000}},
    {FEATURE_rsi, {2, 0}},
    {FEATURE_rsi, {14, 0}},
    {FEATURE_rsi, {100, 0}},
    {FEATURE_rsi, {2, 1}},
    {FEATURE_rsi, {14, 1}},
    {FEATURE_rsi, {501, 1}},
    {FEATURE_macd, {12, 26, 9}},
    {FEATURE_macd, {1, 2, 1}},
    {FEATURE_macd, {30, 100, 50}},
    {FEATURE_bollinger, {2, 1, 0}},
    {FEATURE_bollinger, {20, 2, 0}},
    {FEATURE_bollinger, {20, 2.5, 1}},
    {FEATURE_bollinger, {613, 0.5, 1}},
    {FEATURE_atr, {1, 0}},
    {FEATURE_atr, {14, 0}},
    {FEATURE_atr, {1, 1}},
    {FEATURE_atr, {14, 1}},
    {FEATURE_atr, {200, 1}},
    {FEATURE_atr, {1, 2}},
    {FEATURE_atr, {14, 2}},
    {FEATURE_atr_mean, {14, 20}},
    {FEATURE_atr_mean, {1, 1}},
    {FEATURE_atr_mean, {5, 333}},
    {FEATURE_plus_di, {2}},
    {FEATURE_plus_di, {14}},
    {FEATURE_plus_di, {100000}},
    {FEATURE_minus_di, {2}},
    {FEATURE_minus_di, {14}},
    {FEATURE_minus_di, {99}},
    {FEATURE_adx, {2}},
    {FEATURE_adx, {14}},
    {FEATURE_adx, {99}},
    {FEATURE_roc, {1}},
    {FEATURE_roc, {10}},
    {FEATURE_roc, {100000}},
    {FEATURE_return, {1}},
    {FEATURE_return, {20}},
    {FEATURE_return, {100000}},
    {FEATURE_donchian, {1, 0}},
    {FEATURE_donchian, {20, 0}},
    {FEATURE_donchian, {555, 0}},
    {FEATURE_donchian, {1, 1}},
    {FEATURE_donchian, {2, 1}},
    {FEATURE_donchian, {20, 1}},
    {FEATURE_donchian, {100000, 1}},
    {FEATURE_stddev, {2, 0}},
    {FEATURE_stddev, {20, 0}},
    {FEATURE_stddev, {20, 1}},
    {FEATURE_stddev, {1024, 1}},
    {FEATURE_stddev, {100000, 0}},
    {FEATURE_zscore, {2, 0}},
    {FEATURE_zscore, {20, 0}},
    {FEATURE_zscore, {3, 1}},
    {FEATURE_zscore, {400, 1}},
    {FEATURE_volatility, {2}},
    {FEATURE_volatility, {20}},
    {FEATURE_volatility, {250}},
};
enum { INSTANCES = sizeof instances / sizeof *instances };

static void free_members(int feature, double **out)
{
    for (int k = 0; k < feature_rows[feature].n_members; k++)
        free(out[k]);
}

/* Asserts that the first `count` bars of all members agree to the bit. */
static void assert_same(int feature, double *const *a, double *const *b, size_t count,
                        const char *what)
{
    for (int k = 0; k < feature_rows[feature].n_members; k++)
        for (size_t t = 0; t < count; t++)
            if (!same_bits(a[k][t], b[k][t]))
                fail_msg("%s.%s, %s: bar %zu is %a, not %a", feature_rows[feature].name,
                         feature_rows[feature].members[k], what, t, b[k][t], a[k][t]);
}

static void assert_near_reference(const struct kernel_table *table, const struct instance *i,
                                  const struct bars *b, const char *what)
{
    char text[DIFFERENCE_MAX];
    if (!near_reference(table, i->feature, i->p, b, text))
        fail_msg("%s: %s", what, text);
}

static void every_feature_has_an_instance(void **state)
{
    (void)state;
    bool seen[FEATURE_COUNT] = {false};
    for (int i = 0; i < INSTANCES; i++)
        seen[instances[i].feature] = true;
    for (int f = 0; f < FEATURE_COUNT; f++)
        if (!seen[f])
            fail_msg("%s is not tested", feature_rows[f].name);
}

static void features_agree_with_the_reference(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int length = 0; length < 2; length++) {
        struct bars b = random_bars(length ? 4003 : 61, 100, 0.02, 7);
        for (int k = 0; k < INSTANCES; k++)
            assert_near_reference(tables[n - 1], &instances[k], &b, "whole data");
        free_bars(&b);
    }
}

static void features_agree_where_values_are_missing(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int column = HIGH; column <= CLOSE; column++)
        for (int at_start = 0; at_start < 2; at_start++) {
            struct bars b = random_bars(1601, 100, 0.02, 11);
            punch_holes(&b, column, at_start, 5);
            for (int k = 0; k < INSTANCES; k++)
                assert_near_reference(tables[n - 1], &instances[k], &b, column_names[column]);
            free_bars(&b);
        }
}

/* Bars with holes in all columns, at different places. */
static struct bars holed_bars(size_t count)
{
    struct bars b = random_bars(count, 100, 0.02, 3);
    for (int column = HIGH; column <= CLOSE; column++)
        punch_holes(&b, column, column == LOW, 17 + (uint64_t)column);
    return b;
}

static void tiles_change_no_bit(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    static const size_t tiles[] = {1, 7, 64, 1000};
    int n = machine_tables(tables);
    (void)state;
    for (int holes = 0; holes < 2; holes++) {
        struct bars b = holes ? holed_bars(3501) : random_bars(3501, 100, 0.02, 3);
        for (int k = 0; k < INSTANCES; k++) {
            int f = instances[k].feature;
            double *whole[ADMF_MEMBERS_MAX], *tiled[ADMF_MEMBERS_MAX];
            compute_feature(tables[n - 1], f, instances[k].p, &b, 0, whole);
            for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
                compute_feature(tables[n - 1], f, instances[k].p, &b, tiles[i], tiled);
                assert_same(f, whole, tiled, b.count, "in tiles");
                free_members(f, tiled);
            }
            free_members(f, whole);
        }
        free_bars(&b);
    }
}

/*
 * Recursions forget where they began, which their kernels use to run pieces of a stretch
 * side by side. From a price this high they do not forget in time.
 */
static void a_long_memory_is_kept(void **state)
{
    static const struct instance recursions[] = {
        {FEATURE_ema, {5, 0}}, {FEATURE_ema, {20, 1}}, {FEATURE_atr, {5, 0}}, {FEATURE_atr, {5, 2}},
        {FEATURE_rsi, {5, 0}}, {FEATURE_plus_di, {5}}, {FEATURE_adx, {5}},
    };
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = random_bars(4003, 100, 0.02, 37);
    (void)state;
    for (int column = OPEN; column <= CLOSE; column++)
        for (size_t t = 0; t < 400; t++)
            b.column[column][t] *= 1e200;
    for (int i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof recursions / sizeof *recursions; k++) {
            int f = recursions[k].feature;
            double *whole[ADMF_MEMBERS_MAX], *tiled[ADMF_MEMBERS_MAX];
            compute_feature(tables[i], f, recursions[k].p, &b, 0, whole);
            compute_feature(tables[i], f, recursions[k].p, &b, 50, tiled);
            assert_same(f, tiled, whole, b.count, "after a high price");
            free_members(f, whole);
            free_members(f, tiled);
        }
    free_bars(&b);
}

static void instruction_sets_change_no_bit(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = holed_bars(4099);
    (void)state;
    for (int k = 0; k < INSTANCES; k++) {
        int f = instances[k].feature;
        double *first[ADMF_MEMBERS_MAX], *other[ADMF_MEMBERS_MAX];
        compute_feature(tables[0], f, instances[k].p, &b, 0, first);
        for (int i = 1; i < n; i++) {
            compute_feature(tables[i], f, instances[k].p, &b, 1000, other);
            assert_same(f, first, other, b.count, tables[i]->name);
            free_members(f, other);
        }
        free_members(f, first);
    }
    free_bars(&b);
}

static void nothing_looks_ahead(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = holed_bars(2801), shorter = b;
    (void)state;
    for (int k = 0; k < INSTANCES; k++) {
        int f = instances[k].feature;
        double *whole[ADMF_MEMBERS_MAX], *prefix[ADMF_MEMBERS_MAX];
        compute_feature(tables[n - 1], f, instances[k].p, &b, 0, whole);
        for (shorter.count = 1; shorter.count < b.count; shorter.count = shorter.count * 3 + 1) {
            compute_feature(tables[n - 1], f, instances[k].p, &shorter, 0, prefix);
            assert_same(f, whole, prefix, shorter.count, "truncated data");
            free_members(f, prefix);
        }
        free_members(f, whole);
    }
    free_bars(&b);
}

/* A price that has no short binary form stays exactly where it is. */
static void constant_input_is_exact(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = new_bars(3001);
    (void)state;
    for (int k = 0; k < COLUMNS; k++)
        for (size_t t = 0; t < b.count; t++)
            b.column[k][t] = 100.1;
    for (int k = 0; k < INSTANCES; k++) {
        int f = instances[k].feature;
        double *out[ADMF_MEMBERS_MAX], expected;
        switch (f) {
        case FEATURE_sma:
        case FEATURE_ema:
        case FEATURE_wma:
        case FEATURE_bollinger:
        case FEATURE_donchian:
            expected = 100.1;
            break;
        case FEATURE_rsi:
        case FEATURE_zscore:
            expected = NAN;
            break;
        default:
            expected = 0;
        }
        compute_feature(tables[n - 1], f, instances[k].p, &b, 0, out);
        for (int member = 0; member < feature_rows[f].n_members; member++) {
            bool defined = false;
            for (size_t t = 0; t < b.count; t++) {
                double x = out[member][t];
                defined = defined || x == x;
                if (defined && x != expected)
                    fail_msg("%s.%s: %.17g, not %.17g", feature_rows[f].name,
                             feature_rows[f].members[member], x, expected);
            }
            if (!defined && expected == expected && instances[k].p[0] < (double)b.count)
                fail_msg("%s is never defined", feature_rows[f].name);
        }
        free_members(f, out);
    }
    free_bars(&b);
}

/* A member nobody asked for is not written, and the others are as they were. */
static void unwanted_members_are_left_alone(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = random_bars(1501, 100, 0.02, 19);
    (void)state;
    for (int k = 0; k < INSTANCES; k++) {
        int f = instances[k].feature;
        const admf_component *row = &feature_rows[f];
        double *all[ADMF_MEMBERS_MAX], *in[ADMF_NEEDS_MAX];
        compute_feature(tables[n - 1], f, instances[k].p, &b, 0, all);
        for (int i = 0; i < row->n_needs; i++)
            in[i] = compute_column(tables[n - 1], row->needs[i], row, instances[k].p, &b, 0);
        for (int member = -1; member < row->n_members; member++) {
            void *memory = allocate(tables[n - 1]->feature[f].bytes(instances[k].p));
            double *only[ADMF_MEMBERS_MAX];
            struct stretch s = {.count = b.count, .bars_per_year = BARS_PER_YEAR};
            for (int i = 0; i < row->n_needs; i++)
                s.in[i] = in[i];
            for (int i = 0; i < row->n_members; i++)
                only[i] = all[i];
            if (member >= 0)
                only[member] = s.out[member] = allocate(b.count * sizeof(double));
            tables[n - 1]->feature[f].advance(instances[k].p, &s, memory);
            assert_same(f, all, only, b.count, "alone");
            if (member >= 0)
                free(only[member]);
            free(memory);
        }
        for (int i = 0; i < row->n_needs; i++)
            free(in[i]);
        free_members(f, all);
    }
    free_bars(&b);
}

/* A feature that forgets is the same from some bar on wherever it began, if it began in time. */
static void what_forgets_may_begin_later(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables), forgetful = 0;
    struct bars b = random_bars(4500, 100, 0.02, 23);
    (void)state;
    b.column[CLOSE][1700] = b.column[HIGH][1700] = b.column[LOW][1700] = NAN;
    for (int k = 0; k < INSTANCES; k++) {
        int f = instances[k].feature;
        const double *p = instances[k].p;
        const admf_component *row = &feature_rows[f];
        double *all[ADMF_MEMBERS_MAX], *late[ADMF_MEMBERS_MAX], *in[ADMF_NEEDS_MAX];
        if (!tables[n - 1]->feature[f].begin)
            continue;
        compute_feature(tables[n - 1], f, p, &b, 0, all);
        for (int i = 0; i < row->n_needs; i++)
            in[i] = compute_column(tables[n - 1], row->needs[i], row, p, &b, 0);
        for (int m = 0; m < row->n_members; m++)
            late[m] = allocate(b.count * sizeof(double));
        for (size_t first = 0; first < b.count; first += 1 + first / 7) {
            size_t begin = tables[n - 1]->feature[f].begin(p, first);
            void *memory = allocate(tables[n - 1]->feature[f].bytes(p));
            assert_true(begin <= first);
            forgetful += begin > first / 2 && begin > 0;
            for (size_t t = begin, count; t < b.count; t += count) {
                struct stretch s = {.first = t, .bars_per_year = BARS_PER_YEAR};
                s.count = count = b.count - t < 700 ? b.count - t : 700;
                for (int i = 0; i < row->n_needs; i++)
                    s.in[i] = in[i] + t;
                for (int m = 0; m < row->n_members; m++)
                    s.out[m] = late[m] + t;
                tables[n - 1]->feature[f].advance(p, &s, memory);
            }
            for (int m = 0; m < row->n_members; m++)
                for (size_t t = first; t < b.count; t++)
                    if (!same_bits(late[m][t], all[m][t]))
                        fail_msg("%s.%s, begun at bar %zu for bar %zu: at bar %zu %.17g, not %.17g",
                                 row->name, row->members[m], begin, first, t, late[m][t],
                                 all[m][t]);
            free(memory);
        }
        for (int m = 0; m < row->n_members; m++)
            free(late[m]);
        for (int i = 0; i < row->n_needs; i++)
            free(in[i]);
        free_members(f, all);
    }
    assert_true(forgetful > 100);
    free_bars(&b);
}

static void a_price_of_zero_is_undefined(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    struct bars b = random_bars(50, 100, 0.02, 1);
    static const int features[] = {FEATURE_roc, FEATURE_return, FEATURE_volatility};
    (void)state;
    b.column[CLOSE][20] = 0;
    for (int k = 0; k < 3; k++) {
        double p[3] = {features[k] == FEATURE_volatility ? 2 : 1}, *out[ADMF_MEMBERS_MAX];
        compute_feature(tables[n - 1], features[k], p, &b, 0, out);
        assert_true(isnan(out[0][21]));
        assert_false(isnan(out[0][23]));
        free_members(features[k], out);
    }
    free_bars(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_feature_has_an_instance),
        cmocka_unit_test(features_agree_with_the_reference),
        cmocka_unit_test(features_agree_where_values_are_missing),
        cmocka_unit_test(tiles_change_no_bit),
        cmocka_unit_test(a_long_memory_is_kept),
        cmocka_unit_test(instruction_sets_change_no_bit),
        cmocka_unit_test(nothing_looks_ahead),
        cmocka_unit_test(constant_input_is_exact),
        cmocka_unit_test(unwanted_members_are_left_alone),
        cmocka_unit_test(what_forgets_may_begin_later),
        cmocka_unit_test(a_price_of_zero_is_undefined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
