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

enum { WORDS_MOST = 19, CODE_GUARDS = 32, STRATEGY_COLUMNS = 2, READ_BEYOND = 63 };
#define GUARD_CODE INT16_C(-12345)

/* What columns hold; the coded range is 1 … 2 unless said. */
enum kind {
    APART,      /* far apart: codes alone decide */
    STRETCHES,  /* apart for whole words, and mixed in others */
    CLOSE_PAIR, /* now equal, now a few ulps apart, now a code */
    HOLES,      /* runs of NaN in either column */
    OUTSIDE,    /* below and above the range */
    EXTREME,    /* infinities, both zeros, subnormal and huge numbers */
    NO_RANGE,   /* scale 0: a market that stood still */
    KINDS
};

struct coded_columns {
    double low, scale, *column[STRATEGY_COLUMNS];
    struct code_row row[STRATEGY_COLUMNS]; /* each array between guards */
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
    for (size_t t = 0; kind == STRETCHES && t < n; t++) { /* a word in four is left as it is */
        double apart[] = {2, -2, 0, c->column[1][t]};
        int side = (int)((t / WORD_BARS * 7 + words) % 4);
        c->column[1][t] = side == 3 ? apart[3] : 1.5 + apart[side] / 4;
        c->column[0][t] = side == 3 ? c->column[0][t] : 1.5 + 0.1 * (random_unit(&seed) - 0.5);
    }
    for (int k = 0; kind == HOLES && k < STRATEGY_COLUMNS; k++)
        for (size_t t = (size_t)(30 * random_unit(&seed)); t < n;
             t += 20 + (size_t)(90 * random_unit(&seed)))
            for (size_t i = 0; i < 12 && t + i < n; i++)
                c->column[k][t + i] = NAN;
}

static int16_t *guarded_codes(size_t n)
{
    int16_t *codes = allocate((n + 2 * CODE_GUARDS) * sizeof *codes);
    for (size_t i = 0; i < n + 2 * CODE_GUARDS; i++)
        codes[i] = GUARD_CODE;
    return codes + CODE_GUARDS;
}

static void free_guarded_codes(int16_t *codes, size_t n)
{
    for (size_t i = 0; i < CODE_GUARDS; i++)
        if (codes[-1 - (ptrdiff_t)i] != GUARD_CODE || codes[n + i] != GUARD_CODE)
            fail_msg("encode wrote outside its codes");
    free(codes - CODE_GUARDS);
}

static void new_columns(struct coded_columns *c, size_t words)
{
    for (int k = 0; k < STRATEGY_COLUMNS; k++) {
        c->column[k] = allocate(words * WORD_BARS * sizeof(double));
        c->row[k] =
            (struct code_row){guarded_codes(words * WORD_BARS), guarded_codes(words + READ_BEYOND),
                              guarded_codes(words + READ_BEYOND)};
    }
}

static void free_columns(struct coded_columns *c, size_t words)
{
    for (int k = 0; k < STRATEGY_COLUMNS; k++) {
        free_guarded_codes(c->row[k].code, words * WORD_BARS);
        free_guarded_codes(c->row[k].least, words);
        free_guarded_codes(c->row[k].greatest, words);
        free(c->column[k]);
    }
}

/* Of each word. */
static void check_extremes(const struct kernel_table *table, const struct code_row *row,
                           size_t words)
{
    for (size_t w = 0; w < words; w++) {
        int16_t least, greatest;
        extremes_of_word(row, w, &least, &greatest);
        if (row->least[w] != least || row->greatest[w] != greatest)
            fail_msg("%s: word %zu of %zu has codes %d to %d, not %d to %d", table->name, w, words,
                     least, greatest, row->least[w], row->greatest[w]);
    }
}

/* Of two numbers the larger has no smaller code. */
static void check_order(const struct kernel_table *table, const struct coded_columns *c,
                        size_t bars)
{
    for (size_t t = 0; t < bars; t++) {
        double a = c->column[0][t], b = c->column[1][t];
        if ((a > b && c->row[0].code[t] < c->row[1].code[t]) ||
            (a < b && c->row[0].code[t] > c->row[1].code[t]))
            fail_msg("%s: %g has code %d, %g has %d", table->name, a, c->row[0].code[t], b,
                     c->row[1].code[t]);
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
    table->coded[id](column, c->row, words, coded[0], coded[1]);
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
        table->encode(c.column[k], words, c.low, c.scale, &c.row[k]);
    check_order(table, &c, words * WORD_BARS);
    for (int k = 0; k < STRATEGY_COLUMNS; k++)
        check_extremes(table, &c.row[k], words);
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
        for (int kind = 0; kind < KINDS; kind++) {
            for (size_t words = 1; words <= WORDS_MOST; words++)
                check_words(tables[i], (enum kind)kind, words);
            for (size_t words = 63; words <= 200; words += 1 + words % 64)
                check_words(tables[i], (enum kind)kind, words);
        }
    }
}

/* The whole range is used: where columns differ by more than a code, codes decide. */
static void codes_reach_from_end_to_end(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    double column[WORD_BARS];
    int16_t code[WORD_BARS], least, greatest;
    const struct code_row row = {code, &least, &greatest};
    (void)state;
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < WORD_BARS; t++)
            column[t] = 10 + 65535.0 * t / (WORD_BARS - 1);
        tables[i]->encode(column, 1, 10, 1, &row);
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
