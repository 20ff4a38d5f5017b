/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/texts.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/cube/datasets.h"
#include "io/hdf5/hyperslab.h"

bool is_string_type(hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

bool is_byte_type(hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
           H5Tget_size(type) == 1;
}

admf_status read_scalar_text(hid_t file, const char *name, const char *path, char **out,
                             admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t dataset = H5I_INVALID_HID, space = H5I_INVALID_HID, stored = H5I_INVALID_HID,
          memory = H5I_INVALID_HID, transfer = H5I_INVALID_HID;
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
    HDF5_TRY(transfer = text_transfer(1), ADMF_INTERNAL, "cannot read a text");
    HDF5_TRY(H5Dread(dataset, memory, H5S_ALL, H5S_ALL, transfer, &text), ADMF_BAD_DATA,
             "cannot read a text");
    *out = memory_copy_text(text ? text : "");
    if (!*out)
        status = fail_memory(error);
cleanup:
    if (text)
        H5free_memory(text);
    hdf5_close_list(transfer);
    hdf5_close_type(memory);
    hdf5_close_type(stored);
    hdf5_close_space(space);
    hdf5_close(dataset);
    return status;
}

/* Length of a list of texts and bytes of each, 0 where they are variable-length strings; false
 * for anything else. */
static bool text_shape(hid_t dataset, uint64_t *count, uint64_t *width)
{
    enum { WIDEST = 1 << 20 };
    hsize_t size[H5S_MAX_RANK] = {0};
    hid_t space = dataset < 0 ? H5I_INVALID_HID : H5Dget_space(dataset);
    hid_t type = dataset < 0 ? H5I_INVALID_HID : H5Dget_type(dataset);
    int rank = space < 0 || type < 0 ? -1 : H5Sget_simple_extent_dims(space, size, NULL);
    bool strings = rank == 1 && is_string_type(type);
    bool rows = rank == 2 && is_byte_type(type) && size[1] > 0 && size[1] <= WIDEST;
    hdf5_close_type(type);
    hdf5_close_space(space);
    *count = size[0];
    *width = rows ? size[1] : 0;
    return strings || rows;
}

bool is_text_list(hid_t dataset, uint64_t count)
{
    uint64_t found, width;
    return text_shape(dataset, &found, &width) && found == count;
}

static void take_text(struct text_list *list, struct text *block, uint64_t index, const char *text,
                      size_t length)
{
    list->start[index] = block->length;
    text_append(block, text, length);
    text_append(block, "", 1);
}

static void take_strings(struct text_list *list, struct text *block, uint64_t first, uint64_t count,
                         char **texts)
{
    for (uint64_t i = 0; i < count; i++) {
        take_text(list, block, first + i, texts[i] ? texts[i] : "",
                  texts[i] ? strlen(texts[i]) : 0);
        if (texts[i])
            H5free_memory(texts[i]);
    }
}

static void take_rows(struct text_list *list, struct text *block, uint64_t first, uint64_t count,
                      const char *bytes, size_t width)
{
    for (uint64_t i = 0; i < count; i++) {
        const char *row = bytes + i * width, *end = memchr(row, '\0', width);
        take_text(list, block, first + i, row, end ? (size_t)(end - row) : width);
    }
}

admf_status read_text_list(hid_t dataset, uint64_t first, uint64_t count, const char *path,
                           struct text_list *out, admf_error *error)
{
    enum { PIECE = 1 << 20 }; /* bytes of a read, at most */
    admf_status status = ADMF_OK;
    uint64_t all, width;
    hid_t type = H5I_INVALID_HID;
    struct text block = {0};
    *out = (struct text_list){.count = count};
    if (!text_shape(dataset, &all, &width) || first > all || count > all - first)
        return fail_file(error, ADMF_BAD_DATA, path, 0, "a list of texts has another shape");
    size_t each = width ? (size_t)width : sizeof(char *);
    uint64_t most = count < PIECE / each ? count : PIECE / each;
    void *piece = memory_new(most, each);
    out->start = memory_new(count, sizeof *out->start);
    if (!piece || !out->start) {
        status = fail_memory(error);
        goto cleanup;
    }
    HDF5_TRY(type = width ? byte_type() : string_type(), ADMF_INTERNAL, "cannot read texts");
    for (uint64_t done = 0, n; done < count; done += n) {
        n = most < count - done ? most : count - done;
        memset(piece, 0, (size_t)n * each);
        struct hyperslab rows = {(hsize_t[]){first + done, 0}, (hsize_t[]){n, width}};
        status = hyperslab_read(dataset, &rows, type, piece, path, "cannot read texts", error);
        if (status)
            goto cleanup;
        if (width)
            take_rows(out, &block, done, n, piece, width);
        else
            take_strings(out, &block, done, n, piece);
    }
    if (block.failed)
        status = fail_memory(error);
    out->block = block.chars;
    block = (struct text){0};
cleanup:
    text_deinit(&block);
    hdf5_close_type(type);
    memory_free(piece);
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

bool has_format(hid_t file, const char *format)
{
    char *text = NULL;
    bool same = false;
    if (H5Aexists(file, "format") <= 0)
        return false;
    hid_t attribute = H5Aopen(file, "format", H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    if (type >= 0 && is_string_type(type) && H5Sget_simple_extent_npoints(space) == 1 &&
        H5Aread(attribute, type, &text) >= 0 && text) {
        same = strcmp(text, format) == 0;
        H5free_memory(text);
    }
    hdf5_close_space(space);
    hdf5_close_type(type);
    hdf5_close_attribute(attribute);
    return same;
}
