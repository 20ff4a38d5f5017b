/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the store, made in one transaction. A change of them raises the version. */
#ifndef ADMF_IO_ANALYTICS_SCHEMA_H
#define ADMF_IO_ANALYTICS_SCHEMA_H

enum {
    ANALYTICS_APPLICATION = 0x61646d66, /* "admf", where `file` looks for whose database it is */
    ANALYTICS_VERSION = 1
};

/* Times are UTC, ISO 8601. exit_code is NULL while `status` is running. */
#define ANALYTICS_TABLES                                                                           \
    "CREATE TABLE workflow (correlation_id TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL,"       \
    " exit_code INTEGER, started TEXT NOT NULL, finished TEXT, seconds REAL,"                      \
    " combinations INTEGER NOT NULL, pattern TEXT NOT NULL, data TEXT NOT NULL,"                   \
    " data_hashes TEXT NOT NULL, configuration_path TEXT NOT NULL, configuration TEXT NOT NULL,"   \
    " resolved_configuration TEXT NOT NULL, configuration_hash TEXT NOT NULL,"                     \
    " program_version TEXT NOT NULL, command TEXT, folder TEXT, reason TEXT);"                     \
    "CREATE INDEX workflow_started ON workflow (started);"                                         \
    "CREATE TABLE phase (correlation_id TEXT NOT NULL REFERENCES workflow ON DELETE CASCADE,"      \
    " number INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, status TEXT NOT NULL,"   \
    " exit_code INTEGER, cube TEXT NOT NULL, digest TEXT, seconds REAL,"                           \
    " combinations INTEGER NOT NULL, combination_bars REAL NOT NULL, peak_memory INTEGER,"         \
    " best_by TEXT, PRIMARY KEY (correlation_id, number)) WITHOUT ROWID;"                          \
    "CREATE TABLE best (correlation_id TEXT NOT NULL, phase INTEGER NOT NULL,"                     \
    " rank INTEGER NOT NULL, combo INTEGER NOT NULL, symbol TEXT NOT NULL, window TEXT NOT NULL,"  \
    " strategy TEXT NOT NULL, classifier TEXT NOT NULL, risk TEXT NOT NULL,"                       \
    " execution TEXT NOT NULL, value REAL, sharpe REAL, total_return REAL, max_drawdown REAL,"     \
    " trades REAL, PRIMARY KEY (correlation_id, phase, rank),"                                     \
    " FOREIGN KEY (correlation_id, phase) REFERENCES phase ON DELETE CASCADE) WITHOUT ROWID;"

#endif
