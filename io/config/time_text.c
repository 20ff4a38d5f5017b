/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/time_text.h"

#include <string.h>

/* Exactly `count` digits at *p; -1 otherwise. */
static int take_digits(const char **p, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (**p < '0' || **p > '9')
            return -1;
        value = 10 * value + (*(*p)++ - '0');
    }
    return value;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* Days from 1970-01-01 (Hinnant, chrono-compatible low-level date algorithms, 2013). */
static int64_t days_from_date(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool take_date(const char **p, int64_t *days)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = take_digits(p, 4);
    if (year < 0 || !take(p, '-'))
        return false;
    int month = take_digits(p, 2);
    if (month < 1 || month > 12 || !take(p, '-'))
        return false;
    int day = take_digits(p, 2);
    if (day < 1 || day > lengths[month - 1] + (month == 2 && leap(year)))
        return false;
    *days = days_from_date(year, month, day);
    return true;
}

static bool take_fraction(const char **p, int32_t *nanoseconds)
{
    int digits = 0;
    for (*nanoseconds = 0; **p >= '0' && **p <= '9'; digits++) {
        if (digits == 9)
            return false;
        *nanoseconds = 10 * *nanoseconds + (*(*p)++ - '0');
    }
    for (int i = digits; i < 9; i++)
        *nanoseconds *= 10;
    return digits > 0;
}

static bool take_offset(const char **p, struct time_text *time)
{
    if (**p == '\0')
        return true;
    time->has_offset = true;
    if (take(p, 'Z'))
        return **p == '\0';
    int sign = **p == '-' ? -1 : 1;
    if (!take(p, '+') && !take(p, '-'))
        return false;
    int hours = take_digits(p, 2);
    take(p, ':');
    int minutes = take_digits(p, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    time->seconds -= sign * (hours * 3600 + minutes * 60);
    return **p == '\0';
}

bool time_from_text(const char *text, struct time_text *time)
{
    const char *p = text;
    int64_t days;
    memset(time, 0, sizeof *time);
    if (!take_date(&p, &days))
        return false;
    time->seconds = days * 86400;
    time->date_only = *p == '\0';
    if (time->date_only)
        return true;
    if (!take(&p, 'T') && !take(&p, ' '))
        return false;
    int hours = take_digits(&p, 2), minutes = hours >= 0 && take(&p, ':') ? take_digits(&p, 2) : -1;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    int seconds = take(&p, ':') ? take_digits(&p, 2) : 0;
    if (seconds < 0 || seconds > 59)
        return false;
    if (take(&p, '.') && !take_fraction(&p, &time->nanoseconds))
        return false;
    time->seconds += hours * 3600 + minutes * 60 + seconds;
    return take_offset(&p, time);
}

bool time_after(const struct time_text *start, const struct time_text *end)
{
    int64_t last = end->seconds + (end->date_only ? 86399 : 0);
    int32_t last_nanoseconds = end->date_only ? 999999999 : end->nanoseconds;
    if (start->has_offset != end->has_offset)
        return false;
    return start->seconds > last ||
           (start->seconds == last && start->nanoseconds > last_nanoseconds);
}

/* Minutes since midnight, -1 where there is no HH:MM. */
static int take_clock(const char **p)
{
    int hours = take_digits(p, 2);
    int minutes = hours >= 0 && take(p, ':') ? take_digits(p, 2) : -1;
    if (minutes < 0 || minutes > 59 || hours > 24 || (hours == 24 && minutes))
        return -1;
    return hours * 60 + minutes;
}

bool session_is_valid(const char *text)
{
    if (strcmp(text, "24x7") == 0)
        return true;
    const char *p = text;
    int open = take_clock(&p);
    if (open < 0 || open == 24 * 60 || !take(&p, '-'))
        return false;
    int close = take_clock(&p);
    return close >= 0 && *p == '\0' && close != open;
}
