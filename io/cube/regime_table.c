/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows of /by_regime are about: symbol, window, combo and label of each. */
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/dimensions.h"
#include "io/cube/skeleton.h"
#include "io/hdf5/hyperslab.h"

/* A row at a time, in order. */
struct row {
    size_t symbol, window;
    uint64_t cell;
    size_t code;
};

static const struct instance *classifier_of(const struct skeleton *s, uint64_t cell)
{
    const struct variables *v = &s->variables;
    return &s->layout->axes[AXIS_CLASSIFIER]
                .instances[cell / (v->dims[4] * v->dims[5]) % v->dims[3]];
}

static void next_row(const struct skeleton *s, struct row *row)
{
    const struct variables *v = &s->variables;
    if (++row->code < regime_labels(classifier_of(s, row->cell)))
        return;
    row->code = 0;
    if (++row->cell < v->cells)
        return;
    row->cell = 0;
    if (++row->window < v->dims[1])
        return;
    row->window = 0;
    row->symbol++;
}

enum { PIECE = 4096 };
struct piece {
    const char *text[PIECE];
    int64_t combo[PIECE];
};

enum which { SYMBOL, WINDOW, LABEL };
static const char *name_of(const struct skeleton *s, const struct row *row, enum which which)
{
    if (which == SYMBOL)
        return s->layout->symbols[row->symbol];
    if (which == WINDOW)
        return s->layout->windows[row->window].label;
    return regime_label(classifier_of(s, row->cell), row->code);
}

static admf_status write_piece(struct cube_file *file, hid_t dataset, hid_t type, hsize_t first,
                               hsize_t count, const void *values, admf_error *error)
{
    return hyperslab_write(dataset, &(struct hyperslab){&first, &count}, type, values, file->path,
                           "cannot write a variable", error);
}

static admf_status put_names(const struct skeleton *s, struct cube_file *file, hid_t dataset,
                             hid_t type, enum which which, struct piece *piece, uint64_t rows,
                             admf_error *error)
{
    admf_status status = ADMF_OK;
    struct row row = {0};
    for (uint64_t first = 0; !status && first < rows; first += PIECE) {
        uint64_t n = rows - first < PIECE ? rows - first : PIECE;
        for (uint64_t i = 0; i < n; i++, next_row(s, &row))
            piece->text[i] = name_of(s, &row, which);
        status = write_piece(file, dataset, type, first, n, piece->text, error);
    }
    return status;
}

static admf_status put_combos(const struct skeleton *s, struct cube_file *file, hid_t dataset,
                              struct piece *piece, uint64_t rows, admf_error *error)
{
    admf_status status = ADMF_OK;
    struct row row = {0};
    for (uint64_t first = 0; !status && first < rows; first += PIECE) {
        uint64_t n = rows - first < PIECE ? rows - first : PIECE;
        for (uint64_t i = 0; i < n; i++, next_row(s, &row))
            piece->combo[i] = (int64_t)row.cell;
        status = write_piece(file, dataset, H5T_NATIVE_INT64, first, n, piece->combo, error);
    }
    return status;
}

admf_status regime_names_write(const struct skeleton *s, struct cube_file *file, hid_t group,
                               const struct dimension *row, admf_error *error)
{
    static const char *const name[] = {"symbol", "window", "combo", "label"};
    admf_status status = ADMF_OK;
    const char *path = file->path;
    hid_t text = H5I_INVALID_HID, dataset = H5I_INVALID_HID;
    struct piece *piece = memory_new(1, sizeof *piece);
    if (!piece)
        return fail_memory(error);
    HDF5_TRY(text = string_type(), ADMF_INTERNAL, "cannot write a variable");
    for (int k = 0; k < 4; k++) {
        bool combo = k == 2;
        status = make_dataset(file, group, name[k], combo ? H5T_STD_I64LE : text, 1, &row->size,
                              NULL, false, &dataset, error);
        if (status)
            goto cleanup;
        status = attach_dimensions(file, dataset, row, 1, error);
        if (!status)
            status = combo ? put_combos(s, file, dataset, piece, row->size, error)
                           : put_names(s, file, dataset, text,
                                       k == 0   ? SYMBOL
                                       : k == 1 ? WINDOW
                                                : LABEL,
                                       piece, row->size, error);
        if (status)
            goto cleanup;
        HDF5_TRY(H5Dclose(dataset), ADMF_IO, "cannot write a variable");
        dataset = H5I_INVALID_HID;
    }
cleanup:
    hdf5_close(dataset);
    hdf5_close(text);
    memory_free(piece);
    return status;
}
