/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/timestamp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/market/field_text.h"

#define DATE "a date (2024-01-31)"
#define ISO_8601 "ISO 8601 (2024-01-31T09:30:00, with Z or +01:00 if it has an offset)"
/* No first row gives the unit of an epoch that is a limit. */
static const char of_data[] = DATE ", " ISO_8601 " or an epoch", of_limit[] = DATE " or " ISO_8601;

void stamp_start(struct stamp_reader *reader, const struct zone *zone)
{
    memset(reader, 0, sizeof *reader);
    reader->zone = zone;
}

static bool refuse(char why[STAMP_WHY], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(char why[STAMP_WHY], const char *format, ...)
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

/* YYYY-MM-DD at p as days since 1970. */
static bool read_date(const char *p, int64_t *days)
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

static bool in_range(int64_t days)
{
    return days >= days_of_date(STAMP_FIRST_YEAR, 1, 1) &&
           days < days_of_date(STAMP_LAST_YEAR + 1, 1, 1);
}

static int64_t day_of(int64_t ns) { return ns / NS_PER_DAY - (ns % NS_PER_DAY < 0); }

bool stamp_in_range(int64_t ns) { return in_range(day_of(ns)); }

bool stamp_new_date(struct stamp_reader *reader, const char *p)
{
    int64_t days;
    /* The first and the last day, beyond which an offset may lead, are left to stamp_read. */
    if (!read_date(p, &days) || !in_range(days - 1) || !in_range(days + 1))
        return false;
    reader->date_word = load_word(p);
    memcpy(&reader->date_tail, p + 8, sizeof reader->date_tail);
    reader->date_seconds = days * 86400;
    return true;
}

/* A timestamp taken apart. */
struct parts {
    enum stamp_kind kind;
    int64_t seconds;  /* since 1970, as if the clock showed UTC */
    int64_t fraction; /* ns */
    int64_t offset;   /* STAMP_OFFSET */
};

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
static bool read_time(const char **p, const char *end, struct parts *parts)
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
        return refuse(why, "'%.*s' is a week date; expected %s", n, text, expected);
    if (length == 8 && text[4] == '-' && digits_at(text + 5, 3) >= 0)
        return refuse(why, "'%.*s' is an ordinal date; expected %s", n, text, expected);
    if (length >= 13 && !memcmp(text + 11, "24", 2))
        return refuse(why, "'%.*s': there is no hour 24; write 00:00 of the next day", n, text);
    if (length >= 19 && !memcmp(text + 16, ":60", 3))
        return refuse(why, "'%.*s': there is no second 60 here; write the next minute", n, text);
    return refuse(why, "'%.*s' is no timestamp; expected %s", n, text, expected);
}

static bool beyond_years(const char *text, size_t length, char why[STAMP_WHY])
{
    return refuse(why, "'%.*s' is outside the years %d to %d", field_shown(text, length), text,
                  STAMP_FIRST_YEAR, STAMP_LAST_YEAR);
}

static bool take_apart(const char *text, size_t length, const char *expected, struct parts *parts,
                       char why[STAMP_WHY])
{
    const char *p = text + 10, *end = text + length;
    int64_t days;
    memset(parts, 0, sizeof *parts);
    if (length < 10 || !read_date(text, &days))
        return explain(text, length, expected, why);
    if (!in_range(days))
        return beyond_years(text, length, why);
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

static void offset_to_text(int64_t offset, char text[16])
{
    int64_t minutes = (offset < 0 ? -offset : offset) / 60;
    snprintf(text, 16, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(minutes / 60 % 100),
             (int)(minutes % 60));
}

/* The instant a local clock shows; a time that is shown twice or never is refused. */
static bool local_to_utc(const struct zone *zone, const struct parts *parts, const char *text,
                         size_t length, int64_t *seconds, char why[STAMP_WHY])
{
    int64_t utc[2];
    int found = zone_instants(zone, parts->seconds, utc), n = field_shown(text, length);
    *seconds = utc[0];
    /* A date is a day, not a time: it begins with its first instant. */
    if (found == 1 || parts->kind == STAMP_DATE)
        return true;
    if (found == 0)
        return refuse(why,
                      "'%.*s' does not exist in %s (the clocks jump over it); write timestamps "
                      "with their offset from UTC, or set `timezone: UTC` if they are UTC",
                      n, text, zone_name(zone));
    char first[16], second[16];
    offset_to_text(parts->seconds - utc[0], first);
    offset_to_text(parts->seconds - utc[1], second);
    return refuse(why,
                  "'%.*s' happens twice in %s (the clocks go back); write timestamps with their "
                  "offset from UTC (%s or %s), or set `timezone: UTC` if they are UTC",
                  n, text, zone_name(zone), first, second);
}

static bool parts_to_ns(const struct zone *zone, const struct parts *parts, const char *text,
                        size_t length, int64_t *ns, char why[STAMP_WHY])
{
    int64_t seconds = parts->seconds - parts->offset;
    if (parts->kind != STAMP_OFFSET && !local_to_utc(zone, parts, text, length, &seconds, why))
        return false;
    *ns = seconds * NS_PER_SECOND + parts->fraction;
    return true;
}

static const char *kind_name(enum stamp_kind kind)
{
    static const char *const names[] = {"", "a date", "a local time without an offset",
                                        "a time with an offset", "an epoch"};
    return names[kind];
}

static bool settle_kind(struct stamp_reader *reader, enum stamp_kind kind, const char *text,
                        size_t length, char why[STAMP_WHY])
{
    if (reader->kind == STAMP_UNKNOWN)
        reader->kind = kind;
    if (reader->kind == kind)
        return true;
    return refuse(why, "'%.*s' is %s, the first row has %s; a file has one kind of timestamps",
                  field_shown(text, length), text, kind_name(kind), kind_name(reader->kind));
}

/* Seconds, milli-, micro- or nanoseconds: by the digits of the first row. */
static bool settle_unit(struct stamp_reader *reader, const char *text, size_t length, int digits,
                        char why[STAMP_WHY])
{
    if (digits == 8)
        return refuse(why,
                      "'%.*s' may be a date or an epoch; write dates as 2024-01-31 and epochs with "
                      "9 to 19 digits",
                      field_shown(text, length), text);
    if (digits < 9 || digits > 19)
        return refuse(why,
                      "'%.*s' has %d digits; an epoch has 9-11 (seconds), 12-14 (milliseconds), "
                      "15-17 (microseconds) or 18-19 (nanoseconds)",
                      field_shown(text, length), text, digits);
    reader->unit = digits <= 11   ? NS_PER_SECOND
                   : digits <= 14 ? NS_PER_SECOND / 1000
                   : digits <= 17 ? 1000
                                  : 1;
    reader->epoch_last =
        (uint64_t)((days_of_date(STAMP_LAST_YEAR + 1, 1, 1) * NS_PER_DAY - 1) / reader->unit);
    return true;
}

static bool read_epoch(struct stamp_reader *reader, const char *text, size_t length, int64_t *ns,
                       char why[STAMP_WHY])
{
    bool minus = *text == '-';
    int digits = (int)length - minus;
    if (reader->kind == STAMP_UNKNOWN && !settle_unit(reader, text, length, digits, why))
        return false;
    if (!settle_kind(reader, STAMP_EPOCH, text, length, why))
        return false;
    int64_t value = 0;
    for (size_t k = minus; k < length; k++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, text[k] - '0', &value))
            return refuse(why, "'%.*s' is too large for an epoch", field_shown(text, length), text);
    if (__builtin_mul_overflow(minus ? -value : value, reader->unit, ns) || !stamp_in_range(*ns))
        return refuse(why,
                      "'%.*s' is outside the years %d to %d; the unit follows from the digits of "
                      "the first row",
                      field_shown(text, length), text, STAMP_FIRST_YEAR, STAMP_LAST_YEAR);
    return true;
}

static bool is_whole_number(const char *text, size_t length)
{
    size_t k = length && *text == '-';
    if (k == length)
        return false;
    for (; k < length; k++)
        if (text[k] < '0' || text[k] > '9')
            return false;
    return true;
}

bool stamp_read(struct stamp_reader *reader, const char *text, size_t length, int64_t *ns,
                char why[STAMP_WHY])
{
    struct parts parts;
    if (length == 0)
        return refuse(why, "the timestamp is empty");
    if (is_whole_number(text, length))
        return read_epoch(reader, text, length, ns, why);
    if (!take_apart(text, length, of_data, &parts, why) ||
        !settle_kind(reader, parts.kind, text, length, why) ||
        !parts_to_ns(reader->zone, &parts, text, length, ns, why))
        return false;
    if (!stamp_in_range(*ns))
        return beyond_years(text, length, why);
    if (parts.kind != STAMP_OFFSET)
        reader->local = zone_at_local(reader->zone, parts.seconds);
    return true;
}

bool stamp_read_limit(const struct zone *zone, const char *text, bool is_end, int64_t *ns,
                      char why[STAMP_WHY])
{
    struct parts parts;
    size_t length = strlen(text);
    if (!take_apart(text, length, of_limit, &parts, why))
        return false;
    bool last_instant = is_end && parts.kind == STAMP_DATE;
    if (last_instant)
        parts.seconds += 86400;
    if (!parts_to_ns(zone, &parts, text, length, ns, why))
        return false;
    *ns -= last_instant;
    return true;
}

void stamp_to_text(int64_t ns, char text[STAMP_TEXT])
{
    int64_t days = day_of(ns), rest = ns - days * NS_PER_DAY, year;
    int month, day, second = (int)(rest / NS_PER_SECOND), fraction = (int)(rest % NS_PER_SECOND);
    date_of_days(days, &year, &month, &day);
    int n = snprintf(text, STAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", (int)(year % 10000), month,
                     day, second / 3600, second / 60 % 60, second % 60);
    if (fraction) {
        n += snprintf(text + n, (size_t)(STAMP_TEXT - n), ".%09d", fraction);
        while (text[n - 1] == '0')
            n--;
    }
    snprintf(text + n, (size_t)(STAMP_TEXT - n), "Z");
}
