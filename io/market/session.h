/* SPDX-License-Identifier: Apache-2.0 */
/* The hours of a day in which a series is traded. */
#ifndef ADMF_IO_MARKET_SESSION_H
#define ADMF_IO_MARKET_SESSION_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds of local time; close beyond 24 h where the session ends on the day after it opened. */
struct session {
    int64_t open, close;
    bool all_week; /* 24x7 */
    bool given;
};

/*
 * HH:MM-HH:MM or 24x7; false where `text` is neither. 24:00 is a time to close only. One that
 * closes at the minute it opens lasts 24 hours, as currencies are traded (17:00-17:00).
 */
bool session_parse(const char *text, struct session *session);

#endif
