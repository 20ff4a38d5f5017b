/* SPDX-License-Identifier: Apache-2.0 */
/* Values, and the datasets that hold them. */
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "io/cube/datasets.h"
#include "io/cube/digest_walk.h"
#include "io/cube/text_columns.h"
#include "io/cube/variables.h"
#include "io/hdf5/file_access.h"
#include "io/hdf5/hyperslab.h"

enum { TEXTS = 8192 }; /* read at once */

void digest_add_text(struct digest_walk *w, const char *text)
{
    digest_add(&w->digest, text, strlen(text) + 1);
}

void digest_add_number(struct digest_walk *w, uint64_t number)
{
    digest_add(&w->digest, &number, sizeof number);
}

enum digest_form digest_form_of(hid_t type)
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

void digest_add_type(struct digest_walk *w, hid_t type, enum digest_form form)
{
    static const char *const name[] = {"float", "integer", "text", "text"};
    digest_add_text(w, name[form]);
    if (form == FORM_DOUBLE || form == FORM_INTEGER)
        digest_add_number(w, H5Tget_size(type));
    if (form == FORM_INTEGER)
        digest_add_number(w, H5Tget_sign(type) != H5T_SGN_NONE);
}

hid_t digest_memory_type(hid_t type, enum digest_form form)
{
    if (form == FORM_TEXT || form == FORM_BYTES)
        return string_type();
    if (form == FORM_DOUBLE)
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    return H5Tcopy(H5Tget_sign(type) == H5T_SGN_NONE ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64);
}

static void add_numbers(struct digest_walk *w, enum digest_form form, const void *numbers,
                        uint64_t count)
{
    if (form == FORM_DOUBLE)
        digest_add_doubles(&w->digest, numbers, count);
    else
        digest_add(&w->digest, numbers, count * 8);
}

void digest_add_values(struct digest_walk *w, enum digest_form form, uint64_t count)
{
    char **texts = w->piece;
    if (form == FORM_DOUBLE || form == FORM_INTEGER)
        add_numbers(w, form, w->piece, count);
    for (uint64_t i = 0; form == FORM_TEXT && i < count; i++) {
        digest_add_text(w, texts[i] ? texts[i] : "");
        if (texts[i])
            H5free_memory(texts[i]);
    }
}

bool digest_unknown_type(struct digest_walk *w, const char *name)
{
    w->status = fail_file(w->error, ADMF_BAD_DATA, w->path, 0,
                          "'%.200s' has a type that no cube has", name);
    return false;
}

void digest_at(struct digest_walk *w, const char *name)
{
    w->name = name;
    snprintf(w->cannot_read, sizeof w->cannot_read, "'%.200s' cannot be read", name);
}

bool digest_broken(struct digest_walk *w, const char *what)
{
    w->status = hdf5_fail(w->error, ADMF_BAD_DATA, w->path, what);
    return false;
}

bool digest_broken_attribute(struct digest_walk *w, const char *attribute, const char *what)
{
    char text[512];
    snprintf(text, sizeof text, "attribute '%.200s' of '%.200s' %s", attribute, w->name, what);
    return digest_broken(w, text);
}

bool is_rows_of_bytes(hid_t object)
{
    hid_t type = H5Iget_type(object) == H5I_DATASET ? H5Dget_type(object) : H5I_INVALID_HID;
    bool rows = type >= 0 && is_byte_type(type);
    hdf5_close_type(type);
    return rows;
}

/* --- datasets ------------------------------------------------------------------------- */

/* Reads and adds the box from `start` on, cut to the extent. */
static bool add_box(struct digest_walk *w, hid_t dataset, hid_t memory, enum digest_form form,
                    int rank, const uint64_t *dims, const hsize_t *start, const uint64_t *box)
{
    hsize_t count[CUBE_RANK_MAX], all = 1;
    for (int d = 0; d < rank; d++) {
        uint64_t left = dims[d] - start[d];
        count[d] = left < box[d] ? left : box[d];
        all *= count[d];
    }
    memset(w->piece, 0, form == FORM_TEXT ? all * 8 : 0);
    w->status = hyperslab_read(dataset, &(struct hyperslab){start, count}, memory, w->piece,
                               w->path, w->cannot_read, w->error);
    if (w->status)
        return false;
    digest_add_values(w, form, all);
    return true;
}

/* Numbers as they are stored. */
static bool add_stored(struct digest_walk *w, hid_t type, hid_t memory, enum digest_form form,
                       const char *numbers, size_t count)
{
    enum { MOST = DIGEST_PIECE / 8 };
    size_t element = H5Tget_size(type);
    if (element == 8) {
        add_numbers(w, form, numbers, count);
        return true;
    }
    for (size_t done = 0, n; done < count; done += n) {
        n = count - done < MOST ? count - done : MOST;
        memcpy(w->piece, numbers + done * element, n * element);
        if (H5Tconvert(type, memory, n, w->piece, NULL, H5P_DEFAULT) < 0)
            return digest_broken(w, w->cannot_read);
        add_numbers(w, form, w->piece, n);
    }
    return true;
}

static bool add_chunks(struct digest_walk *w, size_t turn, hid_t type, hid_t memory,
                       enum digest_form form)
{
    const void *numbers;
    for (size_t count = 1; count;) {
        w->status = chunk_reader_next(w->reader, turn, &numbers, &count, w->error);
        if (w->status || !add_stored(w, type, memory, form, numbers, count))
            return false;
    }
    return true;
}

/* Boxes as chunk_dims cuts them are runs of neighbours, so this is row-major order. */
static bool add_array(struct digest_walk *w, hid_t dataset, hid_t memory, enum digest_form form,
                      int rank, const uint64_t *dims)
{
    uint64_t box[CUBE_RANK_MAX];
    hsize_t start[CUBE_RANK_MAX] = {0};
    for (int d = 0; d < rank; d++)
        if (dims[d] == 0)
            return true;
    chunk_dims(rank, dims, form == FORM_TEXT ? DIGEST_PIECE / TEXTS : 8, box);
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

static bool add_rows_of_bytes(struct digest_walk *w, hid_t dataset, const char *path,
                              uint64_t count)
{
    for (uint64_t first = 0, n; !w->status && first < count; first += n) {
        struct text_list texts = {0};
        n = count - first < TEXTS ? count - first : TEXTS;
        w->status = read_text_list(dataset, first, n, path, &texts, w->error);
        for (uint64_t i = 0; !w->status && i < n; i++)
            digest_add_text(w, text_list_get(&texts, i));
        text_list_deinit(&texts);
    }
    return w->status == ADMF_OK;
}

/* HDF5 takes a third of a microsecond for each string; rows of bytes it takes as they are. */
static hid_t open_rows(struct digest_walk *w, const char *name, uint64_t count)
{
    admf_error unread;
    if (!w->source_path || !w->at_root || count <= TEXTS_OF_ANY_LENGTH_IN_PARTIAL ||
        (w->source < 0 && hdf5_open_own(w->source_path, "cannot read", &w->source, &unread)) ||
        H5Lexists(w->source, name, H5P_DEFAULT) <= 0)
        return H5I_INVALID_HID;
    hid_t rows = H5Dopen2(w->source, name, H5P_DEFAULT);
    if (rows >= 0 && is_rows_of_bytes(rows) && is_text_list(rows, count))
        return rows;
    hdf5_close(rows);
    return H5I_INVALID_HID;
}

static bool add_strings(struct digest_walk *w, hid_t dataset, hid_t memory, const char *name,
                        int rank, const uint64_t *dims)
{
    hid_t rows = rank == 1 ? open_rows(w, name, dims[0]) : H5I_INVALID_HID;
    bool added = rows >= 0 ? add_rows_of_bytes(w, rows, w->source_path, dims[0])
                           : add_array(w, dataset, memory, FORM_TEXT, rank, dims);
    hdf5_close(rows);
    return added;
}

static bool add_scalar(struct digest_walk *w, hid_t dataset, hid_t memory, enum digest_form form)
{
    memset(w->piece, 0, 8);
    hid_t transfer = text_transfer(1);
    bool read =
        transfer >= 0 && H5Dread(dataset, memory, H5S_ALL, H5S_ALL, transfer, w->piece) >= 0;
    hdf5_close_list(transfer);
    if (!read)
        return digest_broken(w, w->cannot_read);
    digest_add_values(w, form, 1);
    return true;
}

bool digest_dataset(struct digest_walk *w, hid_t dataset, size_t turn, const char *name)
{
    bool done = false;
    hsize_t size[H5S_MAX_RANK];
    uint64_t dims[CUBE_RANK_MAX] = {0};
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset), memory = H5I_INVALID_HID;
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, size, NULL);
    if (rank < 0 || rank > CUBE_RANK_MAX || type < 0) {
        digest_unknown_type(w, name);
        goto cleanup;
    }
    enum digest_form form = digest_form_of(type);
    if (form == FORM_OTHER || (form == FORM_BYTES && rank != 2)) {
        digest_unknown_type(w, name);
        goto cleanup;
    }
    memory = digest_memory_type(type, form);
    if (memory < 0) {
        digest_broken(w, w->cannot_read);
        goto cleanup;
    }
    digest_add_type(w, type, form);
    rank -= form == FORM_BYTES;
    digest_add_number(w, (uint64_t)rank);
    for (int d = 0; d < rank; d++)
        digest_add_number(w, dims[d] = size[d]);
    done = chunk_reader_can(w->reader, turn) ? add_chunks(w, turn, type, memory, form)
           : form == FORM_BYTES              ? add_rows_of_bytes(w, dataset, w->path, dims[0])
           : !rank                           ? add_scalar(w, dataset, memory, form)
           : form == FORM_TEXT               ? add_strings(w, dataset, memory, name, rank, dims)
                                             : add_array(w, dataset, memory, form, rank, dims);
cleanup:
    hdf5_close_type(memory);
    hdf5_close_type(type);
    hdf5_close_space(space);
    return done;
}
