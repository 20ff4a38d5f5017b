/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The series of days on which a day classifier is held to its reference: real ones, made-up
 * ones, and every length around the first fits. `check` compares them for one window and
 * refit; `shortest` is the shortest window of the model.
 */
#ifndef ADMF_TESTS_DAY_SCENES_H
#define ADMF_TESTS_DAY_SCENES_H

#include <limits.h>

#include "tests/kernels/day_runs.h"

/* Under a sanitizer a day takes twenty times as long: fewer of them there. */
#ifdef __SANITIZE_ADDRESS__
enum { REAL_DAYS = 2000, SOME_DAYS = 500, MADE_UP_DAYS = 701, MADE_UP_SERIES = 2 };
#else
enum { REAL_DAYS = INT_MAX, SOME_DAYS = 1000, MADE_UP_DAYS = 1001, MADE_UP_SERIES = 4 };
#endif

typedef void day_check(const struct day_series *days, double window, double every);

static inline void check_real_days(day_check *check, double shortest)
{
    struct bars b = read_bars("data/sp500_daily.csv");
    struct day_series days = series_of(&b), some = series_of(&b);
    days.count = days.count < REAL_DAYS ? days.count : REAL_DAYS;
    some.count = SOME_DAYS;
    check(&days, 60, 5);
    check(&some, 30, 5);
    check(&some, shortest, 1);
    check(&some, 61, 7);
    check(&some, 250, 1000);
    free_bars(&b);
}

static inline void check_made_up_days(day_check *check, double shortest)
{
    for (uint64_t seed = 1; seed <= MADE_UP_SERIES; seed++) {
        struct bars b = walk_of_days(MADE_UP_DAYS, seed, seed % 2 == 0);
        struct day_series days = series_of(&b);
        check(&days, shortest, 3);
        check(&days, 60, 5);
        check(&days, 200, 13);
        free_bars(&b);
    }
}

/* One day more at a time, and a window that never fills. */
static inline void check_short_series(day_check *check, double shortest)
{
    struct bars b = walk_of_days(70, 9, false);
    struct day_series days = series_of(&b);
    for (days.count = 1; days.count <= 70; days.count++) {
        check(&days, shortest, 5);
        check(&days, 45, 1);
        check(&days, 10000, 1);
    }
    free_bars(&b);
}

/* 300 days of which the first 200 have one price. */
static inline struct bars walk_after_standstill(void)
{
    struct bars b = walk_of_days(300, 5, false);
    for (size_t d = 0; d < 200; d++)
        b.column[HIGH][d] = b.column[LOW][d] = b.column[CLOSE][d] = 50;
    return b;
}

#endif
