/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* access, stat */
#include "io/signals/signal_writer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/claim.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/whole_file.h"
#include "io/cube/axis_coordinates.h"
#include "io/cube/cube_digest.h"
#include "io/cube/dimensions.h"
#include "io/cube/group_tables.h"
#include "io/cube/text_columns.h"
#include "io/hdf5/hyperslab.h"
#include "io/hdf5/seal.h"
#include "io/signals/signal_identity.h"

enum { PIECE = 1 << 14, RANK = 3 }; /* rows gathered before they are written; of strength */

/* Rows of one axis that wait to be written, as columns. */
struct change_rows {
    hid_t group;
    struct table table;
    uint64_t rows;           /* written and waiting */
    size_t waiting, next;    /* rows; the next instance, over all symbols */
    int64_t *offset, *count; /* [symbols * instances] */
    int64_t time[PIECE], bar[PIECE];
    int8_t value[PIECE];
};

struct signal_writer {
    char *path, *partial_path;
    bool force; /* replaces what is at `path` */
    struct signal_layout layout;
    struct claim claim; /* of PATH.partial, which goes with it unless it got its name */
    struct cube_file file;
    struct dimension symbol, axis[SIGNAL_AXES], bar;
    struct change_rows *changes[SIGNAL_AXES];
    hid_t strength;
};

static const char *const axis_name[SIGNAL_AXES] = {"strategy", "classifier"};

static const struct table_form forms[SIGNAL_AXES] = {
    {"strategy_change",
     3,
     {{"time", COLUMN_TIME, "start of the bar", NULL},
      {"bar", COLUMN_INT64, "bar of the change, from 0", "bars"},
      {"signal", COLUMN_INT8, "from this bar on: 1 long, 0 flat, -1 short", NULL}}},
    {"classifier_change",
     3,
     {{"time", COLUMN_TIME, "start of the bar", NULL},
      {"bar", COLUMN_INT64, "bar of the change, from 0", "bars"},
      {"label", COLUMN_INT8, "from this bar on: place in classifier_labels, 0 unknown", NULL}}},
};

uint64_t signal_writer_bytes(size_t symbols, size_t instances, int threads)
{
    return sizeof(struct signal_writer) + cube_keep_bytes(threads) +
           SIGNAL_AXES * sizeof(struct change_rows) + 2 * sizeof(int64_t) * symbols * instances;
}

/* ---- starting -----------------------------------------------------------------------------*/

static admf_status put_file_attributes(struct signal_writer *w, admf_error *error)
{
    hid_t root = w->file.id;
    const char *title = w->layout.title ? w->layout.title : "signals of a strategy sweep";
    admf_status status = put_text(&w->file, root, "Conventions", "CF-1.10", error);
    if (!status)
        status = put_text(&w->file, root, "title", title, error);
    if (!status)
        status = put_text(&w->file, root, "format", SIGNALS_FORMAT, error);
    if (!status)
        status = put_int(&w->file, root, "format_version", SIGNALS_FORMAT_VERSION, error);
    return status;
}

static admf_status put_dimensions(struct signal_writer *w, admf_error *error)
{
    const struct signal_layout *layout = &w->layout;
    const char **symbols = memory_new(layout->symbol_count, sizeof *symbols);
    uint64_t longest = 0;
    if (!symbols)
        return fail_memory(error);
    for (size_t s = 0; s < layout->symbol_count; s++) {
        symbols[s] = layout->bars[s]->symbol;
        longest = layout->bars[s]->count > longest ? layout->bars[s]->count : longest;
    }
    admf_status status =
        text_index_write(&w->file, "symbol", &w->symbol, layout->symbol_count, symbols, error);
    for (int a = 0; !status && a < SIGNAL_AXES; a++)
        status = index_write(&w->file, axis_name[a], &w->axis[a], layout->axes[a].count, error);
    if (!status && layout->strength)
        status = make_bare_dimension(&w->file, w->file.id, "bar", longest, &w->bar, error);
    memory_free(symbols);
    return status;
}

static admf_status put_axes(struct signal_writer *w, admf_error *error)
{
    struct parameters parameters = {0};
    admf_status status = parameters_find(&parameters, w->layout.axes, error);
    for (int a = 0; !status && a < SIGNAL_AXES; a++)
        status = axis_write(&parameters, &w->file, &w->layout.axes[a], &w->axis[a], error);
    parameters_deinit(&parameters);
    return status;
}

static void labels_text(const struct instance *classifier, struct text *out)
{
    const admf_component *row = classifier->row;
    text_add(out, row ? "unknown" : "all");
    for (int k = 0; row && k < row->n_labels; k++)
        text_format(out, " %s", row->labels[k]);
}

/* A text for each classifier. */
static admf_status put_classifier_texts(struct signal_writer *w, const char *name,
                                        void (*describe)(const struct instance *, struct text *),
                                        const char *long_name, admf_error *error)
{
    const struct axis *axis = &w->layout.axes[AXIS_CLASSIFIER];
    struct text *texts = memory_new(axis->count, sizeof *texts);
    const char **chars = memory_new(axis->count, sizeof *chars);
    hid_t dataset = H5I_INVALID_HID;
    admf_status status = texts && chars ? ADMF_OK : fail_memory(error);
    for (size_t i = 0; !status && i < axis->count; i++) {
        describe(&axis->instances[i], &texts[i]);
        chars[i] = texts[i].chars;
        if (texts[i].failed)
            status = fail_memory(error);
    }
    if (!status)
        status = put_texts(&w->file, name, &w->axis[AXIS_CLASSIFIER], chars, &dataset, error);
    if (!status)
        status = put_text(&w->file, dataset, "long_name", long_name, error);
    hdf5_close(dataset);
    for (size_t i = 0; texts && i < axis->count; i++)
        text_deinit(&texts[i]);
    memory_free(texts);
    memory_free(chars);
    return status;
}

static admf_status make_strength(struct signal_writer *w, admf_error *error)
{
    static const double undefined = NAN;
    const struct dimension dims[RANK] = {w->symbol, w->axis[AXIS_STRATEGY], w->bar};
    const uint64_t sizes[RANK] = {dims[0].size, dims[1].size, dims[2].size};
    if (!w->layout.strength)
        return ADMF_OK;
    admf_status status = make_dataset(&w->file, w->file.id, "strength", H5T_IEEE_F64LE, RANK, sizes,
                                      &undefined, false, &w->strength, error);
    if (!status)
        status = put_text(&w->file, w->strength, "long_name",
                          "strength of the signal; missing where the strategy has none, which "
                          "counts as 1",
                          error);
    if (!status)
        status = put_double(&w->file, w->strength, "_FillValue", NAN, error);
    return status ? status : attach_dimensions(&w->file, w->strength, dims, RANK, error);
}

static admf_status start_changes(struct signal_writer *w, int axis, admf_error *error)
{
    char name[32];
    size_t rows = w->layout.symbol_count * w->layout.axes[axis].count;
    struct change_rows *changes = w->changes[axis] = memory_new(1, sizeof *changes);
    if (!changes)
        return fail_memory(error);
    changes->group = H5I_INVALID_HID;
    changes->offset = memory_new(rows, sizeof *changes->offset);
    changes->count = memory_new(rows, sizeof *changes->count);
    if (!changes->offset || !changes->count)
        return fail_memory(error);
    snprintf(name, sizeof name, "%s_changes", axis_name[axis]);
    admf_status status = make_group(&w->file, w->file.id, name, &changes->group, error);
    if (!status)
        table_start(&changes->table, &forms[axis], &w->file, changes->group);
    return status;
}

static admf_status start_file(struct signal_writer *w, admf_error *error)
{
    admf_status status =
        cube_file_create(&w->file, w->partial_path, w->layout.deflate, w->layout.threads, error);
    if (!status)
        status = put_file_attributes(w, error);
    if (!status)
        status = put_dimensions(w, error);
    if (!status)
        status = put_axes(w, error);
    if (!status)
        status = put_classifier_texts(w, "classifier_labels", labels_text,
                                      "labels by their number, from 0", error);
    if (!status)
        status = put_classifier_texts(w, "classifier_policy", policy_text, "what each label allows",
                                      error);
    if (!status)
        status = make_strength(w, error);
    for (int a = 0; !status && a < SIGNAL_AXES; a++)
        status = start_changes(w, a, error);
    return status;
}

static admf_status refuse_finished(const struct signal_writer *w, admf_error *error)
{
    return access(w->path, F_OK) == 0 ? whole_file_exists(w->path, error) : ADMF_OK;
}

static admf_status refuse_existing(const struct signal_writer *w, admf_error *error)
{
    admf_status status = whole_file_check(w->path, error);
    if (status || w->force)
        return status ? status : claim_refuse_live(w->partial_path, error);
    if (access(w->partial_path, F_OK) == 0)
        return fail_file(error, ADMF_IO, w->partial_path, 0,
                         "an unfinished run is here; --force starts again");
    return refuse_finished(w, error);
}

admf_status signal_writer_new(const char *path, const struct signal_layout *layout, bool force,
                              struct signal_writer **out, admf_error *error)
{
    struct signal_writer *w = memory_new(1, sizeof *w);
    size_t room = strlen(path) + sizeof ".partial";
    *out = NULL;
    if (!w)
        return fail_memory(error);
    w->layout = *layout;
    w->force = force;
    w->file.id = w->strength = w->symbol.scale = w->bar.scale = H5I_INVALID_HID;
    w->axis[AXIS_STRATEGY].scale = w->axis[AXIS_CLASSIFIER].scale = H5I_INVALID_HID;
    w->claim.fd = -1;
    w->path = memory_copy_text(path);
    w->partial_path = memory_new(room, 1);
    admf_status status = w->path && w->partial_path ? ADMF_OK : fail_memory(error);
    if (!status && room > ADMF_PATH_MAX)
        status = fail(error, ADMF_IO, "the path of the store is too long");
    if (!status) {
        snprintf(w->partial_path, room, "%s.partial", path);
        status = refuse_existing(w, error);
    }
    if (!status)
        status = claim_make(&w->claim, w->partial_path, w->path, error);
    if (!status && !force) /* another run may have finished it meanwhile */
        status = refuse_finished(w, error);
    hdf5_quiet();
    if (!status)
        status = start_file(w, error);
    if (status)
        signal_writer_abandon(&w);
    *out = w;
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------*/

static admf_status write_waiting(struct signal_writer *w, struct change_rows *rows,
                                 admf_error *error)
{
    const void *columns[] = {rows->time, rows->bar, rows->value};
    admf_status status = table_append(&rows->table, &w->file, rows->waiting, columns, error);
    rows->waiting = 0;
    return status;
}

admf_status signal_writer_changes(struct signal_writer *w, enum axis_kind axis,
                                  const struct signal_changes *changes, admf_error *error)
{
    struct change_rows *rows = w->changes[axis];
    const int64_t *time = w->layout.bars[rows->next / w->layout.axes[axis].count]->time;
    rows->offset[rows->next] = (int64_t)rows->rows;
    rows->count[rows->next++] = (int64_t)changes->count;
    rows->rows += changes->count;
    for (size_t k = 0; k < changes->count; k++) {
        size_t at = rows->waiting++;
        rows->time[at] = time[changes->bar[k]];
        rows->bar[at] = changes->bar[k];
        rows->value[at] = changes->value[k];
        if (rows->waiting == PIECE && write_waiting(w, rows, error))
            return error->code;
    }
    return ADMF_OK;
}

admf_status signal_writer_strength(struct signal_writer *w, size_t symbol, size_t strategy,
                                   const double *strength, admf_error *error)
{
    const hsize_t start[RANK] = {symbol, strategy, 0};
    const hsize_t count[RANK] = {1, 1, w->layout.bars[symbol]->count};
    return hyperslab_write(w->strength, &(struct hyperslab){start, count}, H5T_NATIVE_DOUBLE,
                           strength, w->partial_path, "cannot write strengths", error);
}

/* ---- the end ------------------------------------------------------------------------------*/

/* AXIS_offset and AXIS_count over symbols and instances. */
static admf_status put_borders(struct signal_writer *w, int axis, const char *suffix,
                               const char *long_name, const int64_t *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = w->partial_path;
    char name[32], coordinates[64];
    hid_t dataset = H5I_INVALID_HID;
    const struct dimension dims[] = {w->symbol, w->axis[axis]};
    const uint64_t sizes[] = {dims[0].size, dims[1].size};
    snprintf(name, sizeof name, "%s_%s", axis_name[axis], suffix);
    snprintf(coordinates, sizeof coordinates, "%s_name %s_type", axis_name[axis], axis_name[axis]);
    status = make_dataset(&w->file, w->file.id, name, H5T_STD_I64LE, 2, sizes, NULL, false,
                          &dataset, error);
    if (status)
        goto cleanup;
    HDF5_TRY(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), ADMF_IO,
             "cannot write a variable");
    status = put_text(&w->file, dataset, "long_name", long_name, error);
    if (!status)
        status = put_text(&w->file, dataset, "coordinates", coordinates, error);
    if (!status)
        status = attach_dimensions(&w->file, dataset, dims, 2, error);
cleanup:
    hdf5_close(dataset);
    return status;
}

static admf_status finish_changes(struct signal_writer *w, int axis, admf_error *error)
{
    struct change_rows *rows = w->changes[axis];
    admf_status status = write_waiting(w, rows, error);
    if (!status)
        status = table_finish(&rows->table, &w->file, error);
    if (!status)
        status = put_borders(w, axis, "offset", "first row of its changes", rows->offset, error);
    if (!status)
        status = put_borders(w, axis, "count", "rows of its changes", rows->count, error);
    return status;
}

/* `digest`: of all the rest, so that a store that was changed afterwards is known by it. */
static admf_status put_provenance(struct signal_writer *w, const char *finished, const char *digest,
                                  admf_error *error)
{
    struct text axes = {0}, data = {0};
    hid_t group = H5I_INVALID_HID;
    const struct signal_layout *layout = &w->layout;
    identity_of_axes(layout, &axes);
    identity_of_data(layout, &data);
    admf_status status = axes.failed || data.failed ? fail_memory(error) : ADMF_OK;
    if (!status)
        status = make_group(&w->file, w->file.id, "provenance", &group, error);
    if (!status)
        status = put_scalar_text(&w->file, group, "identity", axes.chars, error);
    if (!status)
        status = put_scalar_text(&w->file, group, "data_hashes", data.chars, error);
    if (!status)
        status = put_scalar_text(&w->file, group, CONTENT_DIGEST, digest, error);
    for (size_t k = 0; !status && k < layout->provenance_count; k++)
        status = put_scalar_text(&w->file, group, layout->provenance[k].name,
                                 layout->provenance[k].value, error);
    if (!status && finished)
        status = put_scalar_text(&w->file, group, "finished", finished, error);
    hdf5_close(group);
    text_deinit(&axes);
    text_deinit(&data);
    return status;
}

static void close_parts(struct signal_writer *w)
{
    for (int a = 0; a < SIGNAL_AXES; a++) {
        if (w->changes[a]) {
            table_drop(&w->changes[a]->table);
            hdf5_close(w->changes[a]->group);
            w->changes[a]->group = H5I_INVALID_HID;
        }
        hdf5_close(w->axis[a].scale);
        w->axis[a].scale = H5I_INVALID_HID;
    }
    hdf5_close(w->strength);
    hdf5_close(w->symbol.scale);
    hdf5_close(w->bar.scale);
    w->strength = w->symbol.scale = w->bar.scale = H5I_INVALID_HID;
}

admf_status signal_writer_finish(struct signal_writer **writer, const char *finished,
                                 struct signal_written *written, admf_error *error)
{
    struct signal_writer *w = *writer;
    struct stat about;
    bool renamed = false;
    admf_status status = ADMF_OK;
    for (int a = 0; !status && a < SIGNAL_AXES; a++)
        status = finish_changes(w, a, error);
    if (!status)
        status = chunk_packer_flush(w->file.packer, error);
    if (!status)
        status =
            cube_digest_of(w->file.id, w->partial_path, w->layout.threads, written->digest, error);
    if (!status)
        status = put_provenance(w, finished, written->digest, error);
    close_parts(w);
    if (!status)
        status = cube_file_close(&w->file, error);
    if (!status)
        status = hdf5_seal_finished(w->partial_path, &w->file.packed, error);
    written->bytes = !status && stat(w->partial_path, &about) == 0 ? (uint64_t)about.st_size : 0;
    if (!status)
        status = whole_file_sync(w->partial_path, error);
    if (!status)
        status = whole_file_name(w->partial_path, w->path, w->force, &renamed, error);
    if (renamed)
        w->claim.made = false;
    signal_writer_abandon(writer);
    return status;
}

void signal_writer_abandon(struct signal_writer **writer)
{
    struct signal_writer *w = *writer;
    if (!w)
        return;
    *writer = NULL;
    close_parts(w);
    cube_file_drop(&w->file);
    claim_drop(&w->claim);
    for (int a = 0; a < SIGNAL_AXES; a++) {
        if (!w->changes[a])
            continue;
        memory_free(w->changes[a]->offset);
        memory_free(w->changes[a]->count);
        memory_free(w->changes[a]);
    }
    memory_free(w->path);
    memory_free(w->partial_path);
    memory_free(w);
}
