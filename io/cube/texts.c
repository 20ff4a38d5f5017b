/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/texts.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/cube/datasets.h"
#include "io/hdf5/failure.h"

bool is_string_type(hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

admf_status read_scalar_text(hid_t file, const char *name, const char *path, char **out,
                             admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t dataset = H5I_INVALID_HID, space = H5I_INVALID_HID, stored = H5I_INVALID_HID,
          memory = H5I_INVALID_HID;
    char *text = NULL;
    *out = NULL;
    dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (dataset < 0) {
        H5Eclear2(H5E_DEFAULT);
        return ADMF_OK;
    }
    HDF5_TRY(space = H5Dget_space(dataset), ADMF_BAD_DATA, "cannot read a text");
    HDF5_TRY(stored = H5Dget_type(dataset), ADMF_BAD_DATA, "cannot read a text");
    if (!is_string_type(stored) || H5Sget_simple_extent_npoints(space) != 1)
        goto cleanup;
    HDF5_TRY(memory = string_type(), ADMF_INTERNAL, "cannot read a text");
    HDF5_TRY(H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text), ADMF_BAD_DATA,
             "cannot read a text");
    *out = memory_copy_text(text ? text : "");
    if (!*out)
        status = fail_memory(error);
cleanup:
    if (text)
        H5free_memory(text);
    hdf5_close(memory);
    hdf5_close(stored);
    hdf5_close(space);
    hdf5_close(dataset);
    return status;
}

enum { PIECE = 8192 };

static admf_status read_piece(hid_t dataset, hid_t type, hsize_t first, hsize_t count,
                              const char *path, char **texts, admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t space = H5I_INVALID_HID, memory = H5I_INVALID_HID;
    HDF5_TRY(space = H5Dget_space(dataset), ADMF_BAD_DATA, "cannot read texts");
    HDF5_TRY(H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, NULL, &count, NULL), ADMF_BAD_DATA,
             "cannot read texts");
    HDF5_TRY(memory = H5Screate_simple(1, &count, NULL), ADMF_INTERNAL, "cannot read texts");
    HDF5_TRY(H5Dread(dataset, type, memory, space, H5P_DEFAULT, texts), ADMF_BAD_DATA,
             "cannot read texts");
cleanup:
    hdf5_close(memory);
    hdf5_close(space);
    return status;
}

admf_status read_text_list(hid_t dataset, uint64_t count, const char *path, struct text_list *out,
                           admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t type = H5I_INVALID_HID;
    struct text block = {0};
    char **texts = memory_new(PIECE, sizeof *texts);
    *out = (struct text_list){.count = count, .start = memory_new(count, sizeof *out->start)};
    if (!texts || !out->start) {
        status = fail_memory(error);
        goto cleanup;
    }
    HDF5_TRY(type = string_type(), ADMF_INTERNAL, "cannot read texts");
    for (uint64_t first = 0; first < count; first += PIECE) {
        uint64_t n = count - first < PIECE ? count - first : PIECE;
        memset(texts, 0, PIECE * sizeof *texts);
        status = read_piece(dataset, type, first, n, path, texts, error);
        if (status)
            goto cleanup;
        for (uint64_t i = 0; i < n; i++) {
            const char *text = texts[i] ? texts[i] : "";
            out->start[first + i] = block.length;
            text_append(&block, text, strlen(text) + 1);
            if (texts[i])
                H5free_memory(texts[i]);
        }
    }
    if (block.failed)
        status = fail_memory(error);
    out->block = block.chars;
    block = (struct text){0};
cleanup:
    text_deinit(&block);
    hdf5_close(type);
    memory_free(texts);
    if (status)
        text_list_deinit(out);
    return status;
}

void text_list_deinit(struct text_list *list)
{
    memory_free(list->block);
    memory_free(list->start);
    *list = (struct text_list){0};
}

const char *text_list_get(const struct text_list *list, uint64_t index)
{
    return index < list->count && list->block ? list->block + list->start[index] : "";
}
