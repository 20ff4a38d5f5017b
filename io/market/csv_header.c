/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/csv.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/market/field_text.h"

/* The commonest of the three outside quotes; a lone column has none. */
static char find_delimiter(const char *line, const char *end)
{
    static const char choices[] = ",;\t";
    int count[3] = {0}, best = 0;
    bool quoted = false;
    for (const char *p = line; p < end; p++) {
        quoted = quoted != (*p == '"');
        const char *found = !quoted && *p ? strchr(choices, *p) : NULL;
        if (found)
            count[found - choices]++;
    }
    for (int k = 1; k < 3; k++)
        if (count[k] > count[best])
            best = k;
    return choices[best];
}

/* Copies `length` bytes, of two quotes that stand for one only the first. */
static char *copy_name(const char *from, size_t length, bool quoted)
{
    char *name = memory_new(length + 1, 1), *to = name;
    for (size_t k = 0; name && k < length; k++) {
        *to++ = from[k];
        k += quoted && from[k] == '"';
    }
    return name;
}

/* Spaces within quotes are part of a name, but do not hide one of ours. */
static bool add_column(struct csv *csv, const struct csv_field *field, int place)
{
    size_t length = field->quoted ? field->quoted : field->length;
    char *name = copy_name(field->at, length, field->quoted > 0);
    if (!name)
        return false;
    char *bare = name + strspn(name, " \t"), *end = bare + strlen(bare);
    while (end > bare && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    bool added = columns_add(&csv->columns, bare, (size_t)(end - bare), place);
    if (added)
        csv->columns.items[csv->columns.count - 1].name = name;
    else
        memory_free(name);
    return added;
}

static admf_status split_header(struct csv *csv, const char *line, const char *end)
{
    const struct reading *reading = csv->reading;
    for (const char *p = line;; p++) {
        struct csv_field field = csv_field(&p, end, csv->delimiter);
        if (field.quoted_badly)
            return report(reading->errors, ADMF_BAD_DATA, reading->source->path,
                          csv_told_line(csv->line), csv_place(line, field.at),
                          field_characters(field.at, field.length),
                          "a quote is not closed, or text follows it");
        if (!add_column(csv, &field, csv_place(line, field.at)))
            return report_memory(reading->errors);
        if (p >= end)
            return ADMF_OK;
    }
}

static admf_status check_header(const struct csv *csv, const char *line, const char *end)
{
    const struct reading *reading = csv->reading;
    const char *path = reading->source->path;
    const char *nul = memchr(line, '\0', (size_t)(end - line));
    if (nul)
        return report(reading->errors, ADMF_BAD_DATA, path, csv_told_line(csv->line),
                      csv_place(line, nul), 1,
                      "a NUL byte; market data are text in UTF-8 (UTF-16 is not read) or HDF5");
    if (csv->unterminated)
        return report(reading->errors, ADMF_BAD_DATA, path, 0, 0, 0,
                      "there is no line feed in the file; market data have a header and one row a "
                      "line");
    if (csv_is_blank(line, end))
        return report(reading->errors, ADMF_BAD_DATA, path, csv_told_line(csv->line), 1, 0,
                      "the first line is blank; it holds the names of the columns");
    return ADMF_OK;
}

admf_status csv_header(struct csv *csv)
{
    const struct reading *reading = csv->reading;
    char *end;
    csv->line = 1;
    admf_status status = csv_line(csv, &end);
    if (status)
        return status;
    if (!end)
        return report(reading->errors, ADMF_BAD_DATA, reading->source->path, 0, 0, 0,
                      "the file is empty");
    char *line = csv->stream->at, *next = end + 1;
    if (end - line >= 3 && !memcmp(line, "\xef\xbb\xbf", 3))
        line += 3; /* a byte order mark */
    status = check_header(csv, line, end);
    if (status)
        return status;
    if (end > line && end[-1] == '\r')
        end--;
    csv->delimiter = find_delimiter(line, end);
    status = split_header(csv, line, end);
    if (!status)
        status = columns_map(&csv->columns, reading, csv_told_line(csv->line));
    csv->stream->at = next;
    csv->line++;
    return status;
}
