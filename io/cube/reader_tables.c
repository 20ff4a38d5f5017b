/* SPDX-License-Identifier: Apache-2.0 */
/* Flat tables in groups of an opened cube. */
#include <stdio.h>

#include "engine/base/failure.h"
#include "io/cube/reader.h"
#include "io/cube/variables.h"
#include "io/hdf5/hyperslab.h"

static admf_status open_column(const admf_cube *cube, const struct cube_column *column, hid_t *out,
                               uint64_t *rows, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = cube->path;
    uint64_t dims[CUBE_RANK_MAX];
    char name[2 * LINK_NAME_MAX];
    *out = H5I_INVALID_HID;
    snprintf(name, sizeof name, "/%s/%s", column->group, column->name);
    HDF5_TRY(*out = H5Dopen2(cube->file, name, H5P_DEFAULT), ADMF_BAD_DATA, "cannot read a table");
    if (cube_extent(*out, dims) != 1)
        return fail_file(error, ADMF_BAD_DATA, path, 0, "the variable %s is no column", name);
    *rows = dims[0];
cleanup:
    return status;
}

admf_status cube_table_rows(const admf_cube *cube, const struct cube_column *column, uint64_t *rows,
                            admf_error *error)
{
    hid_t dataset;
    admf_status status = open_column(cube, column, &dataset, rows, error);
    hdf5_close(dataset);
    return status;
}

static admf_status refuse_short(const admf_cube *cube, const struct cube_column *column,
                                admf_error *error)
{
    return fail_file(error, ADMF_BAD_DATA, cube->path, 0, "the column %s of /%s is too short",
                     column->name, column->group);
}

admf_status cube_table_numbers(const admf_cube *cube, const struct cube_column *column,
                               uint64_t first, uint64_t count, double *out, admf_error *error)
{
    hid_t dataset;
    hsize_t start = first, size = count;
    uint64_t rows;
    admf_status status = open_column(cube, column, &dataset, &rows, error);
    if (!status)
        status =
            first <= rows && count <= rows - first
                ? hyperslab_read(dataset, &(struct hyperslab){&start, &size}, H5T_NATIVE_DOUBLE,
                                 out, cube->path, "cannot read a table", error)
                : refuse_short(cube, column, error);
    hdf5_close(dataset);
    return status;
}

admf_status cube_table_text(const admf_cube *cube, const struct cube_column *column, uint64_t row,
                            struct text_list *out, admf_error *error)
{
    hid_t dataset;
    uint64_t rows;
    admf_status status = open_column(cube, column, &dataset, &rows, error);
    if (!status && (row >= rows || !is_text_list(dataset, rows)))
        status = refuse_short(cube, column, error);
    if (!status)
        status = read_text_list(dataset, row, 1, cube->path, out, error);
    hdf5_close(dataset);
    return status;
}
