/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "engine/base/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"

static admf_status another_run(const char *path, admf_error *error)
{
    return fail_file(error, ADMF_IO, path, 0, "another run is writing this file");
}

/* Two runs that write one file would spoil it. Not flock: HDF5 takes that for readers, who
 * are welcome. File systems without such locks do without. With `take` the lock is ours where it
 * is nobody's. */
static bool is_locked_by_other(int fd, bool take)
{
#ifdef F_OFD_SETLK
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (take)
        return fcntl(fd, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES);
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
#else
    (void)fd;
    (void)take;
    return false;
#endif
}

static admf_status open_and_lock(struct claim *claim, const char *path, int flags, const char *of,
                                 admf_error *error)
{
    struct stat opened, there;
    *claim = (struct claim){.path = path, .fd = open(path, O_RDWR | O_CLOEXEC | flags, 0666)};
    if (claim->fd < 0)
        return fail_file(error, ADMF_IO, of, errno, flags ? "cannot create" : "cannot open");
    /* Before it was locked, the other run may have given it another name. */
    if (!is_locked_by_other(claim->fd, true) && fstat(claim->fd, &opened) == 0 &&
        stat(path, &there) == 0 && opened.st_dev == there.st_dev && opened.st_ino == there.st_ino)
        return ADMF_OK;
    claim_drop(claim);
    return another_run(of, error);
}

admf_status claim_take(struct claim *claim, const char *path, admf_error *error)
{
    return open_and_lock(claim, path, 0, path, error);
}

admf_status claim_make(struct claim *claim, const char *path, const char *of, admf_error *error)
{
    admf_status status = open_and_lock(claim, path, O_CREAT, of, error);
    claim->made = status == ADMF_OK;
    return status;
}

void claim_drop(struct claim *claim)
{
    if (claim->fd < 0)
        return;
    if (claim->made)
        unlink(claim->path);
    close(claim->fd);
    *claim = (struct claim){.fd = -1};
}

admf_status claim_refuse_live(const char *path, admf_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ADMF_OK;
    bool live = is_locked_by_other(fd, false);
    close(fd);
    return live ? another_run(path, error) : ADMF_OK;
}
