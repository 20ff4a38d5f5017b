/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/hyperslab.h"

#include <stdbool.h>

#include "engine/base/failure.h"

hid_t text_transfer(uint64_t values)
{
    enum { VALUE_BYTES = 16, BUFFER_BYTES = 1 << 20 };
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    uint64_t few = values ? values : 1;
    size_t bytes = few < BUFFER_BYTES / VALUE_BYTES ? (size_t)few * VALUE_BYTES : BUFFER_BYTES;
    if (transfer >= 0 && H5Pset_buffer(transfer, bytes, NULL, NULL) < 0) {
        hdf5_close(transfer);
        return H5I_INVALID_HID;
    }
    return transfer;
}

struct spaces {
    hid_t file, memory;
};

static admf_status select_slab(hid_t dataset, const struct hyperslab *slab, struct spaces *spaces,
                               admf_status code, const char *path, const char *what,
                               admf_error *error)
{
    admf_status status = ADMF_OK;
    *spaces = (struct spaces){H5I_INVALID_HID, H5I_INVALID_HID};
    HDF5_TRY(spaces->file = H5Dget_space(dataset), code, what);
    HDF5_TRY(
        H5Sselect_hyperslab(spaces->file, H5S_SELECT_SET, slab->start, NULL, slab->count, NULL),
        code, what);
    HDF5_TRY(spaces->memory =
                 H5Screate_simple(H5Sget_simple_extent_ndims(spaces->file), slab->count, NULL),
             code, what);
cleanup:
    return status;
}

static void spaces_close(struct spaces *spaces)
{
    hdf5_close(spaces->memory);
    hdf5_close(spaces->file);
}

static admf_status read_slab(hid_t dataset, const struct hyperslab *slab, hid_t type,
                             hid_t transfer, void *values, const char *path, const char *what,
                             admf_error *error)
{
    struct spaces spaces;
    admf_status status = select_slab(dataset, slab, &spaces, ADMF_BAD_DATA, path, what, error);
    if (status)
        goto cleanup;
    HDF5_TRY(H5Dread(dataset, type, spaces.memory, spaces.file, transfer, values), ADMF_BAD_DATA,
             what);
cleanup:
    spaces_close(&spaces);
    return status;
}

/* That of a box of texts, else H5P_DEFAULT. */
static hid_t slab_transfer(hid_t dataset, const struct hyperslab *slab, hid_t type)
{
    hsize_t count = 1;
    if (H5Tis_variable_str(type) <= 0)
        return H5P_DEFAULT;
    hid_t space = H5Dget_space(dataset);
    for (int d = 0, rank = H5Sget_simple_extent_ndims(space); d < rank; d++)
        count *= slab->count[d];
    hdf5_close(space);
    return text_transfer(count);
}

static void transfer_close(hid_t transfer)
{
    if (transfer != H5P_DEFAULT)
        hdf5_close(transfer);
}

admf_status hyperslab_read(hid_t dataset, const struct hyperslab *slab, hid_t type, void *values,
                           const char *path, const char *what, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t transfer = H5I_INVALID_HID;
    HDF5_TRY(transfer = slab_transfer(dataset, slab, type), ADMF_INTERNAL, what);
    status = read_slab(dataset, slab, type, transfer, values, path, what, error);
cleanup:
    transfer_close(transfer);
    return status;
}

/* `context`: a flag to be raised. */
static H5T_conv_ret_t refuse_number(H5T_conv_except_t what, hid_t from, hid_t to, void *source,
                                    void *target, void *context)
{
    (void)what, (void)from, (void)to, (void)source, (void)target;
    *(bool *)context = true;
    return H5T_CONV_ABORT;
}

admf_status hyperslab_read_exact(hid_t dataset, const struct hyperslab *slab, hid_t type,
                                 void *values, const char *path, const char *what,
                                 admf_error *error)
{
    admf_status status = ADMF_OK;
    bool refused = false;
    hid_t transfer = H5I_INVALID_HID;
    HDF5_TRY(transfer = H5Pcreate(H5P_DATASET_XFER), ADMF_INTERNAL, what);
    HDF5_TRY(H5Pset_type_conv_cb(transfer, refuse_number, &refused), ADMF_INTERNAL, what);
    status = read_slab(dataset, slab, type, transfer, values, path, what, error);
    if (refused)
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "%s: a number is out of range or no whole one", what);
cleanup:
    hdf5_close(transfer);
    return status;
}

admf_status hyperslab_write(hid_t dataset, const struct hyperslab *slab, hid_t type,
                            const void *values, const char *path, const char *what,
                            admf_error *error)
{
    struct spaces spaces;
    hid_t transfer = H5I_INVALID_HID;
    admf_status status = select_slab(dataset, slab, &spaces, ADMF_IO, path, what, error);
    if (status)
        goto cleanup;
    HDF5_TRY(transfer = slab_transfer(dataset, slab, type), ADMF_INTERNAL, what);
    HDF5_TRY(H5Dwrite(dataset, type, spaces.memory, spaces.file, transfer, values), ADMF_IO, what);
cleanup:
    transfer_close(transfer);
    spaces_close(&spaces);
    return status;
}
