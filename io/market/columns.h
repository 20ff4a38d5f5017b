/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of a file's columns is which of ours: names compared without regard to case, after
 * the renaming that the configuration asks for. CSV and HDF5 share it.
 */
#ifndef ADMF_IO_MARKET_COLUMNS_H
#define ADMF_IO_MARKET_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "io/market/bars.h"

enum column_role {
    COLUMN_TIMESTAMP,
    COLUMN_OPEN,
    COLUMN_HIGH,
    COLUMN_LOW,
    COLUMN_CLOSE,
    COLUMN_VOLUME,
    COLUMN_ROLES,
    COLUMN_EXTRA = COLUMN_ROLES,
    COLUMN_TEXT /* a further column that holds text: left out */
};

struct column {
    char *name;   /* ours, or the file's for a further column; before columns_map that or NULL */
    char *theirs; /* as the file has it, without spaces around it */
    enum column_role role;
    int place;  /* characters before it in the header's line, plus one; 0: no line */
    int length; /* of the name there, in characters */
    double *values;
};

struct columns {
    size_t count, capacity;
    struct column *items;
    int of_role[COLUMN_ROLES]; /* index of the column, -1 */
};

/* What a reader of market data works with. */
struct reading {
    const struct series_source *source;
    admf_diagnostics *errors, *warnings;
    int threads; /* that may read */
};

extern const char *const column_names[COLUMN_ROLES];

/*
 * The column of ours that `name`, as `columns:` gives one, looks like mistyped: near to it and
 * beginning alike, but not it. NULL: it is one of ours, or that of a further column.
 */
const char *column_mistyped(const char *name);

/* A column named by `length` bytes, which are copied; false where memory ran out. */
bool columns_add(struct columns *columns, const char *name, size_t length, int place);
void columns_deinit(struct columns *columns);

/*
 * Gives every column its name and role. Reports what is missing, twofold, unnamed or asked
 * for in vain, at `line` of the file (0: none).
 */
admf_status columns_map(struct columns *columns, const struct reading *reading, int line);

/* Hands the values over to `bars`; text columns are dropped. */
admf_status columns_give(struct columns *columns, struct bars *bars, admf_diagnostics *errors);

#endif
