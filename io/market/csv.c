/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/csv.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"

static admf_status give(struct csv *csv, struct bars *bars)
{
    const struct reading *reading = csv->reading;
    if (reading->errors->total)
        return ADMF_BAD_DATA;
    if (csv->rows == 0)
        return report(reading->errors, ADMF_BAD_DATA, reading->source->path, 0, 0, 0,
                      csv->dropped ? "no sound row is left after the repair"
                                   : "the file has a header but no rows");
    admf_status status = columns_give(&csv->columns, bars, reading->errors);
    bars->time = csv->time;
    csv->time = NULL;
    bars->count = csv->rows;
    bars->rows_dropped = csv->dropped;
    return status;
}

void csv_start(struct csv *csv, struct byte_stream *stream, const struct reading *reading,
               const struct zone *zone)
{
    *csv = (struct csv){.reading = reading, .stream = stream, .rows_most = BARS_MOST};
    stamp_start(&csv->stamps, zone);
}

admf_status csv_read(struct byte_stream *stream, const struct reading *reading,
                     const struct zone *zone, struct bars *bars, bool *dates)
{
    struct csv csv;
    csv_start(&csv, stream, reading, zone);
    admf_status status = csv_header(&csv);
    if (!status)
        status = csv_rows(&csv);
    if (!status)
        status = give(&csv, bars);
    *dates = csv.stamps.kind == STAMP_DATE;
    columns_deinit(&csv.columns);
    memory_free(csv.time);
    return status;
}
