/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* renameat2 */
#include "engine/base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"

/* Not a name that somebody's file has: what is there is taken to be what a kill has left. */
static const char suffix[] = ".writing";

static void folder_of(const char *path, char folder[ADMF_PATH_MAX])
{
    snprintf(folder, ADMF_PATH_MAX, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        strcpy(folder, ".");
    else
        slash[slash == folder] = '\0';
}

/* ---- the steps ----------------------------------------------------------------------------*/

/* A directory cannot be replaced, and a device must not be; a link that leads back to itself is no
 * name of a file: found out now, not when the finished file is renamed. */
admf_status whole_file_check(const char *path, admf_error *error)
{
    char folder[ADMF_PATH_MAX];
    struct stat about;
    folder_of(path, folder);
    if (stat(folder, &about) != 0)
        return fail_file(error, ADMF_IO, path, errno, "cannot create a file in %s", folder);
    if (!S_ISDIR(about.st_mode))
        return fail_file(error, ADMF_IO, path, 0, "%s is no directory", folder);
    if (stat(path, &about) != 0)
        return errno == ENOENT ? ADMF_OK : fail_file(error, ADMF_IO, path, errno, "cannot create");
    if (!S_ISREG(about.st_mode))
        return fail_file(error, ADMF_IO, path, 0, "is %s; name a file with --output",
                         S_ISDIR(about.st_mode) ? "a directory" : "no regular file");
    return ADMF_OK;
}

/* Messages name `of`. */
static admf_status sync_path(const char *path, const char *of, admf_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_file(error, ADMF_IO, of, errno, "cannot open");
    /* Some file systems cannot sync a folder; nothing is lost by that. */
    int failed = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(fd);
    return failed ? fail_file(error, ADMF_IO, of, failed, "cannot write") : ADMF_OK;
}

admf_status whole_file_sync(const char *path, admf_error *error)
{
    return sync_path(path, path, error);
}

admf_status whole_file_sync_folder(const char *path, admf_error *error)
{
    char folder[ADMF_PATH_MAX];
    folder_of(path, folder);
    /* What may be written to may not be read, and cannot be synced then. */
    return access(folder, R_OK) != 0 && errno == EACCES ? ADMF_OK : sync_path(folder, path, error);
}

admf_status whole_file_exists(const char *path, admf_error *error)
{
    return fail_file(error, ADMF_IO, path, 0,
                     "the file exists; --force replaces it, or name another with --output");
}

/* rename(2), but EEXIST where something is at `path`: it may have come there during the work. */
static int rename_unless_there(const char *made, const char *path)
{
    struct stat about;
    int result = renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE);
    if (result == 0 || (errno != EINVAL && errno != ENOSYS))
        return result;
    /* A file system that cannot tell, as NFS: what comes between these two is replaced. */
    if (lstat(path, &about) != 0)
        return rename(made, path);
    errno = EEXIST;
    return -1;
}

admf_status whole_file_name(const char *made, const char *path, bool force, bool *renamed,
                            admf_error *error)
{
    *renamed = (force ? rename : rename_unless_there)(made, path) == 0;
    if (*renamed)
        return whole_file_sync_folder(path, error);
    if (!force && errno == EEXIST)
        return fail_file(error, ADMF_IO, path, 0, "another file has come to be here; move it away");
    return fail_file(error, ADMF_IO, path, errno, "cannot create");
}

/* ---- a file written in one go -------------------------------------------------------------*/

/* Where a file at `path` is made. */
static admf_status find_names(struct whole_file *file, const char *path, admf_error *error)
{
    char room[ADMF_PATH_MAX];
    *file = (struct whole_file){.name = path, .claim.fd = -1};
    const char *followed = files_followed(path, room);
    if (strlen(path) >= ADMF_PATH_MAX - 16 || strlen(followed) >= ADMF_PATH_MAX - 16)
        return fail(error, ADMF_IO, "the path of the file is too long");
    strcpy(file->path, followed);
    snprintf(file->making, sizeof file->making, "%s%s", followed, suffix);
    return ADMF_OK;
}

admf_status whole_file_begin(struct whole_file *file, const char *path, bool force,
                             admf_error *error)
{
    struct stat about;
    admf_status status = find_names(file, path, error);
    file->force = force;
    if (status)
        return status;
    /* A link there would have something else written to. */
    if (lstat(file->making, &about) == 0 && !S_ISREG(about.st_mode))
        return fail_file(error, ADMF_IO, file->making, 0, "is in the way; remove it");
    return claim_make(&file->claim, file->making, path, error);
}

admf_status whole_file_finish(struct whole_file *file, admf_error *error)
{
    bool renamed = false;
    admf_status status = sync_path(file->making, file->name, error);
    if (!status)
        status = whole_file_name(file->making, file->path, file->force, &renamed, error);
    if (renamed)
        file->claim.made = false;
    return status;
}

void whole_file_drop(struct whole_file *file) { claim_drop(&file->claim); }

bool whole_file_spoils(const char *path, const char *other)
{
    struct whole_file file;
    admf_error none;
    return files_same(path, other) ||
           (find_names(&file, path, &none) == ADMF_OK && files_same(file.making, other));
}

/* Whether a file can be made, or replaced, in the folder of `path`. */
static admf_status check_folder(const char *path, const char *name, admf_error *error)
{
    char folder[ADMF_PATH_MAX];
    folder_of(path, folder);
    return access(folder, W_OK | X_OK) == 0
               ? ADMF_OK
               : fail_file(error, ADMF_IO, name, errno, "cannot create a file in %s", folder);
}

admf_status whole_file_allow(const char *path, bool force, admf_error *error)
{
    struct whole_file file;
    struct stat about;
    admf_status status = find_names(&file, path, error);
    if (!status)
        status = whole_file_check(path, error);
    if (status)
        return status;
    /* Not stat: a link that leads nowhere is there, too. */
    if (!force && lstat(path, &about) == 0)
        return whole_file_exists(path, error);
    return check_folder(file.path, path, error);
}
