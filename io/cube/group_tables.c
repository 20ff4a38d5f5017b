/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/group_tables.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/dimensions.h"
#include "io/hdf5/hyperslab.h"

/* As stored, which is as in memory: both are little-endian. */
static hid_t type_of(enum column_kind kind)
{
    switch (kind) {
    case COLUMN_TEXT:
        return string_type();
    case COLUMN_INT64:
    case COLUMN_TIME:
        return H5Tcopy(H5T_STD_I64LE);
    case COLUMN_INT8:
        return H5Tcopy(H5T_STD_I8LE);
    default:
        return H5Tcopy(H5T_IEEE_F64LE);
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
    *table = (struct table){.form = form, .chunk = growing_rows(file)};
    for (int c = 0; c < form->count; c++)
        table->dataset[c] = H5I_INVALID_HID;
    for (int c = 0; !status && c < form->count; c++) {
        HDF5_TRY(type = type_of(form->column[c].kind), ADMF_INTERNAL, "cannot make a table");
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

/* Of a number; 0: a text. */
static size_t element_of(enum column_kind kind)
{
    return kind == COLUMN_TEXT ? 0 : kind == COLUMN_INT8 ? 1 : 8;
}

static admf_status append_texts(hid_t dataset, const char *path, hsize_t first, hsize_t count,
                                const void *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    hsize_t size = first + count;
    hid_t type = H5I_INVALID_HID;
    HDF5_TRY(type = string_type(), ADMF_INTERNAL, "cannot write a table");
    HDF5_TRY(H5Dset_extent(dataset, &size), ADMF_IO, "cannot write a table");
    status = hyperslab_write(dataset, &(struct hyperslab){&first, &count}, type, values, path,
                             "cannot write a table", error);
cleanup:
    hdf5_close(type);
    return status;
}

/* Gives the packer the last chunk of a column, which `size` rows reach into. */
static admf_status give_chunk(const struct table *table, int c, struct cube_file *file,
                              hsize_t size, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    enum column_kind kind = table->form->column[c].kind;
    size_t element = element_of(kind), bytes = table->chunk * element;
    hsize_t corner = (size - 1) / table->chunk * table->chunk;
    size_t used = (size - corner) * element;
    HDF5_TRY(H5Dset_extent(table->dataset[c], &size), ADMF_IO, "cannot write a table");
    char *room = chunk_packer_room(file->packer, bytes, error);
    if (!room)
        return error->code;
    memcpy(room, table->waiting[c], used);
    memset(room + used, 0, bytes - used);
    status = chunk_packer_give(file->packer,
                               &(struct chunk){.dataset = table->dataset[c],
                                               .rank = 1,
                                               .corner = &corner,
                                               .bytes = bytes,
                                               .element = element,
                                               .repeats = kind != COLUMN_FLOAT64},
                               error);
cleanup:
    return status;
}

static admf_status append_numbers(const struct table *table, int c, struct cube_file *file,
                                  uint64_t count, const char *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    size_t element = element_of(table->form->column[c].kind);
    for (uint64_t done = 0, n; !status && done < count; done += n) {
        uint64_t row = table->rows + done, at = row % table->chunk, left = count - done;
        n = table->chunk - at < left ? table->chunk - at : left;
        memcpy(table->waiting[c] + at * element, values + done * element, n * element);
        if (at + n == table->chunk)
            status = give_chunk(table, c, file, row + n, error);
    }
    return status;
}

/* Memory for `count` more rows, or a chunk. Small tables are many, so it grows. */
static bool make_room(struct table *table, uint64_t count)
{
    enum { FEW = 64 };
    uint64_t needed = table->rows % table->chunk + count, room = table->room;
    if (needed > table->chunk)
        needed = table->chunk;
    if (needed <= room)
        return true;
    for (room = room ? room : FEW; room < needed;)
        room *= 2;
    for (int c = 0; c < table->form->count; c++) {
        size_t element = element_of(table->form->column[c].kind);
        char *larger = element ? memory_resize(table->waiting[c], room, element) : NULL;
        if (element && !larger)
            return false;
        table->waiting[c] = larger;
    }
    table->room = room;
    return true;
}

admf_status table_append(struct table *table, struct cube_file *file, uint64_t count,
                         const void *const *values, admf_error *error)
{
    admf_status status = make_room(table, count) ? ADMF_OK : fail_memory(error);
    for (int c = 0; count && !status && c < table->form->count; c++)
        status =
            element_of(table->form->column[c].kind)
                ? append_numbers(table, c, file, count, values[c], error)
                : append_texts(table->dataset[c], file->path, table->rows, count, values[c], error);
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
    for (int c = 0; !status && c < table->form->count; c++) {
        if (element_of(table->form->column[c].kind) && table->rows % table->chunk)
            status = give_chunk(table, c, file, table->rows, error);
        if (!status)
            status = attach_dimensions(file, table->dataset[c], &rows, 1, error);
    }
    hdf5_close(rows.scale);
    table_drop(table);
    return status;
}

void table_drop(struct table *table)
{
    for (int c = 0; table->form && c < table->form->count; c++) {
        hdf5_close(table->dataset[c]);
        memory_free(table->waiting[c]);
    }
    table->form = NULL;
}
