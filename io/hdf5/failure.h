/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HDF5 calls that fail, as an admf_error.
 *
 * HDF5 keeps a stack of errors per thread that the next call clears, so it is read in the
 * failing branch itself. Every call goes through HDF5_TRY:
 *
 *     admf_status status = ADMF_OK;   // these three names, and a label `cleanup`,
 *     hid_t file = H5I_INVALID_HID;   // are what the macro works with:
 *                                     // status, error (admf_error *), path (const char *)
 *     hdf5_quiet();
 *     HDF5_TRY(file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), ADMF_BAD_DATA, "cannot open");
 *     …
 *     cleanup:
 *         hdf5_close(file);
 *         return status;
 */
#ifndef ADMF_IO_HDF5_FAILURE_H
#define ADMF_IO_HDF5_FAILURE_H

#include <hdf5.h>

#include "admf/error.h"

/*
 * Describes the failure of the HDF5 call just made: `what`, then what the library says of
 * its innermost cause ("cannot write: … No space left on device"). Returns `code`.
 */
admf_status hdf5_fail(admf_error *error, admf_status code, const char *file, const char *what);

/* Keeps HDF5 from printing its error stack. Call before the first call of an entry point. */
void hdf5_quiet(void);

/* Drops what HDF5 has noted of this thread's failures, which is lost memory once the thread ends.
 */
void hdf5_forget_failures(void);

/* Closes an id of any kind; an invalid id is fine. Negative when that failed. */
herr_t hdf5_close(hid_t id);

/* The same where the kind is known: asking for it takes HDF5 longer than closing small things. */
static inline void hdf5_close_type(hid_t id)
{
    if (id >= 0)
        H5Tclose(id);
}

static inline void hdf5_close_space(hid_t id)
{
    if (id >= 0)
        H5Sclose(id);
}

static inline void hdf5_close_list(hid_t id)
{
    if (id >= 0)
        H5Pclose(id);
}

static inline void hdf5_close_attribute(hid_t id)
{
    if (id >= 0)
        H5Aclose(id);
}

/* Makes `call`; where it returns a negative number, fills `error` and goes to `cleanup`. */
#define HDF5_TRY(call, code, what)                                                                 \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            status = hdf5_fail(error, code, path, what);                                           \
            goto cleanup;                                                                          \
        }                                                                                          \
    } while (0)

#endif
