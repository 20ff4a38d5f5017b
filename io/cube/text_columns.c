/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/text_columns.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/dimensions.h"
#include "io/cube/variables.h"
#include "io/hdf5/hyperslab.h"

admf_status put_strings(struct cube_file *file, const char *name, const struct dimension *dimension,
                        const char *const *texts, hid_t *out, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t type = H5I_INVALID_HID;
    *out = H5I_INVALID_HID;
    HDF5_TRY(type = string_type(), ADMF_INTERNAL, "cannot write a variable");
    status = put_column(file, file->id, name, type, type, dimension, texts, out, error);
cleanup:
    hdf5_close(type);
    return status;
}

static uint64_t longest(const char *const *texts, uint64_t count)
{
    uint64_t most = 1; /* no dimension is empty */
    for (uint64_t i = 0; i < count; i++) {
        uint64_t length = strlen(texts[i]);
        most = length > most ? length : most;
    }
    return most;
}

/* A chunk at a time: then HDF5 compresses each once, and memory does not grow with the axis. */
static admf_status write_texts(struct cube_file *file, hid_t dataset, hid_t type,
                               const uint64_t size[2], const char *const *texts, admf_error *error)
{
    admf_status status = ADMF_OK;
    uint64_t chunk[2], width = size[1];
    chunk_dims(2, size, 1, chunk);
    char *bytes = memory_new(chunk[0], width);
    if (!bytes)
        return fail_memory(error);
    for (uint64_t first = 0; !status && first < size[0]; first += chunk[0]) {
        uint64_t left = size[0] - first, count = left < chunk[0] ? left : chunk[0];
        memset(bytes, 0, count * width);
        for (uint64_t i = 0; i < count; i++)
            memcpy(bytes + i * width, texts[first + i], strlen(texts[first + i]));
        struct hyperslab rows = {(hsize_t[]){first, 0}, (hsize_t[]){count, width}};
        status = hyperslab_write(dataset, &rows, type, bytes, file->path, "cannot write a variable",
                                 error);
    }
    memory_free(bytes);
    return status;
}

static admf_status put_rows(struct cube_file *file, const char *name,
                            const struct dimension *dimension, const char *const *texts, hid_t *out,
                            admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    uint64_t size[] = {dimension->size, longest(texts, dimension->size)};
    struct dimension dimensions[] = {*dimension, {.scale = H5I_INVALID_HID}};
    hid_t type = H5I_INVALID_HID;
    char *bytes_name = memory_new(strlen(name) + sizeof TEXT_DIMENSION_SUFFIX, 1);
    *out = H5I_INVALID_HID;
    if (!bytes_name)
        return fail_memory(error);
    strcat(strcpy(bytes_name, name), TEXT_DIMENSION_SUFFIX);
    HDF5_TRY(type = byte_type(), ADMF_INTERNAL, "cannot write a variable");
    status = make_bare_dimension(file, file->id, bytes_name, size[1], &dimensions[1], error);
    if (!status)
        status = make_dataset(file, file->id, name, type, 2, size, NULL, false, out, error);
    if (!status)
        status = write_texts(file, *out, type, size, texts, error);
    if (!status)
        status = put_text(file, *out, "_Encoding", "utf-8", error);
    if (!status)
        status = attach_dimensions(file, *out, dimensions, 2, error);
cleanup:
    hdf5_close(dimensions[1].scale);
    hdf5_close(type);
    memory_free(bytes_name);
    if (status) {
        hdf5_close(*out);
        *out = H5I_INVALID_HID;
    }
    return status;
}

admf_status put_texts(struct cube_file *file, const char *name, const struct dimension *dimension,
                      const char *const *texts, hid_t *out, admf_error *error)
{
    bool partial = file->deflate < 0;
    return dimension->size > (partial ? TEXTS_OF_ANY_LENGTH_IN_PARTIAL : TEXTS_OF_ANY_LENGTH)
               ? put_rows(file, name, dimension, texts, out, error)
               : put_strings(file, name, dimension, texts, out, error);
}
