/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns as 16-bit codes, on every instruction set: codes never fall as values rise, and every
 * strategy that has a coded kernel makes the bits of its plain one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/signal_rows.h"
#include "tests/kernels/tables.h"

enum { WORDS_MOST = 19, CODE_GUARDS = 32, STRATEGY_COLUMNS = 2 };
#define GUARD_CODE INT16_C(-12345)

/* What columns hold; the coded range is 1 … 2 unless said. */
enum kind {
    APART,      /* far apart: codes alone decide */
    CLOSE_PAIR, /* now equal, now a few ulps apart, now a code */
    HOLES,      /* runs of NaN in either column */
    OUTSIDE,    /* below and above the range */
    EXTREME,    /* infinities, both zeros, subnormal and huge numbers */
    NO_RANGE,   /* scale 0: a market that stood still */
    KINDS
};

struct coded_columns {
    double low, scale, *column[STRATEGY_COLUMNS];
    int16_t *code[STRATEGY_COLUMNS]; /* between guards */
};

static double extreme_value(uint64_t *seed)
{
    static const double values[] = {INFINITY,   -INFINITY, 0.0,    -0.0, 0x1p-1074,
                                    -0x1p-1074, 1e308,     -1e308, 1.5,  2};
    return values[(int)(sizeof values / sizeof *values * random_unit(seed))];
}

static void fill_bar(enum kind kind, double *a, double *b, uint64_t *seed)
{
    double x = 1 + random_unit(seed), u = random_unit(seed);
    *a = x;
    *b = 1 + random_unit(seed);
    if (kind == APART)
        *b = u < 0.5 ? x + 0.1 : x - 0.1;
    if (kind == CLOSE_PAIR)
        *b = u < 0.1   ? x
             : u < 0.2 ? nextafter(x, 9)
             : u < 0.3 ? nextafter(x, 0)
             : u < 0.9 ? x + 0.5
                       : x + 1.0 / 65535;
    if (kind == OUTSIDE) {
        *a = 8 * random_unit(seed) - 3;
        *b = u < 0.1 ? *a : 8 * random_unit(seed) - 3;
    }
    if (kind == EXTREME) {
        *a = extreme_value(seed);
        *b = extreme_value(seed);
    }
}

static void fill_columns(struct coded_columns *c, enum kind kind, size_t words, uint64_t seed)
{
    size_t n = words * WORD_BARS;
    c->low = 1;
    c->scale = kind == NO_RANGE ? 0 : 65535;
    for (size_t t = 0; t < n; t++)
        fill_bar(kind, &c->column[0][t], &c->column[1][t], &seed);
    for (int k = 0; kind == HOLES && k < STRATEGY_COLUMNS; k++)
        for (size_t t = (size_t)(30 * random_unit(&seed)); t < n;
             t += 20 + (size_t)(90 * random_unit(&seed)))
            for (size_t i = 0; i < 12 && t + i < n; i++)
                c->column[k][t + i] = NAN;
}

static void new_columns(struct coded_columns *c, size_t words)
{
    for (int k = 0; k < STRATEGY_COLUMNS; k++) {
        size_t n = words * WORD_BARS;
        c->column[k] = allocate(n * sizeof(double));
        c->code[k] = allocate((n + 2 * CODE_GUARDS) * sizeof(int16_t));
        for (size_t i = 0; i < n + 2 * CODE_GUARDS; i++)
            c->code[k][i] = GUARD_CODE;
        c->code[k] += CODE_GUARDS;
    }
}

static void free_columns(struct coded_columns *c, size_t words)
{
    for (int k = 0; k < STRATEGY_COLUMNS; k++) {
        for (size_t i = 0; i < CODE_GUARDS; i++)
            if (c->code[k][-1 - (ptrdiff_t)i] != GUARD_CODE ||
                c->code[k][words * WORD_BARS + i] != GUARD_CODE)
                fail_msg("encode wrote outside its codes");
        free(c->code[k] - CODE_GUARDS);
        free(c->column[k]);
    }
}

/* Of two numbers the larger has no smaller code. */
static void check_order(const struct kernel_table *table, const struct coded_columns *c,
                        size_t bars)
{
    for (size_t t = 0; t < bars; t++) {
        double a = c->column[0][t], b = c->column[1][t];
        if ((a > b && c->code[0][t] < c->code[1][t]) || (a < b && c->code[0][t] > c->code[1][t]))
            fail_msg("%s: %g has code %d, %g has %d", table->name, a, c->code[0][t], b,
                     c->code[1][t]);
    }
}

static void check_strategy(const struct kernel_table *table, int id, const struct coded_columns *c,
                           size_t words, enum kind kind)
{
    const double *const *column = (const double *const *)c->column;
    uint64_t *plain[] = {guarded_words(words), guarded_words(words)};
    uint64_t *coded[] = {guarded_words(words), guarded_words(words)};
    double p[ADMF_PARAMS_MAX] = {0};
    table->strategy[id](column, p, words, plain[0], plain[1]);
    table->coded[id](column, (const int16_t *const *)c->code, words, coded[0], coded[1]);
    for (size_t t = 0; t < words * WORD_BARS; t++) {
        if (isnan(column[0][t]) || isnan(column[1][t]))
            continue;
        for (int k = 0; k < 2; k++)
            if (bit_of(plain[k], t) != bit_of(coded[k], t))
                fail_msg("%s on %s, kind %d, %zu words: bar %zu, %s, %a and %a",
                         strategy_rows[id].name, table->name, kind, words, t, k ? "down" : "up",
                         column[0][t], column[1][t]);
    }
    for (int k = 0; k < 2; k++) {
        free_guarded(plain[k], words);
        free_guarded(coded[k], words);
    }
}

static void check_words(const struct kernel_table *table, enum kind kind, size_t words)
{
    struct coded_columns c;
    new_columns(&c, words);
    fill_columns(&c, kind, words, 3 + 7 * words + (uint64_t)kind);
    for (int k = 0; k < STRATEGY_COLUMNS; k++)
        table->encode(c.column[k], words, c.low, c.scale, c.code[k]);
    check_order(table, &c, words * WORD_BARS);
    for (int id = 0; id < STRATEGY_COUNT; id++)
        if (table->coded[id])
            check_strategy(table, id, &c, words, kind);
    free_columns(&c, words);
}

static void coded_strategies_equal_plain_ones(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (int i = 0; i < n; i++) {
        int coded = 0;
        for (int id = 0; id < STRATEGY_COUNT; id++)
            coded += tables[i]->coded[id] != NULL;
        assert_true(coded >= 2);
        for (int kind = 0; kind < KINDS; kind++)
            for (size_t words = 1; words <= WORDS_MOST; words++)
                check_words(tables[i], (enum kind)kind, words);
    }
}

/* The whole range is used: where columns differ by more than a code, codes decide. */
static void codes_reach_from_end_to_end(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    double column[WORD_BARS];
    int16_t code[WORD_BARS];
    (void)state;
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < WORD_BARS; t++)
            column[t] = 10 + 65535.0 * t / (WORD_BARS - 1);
        tables[i]->encode(column, 1, 10, 1, code);
        assert_int_equal(code[0], INT16_MIN);
        assert_int_equal(code[WORD_BARS - 1], INT16_MAX);
        for (int t = 1; t < WORD_BARS; t++)
            assert_true(code[t] - code[t - 1] >= 1039);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coded_strategies_equal_plain_ones),
        cmocka_unit_test(codes_reach_from_end_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
