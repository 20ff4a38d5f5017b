/* SPDX-License-Identifier: Apache-2.0 */
/* The rule at the end of a TZif file: the TZ form of POSIX with RFC 8536's wider hours. */
#include "io/market/timezone.h"
#include "io/market/timezone_file.h"

#include <string.h>

static bool read_int(const char **p, int most, int *number)
{
    const char *first = *p;
    int n = 0;
    while (**p >= '0' && **p <= '9' && n <= most)
        n = 10 * n + (*(*p)++ - '0');
    *number = n;
    return *p > first && n <= most;
}

/* EST or <-03>. */
static bool skip_name(const char **p)
{
    const char *first = *p;
    if (**p == '<') {
        const char *end = strchr(*p, '>');
        if (!end)
            return false;
        *p = end + 1;
        return true;
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
        (*p)++;
    return *p - first >= 3;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool read_time(const char **p, int64_t *seconds)
{
    int sign = 1, part, scale = 3600;
    if (**p == '+' || **p == '-')
        sign = *(*p)++ == '-' ? -1 : 1;
    if (!read_int(p, 167, &part))
        return false;
    *seconds = (int64_t)part * scale;
    while (**p == ':' && scale > 1) {
        (*p)++;
        scale /= 60;
        if (!read_int(p, 59, &part))
            return false;
        *seconds += (int64_t)part * scale;
    }
    *seconds *= sign;
    return true;
}

static bool read_date(const char **p, struct zone_date *date)
{
    *date = (struct zone_date){.form = '0', .time = 2 * 3600};
    if (**p == 'M' || **p == 'J')
        date->form = *(*p)++;
    if (date->form == 'M') {
        if (!read_int(p, 12, &date->month) || date->month < 1 || *(*p)++ != '.')
            return false;
        if (!read_int(p, 5, &date->week) || date->week < 1 || *(*p)++ != '.')
            return false;
        if (!read_int(p, 6, &date->day))
            return false;
    } else if (!read_int(p, 365, &date->day) || (date->form == 'J' && date->day < 1)) {
        return false;
    }
    if (**p != '/')
        return true;
    (*p)++;
    return read_time(p, &date->time);
}

bool zone_rule_parse(const char *p, struct zone_rule *rule)
{
    memset(rule, 0, sizeof *rule);
    if (!skip_name(&p) || !read_time(&p, &rule->standard))
        return false;
    rule->standard = -rule->standard; /* POSIX counts westwards */
    if (!*p)
        return true;
    rule->has_summer = true;
    rule->summer = rule->standard + 3600;
    if (!skip_name(&p))
        return false;
    if (*p != ',') {
        if (!read_time(&p, &rule->summer))
            return false;
        rule->summer = -rule->summer;
    }
    return *p++ == ',' && read_date(&p, &rule->starts) && *p++ == ',' &&
           read_date(&p, &rule->ends) && !*p;
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days since 1970 of the date in a year. */
static int64_t day_of_rule(const struct zone_date *date, int64_t year)
{
    int64_t first = days_of_date(year, 1, 1);
    if (date->form == 'J') /* 29 February is never counted */
        return first + date->day - 1 + (is_leap(year) && date->day >= 60);
    if (date->form == '0')
        return first + date->day;
    int64_t month = days_of_date(year, date->month, 1);
    int64_t next =
        date->month == 12 ? days_of_date(year + 1, 1, 1) : days_of_date(year, date->month + 1, 1);
    int64_t weekday = ((month + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = month + (date->day - weekday + 7) % 7 + 7 * (date->week - 1);
    return day < next ? day : day - 7; /* week 5 is the last, whichever that is */
}

int zone_rule_year(const struct zone_rule *rule, int64_t year, struct zone_change changes[2])
{
    if (!rule->has_summer)
        return 0;
    struct zone_change start = {day_of_rule(&rule->starts, year) * 86400 + rule->starts.time -
                                    rule->standard,
                                rule->summer};
    struct zone_change end = {
        day_of_rule(&rule->ends, year) * 86400 + rule->ends.time - rule->summer, rule->standard};
    bool start_first = start.at < end.at;
    changes[0] = start_first ? start : end;
    changes[1] = start_first ? end : start;
    return 2;
}
