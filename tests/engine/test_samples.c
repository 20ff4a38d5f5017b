/* SPDX-License-Identifier: Apache-2.0 */
/* Where stretches of samples end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/simulate/samples.h"

enum { BARS = 100 };

static void expect_stretches(int blocks)
{
    double close[BARS];
    int32_t day[BARS];
    for (int t = 0; t < BARS; t++) {
        close[t] = 100 + t;
        day[t] = t;
    }
    struct bars bars = {.count = BARS, .close = close, .session_day = day};
    struct bars *list[] = {&bars};
    struct config config = {.blocks = blocks};
    struct plan plan = {.config = &config, .bars = list};
    struct plan_window window = {.end = BARS, .samples = BARS};
    struct samples samples;
    uint64_t taken = 0;
    assert_true(samples_init(&samples, &plan, &window, 64));
    for (size_t first = 0; first < BARS; first += 64) {
        size_t end = BARS - first < 64 ? BARS - first : 64;
        samples_advance(&samples, first, 0, end);
        assert_int_equal(samples.count, end);
        int64_t first_block = INT32_MAX, last_block = -1;
        for (size_t k = 0; k < samples.count; k++, taken++) {
            /* Of B stretches of N samples, stretch j ends before sample floor((j+1)N/B). */
            int64_t last = -1;
            for (int64_t j = 0; j < blocks; j++)
                if ((uint64_t)(j + 1) * BARS / (uint64_t)blocks == taken + 1 &&
                    (uint64_t)j * BARS / (uint64_t)blocks < taken + 1)
                    last = j;
            assert_int_equal(samples.block_end[k], last);
            size_t next = k;
            while (samples.block_end[next] < 0 && next + 1 < samples.count)
                next++;
            assert_int_equal(samples.block_last[k], next);
            first_block = last >= 0 && last < first_block ? last : first_block;
            last_block = last >= 0 ? last : last_block;
        }
        assert_int_equal(samples.first_block, first_block);
        assert_int_equal(samples.last_block, last_block);
    }
    samples_deinit(&samples);
}

static void every_stretch_ends_once(void **state)
{
    (void)state;
    static const int blocks[] = {0, 1, 3, 16, 99, 100, 101, 250, 32767, 32769, 100000};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        expect_stretches(blocks[i]);
}

/* Days of 30 bars in tiles of 16, some of which have no sample, over bars 5 … 189 of 200. */
static void samples_of_days(void **state)
{
    (void)state;
    enum { ALL = 200, DAY = 30, TILE = 16, FIRST = 5, END = 190, SAMPLES = 7 };
    /* The last bars of six days, and that of the window, whose last day is a part of one. */
    static const size_t expected[SAMPLES] = {29, 59, 89, 119, 149, 179, 189};
    /* Three stretches of 2, 2 and 3 samples. */
    static const int32_t ended[SAMPLES] = {-1, 0, -1, 1, -1, -1, 2};
    double close[ALL];
    int32_t day[ALL];
    for (int t = 0; t < ALL; t++) {
        close[t] = 100 + t;
        day[t] = t / DAY;
    }
    struct bars bars = {.count = ALL, .close = close, .session_day = day};
    struct bars *list[] = {&bars};
    struct config config = {.blocks = 3};
    struct plan plan = {.config = &config, .bars = list};
    struct plan_window window = {
        .first = FIRST, .end = END, .samples = SAMPLES, .daily_samples = true};
    struct samples samples;
    size_t taken = 0, empty = 0;
    assert_true(samples_init(&samples, &plan, &window, TILE));
    for (size_t first = 0; first < END; first += TILE) {
        size_t end = END - first < TILE ? END - first : TILE;
        samples_advance(&samples, first, first < FIRST ? FIRST - first : 0, end);
        empty += samples.count == 0;
        for (size_t k = 0; k < samples.count; k++, taken++) {
            assert_true(taken < SAMPLES);
            assert_int_equal(first + samples.bar[k], expected[taken]);
            assert_int_equal(samples.block_end[k], ended[taken]);
            /* None but the last tile has two. */
            assert_int_equal(samples.block_last[k], taken < 5 ? 0 : 1);
        }
    }
    assert_int_equal(taken, SAMPLES);
    assert_int_equal(empty, 6);
    samples_deinit(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_stretch_ends_once),
                                       cmocka_unit_test(samples_of_days)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
