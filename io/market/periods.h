/* SPDX-License-Identifier: Apache-2.0 */
/* How long the bars of a series are, and how many of them make a year. */
#ifndef ADMF_IO_MARKET_PERIODS_H
#define ADMF_IO_MARKET_PERIODS_H

#include "io/market/bars.h"
#include "io/market/session.h"
#include "io/market/timestamp.h"

/* What the difference of two timestamps is taken for at most: ns, whole days, below 2^63. */
#define LONGEST_SPACING (100000 * NS_PER_DAY)

/*
 * The commonest spacing of the first 100 bars in ns, the shortest of equals; 0 for a single bar.
 * `dates`: a whole number of days.
 */
int64_t bar_spacing(const int64_t *time, size_t count, bool dates);

/*
 * Sets bar_length, daily_or_longer, bars_per_year, days_per_year and expected_day of bars of
 * `length` ns, 0 for a single one; false where only the user can say how many bars a year has.
 */
bool bars_set_periods(struct bars *bars, const struct session *session, int64_t length,
                      double periods_per_year);

#endif
