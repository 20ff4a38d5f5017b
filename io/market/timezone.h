/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones from the system's TZif files (RFC 8536), without the C library's one global
 * zone. The rule in a file's footer is written out as transitions up to the end of what
 * int64 nanoseconds can say (2262), so every question is a search in one table.
 */
#ifndef ADMF_IO_MARKET_TIMEZONE_H
#define ADMF_IO_MARKET_TIMEZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

struct zone;

/*
 * Reads the zone `name` ("UTC" needs no file). An unknown one is ADMF_BAD_CONFIG and the message
 * names the nearest; so is one that counts leap seconds. ADMF_NO_INPUT or ADMF_BAD_DATA where its
 * file cannot be opened or is damaged; the message names it.
 */
admf_status zone_open(const char *name, struct zone **zone, admf_error *error);
void zone_close(struct zone **zone);
const char *zone_name(const struct zone *zone);

/* A stretch [from, until) of seconds in which local time is UTC + offset. */
struct zone_stretch {
    int64_t from, until;
    int64_t offset;
};

/* The stretch that holds `utc` (seconds since 1970). */
struct zone_stretch zone_at_utc(const struct zone *zone, int64_t utc);
/* The stretch of local seconds around `local` that exist once; from = until where `local`
 * itself does not. */
struct zone_stretch zone_at_local(const struct zone *zone, int64_t local);

/*
 * The instants at which clocks show `local`: 0, 1 or 2, the earlier one first. Where there
 * is none, utc[0] is the instant of the change that leaves it out.
 */
int zone_instants(const struct zone *zone, int64_t local, int64_t utc[2]);

/* Days from 1970-01-01 to a date of the Gregorian calendar, and back. */
int64_t days_of_date(int64_t year, int month, int day);
void date_of_days(int64_t days, int64_t *year, int *month, int *day);

#endif
