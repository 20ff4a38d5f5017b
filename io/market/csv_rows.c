/* SPDX-License-Identifier: Apache-2.0 */
/* All rows of a file: room for them, plain rows as they come, any other row and blank lines. */
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/large_pages.h"
#include "engine/base/memory.h"
#include "io/market/csv.h"
#include "io/market/separators.h"

static admf_status no_memory(const struct csv *csv) { return report_memory(csv->reading->errors); }

static admf_status resize(struct csv *csv, size_t capacity)
{
    int64_t *time = memory_resize(csv->time, capacity, sizeof *time);
    if (!time)
        return no_memory(csv);
    csv->time = time;
    ask_for_large_pages(time, capacity * sizeof *time);
    for (size_t k = 0; k < csv->columns.count; k++) {
        struct column *column = &csv->columns.items[k];
        if (column->role == COLUMN_TIMESTAMP || column->role == COLUMN_TEXT)
            continue;
        double *values = memory_resize(column->values, capacity, sizeof *values);
        if (!values)
            return no_memory(csv);
        column->values = values;
        ask_for_large_pages(values, capacity * sizeof *values);
    }
    csv->capacity = capacity;
    return ADMF_OK;
}

/*
 * Rows the file has by the lines in the buffer, a little more: one allocation that is never
 * moved. What is not written to costs no memory. 0 where the size says nothing.
 */
static size_t expected_rows(const struct csv *csv)
{
    const struct byte_stream *stream = csv->stream;
    size_t bytes = (size_t)(stream->end - stream->at);
    size_t lines = line_feeds(stream->at, stream->end);
    if (stream->gzip || !lines || stream->size < bytes)
        return 0;
    enum { SHORTEST = 13 }; /* 2024-01-31,1 and a line feed */
    size_t rows = (size_t)((double)stream->size / (double)bytes * (double)lines * 1.02);
    size_t most = (size_t)stream->size / SHORTEST;
    return (rows < most ? rows : most) + 64;
}

admf_status csv_grow(struct csv *csv, size_t more)
{
    enum { FIRST = 4096 };
    if (csv->capacity - csv->rows >= more)
        return ADMF_OK;
    size_t expected = csv->capacity ? 0 : expected_rows(csv);
    size_t capacity = expected ? expected : csv->capacity ? 2 * csv->capacity : FIRST;
    while (capacity - csv->rows < more)
        capacity *= 2;
    return resize(csv, capacity);
}

/* Blank lines are fine at the end, so they are wrong only once a row follows. */
void csv_settle_blank_lines(struct csv *csv)
{
    const struct reading *reading = csv->reading;
    if (csv->rows_of_blank && reading->source->repair_drop)
        csv->dropped += csv->rows_of_blank;
    else if (csv->rows_of_blank)
        report(reading->errors, ADMF_BAD_DATA, reading->source->path,
               csv_told_line(csv->blank_line), 1, 0, "a blank line inside the data");
    csv->rows_of_blank = 0;
}

static admf_status other_row(struct csv *csv, char *end)
{
    admf_status status = ADMF_OK;
    if (csv_is_blank(csv->stream->at, end)) {
        if (!csv->rows_of_blank++)
            csv->blank_line = csv->line;
    } else {
        csv_settle_blank_lines(csv);
        status = csv_row(csv, csv->stream->at, end);
    }
    csv->stream->at = end + 1;
    csv->line++;
    return status;
}

admf_status csv_check_count(const struct csv *csv)
{
    const struct reading *reading = csv->reading;
    if (csv->rows <= csv->rows_most)
        return ADMF_OK;
    return report(reading->errors, ADMF_BAD_DATA, reading->source->path, 0, 0, 0,
                  "has more rows than a series, which has %zu bars at most; split the file",
                  csv->rows_most);
}

static char *line_feed(const struct byte_stream *stream)
{
    return memchr(stream->at, '\n', (size_t)(stream->end - stream->at));
}

admf_status csv_rows_here(struct csv *csv, struct csv_plain *plain)
{
    admf_status status = ADMF_OK;
    char *end;
    while (!status && (end = line_feed(csv->stream))) {
        if (!csv->rows_of_blank && csv->stamps.kind != STAMP_UNKNOWN)
            csv_plain_rows(csv, plain);
        if (csv->rows == csv->capacity) {
            status = csv_grow(csv, 1);
            continue;
        }
        if (csv->stream->at > end) /* plain rows went by: look for the line anew */
            end = line_feed(csv->stream);
        if (end)
            status = other_row(csv, end);
    }
    return status;
}

static admf_status rows(struct csv *csv, struct csv_plain *plain)
{
    char *end;
    admf_status status = csv_line(csv, &end); /* so that there are lines to judge by */
    if (!status)
        status = csv_grow(csv, 1);
    while (!status) {
        status = csv_line(csv, &end);
        if (status || !end)
            break;
        status = csv_has_pieces(csv) ? csv_pieces(csv, plain) : csv_rows_here(csv, plain);
        if (!status)
            status = csv_check_count(csv);
    }
    return status;
}

admf_status csv_rows(struct csv *csv)
{
    struct csv_plain *plain = csv_plain_new(csv);
    admf_status status = plain ? rows(csv, plain) : no_memory(csv);
    memory_free(plain);
    return status;
}
