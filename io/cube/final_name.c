/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "io/cube/final_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admf/types.h"
#include "engine/base/failure.h"

static void folder_of(const char *path, char folder[ADMF_PATH_MAX])
{
    snprintf(folder, ADMF_PATH_MAX, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        strcpy(folder, ".");
    else
        slash[slash == folder] = '\0';
}

/* A directory cannot be replaced, and a device must not be; a link that leads back to itself is no
 * name of a file: found out now, not when the finished file is renamed. */
admf_status final_name_check(const char *path, admf_error *error)
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

admf_status final_sync(const char *path, admf_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_file(error, ADMF_IO, path, errno, "cannot open");
    /* Some file systems cannot sync a folder; nothing is lost by that. */
    int failed = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(fd);
    return failed ? fail_file(error, ADMF_IO, path, failed, "cannot write") : ADMF_OK;
}

static admf_status sync_folder(const char *path, admf_error *error)
{
    char folder[ADMF_PATH_MAX];
    folder_of(path, folder);
    return final_sync(folder, error);
}

admf_status final_name_give(const char *made, const char *path, bool *renamed, admf_error *error)
{
    *renamed = rename(made, path) == 0;
    return *renamed ? sync_folder(path, error)
                    : fail_file(error, ADMF_IO, path, errno, "cannot create");
}
