/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* strcasecmp */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "admf/market.h"
#include "engine/api/market_output.h"
#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/stop.h"
#include "engine/base/whole_file.h"
#include "engine/cpu/cpu.h"
#include "io/config/arena.h"
#include "io/config/reader.h"
#include "io/market/columns.h"
#include "io/market/timestamp.h"

/* A name of ours, or any other for a further column. */
static admf_status check_ours(const char *ours, admf_diagnostics *errors)
{
    const char *like = column_mistyped(ours);
    if (like)
        return report(errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "unknown column '%.80s'; did you mean '%s'?", ours, like);
    if (!is_name(ours))
        return report(errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "the column '%.80s' is not a name: letters, digits and single underscores, "
                      "no digit first",
                      ours);
    return ADMF_OK;
}

/* One "ours=theirs"; what the file calls a column may hold further equals signs. */
static admf_status add_rename(struct series_source *source, struct arena *arena, const char *pair,
                              admf_diagnostics *errors)
{
    const char *equals = strchr(pair, '=');
    if (!equals || equals == pair || !equals[1])
        return report(errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "a column is renamed by a pair such as timestamp=Date, not '%.80s'", pair);
    char *ours = arena_text(arena, pair, (size_t)(equals - pair));
    char *theirs = arena_text(arena, equals + 1, strlen(equals + 1));
    if (!ours || !theirs)
        return report_memory(errors);
    admf_status status = check_ours(ours, errors);
    if (status)
        return status;
    for (size_t k = 0; k < source->renames; k++) {
        if (strcmp(source->rename[k].ours, ours) == 0)
            return report(errors, ADMF_USAGE, NULL, 0, 0, 0,
                          "the column '%s' is '%.80s' and '%.80s'; one of them can be it", ours,
                          source->rename[k].theirs, theirs);
        if (strcasecmp(source->rename[k].theirs, theirs) == 0)
            return report(errors, ADMF_USAGE, NULL, 0, 0, 0,
                          "the file's column '%.80s' is used twice", theirs);
    }
    source->rename[source->renames].ours = ours;
    source->rename[source->renames++].theirs = theirs;
    return ADMF_OK;
}

/* The options as an entry of `data` would say them. Reading changes no text, so the casts are
 * safe; what is NULL gets its default there. */
static admf_status make_source(const admf_import_options *options, struct series_source *source,
                               struct arena *arena, admf_diagnostics *errors)
{
    admf_status status = ADMF_OK;
    *source = (struct series_source){.symbol = (char *)options->symbol,
                                     .path = (char *)options->input,
                                     .timezone = (char *)options->timezone,
                                     .session = (char *)options->session,
                                     .stamp_end = options->stamp_end,
                                     .start = (char *)options->start,
                                     .end = (char *)options->end,
                                     .repair_drop = options->repair_drop,
                                     .periods_per_year = NAN,
                                     .converting = true,
                                     .stop = options->stop};
    if (options->column_count <= 0)
        return ADMF_OK;
    source->rename = arena_new(arena, (size_t)options->column_count, sizeof *source->rename);
    if (!source->rename)
        return report_memory(errors);
    for (int k = 0; k < options->column_count; k++) {
        admf_status added = add_rename(source, arena, options->columns[k], errors);
        status = status ? status : added;
    }
    return status;
}

/* *write stays NULL where there is no output. */
static admf_status choose_output(const admf_import_options *options, market_writer **write,
                                 admf_diagnostics *errors)
{
    admf_error error = {0};
    *write = NULL;
    if (!options->output)
        return ADMF_OK;
    /* Even by force: bars outside of the session would be gone from the only copy. */
    if (whole_file_spoils(options->output, options->input))
        return report(errors, ADMF_USAGE, options->output, 0, 0, 0,
                      "is the input itself; name another output");
    *write = market_output(options->output, options->force, &error);
    return *write ? ADMF_OK : report_error(errors, &error);
}

/* There is no configuration here: what would be wrong in one is a wrong argument. */
static admf_status load(const struct series_source *source, struct bars **bars,
                        admf_diagnostics *errors, admf_diagnostics *warnings)
{
    size_t before = errors->count;
    admf_status status = bars_load(source, cpu_threads(), bars, errors, warnings);
    for (size_t k = before; k < errors->count; k++)
        if (errors->items[k].code == ADMF_BAD_CONFIG)
            errors->items[k].code = ADMF_USAGE;
    return status == ADMF_BAD_CONFIG ? ADMF_USAGE : status;
}

static void describe(const struct bars *bars, admf_import_result *result)
{
    _Static_assert(sizeof result->first >= STAMP_TEXT && sizeof result->digest >= DIGEST_TEXT,
                   "the texts of a result fit");
    *result = (admf_import_result){.bars = bars->count,
                                   .bars_outside = bars->bars_outside,
                                   .rows_dropped = bars->rows_dropped,
                                   .bars_per_year = bars->bars_per_year};
    stamp_to_text(bars->time[0], result->first);
    stamp_to_text(bars->time[bars->count - 1], result->last);
    digest_to_text(bars->digest, result->digest);
}

admf_status admf_import(const admf_import_options *options, admf_import_result *result,
                        admf_diagnostics *errors, admf_diagnostics *warnings)
{
    struct arena arena = {0};
    struct series_source source;
    struct bars *bars = NULL;
    admf_error error = {0};
    market_writer *write = NULL;
    if (!options->input)
        return report(errors, ADMF_USAGE, NULL, 0, 0, 0, "an import needs a file to read");
    admf_status columns = make_source(options, &source, &arena, errors);
    admf_status status = choose_output(options, &write, errors);
    status = columns ? columns : status;
    if (!status)
        status = load(&source, &bars, errors, warnings);
    if (!status && (status = stop_fail(options->stop, &error)))
        report_error(errors, &error);
    if (!status && write &&
        (status = write(bars, options->output, options->force, options->stop, &error)))
        report_error(errors, &error);
    if (!status)
        describe(bars, result);
    bars_free(&bars);
    arena_deinit(&arena);
    return status;
}
