/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/bars.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/market/columns.h"
#include "io/market/field_number.h"
#include "io/market/replace_file.h"
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

/* A name with a delimiter in it is quoted. */
static void write_header(struct text *text, const struct written_column *list, size_t n)
{
    text_add(text, "timestamp");
    for (size_t k = 0; k < n; k++)
        text_format(text, strpbrk(list[k].name, ",;\t ") ? ",\"%s\"" : ",%s", list[k].name);
    text_add(text, "\n");
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
                              const struct written_column *list, size_t n, admf_error *error)
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
            text.length = 0;
        }
    }
    text_deinit(&text);
    return status;
}

admf_status bars_write_csv(const struct bars *bars, const char *path, admf_error *error)
{
    admf_status status = ADMF_OK;
    FILE *file = NULL;
    char *temporary = temporary_name(path);
    struct written_column *list = memory_new(COLUMN_ROLES + bars->extras, sizeof *list);
    if (!temporary || !list) {
        status = fail_memory(error);
        goto cleanup;
    }
    file = fopen(temporary, "wb");
    if (!file) {
        status = fail_file(error, ADMF_IO, path, errno, "cannot write");
        goto cleanup;
    }
    status = write_rows(file, bars, path, list, list_columns(bars, list), error);
    if (fclose(file) && !status)
        status = fail_file(error, ADMF_IO, path, errno, "cannot write");
    if (status)
        unlink(temporary);
    else
        status = replace_file(temporary, path, error);
cleanup:
    memory_free(list);
    memory_free(temporary);
    return status;
}
