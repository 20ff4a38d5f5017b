/* SPDX-License-Identifier: Apache-2.0 */
/* A timestamp's text taken apart; for timestamp.c only. `why` says what is wrong where false. */
#ifndef ADMF_IO_MARKET_STAMP_PARTS_H
#define ADMF_IO_MARKET_STAMP_PARTS_H

#include "io/market/timestamp.h"

struct stamp_parts {
    enum stamp_kind kind;
    int64_t seconds;  /* since 1970, as if the clock showed UTC */
    int64_t fraction; /* ns */
    int64_t offset;   /* STAMP_OFFSET */
};

/* Reads a date or ISO 8601; `expected` is what a message says is read here. */
bool stamp_take_apart(const char *text, size_t length, const char *expected,
                      struct stamp_parts *parts, char why[STAMP_WHY]);

/* YYYY-MM-DD at p as days since 1970; false where it is no date. */
bool stamp_date_at(const char *p, int64_t *days);
/* Whether a day, counted from 1970, is in the years that timestamps may have. */
bool stamp_day_in_range(int64_t days);

/* Write a reason to `why`; false always. */
bool stamp_refuse(char why[STAMP_WHY], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool stamp_beyond_years(const char *text, size_t length, char why[STAMP_WHY]);

#endif
