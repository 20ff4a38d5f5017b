/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* pread, pwrite, readlink, stat */
#include "engine/base/files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool files_same(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* Puts what the link `room` points to in its place; false where it is none. */
static bool follow(char room[ADMF_PATH_MAX], bool *fits)
{
    char target[ADMF_PATH_MAX];
    ssize_t length = readlink(room, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    const char *slash = *target == '/' ? NULL : strrchr(room, '/');
    size_t folder = slash ? (size_t)(slash - room) + 1 : 0;
    *fits = folder + (size_t)length < ADMF_PATH_MAX - 1;
    if (*fits)
        memcpy(room + folder, target, (size_t)length + 1);
    return *fits;
}

const char *files_followed(const char *path, char room[ADMF_PATH_MAX])
{
    enum { LINKS_MOST = 40 }; /* as Linux has it */
    struct stat about;
    bool fits = strlen(path) < ADMF_PATH_MAX;
    int links = 0;
    if (!fits)
        return path;
    strcpy(room, path);
    while (links < LINKS_MOST && follow(room, &fits))
        links++;
    /* What /dev/stdout points to is a name of nothing. */
    if (!fits || links == LINKS_MOST || (stat(path, &about) == 0 && !files_same(path, room)))
        return path;
    return room;
}

int files_read_at(int fd, void *bytes, size_t count, uint64_t offset)
{
    unsigned char *p = bytes;
    while (count) {
        ssize_t n = pread(fd, p, count, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        p += n;
        count -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

int files_write_at(int fd, const void *bytes, size_t count, uint64_t offset)
{
    const unsigned char *p = bytes;
    while (count) {
        ssize_t n = pwrite(fd, p, count, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        p += n;
        count -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}
