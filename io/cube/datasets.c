/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/datasets.h"

#include "io/cube/dimensions.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"
#include "io/hdf5/hyperslab.h"

admf_status cube_file_create(struct cube_file *file, const char *path, int deflate, int threads,
                             admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t access = H5I_INVALID_HID, creation = H5I_INVALID_HID;
    unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    *file = (struct cube_file){.path = path, .id = H5I_INVALID_HID, .deflate = deflate};
    hdf5_quiet();
    HDF5_TRY(access = access_without_lock(), ADMF_INTERNAL, "cannot create");
    HDF5_TRY(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110), ADMF_INTERNAL,
             "cannot create");
    HDF5_TRY(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), ADMF_INTERNAL, "cannot create");
    HDF5_TRY(creation = H5Pcreate(H5P_FILE_CREATE), ADMF_INTERNAL, "cannot create");
    /* netCDF-4 keeps variables in the order of their creation. */
    HDF5_TRY(H5Pset_link_creation_order(creation, tracked), ADMF_INTERNAL, "cannot create");
    HDF5_TRY(file->id = H5Fcreate(path, H5F_ACC_TRUNC, creation, access), ADMF_IO, "cannot create");
    if (deflate >= 0)
        status = chunk_packer_start(threads, deflate, path, &file->packed, &file->packer, error);
cleanup:
    hdf5_close_list(access);
    hdf5_close_list(creation);
    return status;
}

static void drop_common(struct cube_file *file)
{
    hid_t *const common[] = {&file->text_type, &file->scalar, &file->text_transfer,
                             &file->plain_creation};
    for (size_t k = 0; k < sizeof common / sizeof *common; k++) {
        if (*common[k] > 0)
            hdf5_close(*common[k]);
        *common[k] = 0;
    }
}

admf_status cube_file_close(struct cube_file *file, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    if (file->packer)
        status = chunk_packer_flush(file->packer, error);
    chunk_packer_stop(&file->packer);
    if (!status)
        status = dimensions_write_uses(file, error);
    dimensions_drop_uses(file);
    drop_common(file);
    if (status)
        goto cleanup;
    HDF5_TRY(H5Fflush(file->id, H5F_SCOPE_GLOBAL), ADMF_IO, "cannot write");
    hid_t id = file->id;
    file->id = H5I_INVALID_HID;
    HDF5_TRY(H5Fclose(id), ADMF_IO, "cannot write");
cleanup:
    return status;
}

void cube_file_drop(struct cube_file *file)
{
    drop_common(file);
    chunk_packer_stop(&file->packer);
    hdf5_close(file->id);
    file->id = H5I_INVALID_HID;
    dimensions_drop_uses(file);
    file_pieces_drop(&file->packed);
}

admf_status make_group(struct cube_file *file, hid_t parent, const char *name, hid_t *out,
                       admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t creation = H5I_INVALID_HID;
    unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    HDF5_TRY(creation = H5Pcreate(H5P_GROUP_CREATE), ADMF_INTERNAL, "cannot create a group");
    HDF5_TRY(H5Pset_link_creation_order(creation, tracked), ADMF_INTERNAL, "cannot create a group");
    HDF5_TRY(*out = H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT), ADMF_IO,
             "cannot create a group");
cleanup:
    hdf5_close_list(creation);
    return status;
}

hid_t string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        hdf5_close_type(type);
        return H5I_INVALID_HID;
    }
    return type;
}

hid_t byte_type(void) { return H5Tcopy(H5T_C_S1); }

/* --- what many objects have in common; negative on failure ------------------------------------ */

static hid_t common_text_type(struct cube_file *file)
{
    if (file->text_type <= 0)
        file->text_type = string_type();
    return file->text_type;
}

static hid_t common_scalar(struct cube_file *file)
{
    if (file->scalar <= 0)
        file->scalar = H5Screate(H5S_SCALAR);
    return file->scalar;
}

static hid_t common_text_transfer(struct cube_file *file)
{
    enum { TEXTS = 1024 };
    if (file->text_transfer <= 0)
        file->text_transfer = text_transfer(TEXTS);
    return file->text_transfer;
}

/* Times would make two equal files differ. */
static hid_t untimed_creation(void)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    if (creation >= 0 && H5Pset_obj_track_times(creation, false) < 0) {
        hdf5_close_list(creation);
        return H5I_INVALID_HID;
    }
    return creation;
}

hid_t common_creation(struct cube_file *file)
{
    if (file->plain_creation <= 0)
        file->plain_creation = untimed_creation();
    return file->plain_creation;
}

/* --- attributes ------------------------------------------------------------------------------- */

admf_status put_attribute(struct cube_file *file, hid_t object, const char *name, hid_t stored,
                          hid_t memory, size_t count, const void *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t space, attribute = H5I_INVALID_HID;
    hsize_t size = count;
    HDF5_TRY(space = count ? H5Screate_simple(1, &size, NULL) : common_scalar(file), ADMF_INTERNAL,
             "cannot write an attribute");
    HDF5_TRY(attribute = H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT), ADMF_IO,
             "cannot write an attribute");
    HDF5_TRY(H5Awrite(attribute, memory, values), ADMF_IO, "cannot write an attribute");
cleanup:
    hdf5_close_attribute(attribute);
    if (count)
        hdf5_close_space(space);
    return status;
}

admf_status put_text(struct cube_file *file, hid_t object, const char *name, const char *value,
                     admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t type;
    HDF5_TRY(type = common_text_type(file), ADMF_INTERNAL, "cannot write an attribute");
    status = put_attribute(file, object, name, type, type, 0, &value, error);
cleanup:
    return status;
}

admf_status put_double(struct cube_file *file, hid_t object, const char *name, double value,
                       admf_error *error)
{
    return put_attribute(file, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &value, error);
}

admf_status put_float(struct cube_file *file, hid_t object, const char *name, float value,
                      admf_error *error)
{
    return put_attribute(file, object, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 0, &value, error);
}

admf_status put_int(struct cube_file *file, hid_t object, const char *name, int value,
                    admf_error *error)
{
    return put_attribute(file, object, name, H5T_STD_I32LE, H5T_NATIVE_INT, 0, &value, error);
}

admf_status put_bytes(struct cube_file *file, hid_t object, const char *name, const uint8_t *bytes,
                      size_t count, admf_error *error)
{
    return put_attribute(file, object, name, H5T_STD_U8LE, H5T_NATIVE_UINT8, count, bytes, error);
}

/* A chunk that is not full is stored whole: uncompressed, many small tables would be mostly that.
 */
uint64_t growing_rows(const struct cube_file *file)
{
    return file->deflate ? GROWING_ROWS : GROWING_ROWS / 32;
}

/* Variable-length strings stay contiguous: what would be compressed are references into a heap. */
static admf_status set_storage(struct cube_file *file, hid_t creation, hid_t type, int rank,
                               const uint64_t *dims, bool growing, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    bool text = H5Tis_variable_str(type) > 0;
    uint64_t chunk[CUBE_RANK_MAX];
    hsize_t size[CUBE_RANK_MAX];
    if (file->deflate < 0) {
        HDF5_TRY(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY), ADMF_INTERNAL, "cannot create");
        if (!text)
            HDF5_TRY(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER), ADMF_INTERNAL,
                     "cannot create");
        goto cleanup;
    }
    if (text && !growing)
        goto cleanup;
    chunk_dims(rank, dims, H5Tget_size(type), chunk);
    for (int d = 0; d < rank; d++)
        size[d] = growing ? growing_rows(file) : chunk[d];
    HDF5_TRY(H5Pset_chunk(creation, rank, size), ADMF_INTERNAL, "cannot create");
    if (file->deflate > 0) {
        HDF5_TRY(H5Pset_shuffle(creation), ADMF_INTERNAL, "cannot create");
        HDF5_TRY(H5Pset_deflate(creation, (unsigned)file->deflate), ADMF_INTERNAL, "cannot create");
    }
cleanup:
    return status;
}

admf_status dataset_form_make(struct cube_file *file, hid_t type, int rank, const uint64_t *dims,
                              const void *fill, bool growing, struct dataset_form *out,
                              admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hsize_t size[CUBE_RANK_MAX], unlimited = H5S_UNLIMITED;
    *out = (struct dataset_form){type, H5I_INVALID_HID, H5I_INVALID_HID};
    for (int d = 0; d < rank; d++)
        size[d] = dims[d];
    HDF5_TRY(out->space = H5Screate_simple(rank, size, growing ? &unlimited : NULL), ADMF_INTERNAL,
             "cannot create a variable");
    HDF5_TRY(out->creation = untimed_creation(), ADMF_INTERNAL, "cannot create a variable");
    if (fill)
        HDF5_TRY(H5Pset_fill_value(out->creation, type, fill), ADMF_INTERNAL,
                 "cannot create a variable");
    status = set_storage(file, out->creation, type, rank, dims, growing, error);
cleanup:
    return status;
}

void dataset_form_close(struct dataset_form *form)
{
    hdf5_close_list(form->creation);
    hdf5_close_space(form->space);
    form->creation = form->space = H5I_INVALID_HID;
}

admf_status make_dataset_of(struct cube_file *file, hid_t parent, const char *name,
                            const struct dataset_form *form, hid_t *out, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    HDF5_TRY(*out = H5Dcreate2(parent, name, form->type, form->space, H5P_DEFAULT, form->creation,
                               H5P_DEFAULT),
             ADMF_IO, "cannot create a variable");
cleanup:
    return status;
}

admf_status make_dataset(struct cube_file *file, hid_t parent, const char *name, hid_t type,
                         int rank, const uint64_t *dims, const void *fill, bool growing, hid_t *out,
                         admf_error *error)
{
    struct dataset_form form;
    admf_status status = dataset_form_make(file, type, rank, dims, fill, growing, &form, error);
    if (!status)
        status = make_dataset_of(file, parent, name, &form, out, error);
    dataset_form_close(&form);
    return status;
}

admf_status put_column(struct cube_file *file, hid_t parent, const char *name, hid_t stored,
                       hid_t memory, const struct dimension *dimension, const void *values,
                       hid_t *out, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t dataset = H5I_INVALID_HID, transfer = H5P_DEFAULT;
    status =
        make_dataset(file, parent, name, stored, 1, &dimension->size, NULL, false, &dataset, error);
    if (status)
        goto cleanup;
    if (dimension->size) {
        if (H5Tis_variable_str(memory) > 0)
            HDF5_TRY(transfer = common_text_transfer(file), ADMF_INTERNAL,
                     "cannot write a variable");
        HDF5_TRY(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, transfer, values), ADMF_IO,
                 "cannot write a variable");
    }
    if (dimension->scale >= 0)
        status = attach_dimensions(file, dataset, dimension, 1, error);
cleanup:
    if (out && !status)
        *out = dataset;
    else
        hdf5_close(dataset);
    return status;
}

admf_status put_scalar_text(struct cube_file *file, hid_t parent, const char *name,
                            const char *value, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t type, space, creation, transfer, dataset = H5I_INVALID_HID;
    HDF5_TRY(type = common_text_type(file), ADMF_INTERNAL, "cannot write a text");
    HDF5_TRY(transfer = common_text_transfer(file), ADMF_INTERNAL, "cannot write a text");
    HDF5_TRY(creation = common_creation(file), ADMF_INTERNAL, "cannot write a text");
    HDF5_TRY(space = common_scalar(file), ADMF_INTERNAL, "cannot write a text");
    HDF5_TRY(dataset = H5Dcreate2(parent, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT),
             ADMF_IO, "cannot write a text");
    HDF5_TRY(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, transfer, &value), ADMF_IO,
             "cannot write a text");
cleanup:
    hdf5_close(dataset);
    return status;
}
