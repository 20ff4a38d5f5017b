/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/dimensions.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"

static admf_status put_fixed_text(struct cube_file *file, hid_t object, const char *name,
                                  const char *value, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t type = H5I_INVALID_HID;
    HDF5_TRY(type = H5Tcopy(H5T_C_S1), ADMF_INTERNAL, "cannot make a dimension");
    HDF5_TRY(H5Tset_size(type, strlen(value) + 1), ADMF_INTERNAL, "cannot make a dimension");
    status = put_attribute(file, object, name, type, type, 0, value, error);
cleanup:
    hdf5_close_type(type);
    return status;
}

admf_status make_scale(struct cube_file *file, struct dimension *dimension, const char *name,
                       admf_error *error)
{
    const char *path = file->path;
    hid_t scale = dimension->scale;
    admf_status status = put_fixed_text(file, scale, "CLASS", "DIMENSION_SCALE", error);
    if (!status)
        status = put_fixed_text(file, scale, "NAME", name, error);
    if (!status)
        status = put_int(file, scale, "_Netcdf4Dimid", file->next_dimension++, error);
    if (!status)
        HDF5_TRY(H5Rcreate(&dimension->reference, scale, ".", H5R_OBJECT, -1), ADMF_IO,
                 "cannot make a dimension");
cleanup:
    return status;
}

admf_status make_bare_dimension(struct cube_file *file, hid_t parent, const char *name,
                                uint64_t size, struct dimension *out, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t space = H5I_INVALID_HID, creation;
    hsize_t length = size;
    char label[80];
    /* netCDF's own words; it knows such a dataset by them. */
    snprintf(label, sizeof label, "This is a netCDF dimension but not a netCDF variable.%10llu",
             (unsigned long long)size);
    HDF5_TRY(space = H5Screate_simple(1, &length, NULL), ADMF_INTERNAL, "cannot make a dimension");
    HDF5_TRY(creation = common_creation(file), ADMF_INTERNAL, "cannot make a dimension");
    HDF5_TRY(out->scale = H5Dcreate2(parent, name, H5T_IEEE_F32BE, space, H5P_DEFAULT, creation,
                                     H5P_DEFAULT),
             ADMF_IO, "cannot make a dimension");
    out->size = size;
    status = make_scale(file, out, label, error);
cleanup:
    hdf5_close_space(space);
    return status;
}

/* --- from a dataset to its scales, DIMENSION_LIST ------------------------------------------ */

static admf_status note_use(struct cube_file *file, const struct dimension_use *use,
                            admf_error *error)
{
    if (file->use_count == file->use_capacity) {
        size_t capacity = file->use_capacity ? 2 * file->use_capacity : 64;
        struct dimension_use *uses = memory_resize(file->uses, capacity, sizeof *uses);
        if (!uses)
            return fail_memory(error);
        file->uses = uses;
        file->use_capacity = capacity;
    }
    file->uses[file->use_count++] = *use;
    return ADMF_OK;
}

admf_status attach_dimensions(struct cube_file *file, hid_t dataset,
                              const struct dimension *dimensions, int rank, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    struct dimension_use use[CUBE_RANK_MAX];
    hvl_t list[CUBE_RANK_MAX];
    hid_t type = H5I_INVALID_HID;
    hobj_ref_t reference;
    HDF5_TRY(H5Rcreate(&reference, dataset, ".", H5R_OBJECT, -1), ADMF_IO,
             "cannot attach a dimension");
    for (int d = 0; d < rank; d++) {
        use[d] = (struct dimension_use){dimensions[d].reference, reference, d};
        list[d].len = 1;
        list[d].p = &use[d].scale;
    }
    HDF5_TRY(type = H5Tvlen_create(H5T_STD_REF_OBJ), ADMF_INTERNAL, "cannot attach a dimension");
    status = put_attribute(file, dataset, "DIMENSION_LIST", type, type, (size_t)rank, list, error);
    for (int d = 0; !status && d < rank; d++)
        status = note_use(file, &use[d], error);
cleanup:
    hdf5_close_type(type);
    return status;
}

/* --- from a scale to its datasets, REFERENCE_LIST ------------------------------------------- */

/* As the attribute has it. */
struct reference {
    hobj_ref_t dataset;
    int dimension;
};

static hid_t reference_type(void)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(struct reference));
    if (type >= 0 &&
        (H5Tinsert(type, "dataset", offsetof(struct reference, dataset), H5T_STD_REF_OBJ) < 0 ||
         H5Tinsert(type, "dimension", offsetof(struct reference, dimension), H5T_NATIVE_INT) < 0)) {
        hdf5_close_type(type);
        return H5I_INVALID_HID;
    }
    return type;
}

/* Moves the uses of the first one's scale out of the list, in order. */
static size_t take_uses(struct cube_file *file, struct reference *references)
{
    hobj_ref_t scale = file->uses[0].scale;
    size_t taken = 0, left = 0;
    for (size_t k = 0; k < file->use_count; k++) {
        const struct dimension_use use = file->uses[k];
        if (use.scale == scale)
            references[taken++] =
                (struct reference){.dataset = use.dataset, .dimension = use.dimension};
        else
            file->uses[left++] = use;
    }
    file->use_count = left;
    return taken;
}

admf_status dimensions_write_uses(struct cube_file *file, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t type = H5I_INVALID_HID, scale = H5I_INVALID_HID;
    struct reference *references = memory_new(file->use_count, sizeof *references);
    if (!references)
        return fail_memory(error);
    HDF5_TRY(type = reference_type(), ADMF_INTERNAL, "cannot attach a dimension");
    while (file->use_count) {
        HDF5_TRY(scale = H5Rdereference2(file->id, H5P_DEFAULT, H5R_OBJECT, &file->uses[0].scale),
                 ADMF_IO, "cannot attach a dimension");
        size_t count = take_uses(file, references);
        status = put_attribute(file, scale, "REFERENCE_LIST", type, type, count, references, error);
        hdf5_close(scale);
        if (status)
            goto cleanup;
    }
cleanup:
    hdf5_close_type(type);
    memory_free(references);
    return status;
}

void dimensions_drop_uses(struct cube_file *file)
{
    memory_free(file->uses);
    file->uses = NULL;
    file->use_count = file->use_capacity = 0;
}
