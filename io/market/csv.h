/* SPDX-License-Identifier: Apache-2.0 */
/* Bars from text: one header line, then one row a line. */
#ifndef ADMF_IO_MARKET_CSV_H
#define ADMF_IO_MARKET_CSV_H

#include "io/market/byte_stream.h"
#include "io/market/columns.h"
#include "io/market/timestamp.h"

struct csv {
    const struct reading *reading;
    struct byte_stream *stream;
    struct columns columns;
    struct stamp_reader stamps;
    char delimiter;
    int line;          /* number of the line at stream->at */
    int rows_of_blank; /* blank lines just before it … */
    int blank_line;    /* … and the number of the first */
    bool unterminated; /* the file's last line had no line feed (one was added) */
    size_t rows, capacity;
    int64_t *time;
    int last_line;  /* line of the last row kept */
    size_t dropped; /* rows left out by --repair drop */
};

/*
 * Reads the rows of `stream` into `bars`: count, time, columns and rows_dropped. Errors go
 * to reading->errors. `*dates`: the timestamps are dates. `zone` is borrowed for the call.
 */
admf_status csv_read(struct byte_stream *stream, const struct reading *reading,
                     const struct zone *zone, struct bars *bars, bool *dates);

/* csv_header.c: finds the delimiter, names the columns, moves behind the header's line. */
admf_status csv_header(struct csv *csv);
/* csv_rows.c: reads all rows. */
admf_status csv_rows(struct csv *csv);
/*
 * csv_row.c: one row in any form, text of it from `line` to before `end` (line feed
 * excluded). Appends it to the columns; or reports what is wrong, or drops it.
 */
admf_status csv_row(struct csv *csv, const char *line, const char *end);
/* Makes room for one more row. */
admf_status csv_grow(struct csv *csv);

/* csv_line.c: lines and their fields. */

/* A complete line is at stream->at; *end is its line feed, NULL where the stream is over. */
admf_status csv_line(struct csv *csv, char **end);

/* Nothing but spaces, tabs and carriage returns from `line` to before `end`. */
bool csv_is_blank(const char *line, const char *end);

/* Characters (of UTF-8) from `line` to `at`, plus one. */
int csv_place(const char *line, const char *at);

/* One field of a line, spaces and quotes around it removed; one written twice inside stays so. */
struct csv_field {
    const char *at;
    size_t length;
    bool quoted_badly;
};
/* The field at *p, moving *p behind it: on a delimiter or on `end`. */
struct csv_field csv_field(const char **p, const char *end, char delimiter);

#endif
