/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a cube: every dataset and attribute outside /provenance (and /progress,
 * which only a .partial has), decoded. Objects and attributes come in order of their names;
 * each adds its path, type, shape and values in row-major order, so that storage, chunking,
 * compression and order of creation make no difference. REFERENCE_LIST is left out: it says
 * what the DIMENSION_LISTs say, the other way round, and _Netcdf4Dimid numbers them. Texts are
 * texts in either of their forms (text_columns.h): rows of bytes add what strings would.
 */
#include <string.h>

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/cube_digest.h"
#include "io/cube/digest_walk.h"
#include "io/cube/text_columns.h"
#include "io/hdf5/failure.h"

enum { LEVELS_MAX = 8 };

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *about, void *context);

static bool add_object(struct digest_walk *w, hid_t object, const char *name)
{
    H5I_type_t kind = H5Iget_type(object);
    digest_add_text(w, kind == H5I_GROUP ? "group" : "variable");
    digest_add_text(w, name);
    if (kind == H5I_DATASET) {
        if (!digest_dataset(w, object, name))
            return false;
    } else if (kind != H5I_GROUP) {
        return digest_unknown_type(w, name);
    }
    if (!digest_attributes(w, object))
        return false;
    hsize_t index = 0;
    if (kind == H5I_DATASET)
        return true;
    if (w->level >= LEVELS_MAX)
        return digest_broken(w, "groups are nested too deeply");
    w->level++;
    herr_t walked = H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, &index, add_link, w);
    w->level--;
    digest_add_text(w, "end");
    if (walked < 0 && !w->status)
        return digest_broken(w, "a group cannot be read");
    return walked >= 0;
}

/* Whether a link is the dimension that the bytes of the variable beside it have. */
static bool is_text_dimension(hid_t group, const char *name)
{
    char variable[LINK_NAME_MAX];
    size_t length = strlen(name), tail = sizeof TEXT_DIMENSION_SUFFIX - 1;
    if (length <= tail || length >= sizeof variable ||
        strcmp(name + length - tail, TEXT_DIMENSION_SUFFIX) != 0)
        return false;
    memcpy(variable, name, length - tail);
    variable[length - tail] = '\0';
    if (H5Lexists(group, variable, H5P_DEFAULT) <= 0)
        return false;
    hid_t object = H5Oopen(group, variable, H5P_DEFAULT);
    bool rows = object >= 0 && is_rows_of_bytes(object);
    hdf5_close(object);
    return rows;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *about, void *context)
{
    struct digest_walk *w = context;
    if (w->level == 1 && (strcmp(name, "provenance") == 0 || strcmp(name, "progress") == 0))
        return 0;
    if (is_text_dimension(group, name))
        return 0;
    if (about->type != H5L_TYPE_HARD) {
        digest_unknown_type(w, name);
        return -1;
    }
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    bool done =
        object >= 0 ? add_object(w, object, name) : digest_broken(w, "a variable cannot be read");
    hdf5_close(object);
    return done ? 0 : -1;
}

admf_status cube_digest_of(hid_t file, const char *path, char out[DIGEST_TEXT], admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t root = H5I_INVALID_HID;
    struct digest_walk walk = {.path = path, .error = error};
    out[0] = '\0';
    digest_start(&walk.digest);
    walk.piece = memory_new_uncleared(DIGEST_PIECE, 1);
    if (!walk.piece)
        return fail_memory(error);
    HDF5_TRY(root = H5Gopen2(file, "/", H5P_DEFAULT), ADMF_BAD_DATA, "no readable HDF5 file");
    if (!add_object(&walk, root, "/"))
        status = walk.status;
    else
        digest_to_text(digest_value(&walk.digest), out);
cleanup:
    hdf5_close(root);
    memory_free(walk.piece);
    return status;
}

admf_status admf_cube_digest(const char *path, char out[17], admf_error *error)
{
    hid_t file = H5I_INVALID_HID;
    out[0] = '\0';
    hdf5_quiet();
    admf_status status = hdf5_check_input(path, error);
    if (status)
        return status;
    HDF5_TRY(file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), ADMF_BAD_DATA,
             "no readable HDF5 file");
    status = cube_digest_of(file, path, out, error);
cleanup:
    hdf5_close(file);
    return status;
}
