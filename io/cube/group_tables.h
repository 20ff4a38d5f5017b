/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flat tables in groups: one growing variable per column, a dimension of their own for the
 * rows. Rows are appended; the dimension is made at the end, when its size is known. Numbers
 * wait until they are a chunk for the file's packer.
 */
#ifndef ADMF_IO_CUBE_GROUP_TABLES_H
#define ADMF_IO_CUBE_GROUP_TABLES_H

#include "io/cube/datasets.h"

enum column_kind { COLUMN_TEXT, COLUMN_INT64, COLUMN_TIME, COLUMN_INT8, COLUMN_FLOAT64 };

struct table_column {
    const char *name;
    enum column_kind kind;
    const char *long_name, *units; /* NULL: none; times have their own units */
};

enum { TABLE_COLUMNS_MAX = 64 };
struct table_form {
    const char *dimension;
    int count;
    struct table_column column[TABLE_COLUMNS_MAX];
};

struct table {
    const struct table_form *form; /* NULL: not started */
    hid_t dataset[TABLE_COLUMNS_MAX];
    char *waiting[TABLE_COLUMNS_MAX]; /* owned: rows of numbers not given to the packer yet */
    uint64_t room;                    /* rows that there is memory for in each of them */
    uint64_t chunk;                   /* rows of a chunk, a power of two */
    uint64_t rows;
};

admf_status table_start(struct table *table, const struct table_form *form, struct cube_file *file,
                        hid_t group, admf_error *error);
/* values[c]: `count` elements of column c: const char *, int64_t, int8_t or double. */
admf_status table_append(struct table *table, struct cube_file *file, uint64_t count,
                         const void *const *values, admf_error *error);
/* Makes the dimension and closes; a table that was not started is left alone. */
admf_status table_finish(struct table *table, struct cube_file *file, hid_t group,
                         admf_error *error);
void table_drop(struct table *table);

#endif
