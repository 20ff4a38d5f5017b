/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Never half a file under its final name: it is made beside it, is on the disk, then has its name.
 *
 * A file that is written in one go is made as PATH.writing, which one writer at a time has; a kill
 * leaves it behind, and the next writer of PATH takes it over:
 *
 *     struct whole_file file;
 *     admf_status status = whole_file_begin(&file, path, force, error);
 *     if (!status)
 *         status = write(file.making, error);
 *     if (!status)
 *         status = whole_file_finish(&file, error);
 *     whole_file_drop(&file);
 *
 * What has names of its own while it is made (a cube, a store of signals) takes the steps itself.
 */
#ifndef ADMF_ENGINE_BASE_WHOLE_FILE_H
#define ADMF_ENGINE_BASE_WHOLE_FILE_H

#include <stdbool.h>

#include "admf/error.h"
#include "engine/base/claim.h"

/* Owns no memory, but a file in the making until it is finished or dropped; not to be moved. */
struct whole_file {
    const char *name;           /* what messages call it: borrowed */
    char path[ADMF_PATH_MAX];   /* what is made: `name`, links followed */
    char making[ADMF_PATH_MAX]; /* where, until it is finished */
    bool force;                 /* replaces what is at `path` */
    struct claim claim;         /* of `making` */
};

/*
 * Claims the name it is made under, at which there is then a file to be written to by that name.
 * ADMF_IO while another has it, where no file can be made there, or for a path that is too long;
 * dropping it is then fine, too.
 */
admf_status whole_file_begin(struct whole_file *file, const char *path, bool force,
                             admf_error *error);
/*
 * Gives what was written, and closed, its name, once it is on the disk. ADMF_IO where that fails,
 * as where something is at the path by now, unless `force`: what was at the path is then still
 * there, unless only the folder could not be synced.
 */
admf_status whole_file_finish(struct whole_file *file, admf_error *error);
/* Removes what is not finished. */
void whole_file_drop(struct whole_file *file);

/* Whether making a file at `path` would spoil the one at `other`, which need not exist. */
bool whole_file_spoils(const char *path, const char *other);
/*
 * Asked before the work that fills it: ADMF_IO where something is at `path` already, unless
 * `force`, and where no file can be made there.
 */
admf_status whole_file_allow(const char *path, bool force, admf_error *error);

/* The steps. ADMF_IO where something is at `path` that no file may take the place of. */
admf_status whole_file_check(const char *path, admf_error *error);
/* Waits until a closed file is on the disk, or the name that a file has in its folder; ADMF_IO
 * where that fails. */
admf_status whole_file_sync(const char *path, admf_error *error);
admf_status whole_file_sync_folder(const char *path, admf_error *error);
/*
 * Renames the synced file `made` to `path`, where something may be only with `force`, and syncs the
 * folder. *renamed says whether it came to have its name, which it may though the folder could not
 * be synced: ADMF_IO in either case.
 */
admf_status whole_file_name(const char *made, const char *path, bool force, bool *renamed,
                            admf_error *error);
/* ADMF_IO, and that the file at `path` is replaced by force only. */
admf_status whole_file_exists(const char *path, admf_error *error);

#endif
