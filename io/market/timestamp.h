/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timestamps of market data as nanoseconds UTC.
 *
 * A file has one kind of them, that of its first row: a date, ISO 8601 with an offset or
 * without one (then local time of the series' zone), or an epoch whose unit follows from
 * its digits. stamp_at reads the usual forms quickly; whatever it does not take goes to
 * stamp_read, which knows everything and says what is wrong.
 */
#ifndef ADMF_IO_MARKET_TIMESTAMP_H
#define ADMF_IO_MARKET_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/market/field_number.h"
#include "io/market/timezone.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_DAY (86400 * NS_PER_SECOND)

enum { STAMP_WHY = 400 }; /* bytes of the longest explanation */

/* What int64 nanoseconds can say, less a margin of days for offsets and shifts. */
enum { STAMP_FIRST_YEAR = 1678, STAMP_LAST_YEAR = 2261 };
bool stamp_in_range(int64_t ns);

enum stamp_kind { STAMP_UNKNOWN, STAMP_DATE, STAMP_LOCAL, STAMP_OFFSET, STAMP_EPOCH };

struct stamp_reader {
    const struct zone *zone;
    enum stamp_kind kind;
    int64_t unit;              /* STAMP_EPOCH: nanoseconds of one … */
    uint64_t epoch_last;       /* … and the largest that can be said */
    struct zone_stretch local; /* where local time is simple; empty at first */
    uint64_t date_word;        /* the first eight characters of the latest date … */
    uint16_t date_tail;        /* … and its last two */
    int64_t date_seconds;      /* its midnight as seconds since 1970, zone aside */
};

void stamp_start(struct stamp_reader *reader, const struct zone *zone);

/* Reads a whole timestamp without spaces around. False: `why` says what is wrong with it. */
bool stamp_read(struct stamp_reader *reader, const char *text, size_t length, int64_t *ns,
                char why[STAMP_WHY]);

/*
 * A limit (data.start, data.end): a date or ISO 8601; a date as an end is its last instant. Where
 * `zone` is NULL a time without an offset is UTC.
 */
bool stamp_read_limit(const struct zone *zone, const char *text, bool is_end, int64_t *ns,
                      char why[STAMP_WHY]);

enum { STAMP_TEXT = 32 };
/* 2024-01-02T09:30:00Z, with a fraction where it has one. */
void stamp_to_text(int64_t ns, char text[STAMP_TEXT]);

/*
 * Makes the ten characters at p the reader's latest date; false where they are none, or one that
 * only stamp_read can judge.
 */
bool stamp_new_date(struct stamp_reader *reader, const char *p);

/* hh:mm:ss at p in seconds; false where it is anything else. */
static inline bool stamp_time_at(const char *p, int64_t *seconds)
{
    uint64_t x = load_word(p) ^ 0x30303a30303a3030u; /* "00:00:00" */
    if (beyond_nine(x) | (x & 0x0000ff0000ff0000u))
        return false;
    unsigned hour = (unsigned)(x & 15) * 10 + (unsigned)(x >> 8 & 15);
    unsigned minute = (unsigned)(x >> 24 & 15) * 10 + (unsigned)(x >> 32 & 15);
    unsigned second = (unsigned)(x >> 48 & 15) * 10 + (unsigned)(x >> 56 & 15);
    *seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

/* +hh:mm or -hh:mm at p in seconds. */
static inline bool stamp_offset_at(const char *p, int64_t *seconds)
{
    unsigned a = (unsigned)(p[1] - '0'), b = (unsigned)(p[2] - '0');
    unsigned c = (unsigned)(p[4] - '0'), d = (unsigned)(p[5] - '0');
    *seconds = (int64_t)(a * 36000 + b * 3600 + c * 600 + d * 60) * (*p == '-' ? -1 : 1);
    return (*p == '+' || *p == '-') && a <= 9 && b <= 9 && a * 10 + b < 24 && p[3] == ':' &&
           c <= 5 && d <= 9;
}

static inline const char *stamp_epoch_at(const struct stamp_reader *reader, const char *p,
                                         int64_t *ns)
{
    uint64_t value, piece;
    unsigned n = read_digits(p, &value), digits = n;
    p += n;
    while (n == 8 && digits <= 16) {
        n = read_digits(p, &piece);
        value = value * field_whole_power[n] + piece;
        digits += n;
        p += n;
    }
    if (digits < 9 || digits > 19 || value > reader->epoch_last)
        return NULL;
    *ns = (int64_t)value * reader->unit;
    return p;
}

/* A fraction after the point at p: up to nine digits, as nanoseconds. */
static inline const char *stamp_fraction_at(const char *p, int64_t *ns)
{
    uint64_t value;
    unsigned n = read_digits(p + 1, &value);
    p += 1 + n;
    if (n == 8 && *p >= '0' && *p <= '9') {
        value = value * 10 + (uint64_t)(*p++ - '0');
        n++;
    }
    *ns = (int64_t)(value * field_whole_power[9 - n]);
    return n && (*p < '0' || *p > '9') ? p : NULL;
}

/*
 * The timestamp at p, once the reader knows its kind; returns its end. NULL where it is
 * not in the usual form. BYTES_PAST_END bytes after p must be readable.
 */
static inline const char *stamp_at(struct stamp_reader *reader, const char *p, int64_t *ns)
{
    if (reader->kind == STAMP_EPOCH)
        return stamp_epoch_at(reader, p, ns);
    uint16_t tail;
    memcpy(&tail, p + 8, sizeof tail);
    if ((load_word(p) != reader->date_word || tail != reader->date_tail) &&
        !stamp_new_date(reader, p))
        return NULL;
    p += 10;
    int64_t seconds = 0, fraction = 0, offset;
    if (reader->kind != STAMP_DATE) {
        if ((*p != 'T' && *p != ' ') || !stamp_time_at(p + 1, &seconds))
            return NULL;
        p += 9;
        if (*p == '.' && !(p = stamp_fraction_at(p, &fraction)))
            return NULL;
    }
    seconds += reader->date_seconds;
    if (reader->kind != STAMP_OFFSET) {
        if (seconds < reader->local.from || seconds >= reader->local.until)
            return NULL;
        offset = reader->local.offset;
    } else if (*p == 'Z') {
        offset = 0;
        p++;
    } else if (stamp_offset_at(p, &offset)) {
        p += 6;
    } else {
        return NULL;
    }
    *ns = (seconds - offset) * NS_PER_SECOND + fraction;
    return p;
}

#endif
