/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of past workflows: a SQLite database that any number of processes write at the same
 * time. The coordinator writes it through these functions; include/admf/runs.h reads it.
 * A store is used by the thread that opened it.
 */
#ifndef ADMF_IO_ANALYTICS_ANALYTICS_H
#define ADMF_IO_ANALYTICS_ANALYTICS_H

#include <stddef.h>
#include <stdint.h>

#include "admf/workflow.h"

struct analytics;

/*
 * Opens the store at `path` for writing; makes it, and the folders it lies in, where there is none.
 * *out is freed with analytics_close, and NULL on failure: ADMF_BAD_DATA for a file that is no
 * store, or one of another version, ADMF_IO where it cannot be written.
 */
admf_status analytics_open(const char *path, struct analytics **out, admf_error *error);
/* Sets *store to NULL; it may be NULL before. */
void analytics_close(struct analytics **store);

/* What is known when a workflow starts. Texts are borrowed for the call. */
struct analytics_workflow {
    const char *correlation_id;
    const char *started; /* UTC, ISO 8601 */
    const char *pattern;
    const char *data;        /* what was read, in words */
    const char *data_hashes; /* a line "SYMBOL digest" each, as in a cube's /provenance */
    const char *configuration_path;
    const char *configuration; /* as written */
    size_t configuration_length;
    const char *resolved_configuration; /* runs from any folder */
    const char *configuration_hash;     /* digest of what of it matters for results */
    const char *program_version;
    const char *command; /* how the program was called; NULL: not said */
    const char *folder;  /* where; NULL: unknown */
    uint64_t combinations;
};

/* Adds a workflow with the status `running`. */
admf_status analytics_start(struct analytics *store, const struct analytics_workflow *workflow,
                            admf_error *error);

/*
 * Writes phase `number` (from 0) of a workflow with its best, in the place of what was written of
 * it before. `status` is a word of analytics_status_word, or "running"; `cube` is the path to keep.
 */
admf_status analytics_phase(struct analytics *store, const char *correlation_id, size_t number,
                            const char *status, const char *cube, const admf_phase_result *phase,
                            admf_error *error);

/* Ends a workflow. `reason` is what went wrong, NULL: nothing. */
admf_status analytics_finish(struct analytics *store, const char *correlation_id,
                             admf_status status, const char *finished, double seconds,
                             const char *reason, admf_error *error);

/* "done", "failed", "stopped", "interrupted" */
const char *analytics_status_word(admf_status status);

const char *version_of_sqlite(void);

#endif
