/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/session_days.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/market/timestamp.h"

enum { DAY = 86400 };

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

enum { OUTSIDE = INT32_MIN };

/* Days of all bars into session_day, OUTSIDE where a bar is dropped; counts the kept. */
static admf_status mark_bars(struct bars *bars, struct day_finder finder, int64_t start,
                             int64_t end, size_t *kept, admf_error *error)
{
    bars->session_day = memory_new(bars->count, sizeof *bars->session_day);
    if (!bars->session_day)
        return fail_memory(error);
    const int64_t *time = bars->time;
    for (size_t i = 0, first; i < bars->count;) {
        int64_t day;
        bool wanted = time[i] >= start && time[i] <= end;
        bool inside = wanted && find_day(&finder, time[i], &day);
        bars->session_day[i++] = inside ? (int32_t)day : OUTSIDE;
        bars->bars_outside += wanted && !inside;
        *kept += inside;
        if (!inside || time[i - 1] < finder.from)
            continue;
        for (first = i; i < bars->count && time[i] < finder.until && time[i] <= end; i++)
            bars->session_day[i] = (int32_t)day; /* in the same session */
        *kept += i - first;
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

/* A column that got shorter, or as it was and *failed where memory ran out; NULL stays NULL. */
static void *shortened(void *column, size_t count, size_t size, bool *failed)
{
    void *shorter = column ? memory_resize(column, count, size) : NULL;
    *failed |= column && !shorter;
    return shorter ? shorter : column;
}

/* `kept` of the bars are not marked; at least one. */
static admf_status drop_marked(struct bars *bars, size_t kept, admf_error *error)
{
    double **columns[] = {&bars->open, &bars->high, &bars->low, &bars->close, &bars->volume};
    int32_t *mark = bars->session_day;
    size_t n = bars->count, to = 0;
    bool failed = false;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        keep_doubles(*columns[k], mark, n);
        *columns[k] = shortened(*columns[k], kept, sizeof **columns[k], &failed);
    }
    for (size_t k = 0; k < bars->extras; k++) {
        double **values = &bars->extra[k].values;
        keep_doubles(*values, mark, n);
        *values = shortened(*values, kept, sizeof **values, &failed);
    }
    for (size_t i = 0; i < n; i++) {
        bars->time[to] = bars->time[i];
        mark[to] = mark[i];
        to += mark[i] != OUTSIDE;
    }
    bars->time = shortened(bars->time, kept, sizeof *bars->time, &failed);
    bars->session_day = shortened(mark, kept, sizeof *mark, &failed);
    bars->count = kept;
    return failed ? fail_memory(error) : ADMF_OK;
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
    for (size_t number = 0, i = 0; number < days; number++) {
        int32_t same = day[i];
        do
            day[i++] = (int32_t)number;
        while (i < n && !each && day[i] == same);
        bars->day_end[number] = i - 1;
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
                          int64_t start, int64_t end, admf_error *error)
{
    struct day_finder finder = {zone, session, bars->daily_or_longer, INT64_MIN, 0, 0};
    size_t kept = 0;
    admf_status status = mark_bars(bars, finder, start, end, &kept, error);
    if (status)
        return status;
    if (!kept) {
        bars->count = 0;
        return ADMF_OK;
    }
    if (kept < bars->count)
        status = drop_marked(bars, kept, error);
    if (!status)
        status = number_days(bars, error);
    return status ? status : find_median_day(bars, error);
}
