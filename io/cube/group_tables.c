/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/group_tables.h"

#include "io/cube/dimensions.h"
#include "io/hdf5/hyperslab.h"

static hid_t type_of(enum column_kind kind, bool stored)
{
    switch (kind) {
    case COLUMN_TEXT:
        return string_type();
    case COLUMN_INT64:
    case COLUMN_TIME:
        return H5Tcopy(stored ? H5T_STD_I64LE : H5T_NATIVE_INT64);
    case COLUMN_INT8:
        return H5Tcopy(stored ? H5T_STD_I8LE : H5T_NATIVE_INT8);
    default:
        return H5Tcopy(stored ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE);
    }
}

static admf_status put_attributes(const struct table_column *column, struct cube_file *file,
                                  hid_t dataset, admf_error *error)
{
    admf_status status = ADMF_OK;
    bool time = column->kind == COLUMN_TIME;
    const char *units = time ? "nanoseconds since 1970-01-01" : column->units;
    if (column->long_name)
        status = put_text(file, dataset, "long_name", column->long_name, error);
    if (!status && units)
        status = put_text(file, dataset, "units", units, error);
    if (!status && time)
        status = put_text(file, dataset, "calendar", "proleptic_gregorian", error);
    return status;
}

admf_status table_start(struct table *table, const struct table_form *form, struct cube_file *file,
                        hid_t group, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    uint64_t nothing = 0;
    hid_t type = H5I_INVALID_HID;
    *table = (struct table){.form = form};
    for (int c = 0; c < form->count; c++)
        table->dataset[c] = H5I_INVALID_HID;
    for (int c = 0; !status && c < form->count; c++) {
        HDF5_TRY(type = type_of(form->column[c].kind, true), ADMF_INTERNAL, "cannot make a table");
        status = make_dataset(file, group, form->column[c].name, type, 1, &nothing, NULL, true,
                              &table->dataset[c], error);
        if (!status)
            status = put_attributes(&form->column[c], file, table->dataset[c], error);
        hdf5_close(type);
        type = H5I_INVALID_HID;
    }
cleanup:
    hdf5_close(type);
    return status;
}

static admf_status append_column(hid_t dataset, enum column_kind kind, const char *path,
                                 hsize_t first, hsize_t count, const void *values,
                                 admf_error *error)
{
    admf_status status = ADMF_OK;
    hsize_t size = first + count;
    hid_t type = H5I_INVALID_HID;
    HDF5_TRY(type = type_of(kind, false), ADMF_INTERNAL, "cannot write a table");
    HDF5_TRY(H5Dset_extent(dataset, &size), ADMF_IO, "cannot write a table");
    status = hyperslab_write(dataset, &(struct hyperslab){&first, &count}, type, values, path,
                             "cannot write a table", error);
cleanup:
    hdf5_close(type);
    return status;
}

admf_status table_append(struct table *table, struct cube_file *file, uint64_t count,
                         const void *const *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (int c = 0; count && !status && c < table->form->count; c++)
        status = append_column(table->dataset[c], table->form->column[c].kind, file->path,
                               table->rows, count, values[c], error);
    table->rows += count;
    return status;
}

admf_status table_finish(struct table *table, struct cube_file *file, hid_t group,
                         admf_error *error)
{
    if (!table->form)
        return ADMF_OK;
    struct dimension rows = {H5I_INVALID_HID, 0};
    admf_status status =
        make_bare_dimension(file, group, table->form->dimension, table->rows, &rows, error);
    for (int c = 0; !status && c < table->form->count; c++)
        status = attach_dimensions(file, table->dataset[c], &rows, 1, error);
    hdf5_close(rows.scale);
    table_drop(table);
    return status;
}

void table_drop(struct table *table)
{
    for (int c = 0; table->form && c < table->form->count; c++)
        hdf5_close(table->dataset[c]);
    table->form = NULL;
}
