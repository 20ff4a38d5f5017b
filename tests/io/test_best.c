/* SPDX-License-Identifier: Apache-2.0 */
/* The n best of many, by a plain sort. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/cube/best.h"

enum { SYMBOLS = 2, WINDOWS = 3, COMBOS = 40, CELLS = SYMBOLS * WINDOWS * COMBOS };

/* Values first, the larger the better, undefined ones last; then what stands in the title. */
static int by_value_and_number(const void *left, const void *right)
{
    const admf_ranked *a = left, *b = right;
    if (isnan(a->by) || isnan(b->by)) {
        if (!isnan(a->by) || !isnan(b->by))
            return isnan(a->by) ? 1 : -1;
    } else if (a->by != b->by) {
        return a->by > b->by ? -1 : 1;
    }
    if (a->combo != b->combo)
        return a->combo < b->combo ? -1 : 1;
    if (a->symbol != b->symbol)
        return a->symbol < b->symbol ? -1 : 1;
    return a->window < b->window ? -1 : 1;
}

/* Of equals the lower combination, whichever symbol and window it is of. */
static void equals_by_number(void **state)
{
    (void)state;
    admf_ranked cells[CELLS];
    unsigned x = 12345;
    for (size_t i = 0; i < CELLS; i++) {
        x = x * 1103515245 + 12345;
        unsigned value = x >> 16 & 3;
        cells[i] = (admf_ranked){.symbol = i / (WINDOWS * COMBOS),
                                 .window = i / COMBOS % WINDOWS,
                                 .combo = i % COMBOS,
                                 .by = value ? (double)value : (double)NAN};
    }
    for (uint64_t n = 0; n <= CELLS; n += 7) {
        struct best best;
        admf_error error;
        assert_int_equal(best_init(&best, n, false, &error), ADMF_OK);
        for (size_t i = 0; i < CELLS; i++)
            best_offer(&best, &cells[i * 101 % CELLS]);
        best_sort(&best);
        admf_ranked sorted[CELLS];
        memcpy(sorted, cells, sizeof sorted);
        qsort(sorted, CELLS, sizeof *sorted, by_value_and_number);
        assert_int_equal(best.count, n);
        for (uint64_t i = 0; i < n; i++) {
            assert_int_equal(best.items[i].combo, sorted[i].combo);
            assert_int_equal(best.items[i].symbol, sorted[i].symbol);
            assert_int_equal(best.items[i].window, sorted[i].window);
        }
        best_deinit(&best);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_by_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
