/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/hdf5_bars.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/large_pages.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"
#include "io/market/timestamp.h"

static bool is_short_text(hid_t type, hid_t space)
{
    enum { LONGEST = 4096 };
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
           H5Tget_size(type) <= LONGEST && H5Sget_simple_extent_npoints(space) == 1;
}

/* An attribute of text; NULL (no error) where there is none or it is of another type. Text
 * of variable length, which we do not write, is not read: see hdf5_write.c. */
static admf_status read_text(hid_t file, const char *path, const char *name, char **out,
                             admf_error *error)
{
    static const char cannot[] = "cannot read an attribute";
    admf_status status = ADMF_OK;
    hid_t attribute = H5I_INVALID_HID, type = H5I_INVALID_HID, space = H5I_INVALID_HID;
    htri_t exists;
    *out = NULL;
    HDF5_TRY(exists = H5Aexists(file, name), ADMF_BAD_DATA, cannot);
    if (!exists)
        return ADMF_OK;
    HDF5_TRY(attribute = H5Aopen(file, name, H5P_DEFAULT), ADMF_BAD_DATA, cannot);
    HDF5_TRY(type = H5Aget_type(attribute), ADMF_BAD_DATA, cannot);
    HDF5_TRY(space = H5Aget_space(attribute), ADMF_BAD_DATA, cannot);
    if (!is_short_text(type, space))
        goto cleanup;
    *out = memory_new(H5Tget_size(type) + 1, 1);
    if (!*out) {
        status = fail_memory(error);
        goto cleanup;
    }
    HDF5_TRY(H5Aread(attribute, type, *out), ADMF_BAD_DATA, cannot);
cleanup:
    hdf5_close(space);
    hdf5_close(type);
    hdf5_close(attribute);
    return status;
}

static bool is_one_integer(hid_t attribute)
{
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool one = type >= 0 && space >= 0 && H5Tget_class(type) == H5T_INTEGER &&
               H5Sget_simple_extent_npoints(space) == 1;
    hdf5_close(space);
    hdf5_close(type);
    return one;
}

static admf_status check_format(hid_t file, const char *path, admf_error *error)
{
    char *format = NULL;
    int version = 0;
    hid_t attribute = H5I_INVALID_HID;
    admf_status status = read_text(file, path, "admf_format", &format, error);
    if (status)
        goto cleanup;
    if (!format || strcmp(format, "bars") != 0) {
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "is an HDF5 file but not one of market data made by `admf import` or "
                           "`admf synth`; convert it to CSV first");
        goto cleanup;
    }
    HDF5_TRY(attribute = H5Aopen(file, "admf_format_version", H5P_DEFAULT), ADMF_BAD_DATA,
             "has no format version");
    if (!is_one_integer(attribute)) {
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "is damaged: its 'admf_format_version' is not one whole number; import "
                           "the data again");
        goto cleanup;
    }
    HDF5_TRY(H5Aread(attribute, H5T_NATIVE_INT, &version), ADMF_BAD_DATA, "has no format version");
    if (version < 1)
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "is damaged: it has market data in format version %d, and there is none "
                           "before 1; import the data again",
                           version);
    else if (version > HDF5_BARS_VERSION)
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "has market data in format version %d, this program reads version %d; "
                           "use a newer program or import the data again",
                           version, HDF5_BARS_VERSION);
cleanup:
    memory_free(format);
    hdf5_close(attribute);
    return status;
}

/* Whether all of a contiguous dataset is there: a damaged header may promise anything. */
static bool is_complete(hid_t dataset, hid_t type, hssize_t points)
{
    hid_t plist = H5Dget_create_plist(dataset);
    bool contiguous = plist >= 0 && H5Pget_layout(plist) == H5D_CONTIGUOUS;
    hdf5_close(plist);
    return !contiguous || (hsize_t)points * H5Tget_size(type) <= H5Dget_storage_size(dataset);
}

/* A dataset of one dimension and the right class, read whole; *count is its length. */
static admf_status read_column(hid_t file, const char *path, const char *name, H5T_class_t class,
                               hid_t memory_type, size_t *count, void **values, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t dataset = H5I_INVALID_HID, space = H5I_INVALID_HID, type = H5I_INVALID_HID;
    hssize_t points;
    HDF5_TRY(dataset = H5Dopen2(file, name, H5P_DEFAULT), ADMF_BAD_DATA, "cannot read a column");
    HDF5_TRY(space = H5Dget_space(dataset), ADMF_BAD_DATA, "cannot read a column");
    HDF5_TRY(type = H5Dget_type(dataset), ADMF_BAD_DATA, "cannot read a column");
    HDF5_TRY(points = H5Sget_simple_extent_npoints(space), ADMF_BAD_DATA, "cannot read a column");
    if (H5Sget_simple_extent_ndims(space) != 1 || H5Tget_class(type) != class ||
        H5Tget_size(type) > 8) {
        status = fail_file(error, ADMF_BAD_DATA, path, 0, "column '%s' is not one list of %s", name,
                           class == H5T_INTEGER ? "whole numbers of 64 bits" : "doubles");
        goto cleanup;
    }
    if (points > BARS_MOST) {
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "column '%s' has %lld bars; a series has %d at most", name,
                           (long long)points, BARS_MOST);
        goto cleanup;
    }
    if (!is_complete(dataset, type, points)) {
        status = fail_file(error, ADMF_BAD_DATA, path, 0, "column '%s' is not complete", name);
        goto cleanup;
    }
    *count = (size_t)points;
    *values = memory_resize(NULL, *count, 8);
    if (!*values) {
        status = fail_memory(error);
        goto cleanup;
    }
    ask_for_large_pages(*values, *count * 8);
    if (*count)
        HDF5_TRY(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *values),
                 ADMF_BAD_DATA, "cannot read a column");
cleanup:
    hdf5_close(type);
    hdf5_close(space);
    hdf5_close(dataset);
    return status;
}

struct names {
    struct columns *columns;
    bool failed;
};

static herr_t add_name(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    struct names *names = data;
    (void)group;
    if (info->type != H5L_TYPE_HARD)
        return 0;
    const char *ours = strcmp(name, "time") ? name : column_names[COLUMN_TIMESTAMP];
    names->failed = !columns_add(names->columns, ours, strlen(ours), 0);
    return names->failed ? -1 : 0;
}

static admf_status list_columns(hid_t file, const char *path, struct columns *columns,
                                admf_error *error)
{
    admf_status status = ADMF_OK;
    struct names names = {columns, false};
    /* In the order of their making, so that the digest is that of the file imported. */
    herr_t done = H5Literate(file, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, add_name, &names);
    if (done < 0 && !names.failed && columns->count == 0)
        done = H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, NULL, add_name, &names);
    if (names.failed)
        return fail_memory(error);
    HDF5_TRY(done, ADMF_BAD_DATA, "cannot list the columns");
cleanup:
    return status;
}

static admf_status read_columns(hid_t file, const struct series_source *source,
                                struct columns *columns, struct bars *bars, admf_error *error)
{
    const char *path = source->path;
    void *time = NULL;
    size_t count;
    admf_status status =
        read_column(file, path, "time", H5T_INTEGER, H5T_NATIVE_INT64, &bars->count, &time, error);
    bars->time = time;
    for (size_t k = 0; k < columns->count && !status; k++) {
        struct column *column = &columns->items[k];
        void *values = NULL;
        if (column->role == COLUMN_TIMESTAMP)
            continue;
        status = stop_fail(source->stop, error);
        if (status)
            break;
        status = read_column(file, path, column->theirs, H5T_FLOAT, H5T_NATIVE_DOUBLE, &count,
                             &values, error);
        column->values = values;
        if (!status && count != bars->count)
            status =
                fail_file(error, ADMF_BAD_DATA, path, 0, "column '%s' has %zu bars, the time %zu",
                          column->name, count, bars->count);
    }
    return status;
}

static admf_status read_file(const struct reading *reading, struct columns *columns,
                             struct bars *bars, admf_error *error)
{
    const char *path = reading->source->path;
    hid_t file = H5I_INVALID_HID;
    hdf5_quiet();
    admf_status status =
        hdf5_open_input(path, "cannot be read as HDF5; it may be damaged or cut", &file, error);
    if (!status)
        status = check_format(file, path, error);
    if (!status)
        status = read_text(file, path, "symbol", &bars->symbol, error);
    if (!status)
        status = list_columns(file, path, columns, error);
    if (!status && columns_map(columns, reading, 0))
        goto cleanup; /* reported in full */
    if (!status)
        status = read_columns(file, reading->source, columns, bars, error);
cleanup:
    hdf5_close(file);
    return status;
}

admf_status hdf5_bars_read(const struct reading *reading, struct bars *bars)
{
    struct columns columns = {0};
    admf_error error = {0};
    admf_status status;
    if (reading->source->stamp_end)
        return report(reading->errors, ADMF_BAD_CONFIG, reading->source->config_file,
                      reading->source->line, reading->source->column, 0,
                      "%s holds starts of bars; `stamp: end` is for the import that made it",
                      reading->source->path);
    status = read_file(reading, &columns, bars, &error);
    if (status)
        report_error(reading->errors, &error);
    if (!status && reading->errors->total)
        status = ADMF_BAD_DATA;
    if (!status)
        status = hdf5_bars_check(&columns, reading, bars);
    if (!status)
        status = columns_give(&columns, bars, reading->errors);
    columns_deinit(&columns);
    return status;
}
