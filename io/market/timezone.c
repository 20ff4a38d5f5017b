/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/timezone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/market/timezone_file.h"

/* Of which a rule is written out: those of timestamps and one more on each side. */
enum { FIRST_YEAR = 1677, LAST_YEAR = 2262 };

/* Howard Hinnant's algorithms (chrono-Compatible Low-Level Date Algorithms, 2021). */
int64_t days_of_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void date_of_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

static bool looks_like_name(const char *name)
{
    if (!name[0] || name[0] == '/' || name[0] == '.' || strlen(name) > 200)
        return false;
    for (const char *p = name; *p; p++) {
        bool fine = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9') || strchr("/_+-", *p);
        if (!fine)
            return false;
    }
    return true;
}

/* Behind the last change, which may lie anywhere: some files begin with one of the Big Bang. */
static admf_status add_rule(struct zone *zone, admf_error *error)
{
    int64_t last = zone->count ? zone->items[zone->count - 1].at : INT64_MIN, year = FIRST_YEAR;
    int month, day;
    if (zone->count)
        date_of_days(last / 86400, &year, &month, &day);
    for (year = year > FIRST_YEAR ? year : FIRST_YEAR; year <= LAST_YEAR; year++) {
        struct zone_change pair[2];
        int n = zone_rule_year(&zone->rule, year, pair);
        for (int k = 0; k < n; k++)
            if (pair[k].at > last && !zone_add(zone, pair[k]))
                return fail_memory(error);
    }
    return ADMF_OK;
}

static admf_status unknown(const char *const *folders, int count, const char *name, bool any_folder,
                           admf_error *error)
{
    char near[256];
    if (!any_folder)
        return fail(error, ADMF_NO_INPUT,
                    "the time zone '%s' needs the system's time zone data, which are missing "
                    "(%s); install the package tzdata",
                    name, folders[0]);
    for (int k = 0; k < count; k++)
        if (zone_nearest(folders[k], name, near, sizeof near))
            return fail(error, ADMF_BAD_CONFIG, "unknown time zone '%s'; did you mean '%s'?", name,
                        near);
    return fail(error, ADMF_BAD_CONFIG,
                "unknown time zone '%s'; name one as America/New_York, Europe/Berlin, UTC", name);
}

static admf_status find_and_read(const char *const *folders, int count, struct zone *zone,
                                 admf_error *error)
{
    bool any_folder = false, looked_for = looks_like_name(zone->name);
    for (int k = 0; k < count && looked_for; k++) {
        char path[512];
        bool found;
        if (!zone_folder_exists(folders[k]))
            continue;
        any_folder = true;
        snprintf(path, sizeof path, "%s/%s", folders[k], zone->name);
        admf_status status = zone_read_file(zone, path, &found, error);
        if (found || status)
            return status;
    }
    return unknown(folders, count, zone->name, any_folder || !looked_for, error);
}

admf_status zone_open_in(const char *const *folders, int count, const char *name, struct zone **out,
                         admf_error *error)
{
    admf_status status = ADMF_OK;
    struct zone *zone = memory_new(1, sizeof *zone);
    if (!zone || !(zone->name = memory_copy_text(name))) {
        status = fail_memory(error);
        goto cleanup;
    }
    if (strcmp(name, "UTC") != 0)
        status = find_and_read(folders, count, zone, error);
    if (!status && zone->has_rule)
        status = add_rule(zone, error);
    if (!status) {
        *out = zone;
        zone = NULL;
    }
cleanup:
    zone_close(&zone);
    return status;
}

admf_status zone_open(const char *name, struct zone **out, admf_error *error)
{
    static const char *const folders[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                          "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};
    return zone_open_in(folders, sizeof folders / sizeof *folders, name, out, error);
}

void zone_close(struct zone **zone)
{
    if (!*zone)
        return;
    memory_free((*zone)->name);
    memory_free((*zone)->items);
    memory_free(*zone);
    *zone = NULL;
}

const char *zone_name(const struct zone *zone) { return zone->name; }

/* Index of the last change at or before `utc`, plus one: stretch k lies before items[k]. */
static size_t stretch_index(const struct zone *zone, int64_t utc)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->items[middle].at <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Far enough for every date that fits, near enough that adding an offset cannot overflow. */
static const int64_t far_away = INT64_MAX / 4;

static int64_t nearer(int64_t at)
{
    return at < -far_away ? -far_away : at > far_away ? far_away : at;
}

static struct zone_stretch stretch_number(const struct zone *zone, size_t k)
{
    return (struct zone_stretch){
        .from = k ? nearer(zone->items[k - 1].at) : -far_away,
        .until = k < zone->count ? nearer(zone->items[k].at) : far_away,
        .offset = k ? zone->items[k - 1].offset : zone->first_offset,
    };
}

struct zone_stretch zone_at_utc(const struct zone *zone, int64_t utc)
{
    return stretch_number(zone, stretch_index(zone, utc));
}

int zone_instants(const struct zone *zone, int64_t local, int64_t utc[2])
{
    enum { WIDEST = 2 * 86400 };
    size_t k = stretch_index(zone, local - WIDEST), last = stretch_index(zone, local + WIDEST);
    int found = 0;
    utc[0] = local;
    for (; k <= last && found < 2; k++) {
        struct zone_stretch s = stretch_number(zone, k);
        int64_t instant = local - s.offset;
        if (instant >= s.from && instant < s.until)
            utc[found++] = instant;
        else if (!found && instant >= s.until)
            utc[0] = s.until; /* the clocks jump over it here, unless a later stretch has it */
    }
    return found;
}

struct zone_stretch zone_at_local(const struct zone *zone, int64_t local)
{
    int64_t utc[2];
    if (zone_instants(zone, local, utc) != 1)
        return (struct zone_stretch){local, local, 0};
    size_t k = stretch_index(zone, utc[0]);
    struct zone_stretch s = stretch_number(zone, k), result = s;
    int64_t before = k ? stretch_number(zone, k - 1).offset : s.offset;
    int64_t after = k < zone->count ? zone->items[k].offset : s.offset;
    /* An hour that two stretches share belongs to neither. */
    result.from = s.from + (before > s.offset ? before : s.offset);
    result.until = s.until + (after < s.offset ? after : s.offset);
    return result;
}
