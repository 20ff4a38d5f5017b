/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* flock, O_CLOEXEC */
#include "io/hdf5/file_access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/seal.h"

hid_t access_without_lock(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 12, 1) || (H5_VERS_MINOR == 10 && H5_VERSION_GE(1, 10, 7))
    if (access >= 0 && H5Pset_file_locking(access, false, true) < 0) {
        hdf5_close(access);
        return H5I_INVALID_HID;
    }
#endif
    return access;
}

admf_status hdf5_check_input(const char *path, admf_error *error)
{
    struct stat about;
    if (stat(path, &about) != 0 || access(path, R_OK) != 0)
        return fail_file(error, ADMF_NO_INPUT, path, errno, "cannot open");
    if (S_ISDIR(about.st_mode))
        return fail_file(error, ADMF_NO_INPUT, path, 0, "is a directory; name a file");
    if (!S_ISREG(about.st_mode)) /* a pipe would be waited for */
        return fail_file(error, ADMF_NO_INPUT, path, 0, "is no regular file");
    return ADMF_OK;
}

/* Whether the lock that HDF5 takes can be had, or is another's. What HDF5 says of a failure does
 * not tell it from a file system without locks. */
static bool has_locks(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    bool has = flock(fd, LOCK_SH | LOCK_NB) == 0 || errno == EWOULDBLOCK;
    close(fd);
    return has;
}

admf_status hdf5_open_input(const char *path, const char *cannot, hid_t *file, admf_error *error)
{
    admf_status status = hdf5_seal_check(path, error);
    *file = H5I_INVALID_HID;
    if (status)
        return status;
    if (!has_locks(path))
        return hdf5_open_own(path, cannot, file, error);
    HDF5_TRY(*file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), ADMF_BAD_DATA, cannot);
cleanup:
    return status;
}

admf_status hdf5_open_own(const char *path, const char *cannot, hid_t *file, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t access = H5I_INVALID_HID;
    *file = H5I_INVALID_HID;
    HDF5_TRY(access = access_without_lock(), ADMF_INTERNAL, cannot);
    HDF5_TRY(*file = H5Fopen(path, H5F_ACC_RDONLY, access), ADMF_BAD_DATA, cannot);
cleanup:
    hdf5_close(access);
    return status;
}
