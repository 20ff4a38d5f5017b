/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a series' time zone, session and limits make of its bars: which are kept, which day
 * each belongs to, how many there are a year.
 */
#ifndef ADMF_IO_MARKET_SESSION_H
#define ADMF_IO_MARKET_SESSION_H

#include "io/market/columns.h"
#include "io/market/timestamp.h"
#include "io/market/timezone.h"

/* Seconds of local time; close beyond 24 h where the session crosses midnight. */
struct session {
    int64_t open, close;
    bool all_week; /* 24x7 */
    bool given;
};

struct calendar {
    struct zone *zone;
    struct session session;
    int64_t start, end; /* ns UTC, both included */
};

/* HH:MM-HH:MM or 24x7; false where `text` is neither. */
bool session_parse(const char *text, struct session *session);

/* Reads timezone, session, start and end of a source; reports every one that is wrong
 * (ADMF_BAD_CONFIG, at the source's place in the configuration). */
admf_status calendar_init(struct calendar *calendar, const struct reading *reading);
void calendar_deinit(struct calendar *calendar);

/*
 * Infers the length of the bars, shifts them to their start, drops those outside session
 * and limits, numbers the days and sets everything of `bars` that follows from it.
 * `dates`: the timestamps are dates, so that spacings are whole days.
 */
admf_status calendar_apply(const struct calendar *calendar, const struct reading *reading,
                           bool dates, struct bars *bars);

/* What the difference of two timestamps is taken for at most: ns, whole days, below 2^63. */
#define LONGEST_SPACING (100000 * NS_PER_DAY)

/*
 * The commonest spacing of the first 100 bars in ns, the shortest of equals; 0 for a single bar.
 * `dates`: a whole number of days.
 */
int64_t bar_spacing(const int64_t *time, size_t count, bool dates);
/*
 * Sets bar_length, daily_or_longer, bars_per_year, days_per_year and expected_day; false
 * where only the user can say how many bars a year has.
 */
bool bars_set_periods(struct bars *bars, const struct session *session, int64_t length,
                      double periods_per_year);
/* Numbers the days of bars that are all inside the session. */
admf_status bars_set_days(struct bars *bars, const struct zone *zone, const struct session *session,
                          admf_error *error);

#endif
