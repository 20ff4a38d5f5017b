/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"

char *temporary_name(const char *path)
{
    char followed[ADMF_PATH_MAX];
    const char *target = files_followed(path, followed);
    size_t room = strlen(target) + 32;
    char *name = memory_new(room, 1);
    if (name)
        snprintf(name, room, "%s.%ld.tmp", target, (long)getpid());
    return name;
}

admf_status replace_file(const char *temporary, const char *path, admf_error *error)
{
    char followed[ADMF_PATH_MAX];
    int file = open(temporary, O_RDONLY | O_CLOEXEC), number = 0;
    if (file < 0 || fsync(file))
        number = errno;
    if (file >= 0)
        close(file);
    if (!number && rename(temporary, files_followed(path, followed)))
        number = errno;
    if (!number)
        return ADMF_OK;
    unlink(temporary);
    return fail_file(error, ADMF_IO, path, number, "cannot write");
}
