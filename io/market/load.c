/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/load.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "io/market/bars_digest.h"
#include "io/market/calendar.h"
#include "io/market/csv.h"
#include "io/market/hdf5_bars.h"

enum { REPORTED = 20 };

/* A missing file is a fault of the configuration that names it, where there is one. */
static admf_status report_open(const struct reading *reading, const admf_error *error)
{
    const struct series_source *source = reading->source;
    if (error->code != ADMF_NO_INPUT || !source->config_file)
        return report_error(reading->errors, error);
    return report(reading->errors, ADMF_NO_INPUT, source->config_file, source->line, source->column,
                  (int)strlen(source->path), "%s: %s", source->path, error->message);
}

static bool is_hdf5(const struct byte_stream *stream)
{
    static const char magic[] = "\x89HDF\r\n\x1a\n";
    size_t n = sizeof magic - 1;
    return (size_t)(stream->end - stream->at) >= n && !memcmp(stream->at, magic, n);
}

/* Its library opens the file anew and reads here and there: a stream of bytes is not enough. */
static admf_status read_hdf5(const struct byte_stream *stream, const struct reading *reading,
                             struct bars *bars)
{
    const char *path = reading->source->path;
    if (stream->gzip)
        return report(reading->errors, ADMF_BAD_DATA, path, 0, 0, 0,
                      "is a compressed HDF5 file; decompress it, as with gunzip");
    if (!stream->size)
        return report(reading->errors, ADMF_BAD_DATA, path, 0, 0, 0,
                      "is HDF5, which cannot be read from a pipe; name the file itself");
    return hdf5_bars_read(reading, bars);
}

static admf_status read_columns(struct byte_stream *stream, const struct calendar *calendar,
                                const struct reading *reading, struct bars *bars, bool *dates)
{
    const struct series_source *source = reading->source;
    const char *format = source->format ? source->format : "auto";
    bool hdf5 = is_hdf5(stream);
    *dates = false;
    if (!strcmp(format, "csv") && hdf5)
        return report(reading->errors, ADMF_BAD_DATA, source->path, 0, 0, 0,
                      "is an HDF5 file, not CSV; leave out `format: csv`");
    if (!strcmp(format, "hdf5") && !hdf5)
        return report(reading->errors, ADMF_BAD_DATA, source->path, 0, 0, 0,
                      "is not an HDF5 file; leave out `format: hdf5`");
    if (hdf5)
        return read_hdf5(stream, reading, bars);
    return csv_read(stream, reading, calendar->zone, bars, dates);
}

static admf_status name_bars(struct bars *bars, const struct series_source *source,
                             admf_diagnostics *errors)
{
    snprintf(bars->source, sizeof bars->source, "%s", source->path);
    if (!source->symbol)
        return ADMF_OK;
    char *symbol = memory_copy_text(source->symbol);
    if (!symbol)
        return report_memory(errors);
    memory_free(bars->symbol);
    bars->symbol = symbol;
    return ADMF_OK;
}

static admf_status load(const struct reading *reading, size_t piece, struct bars *bars)
{
    struct calendar calendar;
    struct byte_stream stream;
    admf_error error = {0};
    bool dates = false;
    admf_status config = calendar_init(&calendar, reading->source, reading->errors);
    admf_status status =
        bytes_open(&stream, reading->source->path, piece, reading->source->stop, &error);
    if (status) {
        report_open(reading, &error);
        goto cleanup;
    }
    if (!config)
        status = read_columns(&stream, &calendar, reading, bars, &dates);
    bytes_close(&stream);
    if (!config && !status)
        status = name_bars(bars, reading->source, reading->errors);
    if (!config && !status)
        status = calendar_apply(&calendar, reading, dates, bars);
    if (!config && !status)
        bars->digest = bars_make_digest(bars);
cleanup:
    calendar_deinit(&calendar);
    return config ? config : status;
}

/* Adds what was found to the caller's list, those not kept to its total. */
static void hand_over(admf_diagnostics *to, admf_diagnostics *from)
{
    for (size_t k = 0; k < from->count; k++)
        report_error(to, &from->items[k]);
    to->total += from->total - from->count;
    admf_diagnostics_deinit(from);
}

admf_status bars_load_pieces(const struct series_source *source, int threads, size_t piece,
                             struct bars **out, admf_diagnostics *errors,
                             admf_diagnostics *warnings)
{
    admf_diagnostics found = {.limit = REPORTED}, noticed = {.limit = REPORTED};
    struct reading reading = {source, &found, &noticed, threads};
    struct bars *bars = memory_new(1, sizeof *bars);
    admf_status status = bars ? load(&reading, piece, bars) : report_memory(&found);
    /* Whoever failed has said so; the worst of what was said is the status, unless the file was
     * not read to its end. */
    admf_status stopped = status ? stop_status(source->stop) : ADMF_OK;
    admf_status said = stopped ? stopped : admf_diagnostics_status(&found);
    hand_over(errors, &found);
    hand_over(warnings, &noticed);
    if (!status && !said) {
        *out = bars;
        return ADMF_OK;
    }
    bars_free(&bars);
    return said ? said : status;
}

admf_status bars_load(const struct series_source *source, int threads, struct bars **out,
                      admf_diagnostics *errors, admf_diagnostics *warnings)
{
    return bars_load_pieces(source, threads, BYTES_PIECE, out, errors, warnings);
}
