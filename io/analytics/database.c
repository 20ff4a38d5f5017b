/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* mkdir, nanosleep, stat */
#include "io/analytics/database.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/analytics/analytics.h"
#include "io/analytics/schema.h"

/* A writer holds the lock for a millisecond; somebody who holds it for long is not waited for. */
enum { BUSY_MILLISECONDS = 5000, WAL_RETRY_MILLISECONDS = 5 };

const char *version_of_sqlite(void) { return sqlite3_libversion(); }

/* SQLite's own words are "disk I/O error", also for a full disk. The system's reason says more,
 * but may be lost while SQLite takes back what it had begun to write. */
static admf_status input_output_failure(const struct analytics *store, const char *what, int number,
                                        admf_error *error)
{
    int detail = sqlite3_extended_errcode(store->db);
    bool writing = detail == SQLITE_IOERR_WRITE || detail == SQLITE_IOERR_SHMSIZE ||
                   detail == SQLITE_IOERR_FSYNC;
    if (number)
        return fail_file(error, ADMF_IO, store->path, number, "%s", what);
    return fail_file(error, ADMF_IO, store->path, 0, "%s: %s%s", what, sqlite3_errmsg(store->db),
                     writing ? "; the disk may be full" : "");
}

admf_status database_failure(const struct analytics *store, const char *what, admf_error *error)
{
    int code = store->db ? sqlite3_errcode(store->db) & 0xff : SQLITE_NOMEM;
    int number = store->db ? sqlite3_system_errno(store->db) : 0;
    if (code == SQLITE_NOMEM)
        return fail_memory(error);
    if (code == SQLITE_NOTADB)
        return fail_file(error, ADMF_BAD_DATA, store->path, 0, "%s: this is no SQLite database",
                         what);
    if (code == SQLITE_CANTOPEN)
        return fail_file(error, store->access == DATABASE_READ ? ADMF_NO_INPUT : ADMF_IO,
                         store->path, number, number ? "%s" : "%s: it cannot be opened", what);
    if (code ==
        SQLITE_READONLY) /* also of one that is only to be read: its log may have to be made */
        return fail_file(error, ADMF_IO, store->path, 0,
                         "%s: the file or the folder it lies in is write-protected", what);
    if (code == SQLITE_IOERR)
        return input_output_failure(store, what, number, error);
    return fail_file(error, code == SQLITE_CORRUPT ? ADMF_BAD_DATA : ADMF_IO, store->path, 0,
                     "%s: %s", what, sqlite3_errmsg(store->db));
}

/* ---- statements ---------------------------------------------------------------------------*/

struct database_value value_text(const char *text)
{
    return value_bytes(text, text ? strlen(text) : 0);
}

struct database_value value_bytes(const char *text, size_t length)
{
    return (struct database_value){.kind = VALUE_TEXT, .text = text, .length = length};
}

struct database_value value_whole(uint64_t whole)
{
    int64_t most = whole > INT64_MAX ? INT64_MAX : (int64_t)whole;
    return (struct database_value){.kind = VALUE_WHOLE, .whole = most};
}

struct database_value value_real(double real)
{
    return (struct database_value){.kind = VALUE_REAL, .real = real};
}

static int bind(sqlite3_stmt *statement, int place, const struct database_value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        return value->text ? sqlite3_bind_text64(statement, place, value->text, value->length,
                                                 SQLITE_STATIC, SQLITE_UTF8)
                           : sqlite3_bind_null(statement, place);
    case VALUE_WHOLE:
        return sqlite3_bind_int64(statement, place, value->whole);
    case VALUE_REAL:
        return sqlite3_bind_double(statement, place, value->real);
    }
    return SQLITE_MISUSE;
}

sqlite3_stmt *database_prepare(struct analytics *store, const char *sql,
                               const struct database_value *values, size_t count, admf_error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < count; i++)
        code = bind(statement, (int)i + 1, &values[i]);
    if (code == SQLITE_OK)
        return statement;
    database_failure(store, "cannot use the record of runs", error);
    sqlite3_finalize(statement);
    return NULL;
}

admf_status database_write(struct analytics *store, const char *sql,
                           const struct database_value *values, size_t count, admf_error *error)
{
    sqlite3_stmt *statement = database_prepare(store, sql, values, count, error);
    if (!statement)
        return error->code;
    admf_status status = ADMF_OK;
    if (sqlite3_step(statement) != SQLITE_DONE)
        status = database_failure(store, "cannot write", error);
    sqlite3_finalize(statement);
    return status;
}

/* ---- opening ------------------------------------------------------------------------------*/

/* Makes the folders that `path` lies in, for their owner alone as the XDG rules want it. */
static admf_status make_folders(char *path, admf_error *error)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int number = mkdir(path, 0700) == 0 ? 0 : errno;
        struct stat what;
        /* A folder that exists may lie where none can be made; then the number is another. */
        if (number && stat(path, &what) == 0)
            number = S_ISDIR(what.st_mode) ? 0 : ENOTDIR;
        if (number)
            fail_file(error, ADMF_IO, path, number, "cannot make this folder");
        *slash = '/';
        if (number)
            return error->code;
    }
    return ADMF_OK;
}

static admf_status look(const struct analytics *store, admf_error *error)
{
    struct stat what;
    if (stat(store->path, &what) != 0) {
        if (store->access == DATABASE_WRITE && errno == ENOENT)
            return ADMF_OK;
        return fail_file(error, store->access == DATABASE_READ ? ADMF_NO_INPUT : ADMF_IO,
                         store->path, errno, "cannot open");
    }
    if (!S_ISREG(what.st_mode))
        return fail_file(error, ADMF_BAD_DATA, store->path, 0,
                         "cannot open: this is a folder or a device, no file");
    return ADMF_OK;
}

/* The number that a statement without values gives. */
static admf_status read_number(struct analytics *store, const char *sql, int64_t *out,
                               admf_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool read = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    admf_status status = read ? ADMF_OK : database_failure(store, "cannot read", error);
    *out = read ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return status;
}

static admf_status execute(struct analytics *store, const char *sql, admf_error *error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? ADMF_OK
               : database_failure(store, "cannot write", error);
}

/*
 * Whether the database is a store of this version; *empty: there is nothing in it yet. To be called
 * in a transaction, as somebody may be making the tables right now.
 */
static admf_status recognise(struct analytics *store, bool *empty, admf_error *error)
{
    int64_t application, version, objects;
    admf_status status = read_number(store, "PRAGMA application_id", &application, error);
    if (status == ADMF_OK)
        status = read_number(store, "PRAGMA user_version", &version, error);
    if (status == ADMF_OK)
        status = read_number(store, "SELECT count(*) FROM sqlite_master", &objects, error);
    if (status != ADMF_OK)
        return status;
    *empty = application == 0 && version == 0 && objects == 0;
    if (*empty || (application == ANALYTICS_APPLICATION && version == ANALYTICS_VERSION))
        return ADMF_OK;
    if (application != ANALYTICS_APPLICATION)
        return fail_file(error, ADMF_BAD_DATA, store->path, 0,
                         "this is the database of another program, no record of runs");
    return fail_file(error, ADMF_BAD_DATA, store->path, 0,
                     "this record of runs has version %lld, %s than this program's %d; use another "
                     "one, or move this one away",
                     (long long)version, version > ANALYTICS_VERSION ? "later" : "earlier",
                     ANALYTICS_VERSION);
}

/*
 * Readers and one writer at a time do not wait for each other with a write-ahead log. Where
 * several processes switch to it at once, SQLite calls it busy without having waited.
 */
static admf_status use_log(struct analytics *store, admf_error *error)
{
    static const struct timespec pause = {0, WAL_RETRY_MILLISECONDS * 1000000L};
    int code = SQLITE_BUSY;
    for (int waited = 0; code == SQLITE_BUSY && waited < BUSY_MILLISECONDS;
         waited += WAL_RETRY_MILLISECONDS) {
        code = sqlite3_exec(store->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
        if (code == SQLITE_BUSY)
            nanosleep(&pause, NULL);
    }
    return code == SQLITE_OK ? ADMF_OK : database_failure(store, "cannot write", error);
}

static admf_status make_tables(struct analytics *store, admf_error *error)
{
    char sql[96];
    bool empty = false;
    admf_status status = use_log(store, error);
    if (status == ADMF_OK)
        status = execute(store, "BEGIN IMMEDIATE", error);
    if (status == ADMF_OK)
        status = recognise(store, &empty, error); /* another process may have been first */
    if (status == ADMF_OK && empty) {
        status = execute(store, ANALYTICS_TABLES, error);
        snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                 ANALYTICS_APPLICATION, ANALYTICS_VERSION);
        if (status == ADMF_OK)
            status = execute(store, sql, error);
    }
    return status == ADMF_OK ? execute(store, "COMMIT", error) : status;
}

/*
 * A short run must not wait for the disk: after a power failure the last runs may be missing, but
 * the database is whole, and the log stays for the next one instead of being worked in at each
 * run's end. It is kept short, as whoever comes first has to read it.
 */
static admf_status hurry(struct analytics *store, admf_error *error)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return execute(store, "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=250", error);
}

static admf_status connect(struct analytics *store, admf_error *error)
{
    bool empty = false, writes = store->access == DATABASE_WRITE;
    int flags = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return database_failure(store, "cannot open", error);
    sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
    admf_status status = execute(store, "BEGIN", error);
    if (status == ADMF_OK)
        status = recognise(store, &empty, error);
    if (status == ADMF_OK)
        status = execute(store, "COMMIT", error);
    if (status == ADMF_OK && writes)
        status = hurry(store, error);
    if (status == ADMF_OK && empty && writes)
        status = make_tables(store, error);
    if (status == ADMF_OK && empty && !writes)
        status = fail_file(error, ADMF_BAD_DATA, store->path, 0, "this database is empty");
    return status;
}

admf_status database_open(const char *path, enum database_access access, struct analytics **out,
                          admf_error *error)
{
    struct analytics *store = memory_new(1, sizeof *store);
    size_t room = strlen(path) + 3;
    *out = NULL;
    if (store)
        store->path = memory_new(room, 1);
    if (!store || !store->path) {
        analytics_close(&store);
        return fail_memory(error);
    }
    store->access = access;
    /* Some names without a slash mean something else to SQLite: ":memory:", "file:…". */
    snprintf(store->path, room, "%s%s", strchr(path, '/') ? "" : "./", path);
    admf_status status = access == DATABASE_WRITE ? make_folders(store->path, error) : ADMF_OK;
    if (status == ADMF_OK)
        status = look(store, error);
    if (status == ADMF_OK)
        status = connect(store, error);
    if (status != ADMF_OK)
        analytics_close(&store);
    *out = store;
    return status;
}

admf_status analytics_open(const char *path, struct analytics **out, admf_error *error)
{
    return database_open(path, DATABASE_WRITE, out, error);
}

void analytics_close(struct analytics **store)
{
    if (!*store)
        return;
    sqlite3_close(((*store)->db));
    memory_free((*store)->path);
    memory_free(*store);
    *store = NULL;
}
