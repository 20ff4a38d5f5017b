/* SPDX-License-Identifier: Apache-2.0 */
/* How files are opened: with HDF5's locks, and without. */
#ifndef ADMF_IO_HDF5_FILE_ACCESS_H
#define ADMF_IO_HDF5_FILE_ACCESS_H

#include <hdf5.h>

#include "admf/error.h"

/*
 * For a file that is ours: this process has locked it, or keeps others from it by such a lock or by
 * a name that nobody knows. HDF5's own locks would meet ours where a file system makes both from
 * one kind, and fail where it has none. To be closed with hdf5_close; negative on failure.
 */
hid_t access_without_lock(void);

/* Whether `path` is a readable file: ADMF_NO_INPUT where there is none, or a directory. */
admf_status hdf5_check_input(const char *path, admf_error *error);

/*
 * Opens a file to be read, with a lock that keeps it from those who would change it, if its file
 * system has locks, and if it is as it was where it is sealed (seal.h). *file is to be closed with
 * hdf5_close; on failure it is negative, and the error ADMF_BAD_DATA, which begins with `cannot`,
 * or that of the seal.
 */
admf_status hdf5_open_input(const char *path, const char *cannot, hid_t *file, admf_error *error);
/* The same for one that is ours, without a look at its seal. */
admf_status hdf5_open_own(const char *path, const char *cannot, hid_t *file, admf_error *error);

#endif
