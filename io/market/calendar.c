/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/calendar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "io/market/field_text.h"
#include "io/market/periods.h"
#include "io/market/session_days.h"
#include "io/market/timestamp.h"

/* That of the entry where the value is a default, or was no option of a configuration. */
static struct source_place place_or_entry(const struct series_source *source,
                                          struct source_place place)
{
    return place.line ? place : (struct source_place){source->line, source->column, 0};
}

static admf_status report_at(admf_diagnostics *errors, admf_status code, const char *config_file,
                             struct source_place place, const char *text)
{
    return report(errors, code, config_file, place.line, place.column, place.length, "%s", text);
}

static admf_status read_zone(struct calendar *calendar, const struct series_source *source,
                             admf_diagnostics *errors)
{
    admf_error error = {0};
    const char *name = source->timezone ? source->timezone : "UTC";
    if (!zone_open(name, &calendar->zone, &error))
        return ADMF_OK;
    return report_at(errors, error.code, source->config_file,
                     place_or_entry(source, source->timezone_place), error.message);
}

static admf_status read_session(struct calendar *calendar, const struct series_source *source,
                                admf_diagnostics *errors)
{
    const char *text = source->session;
    calendar->session = (struct session){.close = 86400};
    if (!text || session_parse(text, &calendar->session))
        return ADMF_OK;
    char message[200];
    snprintf(message, sizeof message,
             "session '%.*s' is neither HH:MM-HH:MM (as 09:30-16:00, 18:00-17:00, 00:00-24:00) "
             "nor 24x7",
             field_shown(text, strlen(text)), text);
    return report_at(errors, ADMF_BAD_CONFIG, source->config_file,
                     place_or_entry(source, source->session_place), message);
}

static admf_status read_limit(const struct zone *zone, const char *key, const char *text,
                              struct source_place place, const char *config_file, int64_t *ns,
                              admf_diagnostics *errors)
{
    char why[STAMP_WHY], message[STAMP_WHY + 16];
    if (!text || stamp_read_limit(zone, text, key[0] == 'e', ns, why))
        return ADMF_OK;
    snprintf(message, sizeof message, "%s: %s", key, why);
    return report_at(errors, ADMF_BAD_CONFIG, config_file, place, message);
}

admf_status time_span_read(const struct time_span *span, const struct zone *zone,
                           const char *config_file, int64_t *start, int64_t *end,
                           admf_diagnostics *errors)
{
    *start = INT64_MIN;
    *end = INT64_MAX;
    admf_status from =
        read_limit(zone, "start", span->start, span->start_place, config_file, start, errors);
    admf_status to = read_limit(zone, "end", span->end, span->end_place, config_file, end, errors);
    /* Which is the earlier one may depend on the zone. */
    if (from || to || !zone || *start <= *end)
        return from ? from : to;
    char message[160];
    snprintf(message, sizeof message, "start %s is after end %s", span->start, span->end);
    return report_at(errors, ADMF_BAD_CONFIG, config_file, span->end_place, message);
}

admf_status calendar_init(struct calendar *calendar, const struct series_source *source,
                          admf_diagnostics *errors)
{
    const struct time_span span = {source->start, source->end,
                                   place_or_entry(source, source->start_place),
                                   place_or_entry(source, source->end_place)};
    memset(calendar, 0, sizeof *calendar);
    admf_status zone = read_zone(calendar, source, errors);
    admf_status session = read_session(calendar, source, errors);
    admf_status limits = time_span_read(&span, calendar->zone, source->config_file,
                                        &calendar->start, &calendar->end, errors);
    return zone ? zone : session ? session : limits;
}

void calendar_deinit(struct calendar *calendar) { zone_close(&calendar->zone); }

static admf_status nothing_left(const struct calendar *calendar, const struct reading *reading,
                                const struct bars *bars, int64_t first, int64_t last)
{
    char from[STAMP_TEXT], to[STAMP_TEXT];
    const struct series_source *source = reading->source;
    stamp_to_text(first, from);
    stamp_to_text(last, to);
    if (bars->bars_outside)
        return report(reading->errors, ADMF_BAD_DATA, source->path, 0, 0, 0,
                      "no bar is inside `session: %s` in the time zone %s; the file has %s to %s",
                      source->session ? source->session : "00:00-24:00", zone_name(calendar->zone),
                      from, to);
    return report(reading->errors, ADMF_BAD_DATA, source->path, 0, 0, 0,
                  "no bar lies between `start` and `end`; the file has %s to %s", from, to);
}

static void warn_of_session(const struct reading *reading, const struct bars *bars)
{
    double expected = bars->expected_day, median = bars->median_day;
    if (bars->daily_or_longer || fabs(median - expected) <= 0.1 * expected)
        return;
    report(reading->warnings, ADMF_OK, reading->source->path, 0, 0, 0,
           "a session day has %g bars (median), `session: %s` implies %g; set `session` and "
           "`timezone` to the trading hours, or yearly figures are off by a factor of %.2f",
           median, reading->source->session ? reading->source->session : "00:00-24:00", expected,
           median < expected ? sqrt(expected / median) : sqrt(median / expected));
}

static admf_status set_length(const struct calendar *calendar, const struct reading *reading,
                              bool dates, struct bars *bars)
{
    const struct series_source *source = reading->source;
    int64_t length = bar_spacing(bars->time, bars->count, dates);
    if (bars_set_periods(bars, &calendar->session, length, source->periods_per_year) ||
        source->converting)
        return ADMF_OK;
    if (!length)
        return report(reading->errors, ADMF_BAD_DATA, source->path, 0, 0, 0,
                      "a single bar does not tell how many a year has; set "
                      "`metrics.periods_per_year`");
    return report(reading->errors, ADMF_BAD_DATA, source->path, 0, 0, 0,
                  "bars %g days long do not tell how many a year has; set "
                  "`metrics.periods_per_year`",
                  (double)length / (double)NS_PER_DAY);
}

/* Of bars that are stamped with their ends. */
static admf_status shift_to_starts(const struct reading *reading, struct bars *bars)
{
    char text[STAMP_TEXT];
    int64_t first;
    stamp_to_text(bars->time[0], text);
    if (__builtin_sub_overflow(bars->time[0], bars->bar_length, &first) || !stamp_in_range(first))
        return report(reading->errors, ADMF_BAD_DATA, reading->source->path, 0, 0, 0,
                      "the first bar, which ends %s, starts before %d", text, STAMP_FIRST_YEAR);
    for (size_t i = 0; i < bars->count; i++)
        bars->time[i] -= bars->bar_length;
    return ADMF_OK;
}

admf_status calendar_apply(const struct calendar *calendar, const struct reading *reading,
                           bool dates, struct bars *bars)
{
    admf_error error = {0};
    int64_t first = bars->time[0], last = bars->time[bars->count - 1];
    admf_status status = set_length(calendar, reading, dates, bars);
    if (status)
        return status;
    bars->has_session = calendar->session.given;
    if (reading->source->stamp_end && (status = shift_to_starts(reading, bars)))
        return status;
    status = bars_set_days(bars, calendar->zone, &calendar->session, calendar->start, calendar->end,
                           &error);
    if (status)
        return report_error(reading->errors, &error);
    if (!bars->count)
        return nothing_left(calendar, reading, bars, first, last);
    warn_of_session(reading, bars);
    return ADMF_OK;
}
