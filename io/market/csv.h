/* SPDX-License-Identifier: Apache-2.0 */
/* Bars from text: one header line, then one row a line. */
#ifndef ADMF_IO_MARKET_CSV_H
#define ADMF_IO_MARKET_CSV_H

#include <limits.h>

#include "io/market/byte_stream.h"
#include "io/market/columns.h"
#include "io/market/timestamp.h"

struct csv {
    const struct reading *reading;
    struct byte_stream *stream;
    struct columns columns;
    struct stamp_reader stamps;
    char delimiter;
    int64_t line;         /* number of the line at stream->at */
    size_t rows_of_blank; /* blank lines just before it … */
    int64_t blank_line;   /* … and the number of the first */
    bool unterminated;    /* the file's last line had no line feed (one was added) */
    size_t first;         /* its first row: those before it are not looked at */
    size_t rows, capacity;
    size_t rows_most; /* a file with more is refused */
    int64_t *time;
    int64_t last_line; /* of the last row kept */
    size_t dropped;    /* rows left out by --repair drop */
};

/*
 * Reads the rows of `stream` into `bars`: count, time, columns and rows_dropped. Errors go
 * to reading->errors. `*dates`: the timestamps are dates. `zone` is borrowed for the call.
 */
admf_status csv_read(struct byte_stream *stream, const struct reading *reading,
                     const struct zone *zone, struct bars *bars, bool *dates);

/* Nothing read yet. `zone` is borrowed. */
void csv_start(struct csv *csv, struct byte_stream *stream, const struct reading *reading,
               const struct zone *zone);

/* The number of a line as messages have it: there is no larger one. */
static inline int csv_told_line(int64_t line) { return line < INT_MAX ? (int)line : INT_MAX; }

/* csv_header.c: finds the delimiter, names the columns, moves behind the header's line. */
admf_status csv_header(struct csv *csv);
/* csv_rows.c: reads all rows, by reading->threads threads where there is enough to read. */
admf_status csv_rows(struct csv *csv);
/*
 * csv_row.c: one row in any form, text of it from `line` to before `end` (line feed
 * excluded). Appends it to the columns; or reports what is wrong, or drops it.
 */
admf_status csv_row(struct csv *csv, const char *line, const char *end);
/* csv_rows.c: refuses a file of more rows than a series can have. */
admf_status csv_check_count(const struct csv *csv);
/* csv_rows.c: makes room for `more` rows. */
admf_status csv_grow(struct csv *csv, size_t more);

/* csv_plain.c: rows that need none of csv_row's care, straight into the columns. */

/* What they need at hand; NULL: out of memory. Freed by memory_free. */
struct csv_plain *csv_plain_new(const struct csv *csv);
/* Reads the complete lines at stream->at as long as they are plain and there is room. The kind of
 * the timestamps must be known. */
void csv_plain_rows(struct csv *csv, struct csv_plain *plain);

/* csv_rows.c: reads the complete lines that are in the stream's buffer. */
admf_status csv_rows_here(struct csv *csv, struct csv_plain *plain);
/* csv_rows.c: what blank lines before a row are worth, once one follows. */
void csv_settle_blank_lines(struct csv *csv);

/* csv_pieces.c: reads the stream piece by piece, each by one of several threads, in order. Errors
 * are the same as without. Ends where there is no complete line any more. */
admf_status csv_pieces(struct csv *csv, struct csv_plain *plain);
/* Whether that is worth it. */
bool csv_has_pieces(const struct csv *csv);
/* Threads that csv_pieces uses at most: then the one that reads the bytes has no time left. */
enum { CSV_THREADS_MOST = 8 };

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
    size_t quoted; /* bytes between its quotes, spaces at their end included; 0: no quotes */
    bool quoted_badly;
};
/* The field at *p, moving *p behind it: on a delimiter or on `end`. */
struct csv_field csv_field(const char **p, const char *end, char delimiter);

#endif
