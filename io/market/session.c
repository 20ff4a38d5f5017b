/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/session.h"

#include <math.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

enum { DAY = 86400 };

/* HH:MM in seconds, -1 where it is no time; 24:00 is one only as an end. */
static int64_t read_clock(const char *p)
{
    for (int k = 0; k < 5; k++)
        if (k == 2 ? p[k] != ':' : p[k] < '0' || p[k] > '9')
            return -1;
    int hour = (p[0] - '0') * 10 + p[1] - '0', minute = (p[3] - '0') * 10 + p[4] - '0';
    return minute > 59 || hour * 60 + minute > 24 * 60 ? -1 : hour * 3600 + minute * 60;
}

bool session_parse(const char *text, struct session *session)
{
    *session = (struct session){.close = DAY, .given = true};
    session->all_week = !strcmp(text, "24x7");
    if (session->all_week)
        return true;
    if (strlen(text) != 11 || text[5] != '-')
        return false;
    session->open = read_clock(text);
    session->close = read_clock(text + 6);
    if (session->open < 0 || session->open == DAY || session->close < 0)
        return false;
    if (session->close <= session->open)
        session->close += DAY;
    return true;
}

/* Between two bars that may lie almost six centuries apart. */
static int64_t spacing_of(int64_t earlier, int64_t later)
{
    int64_t spacing;
    bool beyond = __builtin_sub_overflow(later, earlier, &spacing) || spacing > LONGEST_SPACING;
    return beyond ? LONGEST_SPACING : spacing;
}

int64_t bar_spacing(const int64_t *time, size_t count, bool dates)
{
    enum { LOOKED_AT = 100 };
    int64_t spacing[LOOKED_AT], best = 0;
    size_t n = count < LOOKED_AT ? count : LOOKED_AT, best_count = 0;
    for (size_t i = 1; i < n; i++) {
        spacing[i] = spacing_of(time[i - 1], time[i]);
        if (dates) /* local midnights may be 23 or 25 hours apart */
            spacing[i] = (spacing[i] + NS_PER_DAY / 2) / NS_PER_DAY * NS_PER_DAY;
    }
    for (size_t i = 1; i < n; i++) {
        size_t same = 0;
        for (size_t j = 1; j < n; j++)
            same += spacing[j] == spacing[i];
        if (same > best_count || (same == best_count && spacing[i] < best)) {
            best = spacing[i];
            best_count = same;
        }
    }
    return best;
}

/* Bars a year of bars of a day or longer; 0 where the length says nothing. */
static double long_bars_per_year(int64_t length, double days_per_year)
{
    if (length == NS_PER_DAY)
        return days_per_year;
    if (length == 7 * NS_PER_DAY)
        return 52;
    /* A month that a clock change lengthens or shortens is still one. */
    int64_t hour = 3600 * NS_PER_SECOND;
    return length >= 28 * NS_PER_DAY - hour && length <= 31 * NS_PER_DAY + hour ? 12 : 0;
}

bool bars_set_periods(struct bars *bars, const struct session *session, int64_t length,
                      double periods_per_year)
{
    bars->days_per_year = session->all_week ? 365 : 252;
    bars->bar_length = length ? length : NS_PER_DAY; /* a single bar is taken for a day */
    bars->daily_or_longer = bars->bar_length >= NS_PER_DAY;
    bars->expected_day = 0;
    if (!bars->daily_or_longer) {
        double seconds = (double)(session->close - session->open);
        bars->expected_day = seconds * (double)NS_PER_SECOND / (double)length;
        bars->bars_per_year = bars->expected_day * bars->days_per_year;
        return true;
    }
    bars->bars_per_year = length ? long_bars_per_year(length, bars->days_per_year) : 0;
    if (bars->bars_per_year > 0)
        return true;
    bars->bars_per_year = periods_per_year;
    return periods_per_year > 0;
}

/*
 * Finds the session day of instants in rising order. A session is one stretch of time
 * where clocks do not change, and most bars lie in the same one as the bar before.
 */
struct day_finder {
    const struct zone *zone;
    const struct session *session;
    bool whole_days;     /* bars of a day or longer: no session, the date of the start */
    int64_t latest;      /* a day never goes back, even where clocks do across midnight */
    int64_t from, until; /* ns: instants inside the session of `latest` */
};

static int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Local seconds [from, until) in which `stretch` applies, as ns UTC for the finder. */
static void remember(struct day_finder *finder, struct zone_stretch stretch, int64_t from,
                     int64_t until)
{
    from -= stretch.offset;
    until -= stretch.offset;
    finder->from = (from > stretch.from ? from : stretch.from) * NS_PER_SECOND;
    finder->until = (until < stretch.until ? until : stretch.until) * NS_PER_SECOND;
}

static bool find_new_day(struct day_finder *finder, int64_t ns, int64_t *day)
{
    const struct session *session = finder->session;
    int64_t seconds = floor_divide(ns, NS_PER_SECOND);
    struct zone_stretch stretch = zone_at_utc(finder->zone, seconds);
    int64_t local = seconds + stretch.offset, date = floor_divide(local, DAY);
    int64_t open = finder->whole_days ? 0 : session->open;
    int64_t close = finder->whole_days ? DAY : session->close;
    /* The session that begins on this date, or the one that began on the date before. */
    int64_t begun = local - date * DAY >= open ? date : date - 1;
    int64_t ends = close > DAY ? begun + 1 : begun;
    if (local < begun * DAY + open || local >= begun * DAY + close)
        return false;
    *day = ends;
    if (*day < finder->latest)
        *day = finder->latest;
    else
        remember(finder, stretch, begun * DAY + open, begun * DAY + close);
    finder->latest = *day;
    return true;
}

static inline bool find_day(struct day_finder *finder, int64_t ns, int64_t *day)
{
    *day = finder->latest;
    return (ns >= finder->from && ns < finder->until) || find_new_day(finder, ns, day);
}

/* Days in session_day become numbers from 0; their last bars are noted. */
static admf_status number_days(struct bars *bars, admf_error *error)
{
    int32_t *day = bars->session_day;
    size_t n = bars->count, days = 1;
    bool each = bars->daily_or_longer;
    for (size_t i = 1; i < n; i++)
        days += each || day[i] != day[i - 1];
    bars->day_end = memory_new(days, sizeof *bars->day_end);
    if (!bars->day_end)
        return fail_memory(error);
    bars->days = days;
    size_t number = 0;
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n || each || day[i + 1] != day[i];
        day[i] = (int32_t)number;
        if (last)
            bars->day_end[number++] = i;
    }
    return ADMF_OK;
}

/* Quickselect would do; a histogram is simpler and a day's bars are few. */
static admf_status find_median_day(struct bars *bars, admf_error *error)
{
    size_t largest = 0, first = 0;
    for (size_t d = 0; d < bars->days; first = bars->day_end[d++] + 1)
        largest = bars->day_end[d] + 1 - first > largest ? bars->day_end[d] + 1 - first : largest;
    size_t *of_size = memory_new(largest + 1, sizeof *of_size);
    if (!of_size)
        return fail_memory(error);
    first = 0;
    for (size_t d = 0; d < bars->days; first = bars->day_end[d++] + 1)
        of_size[bars->day_end[d] + 1 - first]++;
    size_t low = (bars->days - 1) / 2, high = bars->days / 2, seen = 0;
    double sum = 0;
    for (size_t size = 0; size <= largest && seen <= high; seen += of_size[size++]) {
        size_t next = seen + of_size[size];
        sum += (double)size * ((low >= seen && low < next) + (high >= seen && high < next));
    }
    bars->median_day = sum / 2;
    memory_free(of_size);
    return ADMF_OK;
}

admf_status bars_set_days(struct bars *bars, const struct zone *zone, const struct session *session,
                          admf_error *error)
{
    struct day_finder finder = {zone, session, bars->daily_or_longer, INT64_MIN, 0, 0};
    if (!bars->session_day) {
        bars->session_day = memory_new(bars->count, sizeof *bars->session_day);
        if (!bars->session_day)
            return fail_memory(error);
        for (size_t i = 0; i < bars->count; i++) {
            int64_t day;
            find_day(&finder, bars->time[i], &day);
            bars->session_day[i] = (int32_t)day;
        }
    }
    admf_status status = number_days(bars, error);
    return status ? status : find_median_day(bars, error);
}

enum { OUTSIDE = INT32_MIN };

/* Days of all bars into session_day, OUTSIDE where a bar is dropped; counts the kept. */
static admf_status mark_bars(const struct calendar *calendar, struct bars *bars, size_t *kept,
                             admf_error *error)
{
    struct day_finder finder = {
        calendar->zone, &calendar->session, bars->daily_or_longer, INT64_MIN, 0, 0};
    bars->session_day = memory_new(bars->count, sizeof *bars->session_day);
    if (!bars->session_day)
        return fail_memory(error);
    *kept = 0;
    for (size_t i = 0; i < bars->count; i++) {
        int64_t t = bars->time[i], day;
        bool wanted = t >= calendar->start && t <= calendar->end;
        bool inside = wanted && find_day(&finder, t, &day);
        bars->session_day[i] = inside ? (int32_t)day : OUTSIDE;
        bars->bars_outside += wanted && !inside;
        *kept += inside;
    }
    return ADMF_OK;
}

static void keep_doubles(double *values, const int32_t *mark, size_t count)
{
    size_t to = 0;
    for (size_t i = 0; values && i < count; i++) {
        values[to] = values[i];
        to += mark[i] != OUTSIDE;
    }
}

static void drop_marked(struct bars *bars, size_t kept)
{
    double *columns[] = {bars->open, bars->high, bars->low, bars->close, bars->volume};
    int32_t *mark = bars->session_day;
    size_t n = bars->count, to = 0;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        keep_doubles(columns[k], mark, n);
    for (size_t k = 0; k < bars->extras; k++)
        keep_doubles(bars->extra[k].values, mark, n);
    for (size_t i = 0; i < n; i++) {
        bars->time[to] = bars->time[i];
        mark[to] = mark[i];
        to += mark[i] != OUTSIDE;
    }
    bars->count = kept;
}

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
        source->any_length)
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
    size_t kept = 0;
    int64_t first = bars->time[0], last = bars->time[bars->count - 1];
    admf_status status = set_length(calendar, reading, dates, bars);
    if (status)
        return status;
    bars->has_session = calendar->session.given;
    if (reading->source->stamp_end && (status = shift_to_starts(reading, bars)))
        return status;
    status = mark_bars(calendar, bars, &kept, &error);
    if (status)
        return report_error(reading->errors, &error);
    if (!kept)
        return nothing_left(calendar, reading, bars, first, last);
    if (kept < bars->count)
        drop_marked(bars, kept);
    status = bars_set_days(bars, calendar->zone, &calendar->session, &error);
    if (status)
        return report_error(reading->errors, &error);
    warn_of_session(reading, bars);
    return ADMF_OK;
}
