/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a series' time zone, session and limits make of its bars: which are kept, which day
 * each belongs to, how many there are a year.
 */
#ifndef ADMF_IO_MARKET_CALENDAR_H
#define ADMF_IO_MARKET_CALENDAR_H

#include "io/market/columns.h"
#include "io/market/session.h"
#include "io/market/timezone.h"

struct calendar {
    struct zone *zone;
    struct session session;
    int64_t start, end; /* ns UTC, both included */
};

/*
 * Reads timezone, session, start and end of a source; reports every one that is wrong, mostly
 * as ADMF_BAD_CONFIG, at its place in the configuration. This is how a configuration is checked,
 * too, so that what passes there is what is read here. calendar_deinit also after a failure.
 */
admf_status calendar_init(struct calendar *calendar, const struct series_source *source,
                          admf_diagnostics *errors);
void calendar_deinit(struct calendar *calendar);

/* `start` and `end` as a configuration has them; NULL: no limit. */
struct time_span {
    const char *start, *end;
    struct source_place start_place, end_place;
};

/*
 * Reads a span whose local times are those of `zone`, limits in ns UTC and both included;
 * reports (ADMF_BAD_CONFIG) what is wrong with each and with their order.
 */
admf_status time_span_read(const struct time_span *span, const struct zone *zone,
                           const char *config_file, int64_t *start, int64_t *end,
                           admf_diagnostics *errors);

/*
 * Infers the length of the bars, shifts them to their start, drops those outside session
 * and limits, numbers the days and sets everything of `bars` that follows from it.
 * `dates`: the timestamps are dates, so that spacings are whole days. ADMF_BAD_DATA, reported,
 * where no bar is left or nothing tells how many a year has.
 */
admf_status calendar_apply(const struct calendar *calendar, const struct reading *reading,
                           bool dates, struct bars *bars);

#endif
