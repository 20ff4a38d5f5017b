/* SPDX-License-Identifier: Apache-2.0 */
/* The folder in which works are run, and what lies in it. */
#ifndef ADMF_BENCH_WORK_FILES_H
#define ADMF_BENCH_WORK_FILES_H

#include <stdio.h>

#include "bench/work.h"

enum { WORK_FOLDER_MAX = 256, WORK_PATH_MAX = 512 };

struct work_files {
    char folder[WORK_FOLDER_MAX];
    const struct work_sizes *sizes; /* the caller's */
    admf_error *error;              /* where the functions below say what is wrong */
};

/* A new folder below TMPDIR, or /tmp; ADMF_IO. Remove it with work_files_remove. */
admf_status work_files_init(struct work_files *files, const struct work_sizes *sizes,
                            admf_error *error);
void work_files_remove(struct work_files *files);

/* The path of a file of that name. */
void work_path(const struct work_files *files, const char *name, char path[WORK_PATH_MAX]);
/* Makes the file of bars unless it is there. */
admf_status work_bars_make(struct work_files *files, enum work_bars kind);
/* Writes the configuration of a work, with lanes forced unless NULL. */
admf_status work_config_write(struct work_files *files, const struct work *work, const char *lanes,
                              char path[WORK_PATH_MAX]);

/* Closes a file that was opened for writing, NULL if that failed; ADMF_IO unless all of it was
 * written. */
admf_status work_written(const struct work_files *files, FILE *file, const char *path);

/* Fills the error of the files; returns `code`. */
admf_status work_fail(const struct work_files *files, admf_status code, const char *path,
                      const char *message);

#endif
