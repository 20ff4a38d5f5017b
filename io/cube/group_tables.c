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

/* References to so many texts are worth the chunk that packs them. */
enum { PACKED_TEXTS = 1 << 12 };

/* One that has less than a chunk of rows is no longer than that: nothing is packed that is not
 * there.
 */
static admf_status make_variables(struct table *table, struct cube_file *file, bool growing,
                                  admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    uint64_t size = growing ? 0 : table->rows;
    hid_t type = H5I_INVALID_HID;
    table->made = true;
    table->growing = growing;
    if (!growing)
        table->chunk = table->rows;
    for (int c = 0; !status && c < table->form->count; c++) {
        const struct table_column *column = &table->form->column[c];
        bool packs = column->kind == COLUMN_TEXT && size >= PACKED_TEXTS && file->deflate > 0;
        HDF5_TRY(type = type_of(column->kind), ADMF_INTERNAL, "cannot make a table");
        status = make_dataset(file, table->group, column->name, type, 1, &size, NULL,
                              growing || packs, &table->dataset[c], error);
        if (!status)
            status = put_attributes(column, file, table->dataset[c], error);
        hdf5_close(type);
        type = H5I_INVALID_HID;
    }
cleanup:
    hdf5_close(type);
    return status;
}

void table_start(struct table *table, const struct table_form *form, const struct cube_file *file,
                 hid_t group)
{
    *table = (struct table){.form = form, .group = group, .chunk = growing_rows(file)};
    for (int c = 0; c < form->count; c++)
        table->dataset[c] = H5I_INVALID_HID;
}

/* In memory: of a text it is the pointer. */
static size_t element_of(enum column_kind kind) { return kind == COLUMN_INT8 ? 1 : 8; }

static admf_status give_texts(const struct table *table, int c, struct cube_file *file,
                              hsize_t first, hsize_t count, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t type = H5I_INVALID_HID;
    HDF5_TRY(type = string_type(), ADMF_INTERNAL, "cannot write a table");
    status = hyperslab_write(table->dataset[c], &(struct hyperslab){&first, &count}, type,
                             table->waiting[c], path, "cannot write a table", error);
cleanup:
    hdf5_close(type);
    return status;
}

static admf_status give_numbers(const struct table *table, int c, struct cube_file *file,
                                hsize_t first, hsize_t count, admf_error *error)
{
    enum column_kind kind = table->form->column[c].kind;
    size_t element = element_of(kind), bytes = table->chunk * element, used = count * element;
    char *room = chunk_packer_room(file->packer, bytes, error);
    if (!room)
        return error->code;
    memcpy(room, table->waiting[c], used);
    memset(room + used, 0, bytes - used);
    return chunk_packer_give(file->packer,
                             &(struct chunk){.dataset = table->dataset[c],
                                             .rank = 1,
                                             .corner = &first,
                                             .bytes = bytes,
                                             .element = element,
                                             .repeats = kind != COLUMN_FLOAT64},
                             error);
}

/* Hands the file the rows that wait, of which the last is row size-1. */
static admf_status give_chunk(const struct table *table, struct cube_file *file, hsize_t size,
                              admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hsize_t first = (size - 1) / table->chunk * table->chunk, count = size - first;
    for (int c = 0; !status && c < table->form->count; c++) {
        if (table->growing)
            HDF5_TRY(H5Dset_extent(table->dataset[c], &size), ADMF_IO, "cannot write a table");
        status = table->form->column[c].kind == COLUMN_TEXT
                     ? give_texts(table, c, file, first, count, error)
                     : give_numbers(table, c, file, first, count, error);
    }
cleanup:
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
        char *larger =
            memory_resize(table->waiting[c], room, element_of(table->form->column[c].kind));
        if (!larger)
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
    for (uint64_t done = 0, n; !status && done < count; done += n) {
        uint64_t at = table->rows % table->chunk, left = count - done;
        n = table->chunk - at < left ? table->chunk - at : left;
        for (int c = 0; c < table->form->count; c++) {
            size_t element = element_of(table->form->column[c].kind);
            memcpy(table->waiting[c] + at * element, (const char *)values[c] + done * element,
                   n * element);
        }
        table->rows += n;
        if (at + n < table->chunk)
            continue;
        if (!table->made)
            status = make_variables(table, file, true, error);
        if (!status)
            status = give_chunk(table, file, table->rows, error);
    }
    return status;
}

admf_status table_finish(struct table *table, struct cube_file *file, admf_error *error)
{
    if (!table->form)
        return ADMF_OK;
    struct dimension rows = {.scale = H5I_INVALID_HID};
    admf_status status =
        table->made ? ADMF_OK : make_variables(table, file, table->rows == 0, error);
    if (!status)
        status = make_bare_dimension(file, table->group, table->form->dimension, table->rows, &rows,
                                     error);
    if (!status && table->rows && (!table->growing || table->rows % table->chunk))
        status = give_chunk(table, file, table->rows, error);
    for (int c = 0; !status && c < table->form->count; c++)
        status = attach_dimensions(file, table->dataset[c], &rows, 1, error);
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
