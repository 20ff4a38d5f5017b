/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several threads read a file. The caller's cuts the bytes into pieces of whole lines and counts
 * their lines, so that it is known where the rows of each belong if every line is a row: a thread
 * reads them into that place. It stops at a line that is wrong, blank or new of its kind, and says
 * nothing of it. The caller's thread takes the pieces in order, judges their first time by the row
 * before, and reads itself what is left of them, so all that is said is said by one thread in the
 * order of the file. Where lines were no rows, the rows behind are moved up.
 */
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/ordered_work.h"
#include "io/market/csv.h"
#include "io/market/separators.h"

enum { SLOTS_MOST = 2 * CSV_THREADS_MOST + 2 };
_Static_assert((SLOTS_MOST + 3) * BYTES_PIECE < BARS_LOAD_BYTES,
               "pieces, the stream's buffer, and a gzip member with its window fit");

struct piece {
    struct byte_stream lines; /* from lines.at on they are left to the caller's thread */
    char *start;
    struct csv csv; /* as it was when the piece was cut; rows from csv.first to before csv.rows */
    struct csv_plain *plain;
    struct column *columns; /* of csv: names and values are the file's */
    struct reading reading;
    admf_diagnostics unsaid;
};

struct pieces {
    struct csv *csv;
    struct csv_plain *plain;
    struct ordered_work work;
    struct piece slots[SLOTS_MOST];
    const char *stop; /* behind the last complete line in the stream; NULL: there is none */
    size_t next_row;  /* where the rows of the next piece belong */
    admf_error error; /* of reading bytes: said when all before them are read */
};

bool csv_has_pieces(const struct csv *csv)
{
    enum { FEW = 4 }; /* buffers of text are read before a thread has started */
    const struct byte_stream *stream = csv->stream;
    return csv->reading->threads > 1 && csv->stamps.kind != STAMP_UNKNOWN && !stream->ended &&
           (stream->gzip || !stream->size || stream->size >= FEW * stream->capacity);
}

/* A row, unless something has to be said of it: a blank line is a faulty one to csv_row. */
static bool read_row(struct piece *piece)
{
    struct csv *csv = &piece->csv;
    char *line = piece->lines.at, *end = memchr(line, '\n', (size_t)(piece->lines.end - line));
    size_t row = csv->rows;
    if (csv_row(csv, line, end) || csv->rows == row || piece->unsaid.total) {
        csv->rows = row;
        return false;
    }
    piece->lines.at = end + 1;
    csv->line++;
    return true;
}

static void read_piece(void *context, int thread, size_t slot)
{
    struct piece *piece = &((struct pieces *)context)->slots[slot];
    (void)thread;
    do
        csv_plain_rows(&piece->csv, piece->plain);
    while (piece->lines.at < piece->lines.end && read_row(piece));
}

static bool prepare(struct piece *piece, const struct csv *csv)
{
    if (!piece->plain)
        piece->plain = csv_plain_new(csv);
    if (!piece->columns)
        piece->columns = memory_new(csv->columns.count, sizeof *piece->columns);
    return piece->plain && piece->columns;
}

/* The complete lines in the stream, `lines` of them. */
static admf_status give(struct pieces *pieces, size_t lines)
{
    struct csv *csv = pieces->csv;
    struct piece *piece = &pieces->slots[ordered_next(&pieces->work)];
    admf_error error = {0};
    if (!prepare(piece, csv))
        return report_memory(csv->reading->errors);
    if (bytes_hand_over(csv->stream, pieces->stop, &piece->lines, &error))
        return report_error(csv->reading->errors, &error);
    piece->start = piece->lines.at;
    memcpy(piece->columns, csv->columns.items, csv->columns.count * sizeof *piece->columns);
    piece->unsaid = (admf_diagnostics){.count = 1, .limit = 1}; /* full: counts, keeps nothing */
    piece->reading = *csv->reading;
    piece->reading.errors = piece->reading.warnings = &piece->unsaid;
    piece->csv = *csv;
    piece->csv.reading = &piece->reading;
    piece->csv.stream = &piece->lines;
    piece->csv.columns.items = piece->columns;
    piece->csv.first = piece->csv.rows = pieces->next_row;
    piece->csv.capacity = pieces->next_row += lines;
    ordered_give(&pieces->work);
    return ADMF_OK;
}

/* Reads bytes until they end a line. */
static void find_lines(struct pieces *pieces)
{
    struct byte_stream *stream = pieces->csv->stream;
    pieces->stop = NULL;
    while (!pieces->stop && !stream->ended) {
        size_t searched = (size_t)(stream->end - stream->at);
        if (bytes_more(stream, &pieces->error))
            return;
        const char *from = stream->at + searched, *stop = behind_last_line(from, stream->end);
        pieces->stop = stop > from ? stop : NULL;
    }
}

/* Gives the threads as much as there is room for: slots and, as they may not move, columns. */
static admf_status give_all(struct pieces *pieces)
{
    struct csv *csv = pieces->csv;
    admf_status status = ADMF_OK;
    while (!status && pieces->stop && !ordered_full(&pieces->work)) {
        size_t lines = line_feeds(csv->stream->at, pieces->stop);
        if (ordered_empty(&pieces->work)) {
            pieces->next_row = csv->rows;
            status = csv_grow(csv, lines + 1);
        } else if (csv->capacity - pieces->next_row <= lines) {
            break;
        }
        if (!status)
            status = give(pieces, lines);
        if (!status)
            find_lines(pieces);
    }
    return status;
}

/* The rows of a piece become the file's next ones. */
static void join_rows(struct csv *csv, const struct piece *piece)
{
    size_t from = piece->csv.first, to = csv->rows, count = piece->csv.rows - from;
    csv_settle_blank_lines(csv);
    if (from > to) {
        memmove(csv->time + to, csv->time + from, count * sizeof *csv->time);
        for (size_t k = 0; k < csv->columns.count; k++) {
            const struct column *column = &csv->columns.items[k];
            if (column->role != COLUMN_TIMESTAMP && column->role != COLUMN_TEXT)
                memmove(column->values + to, column->values + from, count * sizeof(double));
        }
    }
    csv->rows += count;
    csv->line += (int64_t)count;
    csv->last_line = csv->line - 1;
}

static admf_status take(struct pieces *pieces)
{
    struct csv *csv = pieces->csv;
    struct piece *piece = &pieces->slots[ordered_take(&pieces->work)];
    size_t first = piece->csv.first;
    if (piece->csv.rows > first && csv->rows && csv->time[first] <= csv->time[csv->rows - 1])
        piece->lines.at = piece->start; /* of what follows, more may be out of order */
    else if (piece->csv.rows > first)
        join_rows(csv, piece);
    csv->stamps = piece->csv.stamps; /* knows the stretch of local time the last one was in */
    struct byte_stream *stream = csv->stream;
    csv->stream = &piece->lines;
    admf_status status = csv_rows_here(csv, pieces->plain);
    csv->stream = stream;
    return status;
}

static void free_pieces(struct pieces *pieces)
{
    for (size_t k = 0; k < SLOTS_MOST; k++) {
        memory_free(pieces->slots[k].lines.buffer);
        memory_free(pieces->slots[k].plain);
        memory_free(pieces->slots[k].columns);
    }
    memory_free(pieces);
}

admf_status csv_pieces(struct csv *csv, struct csv_plain *plain)
{
    int threads = csv->reading->threads;
    struct pieces *pieces = memory_new(1, sizeof *pieces);
    if (!pieces)
        return report_memory(csv->reading->errors);
    pieces->csv = csv;
    pieces->plain = plain;
    /* There is a complete line. */
    pieces->stop = behind_last_line(csv->stream->at, csv->stream->end);
    ordered_start(&pieces->work, threads < CSV_THREADS_MOST ? threads : CSV_THREADS_MOST,
                  read_piece, pieces);
    admf_status status = give_all(pieces);
    while (!status && !ordered_empty(&pieces->work)) {
        status = take(pieces);
        if (!status)
            status = csv_check_count(csv);
        if (!status)
            status = give_all(pieces);
    }
    ordered_stop(&pieces->work);
    if (!status && pieces->error.code)
        status = report_error(csv->reading->errors, &pieces->error);
    free_pieces(pieces);
    return status;
}
