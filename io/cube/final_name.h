/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of a file in the making: it is on the disk, then it has its name. */
#ifndef ADMF_IO_CUBE_FINAL_NAME_H
#define ADMF_IO_CUBE_FINAL_NAME_H

#include <pthread.h>
#include <stdbool.h>

#include "admf/error.h"

/* ADMF_IO where something is at `path` that no file may take the place of. */
admf_status final_name_check(const char *path, admf_error *error);

/* A file that is on its way to the disk. */
struct final_sync {
    const char *made;
    pthread_t thread;
    bool has_thread;
    admf_status status;
    admf_error error;
};

/* Begins to sync the closed file `made`, beside whatever the caller does meanwhile. */
void final_sync_start(struct final_sync *sync, const char *made);
/* Waits until it is on the disk; once for each start. */
admf_status final_sync_end(struct final_sync *sync, admf_error *error);

/*
 * Renames the synced file `made` to `path` and syncs the folder. *renamed says whether it came to
 * have its name, which it may though the folder could not be synced.
 */
admf_status final_name_give(const char *made, const char *path, bool *renamed, admf_error *error);

#endif
