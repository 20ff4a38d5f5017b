/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flat tables in groups: one variable per column, a dimension of their own for the rows. Rows wait
 * in memory until they are a chunk for the file's packer; a table that ends before has variables
 * of its own length, any other growing ones.
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
    hid_t group;                   /* borrowed */
    bool made, growing;            /* the variables are */
    hid_t dataset[TABLE_COLUMNS_MAX];
    char *waiting[TABLE_COLUMNS_MAX]; /* owned: rows not given to the file yet */
    uint64_t room;                    /* rows that there is memory for in each of them */
    uint64_t chunk;                   /* rows */
    uint64_t rows;
};

/* In `group`, which stays open until table_finish or table_drop. */
void table_start(struct table *table, const struct table_form *form, const struct cube_file *file,
                 hid_t group);
/* values[c]: `count` elements of column c: const char *, int64_t, int8_t or double. Texts stay
 * where they are until table_finish. */
admf_status table_append(struct table *table, struct cube_file *file, uint64_t count,
                         const void *const *values, admf_error *error);
/* Makes the dimension and closes; a table that was not started is left alone. */
admf_status table_finish(struct table *table, struct cube_file *file, admf_error *error);
void table_drop(struct table *table);

#endif
