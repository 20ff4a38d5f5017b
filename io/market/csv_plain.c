/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain row: a usual timestamp, plain numbers, nothing around them, values in order. It is
 * read in one pass straight into the columns; any other goes to csv_row. Both give the same bits.
 */
#include <math.h>
#include <string.h>

#include "engine/base/memory.h"
#include "io/market/csv.h"
#include "io/market/separators.h"

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
struct csv_plain {
    struct stamp_reader *stamps;
    int64_t *time;
    const double *price[COLUMN_ROLES]; /* of absent ones a lone NaN, … */
    size_t mask[COLUMN_ROLES];         /* … whose index stays 0        */
    char delimiter;
    size_t count;
    struct plain_field fields[];
};

static const double absent = NAN;

struct csv_plain *csv_plain_new(const struct csv *csv)
{
    size_t n = csv->columns.count;
    struct csv_plain *plain = memory_new(1, sizeof *plain + n * sizeof *plain->fields);
    if (!plain)
        return NULL;
    plain->delimiter = csv->delimiter;
    plain->count = n;
    return plain;
}

/* The columns may have moved, or turned out to be text, since the last time. */
static void refresh(struct csv_plain *plain, struct csv *csv)
{
    const struct columns *columns = &csv->columns;
    plain->stamps = &csv->stamps;
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

static inline double price_of(const struct csv_plain *plain, int role, size_t row)
{
    return plain->price[role][row & plain->mask[role]];
}

static inline bool prices_are_sound(const struct csv_plain *plain, size_t row)
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
static inline bool plain_field(struct csv_plain *plain, const struct plain_field *field,
                               const char *p, const char *end, size_t row)
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
static inline const char *plain_row(struct csv_plain *plain, const char *p, size_t row)
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

void csv_plain_rows(struct csv *csv, struct csv_plain *plain)
{
    const char *p = csv->stream->at, *stop = behind_last_line(p, csv->stream->end);
    size_t row = csv->rows, first = row;
    int64_t last = row > csv->first ? csv->time[row - 1] : INT64_MIN;
    refresh(plain, csv);
    while (p < stop && row < csv->capacity) {
        const char *end = plain_row(plain, p, row);
        if (!end || plain->time[row] <= last || !prices_are_sound(plain, row))
            break;
        last = plain->time[row++];
        p = end + 1;
    }
    csv->line += (int64_t)(row - first);
    if (row > first)
        csv->last_line = csv->line - 1;
    csv->rows = row;
    csv->stream->at = (char *)p;
}
