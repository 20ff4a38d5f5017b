/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Past workflows, as admf_workflow_run records them in the store that its options name.
 *
 *     admf_runs *runs = NULL;
 *     admf_error error = {0};
 *     admf_runs_filter filter = {.status = "done", .limit = 20};
 *     if (admf_runs_list("analytics.db", &filter, &runs, &error) == ADMF_OK)
 *         for (size_t i = 0; i < runs->count; i++)
 *             printf("%s\n", runs->items[i].correlation_id);
 *     admf_runs_free(&runs);
 *
 * The store is a SQLite database, so that other programs can read it too: tables `workflow`,
 * `phase` and `best`, joined by correlation_id.
 */
#ifndef ADMF_RUNS_H
#define ADMF_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/workflow.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_run_phase {
    const char *status; /* as that of the workflow */
    /* Its `status` is ADMF_OK also while it runs. `cube` is an absolute path once it is there. */
    admf_phase_result result;
} admf_run_phase;

/* One workflow. Texts belong to the admf_runs it is part of. */
typedef struct admf_run {
    const char *correlation_id;
    /* "running", which is also said of one that was killed; "done", "failed", "stopped" (by
     * SIGTERM), "interrupted" (by Ctrl-C) */
    const char *status;
    int exit_code;         /* -1 while running */
    const char *started;   /* UTC, ISO 8601 */
    const char *finished;  /* NULL while running */
    double seconds;        /* NaN while running */
    uint64_t combinations; /* over symbols and windows */
    const char *pattern;
    const char *data;        /* what was read, in words */
    const char *data_hashes; /* a line "SYMBOL digest" each */
    const char *configuration_path;
    const char *configuration;          /* as written */
    const char *resolved_configuration; /* whole, runs from any folder and gives the same digest */
    const char *configuration_hash;     /* of all of it that matters for results */
    const char *program_version;
    const char *command; /* how the program was called; NULL: not recorded */
    const char *folder;  /* where; NULL: not recorded */
    const char *reason;  /* what went wrong; NULL: nothing */
    size_t phase_count;
    const admf_run_phase *phases;
} admf_run;

typedef struct admf_runs {
    size_t count;   /* items */
    uint64_t total; /* runs that the filter lets pass, whatever the limit */
    const admf_run *items;
} admf_runs;

/* Zero everywhere: all runs. */
typedef struct admf_runs_filter {
    const char *status; /* this one only */
    const char *since;  /* started then or later: YYYY-MM-DD or with THH:MM[:SS], UTC */
    uint64_t limit;     /* at most so many; 0: all */
} admf_runs_filter;

/*
 * Runs, newest first. *out is freed with admf_runs_free, and NULL on failure: ADMF_NO_INPUT
 * where there is no store at `path`, ADMF_BAD_DATA for a file that is none or of another version,
 * ADMF_IO where it cannot be read, ADMF_USAGE for a date that is none.
 */
admf_status admf_runs_list(const char *path, const admf_runs_filter *filter, admf_runs **out,
                           admf_error *error);
/*
 * The one run whose correlation id starts with `id`; the "workflow_" before it and the time may
 * be left out: its last eight digits do. ADMF_USAGE where it is none's or several ones'.
 */
admf_status admf_runs_find(const char *path, const char *id, admf_runs **out, admf_error *error);
/* Sets *runs to NULL; it may be NULL before. */
void admf_runs_free(admf_runs **runs);

/*
 * Whether the cube of a phase is still there and holds the same configuration and data as the
 * run had, so that running it again repeats the run.
 */
bool admf_run_cube_is_kept(const admf_run *run, size_t phase);

#ifdef __cplusplus
}
#endif
#endif
