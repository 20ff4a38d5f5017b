/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of a file in the making: it is on the disk, then it has its name. */
#ifndef ADMF_IO_CUBE_FINAL_NAME_H
#define ADMF_IO_CUBE_FINAL_NAME_H

#include <stdbool.h>

#include "admf/error.h"

/* ADMF_IO where something is at `path` that no file may take the place of. */
admf_status final_name_check(const char *path, admf_error *error);

/* Waits until a closed file or a folder is on the disk. */
admf_status final_sync(const char *path, admf_error *error);

/*
 * Renames the synced file `made` to `path` and syncs the folder. *renamed says whether it came to
 * have its name, which it may though the folder could not be synced.
 */
admf_status final_name_give(const char *made, const char *path, bool *renamed, admf_error *error);

#endif
