/* SPDX-License-Identifier: Apache-2.0 */
/* The hours of a day in which a series is traded. */
#ifndef ADMF_IO_MARKET_SESSION_H
#define ADMF_IO_MARKET_SESSION_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds of local time; close beyond 24 h where the session crosses midnight. */
struct session {
    int64_t open, close;
    bool all_week; /* 24x7 */
    bool given;
};

/* HH:MM-HH:MM or 24x7; false where `text` is neither. */
bool session_parse(const char *text, struct session *session);

#endif
