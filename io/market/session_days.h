/* SPDX-License-Identifier: Apache-2.0 */
/* Which session day each bar of a series belongs to. */
#ifndef ADMF_IO_MARKET_SESSION_DAYS_H
#define ADMF_IO_MARKET_SESSION_DAYS_H

#include "io/market/bars.h"
#include "io/market/session.h"
#include "io/market/timezone.h"

/*
 * Drops the bars outside of the session or of `start` to `end` (ns UTC, both included) and sets
 * session_day, days, day_end and median_day; bars_outside counts those that the session alone
 * leaves out. Bars of a day or longer (daily_or_longer has to be set) are each a day and have no
 * session. Where no bar is left the count is 0 and there are no days. Fails for memory only.
 */
admf_status bars_set_days(struct bars *bars, const struct zone *zone, const struct session *session,
                          int64_t start, int64_t end, admf_error *error);

#endif
