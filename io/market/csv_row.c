/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row, slowly: every form that is allowed, and what exactly is wrong with one that is
 * not. csv_plain.c takes the rows that need none of this.
 */
#include "io/market/csv.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "io/market/bar_sound.h"
#include "io/market/field_text.h"

/* The leftmost fault of a row. */
struct fault {
    bool any;
    size_t column; /* index */
    int place, length;
    char why[STAMP_WHY];
};

struct row {
    const char *line, *end;
    int64_t time;
    bool has_time;
    struct bar_values bar; /* NaN where absent or faulty */
    struct csv_field field_of[COLUMN_ROLES];
    bool has_text; /* in a further column */
    struct fault fault;
};

static void note(struct row *row, size_t column, const char *at, size_t length, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));

static void note(struct row *row, size_t column, const char *at, size_t length, const char *format,
                 ...)
{
    struct fault *fault = &row->fault;
    va_list arguments;
    if (fault->any && fault->column <= column)
        return;
    fault->any = true;
    fault->column = column;
    fault->place = csv_place(row->line, at);
    fault->length = field_characters(at, length);
    va_start(arguments, format);
    vsnprintf(fault->why, sizeof fault->why, format, arguments);
    va_end(arguments);
}

static bool looks_like(struct csv_field field, const char *letters)
{
    bool any = false;
    for (size_t k = 0; k < field.length; k++) {
        if (strchr(letters, field.at[k]) && field.at[k])
            any = true;
        else if (!strchr("0123456789+-.", field.at[k]) || !field.at[k])
            return false;
    }
    return any;
}

static void explain_number(struct row *row, size_t k, const char *name, struct csv_field field)
{
    int n = field_shown(field.at, field.length);
    if (field.length == 0)
        note(row, k, field.at, 0, "%s is empty", name);
    else if (looks_like(field, ","))
        note(row, k, field.at, field.length,
             "%s '%.*s' has a comma; write a point for decimals and nothing between thousands",
             name, n, field.at);
    else
        note(row, k, field.at, field.length, "%s '%.*s' is not a finite decimal number", name, n,
             field.at);
}

/* That a column holds text, and so is left out, is said once. */
static void make_text(struct csv *csv, struct column *column, const struct row *row,
                      struct csv_field field)
{
    int n = field_shown(field.at, field.length);
    column->role = COLUMN_TEXT;
    report(csv->reading->warnings, ADMF_OK, csv->reading->source->path, csv_told_line(csv->line),
           csv_place(row->line, field.at), field_characters(field.at, field.length),
           "the column '%s' holds text ('%.*s') and is left out; rules cannot name it",
           column->name, n, field.at);
}

static void take_number(struct csv *csv, struct row *row, size_t k, struct csv_field field)
{
    struct column *column = &csv->columns.items[k];
    bool may_be_empty = column->role == COLUMN_VOLUME || column->role == COLUMN_EXTRA;
    double number = NAN;
    char why[BAR_FAULT];
    bool fine =
        (field.length == 0 && may_be_empty) || number_from_field(field.at, field.length, &number);
    if (column->role == COLUMN_EXTRA) {
        column->values[csv->rows] = number;
        row->has_text = row->has_text || !fine;
        return;
    }
    if (!fine)
        explain_number(row, k, column->name, field);
    else if (!number_is_sound(column->role, number, why))
        note(row, k, field.at, field.length, "%s", why);
    else
        row->bar.of[column->role] = number;
}

static void take_stamp(struct csv *csv, struct row *row, size_t k, struct csv_field field)
{
    char why[STAMP_WHY], last[STAMP_TEXT];
    if (!stamp_read(&csv->stamps, field.at, field.length, &row->time, why)) {
        note(row, k, field.at, field.length, "%s", why);
        return;
    }
    row->has_time = true;
    if (csv->rows == csv->first || row->time > csv->time[csv->rows - 1])
        return;
    stamp_to_text(csv->time[csv->rows - 1], last);
    note(row, k, field.at, field.length,
         row->time == csv->time[csv->rows - 1]
             ? "the timestamp is that of line %d again (%s); each bar has its own"
             : "the timestamp is before that of line %d (%s); sort the file by time",
         csv_told_line(csv->last_line), last);
}

static void take_field(struct csv *csv, struct row *row, size_t k, struct csv_field field)
{
    const struct column *column = &csv->columns.items[k];
    if (field.quoted_badly)
        note(row, k, field.at, field.length, "a quote is not closed, or text follows it");
    else if (column->role == COLUMN_TIMESTAMP)
        take_stamp(csv, row, k, field);
    else if (column->role != COLUMN_TEXT)
        take_number(csv, row, k, field);
    if (column->role < COLUMN_ROLES)
        row->field_of[column->role] = field;
}

static void note_count(struct csv *csv, struct row *row, size_t found, const char *at)
{
    size_t wanted = csv->columns.count;
    note(row, found < wanted ? found : wanted, at, 0, "%s%zu fields where the header has %zu",
         csv->unterminated && found < wanted ? "the last line is cut short: " : "", found, wanted);
}

static void take_fields(struct csv *csv, struct row *row)
{
    const char *surplus = row->end;
    size_t found = 0;
    for (const char *p = row->line;; p++) {
        const char *start = p;
        struct csv_field field = csv_field(&p, row->end, csv->delimiter);
        if (found < csv->columns.count)
            take_field(csv, row, found, field);
        else if (found == csv->columns.count)
            surplus = start;
        found++;
        if (p >= row->end)
            break;
    }
    if (found != csv->columns.count)
        note_count(csv, row, found, surplus);
}

static void check_relations(struct csv *csv, struct row *row)
{
    enum column_role role;
    char why[BAR_FAULT];
    if (bar_is_sound(&row->bar, &role, why))
        return;
    struct csv_field field = row->field_of[role];
    note(row, (size_t)csv->columns.of_role[role], field.at, field.length, "%s", why);
}

/* Only of a row that is kept: a header repeated amid the data, say, makes no column text. */
static void find_texts(struct csv *csv, const struct row *row)
{
    const char *p = row->line;
    double number;
    for (size_t k = 0; k < csv->columns.count; k++, p++) {
        struct column *column = &csv->columns.items[k];
        struct csv_field field = csv_field(&p, row->end, csv->delimiter);
        if (column->role == COLUMN_EXTRA && field.length &&
            !number_from_field(field.at, field.length, &number))
            make_text(csv, column, row, field);
    }
}

static void keep_row(struct csv *csv, const struct row *row)
{
    if (row->has_text)
        find_texts(csv, row);
    csv->time[csv->rows] = row->time;
    for (int role = COLUMN_OPEN; role < COLUMN_ROLES; role++)
        if (csv->columns.of_role[role] >= 0)
            csv->columns.items[csv->columns.of_role[role]].values[csv->rows] = row->bar.of[role];
    csv->rows++;
    csv->last_line = csv->line;
}

admf_status csv_row(struct csv *csv, const char *line, const char *end)
{
    const struct reading *reading = csv->reading;
    struct row row = {.line = line, .end = end};
    for (int role = 0; role < COLUMN_ROLES; role++)
        row.bar.of[role] = NAN;
    admf_status status = csv_grow(csv, 1);
    if (status)
        return status;
    if (end > line && end[-1] == '\r')
        row.end = end - 1;
    const char *nul = memchr(line, '\0', (size_t)(end - line));
    if (nul) {
        note(&row, 0, nul, 1, "a NUL byte; the file is damaged or no text");
    } else {
        take_fields(csv, &row);
        check_relations(csv, &row);
    }
    if (!row.fault.any)
        keep_row(csv, &row);
    else if (reading->source->repair_drop)
        csv->dropped++;
    else
        report(reading->errors, ADMF_BAD_DATA, reading->source->path, csv_told_line(csv->line),
               row.fault.place, row.fault.length, "%s", row.fault.why);
    return ADMF_OK;
}
