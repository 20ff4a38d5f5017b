/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a zone, and reading it from a TZif file; for timezone.c only. */
#ifndef ADMF_IO_MARKET_TIMEZONE_FILE_H
#define ADMF_IO_MARKET_TIMEZONE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

struct zone_change {
    int64_t at, offset; /* from this second on, UTC + offset */
};

/* When one of a year's two changes happens (POSIX TZ: Mm.w.d, Jn or n, and a time of day). */
struct zone_date {
    char form; /* 'M', 'J' or '0' */
    int month, week, day;
    int64_t time; /* seconds after local midnight */
};

struct zone_rule {
    int64_t standard, summer; /* offsets */
    bool has_summer;
    struct zone_date starts, ends; /* of summer time */
};

struct zone {
    char *name;
    int64_t first_offset; /* before the first change */
    size_t count, capacity;
    struct zone_change *items;
    bool has_rule;
    struct zone_rule rule; /* after the last change */
};

bool zone_add(struct zone *zone, struct zone_change change); /* false: out of memory */
/*
 * Reads a zone that has its name already. *found stays false, without an error, where there is no
 * such file or it is none of time zones. Messages name the file: its place is that of a key.
 */
admf_status zone_read_file(struct zone *zone, const char *path, bool *found, admf_error *error);
/* zone_open with the zones of these folders; in order, the first that has the file. */
admf_status zone_open_in(const char *const *folders, int count, const char *name, struct zone **out,
                         admf_error *error);
bool zone_folder_exists(const char *folder);
/* The zone below `folder` whose name is nearest to `name`; false where none is near. */
bool zone_nearest(const char *folder, const char *name, char *nearest, size_t room);

/* A footer such as EST5EDT,M3.2.0,M11.1.0; false where it cannot be understood. */
bool zone_rule_parse(const char *text, struct zone_rule *rule);
/* The changes of a year in order; returns how many (0 or 2). */
int zone_rule_year(const struct zone_rule *rule, int64_t year, struct zone_change changes[2]);

#endif
