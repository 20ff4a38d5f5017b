/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All rows of a file. The plain row (a usual timestamp, plain numbers, nothing around
 * them, values in order) is read in one pass straight into the columns; any other goes to
 * csv_row. Both give the same bits.
 */
#include "io/market/csv.h"
#include "io/market/large_pages.h"
#include "io/market/separators.h"

#include <math.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

static admf_status no_memory(const struct csv *csv)
{
    return report(csv->reading->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
}

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
    size_t bytes = (size_t)(stream->end - stream->at), lines = 0;
    for (const char *p = stream->at; (p = memchr(p, '\n', (size_t)(stream->end - p))); p++)
        lines++;
    if (stream->gzip || !lines || stream->size < bytes)
        return 0;
    enum { SHORTEST = 13 }; /* 2024-01-31,1 and a line feed */
    size_t rows = (size_t)((double)stream->size / (double)bytes * (double)lines * 1.02);
    size_t most = (size_t)stream->size / SHORTEST;
    return (rows < most ? rows : most) + 64;
}

admf_status csv_grow(struct csv *csv)
{
    enum { FIRST = 4096 };
    if (csv->rows < csv->capacity)
        return ADMF_OK;
    size_t expected = csv->capacity ? 0 : expected_rows(csv);
    return resize(csv, expected ? expected : csv->capacity ? 2 * csv->capacity : FIRST);
}

/* Behind a field that is not read: on a delimiter or line end; NULL for what csv_row knows. */
static const char *skip_text(const char *p, char delimiter)
{
    while (*p != delimiter && *p != '\n' && *p != '\r')
        if (*p == '"' || *p++ == '\0')
            return NULL;
    return p;
}

/* One field of a plain row and where its value goes. */
struct plain_field {
    enum { FIELD_STAMP, FIELD_PRICE, FIELD_VOLUME, FIELD_EXTRA, FIELD_TEXT } form;
    double *values;
};

/* What plain_row needs, close together: the fields in the file's order, the prices by role. */
struct plain {
    struct stamp_reader *stamps;
    int64_t *time;
    const double *price[COLUMN_ROLES]; /* of absent ones a lone NaN, … */
    size_t mask[COLUMN_ROLES];         /* … whose index stays 0        */
    char delimiter;
    size_t count;
    struct plain_field fields[];
};

static const double absent = NAN;

static struct plain *new_plain(struct csv *csv)
{
    size_t n = csv->columns.count;
    struct plain *plain = memory_new(1, sizeof *plain + n * sizeof *plain->fields);
    if (!plain)
        return NULL;
    plain->stamps = &csv->stamps;
    plain->delimiter = csv->delimiter;
    plain->count = n;
    return plain;
}

/* The columns may have moved, or turned out to be text, since the last time. */
static void refresh(struct plain *plain, const struct csv *csv)
{
    const struct columns *columns = &csv->columns;
    plain->time = csv->time;
    for (size_t k = 0; k < columns->count; k++) {
        enum column_role role = columns->items[k].role;
        plain->fields[k].form = role == COLUMN_TIMESTAMP ? FIELD_STAMP
                                : role == COLUMN_TEXT    ? FIELD_TEXT
                                : role == COLUMN_EXTRA   ? FIELD_EXTRA
                                : role == COLUMN_VOLUME  ? FIELD_VOLUME
                                                         : FIELD_PRICE;
        plain->fields[k].values = columns->items[k].values;
    }
    for (int role = 0; role < COLUMN_ROLES; role++) {
        int k = columns->of_role[role];
        plain->price[role] = k < 0 ? &absent : columns->items[k].values;
        plain->mask[role] = k < 0 ? 0 : SIZE_MAX;
    }
}

static inline double price_of(const struct plain *plain, int role, size_t row)
{
    return plain->price[role][row & plain->mask[role]];
}

static inline bool prices_are_sound(const struct plain *plain, size_t row)
{
    double open = price_of(plain, COLUMN_OPEN, row), high = price_of(plain, COLUMN_HIGH, row);
    double low = price_of(plain, COLUMN_LOW, row), close = price_of(plain, COLUMN_CLOSE, row);
    /* Without short cuts: nearly always all hold. NaN, an absent column, is never wrong. */
    return !((open <= 0) | (high <= 0) | (low <= 0) | (close <= 0) | (high < low) | (open < low) |
             (open > high) | (close < low) | (close > high));
}

/* Columns other than prices may be empty, further ones negative. */
static inline bool other_number(const struct plain_field *field, const char *p, const char *end,
                                size_t row)
{
    double *value = &field->values[row];
    if (p == end) {
        *value = NAN;
        return true;
    }
    if (field->form == FIELD_VOLUME || *p != '-')
        return number_at(p, end, value);
    bool fine = number_at(p + 1, end, value);
    *value = -*value;
    return fine;
}

/* Reads one field from p to before `end`; false where csv_row has to look at it. */
static inline bool plain_field(struct plain *plain, const struct plain_field *field, const char *p,
                               const char *end, size_t row)
{
    if (field->form == FIELD_PRICE)
        return number_at(p, end, &field->values[row]);
    if (field->form == FIELD_STAMP)
        return stamp_at(plain->stamps, p, &plain->time[row]) == end;
    if (field->form == FIELD_TEXT)
        return skip_text(p, plain->delimiter) == end;
    return other_number(field, p, end, row);
}

/* Reads the row at p; its line feed, or NULL where csv_row has to look at it. */
static inline const char *plain_row(struct plain *plain, const char *p, size_t row)
{
    const struct plain_field *field = plain->fields, *last = field + plain->count - 1;
    const char *base = p, *end; /* of the 64 bytes looked at; of the field */
    uint64_t separators = separators_at(p, plain->delimiter);
    for (;; field++) {
        if (__builtin_expect(!separators, 0)) {
            base = p;
            separators = separators_at(p, plain->delimiter);
            if (!separators)
                return NULL; /* a field of more than 63 bytes */
        }
        end = base + __builtin_ctzll(separators);
        separators &= separators - 1;
        if (field == last)
            break;
        if (*end == '\n' || !plain_field(plain, field, p, end, row))
            return NULL;
        p = end + 1;
    }
    if (*end != '\n')
        return NULL;
    bool carriage = end > p && end[-1] == '\r';
    return plain_field(plain, field, p, end - carriage, row) ? end : NULL;
}

/* Plain rows up to `stop`, behind the last line feed of the buffer, as long as they are. */
static void plain_rows(struct csv *csv, struct plain *plain, const char *stop)
{
    const char *p = csv->stream->at;
    size_t row = csv->rows, first = row;
    int64_t last = row ? csv->time[row - 1] : INT64_MIN;
    refresh(plain, csv);
    while (p < stop && row < csv->capacity) {
        const char *end = plain_row(plain, p, row);
        if (!end || plain->time[row] <= last || !prices_are_sound(plain, row))
            break;
        last = plain->time[row++];
        p = end + 1;
    }
    csv->line += (int)(row - first);
    if (row > first)
        csv->last_line = csv->line - 1;
    csv->rows = row;
    csv->stream->at = (char *)p;
}

/* Blank lines are fine at the end, so they are wrong only once a row follows. */
static void settle_blank_lines(struct csv *csv)
{
    const struct reading *reading = csv->reading;
    if (csv->rows_of_blank && reading->source->repair_drop)
        csv->dropped += (size_t)csv->rows_of_blank;
    else if (csv->rows_of_blank)
        report(reading->errors, ADMF_BAD_DATA, reading->source->path, csv->blank_line, 1, 0,
               "a blank line inside the data");
    csv->rows_of_blank = 0;
}

static admf_status other_row(struct csv *csv, char *end)
{
    admf_status status = ADMF_OK;
    if (csv_is_blank(csv->stream->at, end)) {
        if (!csv->rows_of_blank++)
            csv->blank_line = csv->line;
    } else {
        settle_blank_lines(csv);
        status = csv_row(csv, csv->stream->at, end);
    }
    csv->stream->at = end + 1;
    csv->line++;
    return status;
}

static const char *behind_last_line(const struct byte_stream *stream)
{
    const char *p = stream->end;
    while (p > stream->at && p[-1] != '\n')
        p--;
    return p;
}

static admf_status rows(struct csv *csv, struct plain *plain)
{
    char *end;
    admf_status status = csv_line(csv, &end); /* so that there are lines to judge by */
    if (!status)
        status = csv_grow(csv);
    while (!status) {
        status = csv_line(csv, &end);
        if (status || !end)
            break;
        if (!csv->rows_of_blank && csv->stamps.kind != STAMP_UNKNOWN)
            plain_rows(csv, plain, behind_last_line(csv->stream));
        if (csv->rows == csv->capacity) {
            status = csv_grow(csv);
            continue;
        }
        if (csv->stream->at > end) /* plain rows went by: look for the line anew */
            status = csv_line(csv, &end);
        if (!status && end)
            status = other_row(csv, end);
    }
    return status;
}

admf_status csv_rows(struct csv *csv)
{
    struct plain *plain = new_plain(csv);
    admf_status status = plain ? rows(csv, plain) : no_memory(csv);
    memory_free(plain);
    return status;
}
