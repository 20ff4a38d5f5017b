/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes, in order of their names. */
#include <string.h>

#include "io/cube/digest_walk.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"

/*
 * Counts as the format version of every cube: it tells how results are stored, and the same
 * results have one digest however they are. To be raised when a digest gets another meaning.
 */
static const int64_t digest_version = 1;

/* The dimension of the bytes of a text is none of the results'. */
static bool add_dimension_list(struct digest_walk *w, hid_t object, hid_t space)
{
    hssize_t rank = H5Sget_simple_extent_npoints(space) - is_rows_of_bytes(object);
    char name[CUBE_RANK_MAX][LINK_NAME_MAX];
    if (dimension_list(&w->dimensions, object, name) < rank)
        return digest_broken_attribute(w, "DIMENSION_LIST", "cannot be read");
    for (int d = 0; d < rank; d++)
        digest_add_text(w, name[d]);
    return true;
}

/* CLASS and NAME of a dimension scale are texts of fixed length. */
static bool add_fixed_text(struct digest_walk *w, hid_t attribute, hid_t type, const char *name)
{
    size_t size = H5Tget_size(type);
    char *text = w->piece;
    if (size == 0 || size >= DIGEST_PIECE)
        return digest_broken_attribute(w, name, "is too long");
    memset(text, 0, size + 1);
    if (H5Aread(attribute, type, text) < 0)
        return digest_broken_attribute(w, name, "cannot be read");
    digest_add_text(w, text);
    return true;
}

static bool add_attribute_values(struct digest_walk *w, hid_t attribute, hid_t type, hid_t space,
                                 const char *name)
{
    enum digest_form form = digest_form_of(type);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    if (form == FORM_BYTES || form == FORM_OTHER || count < 0 || count > DIGEST_PIECE / 8)
        return digest_unknown_type(w, name);
    hid_t memory = digest_memory_type(type, form);
    digest_add_type(w, type, form);
    digest_add_number(w, (uint64_t)count);
    memset(w->piece, 0, (size_t)count * 8);
    bool read = memory >= 0 && H5Aread(attribute, memory, w->piece) >= 0;
    hdf5_close_type(memory);
    if (!read)
        return digest_broken_attribute(w, name, "cannot be read");
    if (w->is_root && strcmp(name, "format_version") == 0 && form == FORM_INTEGER && count == 1)
        memcpy(w->piece, &digest_version, sizeof digest_version);
    digest_add_values(w, form, (uint64_t)count);
    return true;
}

static herr_t add_attribute(hid_t object, const char *name, const H5A_info_t *about, void *context)
{
    struct digest_walk *w = context;
    (void)about;
    if (strcmp(name, "REFERENCE_LIST") == 0 || strcmp(name, "_Netcdf4Dimid") == 0 ||
        strcmp(name, "_Encoding") == 0)
        return 0;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t type = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
    hid_t space = attribute < 0 ? H5I_INVALID_HID : H5Aget_space(attribute);
    bool done = type >= 0 && space >= 0;
    digest_add_text(w, name);
    if (!done)
        digest_broken_attribute(w, name, "cannot be read");
    else if (strcmp(name, "DIMENSION_LIST") == 0)
        done = add_dimension_list(w, object, space);
    else if (H5Tget_class(type) == H5T_STRING && !is_string_type(type) &&
             H5Sget_simple_extent_npoints(space) == 1)
        done = add_fixed_text(w, attribute, type, name);
    else
        done = add_attribute_values(w, attribute, type, space, name);
    hdf5_close_space(space);
    hdf5_close_type(type);
    hdf5_close_attribute(attribute);
    return done ? 0 : -1;
}

bool digest_attributes(struct digest_walk *w, hid_t object)
{
    hsize_t index = 0;
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &index, add_attribute, w) >= 0)
        return true;
    return w->status ? false : digest_broken(w, w->cannot_read);
}
