/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/bars.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "engine/base/text.h"
#include "engine/base/whole_file.h"
#include "io/market/columns.h"
#include "io/market/field_number.h"
#include "io/market/timestamp.h"

struct written_column {
    const char *name;
    const double *values;
};

/* The columns that exist, in the order of the documentation; returns how many. */
static size_t list_columns(const struct bars *bars, struct written_column *list)
{
    const double *values[COLUMN_ROLES] = {NULL,      bars->open,  bars->high,
                                          bars->low, bars->close, bars->volume};
    size_t n = 0;
    for (int role = COLUMN_OPEN; role < COLUMN_ROLES; role++)
        if (values[role])
            list[n++] = (struct written_column){column_names[role], values[role]};
    for (size_t k = 0; k < bars->extras; k++)
        list[n++] = (struct written_column){bars->extra[k].name, bars->extra[k].values};
    return n;
}

/* A name in which a delimiter, a quote or a blank stands is quoted, and its quotes are written
 * twice (RFC 4180, section 2). */
static void write_name(struct text *text, const char *name)
{
    if (!strpbrk(name, ",;\t \r\"")) {
        text_add(text, name);
        return;
    }
    text_add(text, "\"");
    for (size_t length; *name; name += length) {
        length = strcspn(name, "\"") + 1;
        length -= name[length - 1] == '\0';
        text_append(text, name, length);
        if (name[length - 1] == '"')
            text_add(text, "\"");
    }
    text_add(text, "\"");
}

static void write_header(struct text *text, const struct written_column *list, size_t n)
{
    text_add(text, "timestamp");
    for (size_t k = 0; k < n; k++) {
        text_add(text, ",");
        write_name(text, list[k].name);
    }
    text_add(text, "\n");
}

/* A header is one line, so a name of two has no form in which it could be read back. */
static admf_status check_names(const struct written_column *list, size_t n, const char *path,
                               admf_error *error)
{
    for (size_t k = 0; k < n; k++)
        if (strchr(list[k].name, '\n'))
            return fail_file(error, ADMF_BAD_DATA, path, 0,
                             "column '%.200s' has a line end in its name, which no CSV file can "
                             "hold; rename it with `--columns`, or write HDF5",
                             list[k].name);
    return ADMF_OK;
}

static void write_row(struct text *text, const struct bars *bars, size_t i,
                      const struct written_column *list, size_t n)
{
    char stamp[STAMP_TEXT], number[FIELD_NUMBER_TEXT];
    stamp_to_text(bars->time[i], stamp);
    text_add(text, stamp);
    for (size_t k = 0; k < n; k++) {
        text_append(text, ",", 1);
        if (!isnan(list[k].values[i])) /* what is undefined stays empty */
            text_append(text, number, number_to_field(list[k].values[i], number));
    }
    text_add(text, "\n");
}

static admf_status write_rows(FILE *file, const struct bars *bars, const char *path,
                              const struct written_column *list, size_t n, const volatile int *stop,
                              admf_error *error)
{
    enum { PIECE = 64 << 10 };
    struct text text = {0};
    admf_status status = ADMF_OK;
    write_header(&text, list, n);
    for (size_t i = 0; i <= bars->count && !status; i++) {
        if (i < bars->count)
            write_row(&text, bars, i, list, n);
        if (text.failed) {
            status = fail_memory(error);
        } else if (text.length >= PIECE || i == bars->count) {
            if (fwrite(text.chars, 1, text.length, file) != text.length)
                status = fail_file(error, ADMF_IO, path, errno, "cannot write");
            if (!status)
                status = stop_fail(stop, error);
            text.length = 0;
        }
    }
    text_deinit(&text);
    return status;
}

admf_status bars_write_csv(const struct bars *bars, const char *path, bool force,
                           const volatile int *stop, admf_error *error)
{
    struct whole_file made = {.claim.fd = -1};
    FILE *file = NULL;
    struct written_column *list = memory_new(COLUMN_ROLES + bars->extras, sizeof *list);
    admf_status status = list ? ADMF_OK : fail_memory(error);
    const size_t columns = list ? list_columns(bars, list) : 0;
    if (!status)
        status = check_names(list, columns, path, error);
    if (!status)
        status = whole_file_begin(&made, path, force, error);
    if (!status && !(file = fopen(made.making, "wb")))
        status = fail_file(error, ADMF_IO, path, errno, "cannot write");
    if (!status)
        status = write_rows(file, bars, path, list, columns, stop, error);
    if (file && fclose(file) && !status)
        status = fail_file(error, ADMF_IO, path, errno, "cannot write");
    if (!status)
        status = whole_file_finish(&made, error);
    whole_file_drop(&made);
    memory_free(list);
    return status;
}
