/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/stamp_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/market/field_text.h"

bool stamp_refuse(char why[STAMP_WHY], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, STAMP_WHY, format, arguments);
    va_end(arguments);
    return false;
}

/* `count` digits at p as a number, -1 where they are not all digits. */
static int digits_at(const char *p, int count)
{
    int value = 0;
    for (int k = 0; k < count; k++) {
        if (p[k] < '0' || p[k] > '9')
            return -1;
        value = 10 * value + (p[k] - '0');
    }
    return value;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

bool stamp_date_at(const char *p, int64_t *days)
{
    int year = digits_at(p, 4);
    if (year < 0 || p[4] != '-')
        return false;
    int month = digits_at(p + 5, 2);
    if (month < 1 || month > 12 || p[7] != '-')
        return false;
    int day = digits_at(p + 8, 2);
    if (day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_of_date(year, month, day);
    return true;
}

bool stamp_day_in_range(int64_t days)
{
    return days >= days_of_date(STAMP_FIRST_YEAR, 1, 1) &&
           days < days_of_date(STAMP_LAST_YEAR + 1, 1, 1);
}

static bool read_offset(const char *p, const char *end, int64_t *offset)
{
    if (end - p == 1 && *p == 'Z') {
        *offset = 0;
        return true;
    }
    ptrdiff_t n = end - p;
    if ((*p != '+' && *p != '-') || (n != 3 && n != 5 && n != 6))
        return false;
    int hours = digits_at(p + 1, 2), minutes = n == 3 ? 0 : digits_at(end - 2, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || (n == 6 && p[3] != ':'))
        return false;
    *offset = (hours * 3600 + minutes * 60) * (*p == '-' ? -1 : 1);
    return true;
}

/* hh:mm or hh:mm:ss with a fraction; *p is moved behind it. */
static bool read_time(const char **p, const char *end, struct stamp_parts *parts)
{
    const char *q = *p;
    if (end - q < 5)
        return false;
    int hour = digits_at(q, 2), minute = digits_at(q + 3, 2), second = 0;
    if (hour < 0 || hour > 23 || q[2] != ':' || minute < 0 || minute > 59)
        return false;
    q += 5;
    if (end - q >= 3 && *q == ':') {
        second = digits_at(q + 1, 2);
        q += 3;
        if (second < 0 || second > 59)
            return false;
        if (q < end && *q == '.') {
            int64_t scale = NS_PER_SECOND;
            for (q++; q < end && *q >= '0' && *q <= '9' && scale > 1; q++)
                parts->fraction += (*q - '0') * (scale /= 10);
            if (scale == NS_PER_SECOND || (q < end && *q >= '0' && *q <= '9'))
                return false;
        }
    }
    parts->seconds += hour * 3600 + minute * 60 + second;
    *p = q;
    return true;
}

static bool explain(const char *text, size_t length, const char *expected, char why[STAMP_WHY])
{
    int n = field_shown(text, length);
    if (length >= 8 && (text[4] == 'W' || text[5] == 'W'))
        return stamp_refuse(why, "'%.*s' is a week date; expected %s", n, text, expected);
    if (length == 8 && text[4] == '-' && digits_at(text + 5, 3) >= 0)
        return stamp_refuse(why, "'%.*s' is an ordinal date; expected %s", n, text, expected);
    if (length >= 13 && !memcmp(text + 11, "24", 2))
        return stamp_refuse(why, "'%.*s': there is no hour 24; write 00:00 of the next day", n,
                            text);
    if (length >= 19 && !memcmp(text + 16, ":60", 3))
        return stamp_refuse(why, "'%.*s': there is no second 60 here; write the next minute", n,
                            text);
    return stamp_refuse(why, "'%.*s' is no timestamp; expected %s", n, text, expected);
}

bool stamp_beyond_years(const char *text, size_t length, char why[STAMP_WHY])
{
    return stamp_refuse(why, "'%.*s' is outside the years %d to %d", field_shown(text, length),
                        text, STAMP_FIRST_YEAR, STAMP_LAST_YEAR);
}

bool stamp_take_apart(const char *text, size_t length, const char *expected,
                      struct stamp_parts *parts, char why[STAMP_WHY])
{
    const char *p = text + 10, *end = text + length;
    int64_t days;
    memset(parts, 0, sizeof *parts);
    if (length < 10 || !stamp_date_at(text, &days))
        return explain(text, length, expected, why);
    if (!stamp_day_in_range(days))
        return stamp_beyond_years(text, length, why);
    parts->seconds = days * 86400;
    parts->kind = STAMP_DATE;
    if (p == end)
        return true;
    parts->kind = STAMP_LOCAL;
    if (*p != 'T' && *p != ' ')
        return explain(text, length, expected, why);
    p++;
    if (!read_time(&p, end, parts))
        return explain(text, length, expected, why);
    if (p == end)
        return true;
    parts->kind = STAMP_OFFSET;
    return read_offset(p, end, &parts->offset) || explain(text, length, expected, why);
}
