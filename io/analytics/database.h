/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to the store, and statements with values bound to them. */
#ifndef ADMF_IO_ANALYTICS_DATABASE_H
#define ADMF_IO_ANALYTICS_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

enum database_access { DATABASE_READ, DATABASE_WRITE };

struct analytics {
    sqlite3 *db;
    char *path;
    enum database_access access;
};

/* As analytics_open; where it is only read, one that cannot be opened is ADMF_NO_INPUT. */
admf_status database_open(const char *path, enum database_access access, struct analytics **out,
                          admf_error *error);

/* The last failure of the connection, in words: "cannot write: database is locked". */
admf_status database_failure(const struct analytics *store, const char *what, admf_error *error);

/* A value for a ? of a statement; texts are borrowed. */
struct database_value {
    enum { VALUE_TEXT, VALUE_WHOLE, VALUE_REAL } kind;
    const char *text; /* NULL: no value */
    size_t length;
    int64_t whole;
    double real; /* NaN: no value */
};
struct database_value value_text(const char *text);
struct database_value value_bytes(const char *text, size_t length);
struct database_value value_whole(uint64_t whole);
struct database_value value_real(double real);

/* A statement with its values, to be stepped through by the caller; NULL on failure. */
sqlite3_stmt *database_prepare(struct analytics *store, const char *sql,
                               const struct database_value *values, size_t count,
                               admf_error *error);
/* One that gives no rows. */
admf_status database_write(struct analytics *store, const char *sql,
                           const struct database_value *values, size_t count, admf_error *error);

#endif
