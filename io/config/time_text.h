/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, times and sessions as a configuration writes them; only their form and order. */
#ifndef ADMF_IO_CONFIG_TIME_TEXT_H
#define ADMF_IO_CONFIG_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

struct time_text {
    int64_t seconds; /* since 1970-01-01, of the wall clock, the offset taken off where given */
    int32_t nanoseconds;
    bool date_only, has_offset;
};

/* YYYY-MM-DD, or that with T or a space, HH:MM[:SS[.fraction]] and Z or +HH:MM. */
bool time_from_text(const char *text, struct time_text *time);

/* Whether `start` lies after `end`; a date as end means its last instant. False where one has
 * an offset and the other none: only the data's time zone decides. */
bool time_after(const struct time_text *start, const struct time_text *end);

/* HH:MM-HH:MM with 24:00 as an end only, or 24x7. */
bool session_is_valid(const char *text);

#endif
