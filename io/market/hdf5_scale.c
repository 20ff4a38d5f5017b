/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/hdf5_scale.h"

#include <stddef.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/hdf5/failure.h"

static const char cannot[] = "cannot write";

static admf_status put_list(hid_t object, const char *path, const char *name, hid_t type,
                            size_t count, const void *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    hsize_t length = count;
    hid_t space = H5I_INVALID_HID, attribute = H5I_INVALID_HID;
    HDF5_TRY(space = H5Screate_simple(1, &length, NULL), ADMF_IO, cannot);
    HDF5_TRY(attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), ADMF_IO,
             cannot);
    HDF5_TRY(H5Awrite(attribute, type, values), ADMF_IO, cannot);
cleanup:
    hdf5_close(attribute);
    hdf5_close(space);
    return status;
}

admf_status scale_attach(hid_t dataset, const char *path, const char *scale, admf_error *error)
{
    admf_status status = ADMF_OK;
    hobj_ref_t reference;
    hvl_t list = {1, &reference};
    hid_t type = H5I_INVALID_HID;
    HDF5_TRY(H5Rcreate(&reference, dataset, scale, H5R_OBJECT, H5I_INVALID_HID), ADMF_IO, cannot);
    HDF5_TRY(type = H5Tvlen_create(H5T_STD_REF_OBJ), ADMF_IO, cannot);
    status = put_list(dataset, path, "DIMENSION_LIST", type, 1, &list, error);
cleanup:
    hdf5_close(type);
    return status;
}

struct use {
    hobj_ref_t dataset;
    int dimension;
};

admf_status scale_note_uses(hid_t file, hid_t scale, const char *path, const char *const *names,
                            size_t count, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t type = H5I_INVALID_HID;
    struct use *uses = memory_new(count, sizeof *uses);
    if (!uses)
        return fail_memory(error);
    for (size_t k = 0; k < count; k++)
        HDF5_TRY(H5Rcreate(&uses[k].dataset, file, names[k], H5R_OBJECT, H5I_INVALID_HID), ADMF_IO,
                 cannot);
    HDF5_TRY(type = H5Tcreate(H5T_COMPOUND, sizeof(struct use)), ADMF_IO, cannot);
    HDF5_TRY(H5Tinsert(type, "dataset", offsetof(struct use, dataset), H5T_STD_REF_OBJ), ADMF_IO,
             cannot);
    HDF5_TRY(H5Tinsert(type, "dimension", offsetof(struct use, dimension), H5T_NATIVE_INT), ADMF_IO,
             cannot);
    status = put_list(scale, path, "REFERENCE_LIST", type, count, uses, error);
cleanup:
    hdf5_close(type);
    memory_free(uses);
    return status;
}
