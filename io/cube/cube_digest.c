/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a cube: every dataset and attribute outside /provenance (and /progress,
 * which only a .partial has), decoded. Objects and attributes come in order of their names;
 * each adds its path, type, shape and values in row-major order, so that storage, chunking,
 * compression and order of creation make no difference. REFERENCE_LIST is left out: it says
 * what the DIMENSION_LISTs say, the other way round, and _Netcdf4Dimid numbers them. Texts are
 * texts in either of their forms (text_columns.h): rows of bytes add what strings would.
 */
#include <stdlib.h>
#include <string.h>

#include "admf/cube.h"
#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/cube/datasets.h"
#include "io/cube/reader.h"
#include "io/cube/text_columns.h"
#include "io/cube/variables.h"
#include "io/hdf5/hyperslab.h"

struct walk {
    struct digest digest;
    const char *path; /* of the file */
    void *piece;      /* memory for values */
    struct dimension_names dimensions;
    admf_error *error;
    admf_status status;
    int level;
};

enum { PIECE_BYTES = 1 << 20, TEXTS = 8192, LEVELS_MAX = 8 };

/*
 * Counts as the format version of every cube: it tells how results are stored, and the same
 * results have one digest however they are. To be raised when a digest gets another meaning.
 */
static const int64_t digest_version = 1;

static void add_text(struct walk *w, const char *text)
{
    digest_add(&w->digest, text, strlen(text) + 1);
}

static void add_number(struct walk *w, uint64_t number)
{
    digest_add(&w->digest, &number, sizeof number);
}

/* How values are read: as doubles, 64-bit integers, texts, or bytes of texts. */
enum form { FORM_DOUBLE, FORM_INTEGER, FORM_TEXT, FORM_BYTES, FORM_OTHER };

static enum form form_of(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        return H5Tget_size(type) <= 8 ? FORM_DOUBLE : FORM_OTHER;
    case H5T_INTEGER:
        return H5Tget_size(type) <= 8 ? FORM_INTEGER : FORM_OTHER;
    case H5T_STRING:
        return is_string_type(type) ? FORM_TEXT : is_byte_type(type) ? FORM_BYTES : FORM_OTHER;
    default:
        return FORM_OTHER;
    }
}

static void add_type(struct walk *w, hid_t type, enum form form)
{
    static const char *const name[] = {"float", "integer", "text", "text"};
    add_text(w, name[form]);
    if (form == FORM_DOUBLE || form == FORM_INTEGER)
        add_number(w, H5Tget_size(type));
    if (form == FORM_INTEGER)
        add_number(w, H5Tget_sign(type) != H5T_SGN_NONE);
}

static hid_t memory_type(hid_t type, enum form form)
{
    if (form == FORM_TEXT || form == FORM_BYTES)
        return string_type();
    if (form == FORM_DOUBLE)
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    return H5Tcopy(H5Tget_sign(type) == H5T_SGN_NONE ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64);
}

/* Adds values just read and frees the texts among them. */
static void add_values(struct walk *w, enum form form, uint64_t count)
{
    char **texts = w->piece;
    if (form == FORM_DOUBLE)
        digest_add_doubles(&w->digest, w->piece, count);
    else if (form == FORM_INTEGER)
        digest_add(&w->digest, w->piece, count * 8);
    for (uint64_t i = 0; form == FORM_TEXT && i < count; i++) {
        add_text(w, texts[i] ? texts[i] : "");
        if (texts[i])
            H5free_memory(texts[i]);
    }
}

static bool unknown_type(struct walk *w, const char *name)
{
    w->status = fail_file(w->error, ADMF_BAD_DATA, w->path, 0,
                          "'%.200s' has a type that no cube has", name);
    return false;
}

static bool broken(struct walk *w, const char *what)
{
    w->status = hdf5_fail(w->error, ADMF_BAD_DATA, w->path, what);
    return false;
}

/* --- attributes ----------------------------------------------------------------------- */

/* The dimension of the bytes of a text is none of the results'. */
static bool is_rows_of_bytes(hid_t object)
{
    hid_t type = H5Iget_type(object) == H5I_DATASET ? H5Dget_type(object) : H5I_INVALID_HID;
    bool rows = type >= 0 && is_byte_type(type);
    hdf5_close(type);
    return rows;
}

static bool add_dimension_list(struct walk *w, hid_t object, hid_t space)
{
    hssize_t rank = H5Sget_simple_extent_npoints(space) - is_rows_of_bytes(object);
    for (int d = 0; d < rank; d++) {
        char name[LINK_NAME_MAX];
        if (!dimension_name(&w->dimensions, object, d, name))
            return broken(w, "a dimension cannot be read");
        add_text(w, name);
    }
    return true;
}

/* CLASS and NAME of a dimension scale are texts of fixed length. */
static bool add_fixed_text(struct walk *w, hid_t attribute, hid_t type)
{
    size_t size = H5Tget_size(type);
    char *text = w->piece;
    if (size == 0 || size >= PIECE_BYTES)
        return broken(w, "an attribute is too long");
    memset(text, 0, size + 1);
    if (H5Aread(attribute, type, text) < 0)
        return broken(w, "an attribute cannot be read");
    add_text(w, text);
    return true;
}

static bool add_attribute_values(struct walk *w, hid_t attribute, hid_t type, hid_t space,
                                 const char *name)
{
    enum form form = form_of(type);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    if (form == FORM_BYTES || form == FORM_OTHER || count < 0 || count > PIECE_BYTES / 8)
        return unknown_type(w, name);
    hid_t memory = memory_type(type, form);
    add_type(w, type, form);
    add_number(w, (uint64_t)count);
    memset(w->piece, 0, (size_t)count * 8);
    bool read = memory >= 0 && H5Aread(attribute, memory, w->piece) >= 0;
    hdf5_close(memory);
    if (!read)
        return broken(w, "an attribute cannot be read");
    if (w->level == 0 && strcmp(name, "format_version") == 0 && form == FORM_INTEGER && count == 1)
        memcpy(w->piece, &digest_version, sizeof digest_version);
    add_values(w, form, (uint64_t)count);
    return true;
}

static herr_t add_attribute(hid_t object, const char *name, const H5A_info_t *about, void *context)
{
    struct walk *w = context;
    (void)about;
    if (strcmp(name, "REFERENCE_LIST") == 0 || strcmp(name, "_Netcdf4Dimid") == 0 ||
        strcmp(name, "_Encoding") == 0)
        return 0;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t type = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
    hid_t space = attribute < 0 ? H5I_INVALID_HID : H5Aget_space(attribute);
    bool done = type >= 0 && space >= 0;
    add_text(w, name);
    if (!done)
        broken(w, "an attribute cannot be read");
    else if (strcmp(name, "DIMENSION_LIST") == 0)
        done = add_dimension_list(w, object, space);
    else if (H5Tget_class(type) == H5T_STRING && !is_string_type(type) &&
             H5Sget_simple_extent_npoints(space) == 1)
        done = add_fixed_text(w, attribute, type);
    else
        done = add_attribute_values(w, attribute, type, space, name);
    hdf5_close(space);
    hdf5_close(type);
    hdf5_close(attribute);
    return done ? 0 : -1;
}

static bool add_attributes(struct walk *w, hid_t object)
{
    hsize_t index = 0;
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &index, add_attribute, w) >= 0)
        return true;
    return w->status ? false : broken(w, "attributes cannot be read");
}

/* --- datasets ------------------------------------------------------------------------- */

/* Reads and adds the box from `start` on, cut to the extent. */
static bool add_box(struct walk *w, hid_t dataset, hid_t memory, enum form form, int rank,
                    const uint64_t *dims, const hsize_t *start, const uint64_t *box)
{
    hsize_t count[CUBE_RANK_MAX], all = 1;
    for (int d = 0; d < rank; d++) {
        uint64_t left = dims[d] - start[d];
        count[d] = left < box[d] ? left : box[d];
        all *= count[d];
    }
    memset(w->piece, 0, form == FORM_TEXT ? all * 8 : 0);
    w->status = hyperslab_read(dataset, &(struct hyperslab){start, count}, memory, w->piece,
                               w->path, "a variable cannot be read", w->error);
    if (w->status)
        return false;
    add_values(w, form, all);
    return true;
}

/* Boxes as chunk_dims cuts them are runs of neighbours, so this is row-major order. */
static bool add_array(struct walk *w, hid_t dataset, hid_t memory, enum form form, int rank,
                      const uint64_t *dims)
{
    uint64_t box[CUBE_RANK_MAX];
    hsize_t start[CUBE_RANK_MAX] = {0};
    for (int d = 0; d < rank; d++)
        if (dims[d] == 0)
            return true;
    chunk_dims(rank, dims, form == FORM_TEXT ? PIECE_BYTES / TEXTS : 8, box);
    for (;;) {
        if (!add_box(w, dataset, memory, form, rank, dims, start, box))
            return false;
        int d = rank - 1;
        for (; d >= 0; d--) {
            start[d] += box[d];
            if (start[d] < dims[d])
                break;
            start[d] = 0;
        }
        if (d < 0)
            return true;
    }
}

static bool add_rows_of_bytes(struct walk *w, hid_t dataset, uint64_t count)
{
    for (uint64_t first = 0, n; !w->status && first < count; first += n) {
        struct text_list texts = {0};
        n = count - first < TEXTS ? count - first : TEXTS;
        w->status = read_text_list(dataset, first, n, w->path, &texts, w->error);
        for (uint64_t i = 0; !w->status && i < n; i++)
            add_text(w, text_list_get(&texts, i));
        text_list_deinit(&texts);
    }
    return w->status == ADMF_OK;
}

static bool add_scalar(struct walk *w, hid_t dataset, hid_t memory, enum form form)
{
    memset(w->piece, 0, 8);
    if (H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, w->piece) < 0)
        return broken(w, "a variable cannot be read");
    add_values(w, form, 1);
    return true;
}

static bool add_dataset(struct walk *w, hid_t dataset, const char *name)
{
    bool done = false;
    hsize_t size[H5S_MAX_RANK];
    uint64_t dims[CUBE_RANK_MAX] = {0};
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset), memory = H5I_INVALID_HID;
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, size, NULL);
    if (rank < 0 || rank > CUBE_RANK_MAX || type < 0) {
        broken(w, "a variable has an unknown shape");
        goto cleanup;
    }
    enum form form = form_of(type);
    if (form == FORM_OTHER || (form == FORM_BYTES && rank != 2)) {
        unknown_type(w, name);
        goto cleanup;
    }
    memory = memory_type(type, form);
    if (memory < 0) {
        broken(w, "a variable cannot be read");
        goto cleanup;
    }
    add_type(w, type, form);
    rank -= form == FORM_BYTES;
    add_number(w, (uint64_t)rank);
    for (int d = 0; d < rank; d++)
        add_number(w, dims[d] = size[d]);
    done = form == FORM_BYTES ? add_rows_of_bytes(w, dataset, dims[0])
           : rank             ? add_array(w, dataset, memory, form, rank, dims)
                              : add_scalar(w, dataset, memory, form);
cleanup:
    hdf5_close(memory);
    hdf5_close(type);
    hdf5_close(space);
    return done;
}

/* --- links ---------------------------------------------------------------------------- */

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *about, void *context);

static bool add_object(struct walk *w, hid_t object, const char *name)
{
    H5I_type_t kind = H5Iget_type(object);
    add_text(w, kind == H5I_GROUP ? "group" : "variable");
    add_text(w, name);
    if (kind == H5I_DATASET) {
        if (!add_dataset(w, object, name))
            return false;
    } else if (kind != H5I_GROUP) {
        return unknown_type(w, name);
    }
    if (!add_attributes(w, object))
        return false;
    hsize_t index = 0;
    if (kind == H5I_DATASET)
        return true;
    if (w->level >= LEVELS_MAX)
        return broken(w, "groups are nested too deeply");
    w->level++;
    herr_t walked = H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, &index, add_link, w);
    w->level--;
    add_text(w, "end");
    if (walked < 0 && !w->status)
        return broken(w, "a group cannot be read");
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
    struct walk *w = context;
    if (w->level == 1 && (strcmp(name, "provenance") == 0 || strcmp(name, "progress") == 0))
        return 0;
    if (is_text_dimension(group, name))
        return 0;
    if (about->type != H5L_TYPE_HARD) {
        unknown_type(w, name);
        return -1;
    }
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    bool done = object >= 0 ? add_object(w, object, name) : broken(w, "a variable cannot be read");
    hdf5_close(object);
    return done ? 0 : -1;
}

admf_status admf_cube_digest(const char *path, char out[17], admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t file = H5I_INVALID_HID, root = H5I_INVALID_HID;
    struct walk walk = {.path = path, .error = error};
    out[0] = '\0';
    hdf5_quiet();
    digest_start(&walk.digest);
    walk.piece = memory_new_aligned(PIECE_BYTES, 1);
    if (!walk.piece)
        return fail_memory(error);
    status = hdf5_check_input(path, error);
    if (status)
        goto cleanup;
    HDF5_TRY(file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), ADMF_BAD_DATA,
             "no readable HDF5 file");
    HDF5_TRY(root = H5Gopen2(file, "/", H5P_DEFAULT), ADMF_BAD_DATA, "no readable HDF5 file");
    if (!add_object(&walk, root, "/"))
        status = walk.status;
    else
        digest_to_text(digest_value(&walk.digest), out);
cleanup:
    hdf5_close(root);
    hdf5_close(file);
    memory_free(walk.piece);
    return status;
}
