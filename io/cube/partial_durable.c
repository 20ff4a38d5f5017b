/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of PATH.partial outlives the machine. A process that is killed loses nothing that it wrote,
 * so that a block counts as finished once its bit is written. When the machine stops, what it had
 * not brought to the disk is gone, in any order. So now and then everything is synced, and the
 * bits are written a second time behind that; a run that goes on believes the first ones only if
 * the machine has been up all the while.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, fdatasync */
#include "io/cube/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/whole_file.h"

/* The system has begun to write by then what is to be synced. The bits are on the disk with the
 * next sync at the latest, so that twice as much may have to be done again. */
enum { SYNC_SECONDS = 30 };

static int64_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* The kernel's name of the time since it was started; "" where it gives none. */
static void read_boot(char boot[PARTIAL_BOOT])
{
    memset(boot, 0, PARTIAL_BOOT);
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, boot, PARTIAL_BOOT - 1);
    if (fd >= 0)
        close(fd);
    if (length <= 0)
        boot[0] = '\0';
}

static admf_status failed_to(const char *what, const struct partial *partial, int number,
                             admf_error *error)
{
    return number ? fail_file(error, ADMF_IO, partial->file.path, number, "%s", what) : ADMF_OK;
}

admf_status partial_write_boot(struct partial *partial, admf_error *error)
{
    char boot[PARTIAL_BOOT];
    read_boot(boot);
    partial->synced = seconds();
    return failed_to("cannot write", partial,
                     files_write_at(partial->file.fd, boot, sizeof boot, partial->boot_offset),
                     error);
}

/* Everything to the disk, 0 or errno; some file systems cannot. */
static int bring_to_disk(const struct partial *partial)
{
    return fdatasync(partial->file.fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

/* The system tells of what it could not write once, and takes it for written then: nothing since
 * the last time is believed any more, by no run. */
static void distrust(struct partial *partial)
{
    static const char none[PARTIAL_BOOT];
    files_write_at(partial->file.fd, none, sizeof none, partial->boot_offset);
}

static admf_status sync_blocks(struct partial *partial, admf_error *error)
{
    int number = bring_to_disk(partial);
    partial->synced = seconds();
    partial->unsynced = false;
    if (number) {
        distrust(partial);
        return failed_to("cannot write", partial, number, error);
    }
    admf_status status = whole_file_sync_folder(partial->file.path, error);
    return status
               ? status
               : failed_to("cannot write", partial,
                           files_write_at(partial->file.fd, partial->bitmap,
                                          partial_bitmap_bytes(partial), partial->durable_offset),
                           error);
}

admf_status partial_sync_seldom(struct partial *partial, admf_error *error)
{
    partial->unsynced = true;
    return seconds() - partial->synced < SYNC_SECONDS ? ADMF_OK : sync_blocks(partial, error);
}

void partial_sync_last(struct partial *partial)
{
    struct stat about;
    admf_error ignored; /* what could not be synced is done again, if need be */
    if (partial->unsynced && fstat(partial->file.fd, &about) == 0 && about.st_nlink > 0 &&
        !sync_blocks(partial, &ignored))
        bring_to_disk(partial); /* the bits: no other sync follows */
}

admf_status partial_read_bitmap(struct partial *partial, const struct variables *variables,
                                admf_error *error)
{
    char boot[PARTIAL_BOOT], then[PARTIAL_BOOT];
    const int fd = partial->file.fd;
    read_boot(boot);
    int number = files_read_at(fd, then, sizeof then, partial->boot_offset);
    bool still_up = !number && boot[0] && memcmp(boot, then, sizeof boot) == 0;
    if (!number)
        number = files_read_at(fd, partial->bitmap, partial_bitmap_bytes(partial),
                               still_up ? partial->bitmap_offset : partial->durable_offset);
    if (number || still_up) {
        partial->synced = seconds();
        return failed_to("cannot read", partial, number, error);
    }
    /* The name of this time is written behind the bits that are believed from now on, and what
     * the others were of. */
    admf_status status = partial_write_bitmap(partial, error);
    if (!status)
        status = partial_clear_unfinished(partial, variables, error);
    if (!status)
        status = failed_to("cannot write", partial, bring_to_disk(partial), error);
    return status ? status : partial_write_boot(partial, error);
}
