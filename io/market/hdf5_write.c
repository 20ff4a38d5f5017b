/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/hdf5_bars.h"

#include <hdf5.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "engine/base/whole_file.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"
#include "io/market/hdf5_scale.h"

static const char cannot[] = "cannot write";

/*
 * Text of fixed length: it lies in the object header, which has a check sum, where text of
 * variable length lies in a heap without one, and the library trusts that heap.
 */
static admf_status write_text(hid_t object, const char *path, const char *name, const char *text,
                              admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t type = H5I_INVALID_HID, space = H5I_INVALID_HID, attribute = H5I_INVALID_HID;
    HDF5_TRY(type = H5Tcopy(H5T_C_S1), ADMF_IO, cannot);
    HDF5_TRY(H5Tset_size(type, strlen(text) + 1), ADMF_IO, cannot);
    HDF5_TRY(H5Tset_cset(type, H5T_CSET_UTF8), ADMF_IO, cannot);
    HDF5_TRY(space = H5Screate(H5S_SCALAR), ADMF_IO, cannot);
    HDF5_TRY(attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), ADMF_IO,
             cannot);
    HDF5_TRY(H5Awrite(attribute, type, text), ADMF_IO, cannot);
cleanup:
    hdf5_close(attribute);
    hdf5_close(space);
    hdf5_close(type);
    return status;
}

static admf_status write_version(hid_t file, const char *path, admf_error *error)
{
    admf_status status = ADMF_OK;
    int version = HDF5_BARS_VERSION;
    hid_t space = H5I_INVALID_HID, attribute = H5I_INVALID_HID;
    HDF5_TRY(space = H5Screate(H5S_SCALAR), ADMF_IO, cannot);
    HDF5_TRY(attribute = H5Acreate2(file, "admf_format_version", H5T_STD_I32LE, space, H5P_DEFAULT,
                                    H5P_DEFAULT),
             ADMF_IO, cannot);
    HDF5_TRY(H5Awrite(attribute, H5T_NATIVE_INT, &version), ADMF_IO, cannot);
cleanup:
    hdf5_close(attribute);
    hdf5_close(space);
    return status;
}

/* Contiguous and unfiltered: reading it back is one copy. */
static hid_t new_dataset(hid_t file, const char *name, hid_t type, size_t count)
{
    hsize_t length = count;
    hid_t space = H5Screate_simple(1, &length, NULL);
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), dataset = H5I_INVALID_HID;
    if (space >= 0 && plist >= 0 && H5Pset_layout(plist, H5D_CONTIGUOUS) >= 0)
        dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    hdf5_close(plist);
    hdf5_close(space);
    return dataset;
}

static admf_status write_time(hid_t file, const char *path, const struct bars *bars, hid_t *scale,
                              admf_error *error)
{
    admf_status status = ADMF_OK;
    HDF5_TRY(*scale = new_dataset(file, "time", H5T_STD_I64LE, bars->count), ADMF_IO, cannot);
    HDF5_TRY(H5Dwrite(*scale, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, bars->time), ADMF_IO,
             cannot);
    status = write_text(*scale, path, "CLASS", "DIMENSION_SCALE", error);
    if (!status)
        status = write_text(*scale, path, "NAME", "time", error);
    if (!status)
        status = write_text(*scale, path, "units", "nanoseconds since 1970-01-01", error);
    if (!status)
        status = write_text(*scale, path, "calendar", "proleptic_gregorian", error);
    if (!status)
        status = write_text(*scale, path, "long_name", "start of the bar, UTC", error);
cleanup:
    return status;
}

static admf_status write_column(hid_t file, const char *path, const char *name,
                                const double *values, size_t count, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t dataset = H5I_INVALID_HID;
    HDF5_TRY(dataset = new_dataset(file, name, H5T_IEEE_F64LE, count), ADMF_IO, cannot);
    HDF5_TRY(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), ADMF_IO,
             cannot);
    status = scale_attach(dataset, path, "/time", error);
cleanup:
    hdf5_close(dataset);
    return status;
}

static admf_status write_columns(hid_t file, const char *path, const struct bars *bars, hid_t scale,
                                 const volatile int *stop, admf_error *error)
{
    const double *values[COLUMN_ROLES] = {NULL,      bars->open,  bars->high,
                                          bars->low, bars->close, bars->volume};
    admf_status status = ADMF_OK;
    size_t written = 0;
    const char **names = memory_new(COLUMN_ROLES + bars->extras, sizeof *names);
    if (!names)
        return fail_memory(error);
    for (size_t k = COLUMN_OPEN; k < COLUMN_ROLES + bars->extras && !status; k++) {
        const struct extra_column *extra = k < COLUMN_ROLES ? NULL : &bars->extra[k - COLUMN_ROLES];
        const double *column = extra ? extra->values : values[k];
        if (!column)
            continue;
        names[written] = extra ? extra->name : column_names[k];
        status = stop_fail(stop, error);
        if (!status)
            status = write_column(file, path, names[written++], column, bars->count, error);
    }
    if (!status)
        status = scale_note_uses(file, scale, path, names, written, error);
    memory_free(names);
    return status;
}

static hid_t new_file(const char *path)
{
    hid_t create = H5Pcreate(H5P_FILE_CREATE), access = access_without_lock();
    hid_t file = H5I_INVALID_HID;
    if (create >= 0 && access >= 0 &&
        H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110) >= 0)
        file = H5Fcreate(path, H5F_ACC_TRUNC, create, access);
    hdf5_close(access);
    hdf5_close(create);
    return file;
}

static admf_status write_file(const struct bars *bars, const char *making, const char *path,
                              const volatile int *stop, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t file = H5I_INVALID_HID, scale = H5I_INVALID_HID;
    HDF5_TRY(file = new_file(making), ADMF_IO, cannot);
    status = write_text(file, path, "admf_format", "bars", error);
    if (!status)
        status = write_version(file, path, error);
    if (!status)
        status = write_text(file, path, "symbol", bars->symbol ? bars->symbol : "", error);
    if (!status)
        status = write_time(file, path, bars, &scale, error);
    if (!status)
        status = write_columns(file, path, bars, scale, stop, error);
    if (status)
        goto cleanup;
    HDF5_TRY(hdf5_close(scale), ADMF_IO, cannot);
    scale = H5I_INVALID_HID;
    hid_t closing = file;
    file = H5I_INVALID_HID;
    HDF5_TRY(hdf5_close(closing), ADMF_IO, cannot);
cleanup:
    hdf5_close(scale);
    hdf5_close(file);
    return status;
}

/* Names that a link cannot have, or that the file needs for itself. */
static admf_status check_names(const struct bars *bars, const char *path, admf_error *error)
{
    for (size_t k = 0; k < bars->extras; k++) {
        const char *name = bars->extra[k].name;
        if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "time"))
            return fail_file(error, ADMF_BAD_DATA, path, 0,
                             "a further column cannot be named '%s' in HDF5; give it another name "
                             "with `--columns`",
                             name);
    }
    return ADMF_OK;
}

admf_status bars_write_hdf5(const struct bars *bars, const char *path, bool force,
                            const volatile int *stop, admf_error *error)
{
    admf_status status = check_names(bars, path, error);
    if (status)
        return status;
    struct whole_file made;
    status = whole_file_begin(&made, path, force, error);
    hdf5_quiet();
    if (!status)
        status = write_file(bars, made.making, path, stop, error);
    if (!status)
        status = whole_file_finish(&made, error);
    whole_file_drop(&made);
    return status;
}
