/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a source's timezone, session, start and end. */
#include <string.h>

#include "engine/base/failure.h"
#include "io/market/session.h"
#include "io/market/timestamp.h"

static admf_status at_entry(const struct reading *reading, admf_status code, const char *text)
{
    const struct series_source *source = reading->source;
    return report(reading->errors, code, source->config_file, source->line, source->column, 0, "%s",
                  text);
}

static admf_status read_zone(struct calendar *calendar, const struct reading *reading)
{
    admf_error error = {0};
    const char *name = reading->source->timezone ? reading->source->timezone : "UTC";
    admf_status status = zone_open(name, &calendar->zone, &error);
    return status ? at_entry(reading, status, error.message) : ADMF_OK;
}

static admf_status read_session(struct calendar *calendar, const struct reading *reading)
{
    const char *text = reading->source->session;
    const struct series_source *source = reading->source;
    calendar->session = (struct session){.close = 86400};
    if (!text || session_parse(text, &calendar->session))
        return ADMF_OK;
    return report(reading->errors, ADMF_BAD_CONFIG, source->config_file, source->line,
                  source->column, 0,
                  "session '%.40s' is neither HH:MM-HH:MM (as 09:30-16:00, 18:00-17:00, "
                  "00:00-24:00) nor 24x7",
                  text);
}

static admf_status read_limit(const struct calendar *calendar, const struct reading *reading,
                              const char *key, const char *text, int64_t *ns)
{
    char why[STAMP_WHY];
    const struct series_source *source = reading->source;
    if (!text || stamp_read_limit(calendar->zone, text, key[0] == 'e', ns, why))
        return ADMF_OK;
    return report(reading->errors, ADMF_BAD_CONFIG, source->config_file, source->line,
                  source->column, 0, "%s: %s", key, why);
}

static admf_status read_limits(struct calendar *calendar, const struct reading *reading)
{
    const struct series_source *source = reading->source;
    calendar->start = INT64_MIN;
    calendar->end = INT64_MAX;
    admf_status start = read_limit(calendar, reading, "start", source->start, &calendar->start);
    admf_status end = read_limit(calendar, reading, "end", source->end, &calendar->end);
    if (start || end)
        return start ? start : end;
    if (calendar->start <= calendar->end)
        return ADMF_OK;
    return report(reading->errors, ADMF_BAD_CONFIG, source->config_file, source->line,
                  source->column, 0, "start %s is after end %s", source->start, source->end);
}

admf_status calendar_init(struct calendar *calendar, const struct reading *reading)
{
    memset(calendar, 0, sizeof *calendar);
    admf_status zone = read_zone(calendar, reading), session = read_session(calendar, reading);
    admf_status limits = zone ? ADMF_OK : read_limits(calendar, reading);
    return zone ? zone : session ? session : limits;
}

void calendar_deinit(struct calendar *calendar) { zone_close(&calendar->zone); }
