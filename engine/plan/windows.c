/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions are bars, 0 to count, an end being the bar behind. Days are session days, and
 * months go from a day's date to the same date of another month, or its last where that is
 * shorter; a window of days or months begins with the first bar of a session day.
 */
#include "engine/plan/windows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/market/calendar.h"
#include "io/market/timestamp.h"

#define BEYOND SIZE_MAX /* a position outside of the data */

enum { WINDOWS_MOST = 10000, MONTHS_MOST = 12 * 1000 };

/* Windows of one symbol while they are made. */
struct maker {
    struct plan *plan;
    admf_diagnostics *errors;
    size_t symbol;
    const struct bars *bars;
    size_t count, room, before; /* before: windows of the symbols before this one */
    struct plan_window *list;
    admf_status status;
    bool too_many; /* of the last symbol that was looked at */
};

static admf_status refuse(struct maker *m, admf_status code, const char *message)
{
    const struct config *config = m->plan->config;
    const struct place *place = &config->windows.place;
    return m->status = report(m->errors, code, config->path, place->line, place->column,
                              place->length, "%s", message);
}

/* Said once: what one symbol has too many of the others have, too. */
static void refuse_more(struct maker *m)
{
    char message[ADMF_MESSAGE_MAX];
    bool named = m->plan->config->windows.form == WINDOWS_NAMED;
    m->status = ADMF_BAD_CONFIG;
    snprintf(message, sizeof message, "%s has more than %d windows; %s", m->bars->symbol,
             WINDOWS_MOST, named ? "name fewer" : "take longer steps");
    if (!m->too_many)
        refuse(m, ADMF_BAD_CONFIG, message);
    m->too_many = true;
}

static struct plan_window *add_window(struct maker *m, size_t first, size_t end)
{
    const struct config *config = m->plan->config;
    const struct bars *bars = m->bars;
    if (m->count - m->before == WINDOWS_MOST) {
        refuse_more(m);
        return NULL;
    }
    if (m->count == m->room) {
        size_t room = m->room ? 2 * m->room : 8;
        struct plan_window *list = memory_resize(m->list, room, sizeof *list);
        if (!list) {
            m->status = report_memory(m->errors);
            return NULL;
        }
        m->list = list;
        m->room = room;
    }
    struct plan_window *window = &m->list[m->count++];
    bool daily = config->sample_given ? config->sample_daily : !bars->daily_or_longer;
    *window = (struct plan_window){.symbol = m->symbol,
                                   .first = first,
                                   .end = end,
                                   .daily_samples = daily,
                                   .samples = end - first};
    if (daily)
        window->samples = (size_t)(bars->session_day[end - 1] - bars->session_day[first]) + 1;
    window->periods = !isnan(config->periods_per_year)  ? config->periods_per_year
                      : daily && !bars->daily_or_longer ? bars->days_per_year
                                                        : bars->bars_per_year;
    return window;
}

/* ---- positions ---------------------------------------------------------------------------*/

static size_t first_bar_of_day(const struct bars *bars, size_t day)
{
    return day == 0 ? 0 : bars->day_end[day - 1] + 1;
}

/* The session day of a position; that of the end is the day behind the last. */
static size_t day_at(const struct bars *bars, size_t bar)
{
    return bar < bars->count ? (size_t)bars->session_day[bar] : bars->days;
}

static int64_t floor_days(int64_t ns) { return ns / NS_PER_DAY - (ns % NS_PER_DAY < 0); }

/* The date on which a session day begins, as days since 1970; behind the last, the day after. */
static int64_t date_of_day(const struct bars *bars, size_t day)
{
    if (day == bars->days)
        return floor_days(bars->time[first_bar_of_day(bars, day - 1)]) + 1;
    return floor_days(bars->time[first_bar_of_day(bars, day)]);
}

static int64_t add_months(int64_t date, int64_t months)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year;
    int month, day;
    date_of_days(date, &year, &month, &day);
    int64_t total = year * 12 + (month - 1) + months;
    year = total / 12 - (total % 12 < 0);
    month = (int)(total - year * 12) + 1;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int last = lengths[month - 1] + (month == 2 && leap);
    return days_of_date(year, month, day < last ? day : last);
}

/* The first bar of the first session day that begins on `date` or later. */
static size_t bar_at_date(const struct bars *bars, int64_t date)
{
    size_t low = 0, high = bars->days;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (date_of_day(bars, middle) < date)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == bars->days && date > date_of_day(bars, low))
        return BEYOND;
    return first_bar_of_day(bars, low);
}

/*
 * A bar, or the end, with the date that months count from. Where a date has no bars the bar is
 * that of the next day, but the date stays: a month behind a holiday is not a day late.
 */
struct position {
    size_t bar;
    int64_t date;
};

static struct position at_bar(const struct bars *bars, size_t bar)
{
    return (struct position){bar, bar == BEYOND ? 0 : date_of_day(bars, day_at(bars, bar))};
}

/* `times` lengths on from a position, or back where it is negative (then never before 0). */
static struct position move(const struct bars *bars, struct position from,
                            const struct window_length *length, int64_t times)
{
    /* Lengths are below 2^40 and times below 2^14. */
    int64_t distance = length->count * times, to;
    if (from.bar == BEYOND || distance == 0)
        return from;
    switch (length->unit) {
    case WINDOW_DAYS:
        to = (int64_t)day_at(bars, from.bar) + distance;
        to = to < 0 ? 0 : to;
        return at_bar(bars, to > (int64_t)bars->days ? BEYOND : first_bar_of_day(bars, (size_t)to));
    case WINDOW_MONTHS:
        if (distance > MONTHS_MOST)
            return at_bar(bars, BEYOND);
        from.date = add_months(from.date, distance < -MONTHS_MOST ? -MONTHS_MOST : distance);
        from.bar = bar_at_date(bars, from.date);
        return from;
    default:
        to = (int64_t)from.bar + distance;
        to = to < 0 ? 0 : to;
        return at_bar(bars, to > (int64_t)bars->count ? BEYOND : (size_t)to);
    }
}

/* ---- the forms ---------------------------------------------------------------------------*/

static void make_one(struct maker *m)
{
    struct plan_window *window = add_window(m, 0, m->bars->count);
    if (window)
        snprintf(window->label, sizeof window->label, "all");
}

/* The first bar at `time` or later. */
static size_t bar_at_time(const struct bars *bars, int64_t time)
{
    size_t low = 0, high = bars->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bars->time[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void make_named_one(struct maker *m, const struct zone *zone,
                           const struct named_window *named)
{
    int64_t start, end;
    const struct time_span span = {named->start, named->end, named->start_place, named->end_place};
    admf_status status =
        time_span_read(&span, zone, m->plan->config->path, &start, &end, m->errors);
    if (status) {
        m->status = status;
        return;
    }
    size_t first = bar_at_time(m->bars, start);
    size_t last = end == INT64_MAX ? m->bars->count : bar_at_time(m->bars, end + 1);
    if (first >= last) {
        char from[STAMP_TEXT], to[STAMP_TEXT];
        stamp_to_text(m->bars->time[0], from);
        stamp_to_text(m->bars->time[m->bars->count - 1], to);
        m->status = report(m->errors, ADMF_BAD_DATA, m->plan->config->path, named->place.line,
                           named->place.column, named->place.length,
                           "%s has no bars in window '%s'; it has them from %s to %s",
                           m->bars->symbol, named->name, from, to);
        return;
    }
    struct plan_window *window = add_window(m, first, last);
    if (window)
        snprintf(window->label, sizeof window->label, "%s", named->name);
}

static void make_named(struct maker *m)
{
    const struct config *config = m->plan->config;
    struct zone *zone = NULL;
    admf_error error = {0};
    if (zone_open(config->series[m->symbol].timezone, &zone, &error) != ADMF_OK) {
        m->status = report_error(m->errors, &error);
        return;
    }
    /* All are looked at, so that all errors are seen at once. */
    for (size_t i = 0; i < config->windows.count; i++)
        make_named_one(m, zone, &config->windows.named[i]);
    zone_close(&zone);
}

static void add_part(struct maker *m, enum window_role role, int fold, const char *suffix,
                     size_t first, size_t end)
{
    struct plan_window *window = m->status == ADMF_OK ? add_window(m, first, end) : NULL;
    if (!window)
        return;
    window->role = role;
    window->fold = fold;
    const char *word = role == WINDOW_TRAIN ? "train" : "test";
    if (m->plan->config->windows.form == WINDOWS_SPLIT)
        snprintf(window->label, sizeof window->label, "%s", word);
    else
        snprintf(window->label, sizeof window->label, "%s_%d%s", word, fold, suffix);
}

static void make_split(struct maker *m)
{
    const struct windows *windows = &m->plan->config->windows;
    __int128 share = (__int128)m->bars->count * windows->split;
    for (int i = 0; i < windows->split_scale; i++)
        share /= 10; /* floors of floors are the floor */
    size_t train = (size_t)share;
    if (train == 0) {
        refuse(m, ADMF_BAD_DATA, "'split' leaves no bar for train; the data are too short");
        return;
    }
    add_part(m, WINDOW_TRAIN, 1, "", 0, train);
    add_part(m, WINDOW_TEST, 1, "", train, m->bars->count);
}

static void make_walk_forward(struct maker *m)
{
    const struct windows *windows = &m->plan->config->windows;
    const struct bars *bars = m->bars;
    for (int fold = 0; m->status == ADMF_OK; fold++) {
        struct position start = move(bars, at_bar(bars, 0), &windows->step, fold);
        struct position border = move(bars, start, &windows->train, 1);
        struct position test = move(bars, border, &windows->embargo, 1);
        struct position test_end = move(bars, test, &windows->test, 1);
        if (test_end.bar == BEYOND)
            break;
        size_t first = windows->anchored ? 0 : start.bar;
        size_t purged = move(bars, border, &windows->purge, -1).bar;
        if (purged <= first || test_end.bar <= test.bar) {
            refuse(m, ADMF_BAD_DATA,
                   purged <= first ? "'purge' leaves nothing of a training window"
                                   : "a test window has no bars; make 'test' longer");
            return;
        }
        add_part(m, WINDOW_TRAIN, fold + 1, "", first, purged);
        add_part(m, WINDOW_TEST, fold + 1, "", test.bar, test_end.bar);
    }
    if (m->count == 0 && m->status == ADMF_OK)
        m->status = report(m->errors, ADMF_BAD_DATA, m->plan->config->path, windows->place.line,
                           windows->place.column, windows->place.length,
                           "%s has %zu bar%s in %zu day%s, too few for one fold: a training window "
                           "and a test window behind it",
                           bars->symbol, bars->count, bars->count == 1 ? "" : "s", bars->days,
                           bars->days == 1 ? "" : "s");
}

static void make_k_fold(struct maker *m)
{
    const struct windows *windows = &m->plan->config->windows;
    const struct bars *bars = m->bars;
    size_t k = (size_t)windows->folds;
    if (bars->count < k) {
        refuse(m, ADMF_BAD_DATA, "'k_fold' makes more folds than there are bars");
        return;
    }
    for (size_t i = 0; i < k; i++) {
        size_t first = i * bars->count / k, end = (i + 1) * bars->count / k;
        size_t before = move(bars, at_bar(bars, first), &windows->purge, -1).bar;
        size_t after = move(bars, at_bar(bars, end), &windows->embargo, 1).bar;
        add_part(m, WINDOW_TEST, (int)i + 1, "", first, end);
        if (before > 0)
            add_part(m, WINDOW_TRAIN, (int)i + 1, "_before", 0, before);
        if (after < bars->count)
            add_part(m, WINDOW_TRAIN, (int)i + 1, "_after", after, bars->count);
        if (before == 0 && after >= bars->count) {
            refuse(m, ADMF_BAD_DATA, "'purge' and 'embargo' leave nothing to train on");
            return;
        }
    }
}

static bool is_chosen(const struct plan_window *window, const char *choice)
{
    return strcmp(window->label, choice) == 0 ||
           (window->role == WINDOW_TRAIN && strcmp(choice, "train") == 0) ||
           (window->role == WINDOW_TEST && strcmp(choice, "test") == 0);
}

/* Keeps what workflow.window asks for of those from `first` on: windows without folds. */
static void keep_chosen(struct maker *m, size_t first)
{
    enum { NAMES_MOST = 64 };
    const struct config *config = m->plan->config;
    const char *names[NAMES_MOST];
    size_t kept = first, named = 0;
    for (size_t w = first; w < m->count && config->window; w++)
        if (is_chosen(&m->list[w], config->window)) {
            m->list[kept] = m->list[w];
            m->list[kept].role = WINDOW_PLAIN;
            m->list[kept++].fold = 0;
        }
    if (!config->window || kept > first) {
        m->count = config->window ? kept : m->count;
        return;
    }
    for (size_t w = first; w < m->count && named < NAMES_MOST; w++)
        names[named++] = m->list[w].label;
    const char *nearest = nearest_name(config->window, names, named);
    m->status = report(m->errors, ADMF_BAD_CONFIG, config->path, config->window_place.line,
                       config->window_place.column, config->window_place.length,
                       "there is no window '%s'; %s '%s'%s", config->window,
                       nearest ? "did you mean" : "the first is", nearest ? nearest : names[0],
                       nearest ? "?" : "");
}

static admf_status make_for_symbol(struct maker *m)
{
    m->before = m->count;
    switch (m->plan->config->windows.form) {
    case WINDOWS_NAMED:
        make_named(m);
        break;
    case WINDOWS_SPLIT:
        make_split(m);
        break;
    case WINDOWS_WALK_FORWARD:
        make_walk_forward(m);
        break;
    case WINDOWS_K_FOLD:
        make_k_fold(m);
        break;
    default:
        make_one(m);
    }
    if (m->status == ADMF_OK)
        keep_chosen(m, m->before);
    return m->status;
}

/* The windows of all symbols stand in one table, so each must have the same. */
static admf_status check_alike(struct maker *m)
{
    struct plan *plan = m->plan;
    size_t each = m->symbol == 0 ? m->count : plan->window_count;
    bool alike = m->count == (m->symbol + 1) * each;
    for (size_t w = 0; alike && w < each; w++)
        alike = strcmp(m->list[w].label, m->list[m->symbol * each + w].label) == 0;
    plan->window_count = each;
    if (alike)
        return ADMF_OK;
    return m->status = report(
               m->errors, ADMF_BAD_DATA, plan->config->path, plan->config->windows.place.line,
               plan->config->windows.place.column, plan->config->windows.place.length,
               "%s has %zu windows and %s has %zu; give all series the same 'start' and 'end'",
               plan->bars[0]->symbol, each, m->bars->symbol, m->count - m->symbol * each);
}

admf_status plan_make_windows(struct plan *plan, admf_diagnostics *errors)
{
    struct maker m = {.plan = plan, .errors = errors};
    admf_status status = ADMF_OK;
    for (m.symbol = 0; m.symbol < plan->symbol_count && !m.too_many; m.symbol++) {
        m.bars = plan->bars[m.symbol];
        m.status = ADMF_OK;
        if (make_for_symbol(&m) != ADMF_OK || (status == ADMF_OK && check_alike(&m) != ADMF_OK))
            status = m.status;
    }
    plan->windows = m.list;
    return status;
}
