/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* lstat, access */
#include "engine/api/market_output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"

static market_writer *writer_for(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name) /* a file named .csv has no extension */
        return NULL;
    return strcmp(dot, ".csv") == 0  ? bars_write_csv
           : strcmp(dot, ".h5") == 0 ? bars_write_hdf5
                                     : NULL;
}

/* Whether a file can be made, or replaced, where `path` leads; errno says why not. */
static bool folder_is_writable(const char *path)
{
    char folder[ADMF_PATH_MAX], room[ADMF_PATH_MAX];
    const char *followed = files_followed(path, room), *slash = strrchr(followed, '/');
    int length = slash ? (int)(slash - followed) + 1 : 0;
    if (length >= (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    snprintf(folder, sizeof folder, "%.*s", length, followed);
    return access(length ? folder : ".", W_OK | X_OK) == 0;
}

market_writer *market_output(const char *path, bool force, admf_error *error)
{
    struct stat there, target;
    market_writer *writer = path ? writer_for(path) : NULL;
    if (!writer) {
        fail(error, ADMF_USAGE, "the name of the output says its form: .csv or .h5; not '%.200s'",
             path ? path : "");
        return NULL;
    }
    /* Not stat: a link that leads nowhere is there, too. */
    bool exists = lstat(path, &there) == 0;
    if (exists && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) /* it would be replaced */
        fail_file(error, ADMF_IO, path, 0, "is %s; name a file",
                  S_ISDIR(there.st_mode) ? "a directory" : "no regular file");
    else if (stat(path, &target) != 0 && errno == ELOOP) /* no name of a file */
        fail_file(error, ADMF_IO, path, errno, "cannot write");
    else if (exists && !force)
        fail_file(error, ADMF_IO, path, 0,
                  "the file exists; --force replaces it, or name another with --output");
    else if ((exists || errno == ENOENT) && folder_is_writable(path))
        return writer;
    else
        fail_file(error, ADMF_IO, path, errno, "cannot write");
    return NULL;
}
