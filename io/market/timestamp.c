/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/timestamp.h"

#include <stdio.h>
#include <string.h>

#include "io/market/field_text.h"
#include "io/market/stamp_parts.h"

#define DATE "a date (2024-01-31)"
#define ISO_8601 "ISO 8601 (2024-01-31T09:30:00, with Z or +01:00 if it has an offset)"
/* No first row gives the unit of an epoch that is a limit. */
static const char of_data[] = DATE ", " ISO_8601 " or an epoch", of_limit[] = DATE " or " ISO_8601;

void stamp_start(struct stamp_reader *reader, const struct zone *zone)
{
    memset(reader, 0, sizeof *reader);
    reader->zone = zone;
}

static int64_t day_of(int64_t ns) { return ns / NS_PER_DAY - (ns % NS_PER_DAY < 0); }

bool stamp_in_range(int64_t ns) { return stamp_day_in_range(day_of(ns)); }

bool stamp_new_date(struct stamp_reader *reader, const char *p)
{
    int64_t days;
    /* The first and the last day, beyond which an offset may lead, are left to stamp_read. */
    if (!stamp_date_at(p, &days) || !stamp_day_in_range(days - 1) || !stamp_day_in_range(days + 1))
        return false;
    reader->date_word = load_word(p);
    memcpy(&reader->date_tail, p + 8, sizeof reader->date_tail);
    reader->date_seconds = days * 86400;
    return true;
}

static void offset_to_text(int64_t offset, char text[16])
{
    int64_t minutes = (offset < 0 ? -offset : offset) / 60;
    snprintf(text, 16, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(minutes / 60 % 100),
             (int)(minutes % 60));
}

/* The instant a local clock shows; a time that is shown twice or never is refused. */
static bool local_to_utc(const struct zone *zone, const struct stamp_parts *parts, const char *text,
                         size_t length, int64_t *seconds, char why[STAMP_WHY])
{
    int64_t utc[2];
    if (!zone)
        return true;
    int found = zone_instants(zone, parts->seconds, utc), n = field_shown(text, length);
    *seconds = utc[0];
    /* A date is a day, not a time: it begins with its first instant. */
    if (found == 1 || parts->kind == STAMP_DATE)
        return true;
    if (found == 0)
        return stamp_refuse(
            why,
            "'%.*s' does not exist in %s (the clocks jump over it); write timestamps "
            "with their offset from UTC, or set `timezone: UTC` if they are UTC",
            n, text, zone_name(zone));
    char first[16], second[16];
    offset_to_text(parts->seconds - utc[0], first);
    offset_to_text(parts->seconds - utc[1], second);
    return stamp_refuse(
        why,
        "'%.*s' happens twice in %s (the clocks go back); write timestamps with their "
        "offset from UTC (%s or %s), or set `timezone: UTC` if they are UTC",
        n, text, zone_name(zone), first, second);
}

static bool parts_to_ns(const struct zone *zone, const struct stamp_parts *parts, const char *text,
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
    return stamp_refuse(why,
                        "'%.*s' is %s, the first row has %s; a file has one kind of timestamps",
                        field_shown(text, length), text, kind_name(kind), kind_name(reader->kind));
}

/* Seconds, milli-, micro- or nanoseconds: by the digits of the first row. */
static bool settle_unit(struct stamp_reader *reader, const char *text, size_t length, int digits,
                        char why[STAMP_WHY])
{
    if (digits == 8)
        return stamp_refuse(
            why,
            "'%.*s' may be a date or an epoch; write dates as 2024-01-31 and epochs with "
            "9 to 19 digits",
            field_shown(text, length), text);
    if (digits < 9 || digits > 19)
        return stamp_refuse(
            why,
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
            return stamp_refuse(why, "'%.*s' is too large for an epoch", field_shown(text, length),
                                text);
    if (__builtin_mul_overflow(minus ? -value : value, reader->unit, ns) || !stamp_in_range(*ns))
        return stamp_refuse(
            why,
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
    struct stamp_parts parts;
    if (length == 0)
        return stamp_refuse(why, "the timestamp is empty");
    if (is_whole_number(text, length))
        return read_epoch(reader, text, length, ns, why);
    if (!stamp_take_apart(text, length, of_data, &parts, why) ||
        !settle_kind(reader, parts.kind, text, length, why) ||
        !parts_to_ns(reader->zone, &parts, text, length, ns, why))
        return false;
    if (!stamp_in_range(*ns))
        return stamp_beyond_years(text, length, why);
    if (parts.kind != STAMP_OFFSET)
        reader->local = zone_at_local(reader->zone, parts.seconds);
    return true;
}

bool stamp_read_limit(const struct zone *zone, const char *text, bool is_end, int64_t *ns,
                      char why[STAMP_WHY])
{
    struct stamp_parts parts;
    size_t length = strlen(text);
    if (!stamp_take_apart(text, length, of_limit, &parts, why))
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
