/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/session.h"

#include <string.h>

enum { DAY = 86400 };

/* HH:MM in seconds, -1 where it is no time; 24:00 is one only as an end. */
static int64_t read_clock(const char *p)
{
    for (int k = 0; k < 5; k++)
        if (k == 2 ? p[k] != ':' : p[k] < '0' || p[k] > '9')
            return -1;
    int hour = (p[0] - '0') * 10 + p[1] - '0', minute = (p[3] - '0') * 10 + p[4] - '0';
    return minute > 59 || hour * 60 + minute > 24 * 60 ? -1 : hour * 3600 + minute * 60;
}

bool session_parse(const char *text, struct session *session)
{
    *session = (struct session){.close = DAY, .given = true};
    session->all_week = !strcmp(text, "24x7");
    if (session->all_week)
        return true;
    if (strlen(text) != 11 || text[5] != '-')
        return false;
    session->open = read_clock(text);
    session->close = read_clock(text + 6);
    if (session->open < 0 || session->open == DAY || session->close < 0)
        return false;
    if (session->close <= session->open)
        session->close += DAY;
    return true;
}
