/* SPDX-License-Identifier: Apache-2.0 */
#include "io/signals/signal_store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/cube_digest.h"
#include "io/cube/reader.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"
#include "io/hdf5/hyperslab.h"
#include "io/signals/signal_identity.h"

enum { RANK = 3 }; /* of strength */

/* Where the changes of one axis are. */
struct change_columns {
    hid_t bar, value;
    uint64_t rows;
    int64_t *offset, *count; /* [symbols * instances] */
};

struct signal_store {
    char *path;
    struct signal_layout layout;
    hid_t file, strength;
    char digest[DIGEST_TEXT];
    struct change_columns changes[SIGNAL_AXES];
};

static const char *const axis_name[SIGNAL_AXES] = {"strategy", "classifier"};
static const char *const value_name[SIGNAL_AXES] = {"signal", "label"};

static admf_status no_store(const char *path, const char *what, admf_error *error)
{
    return fail_file(error, ADMF_BAD_DATA, path, 0, "no store of signals: %s", what);
}

/* ---- opening ------------------------------------------------------------------------------*/

static admf_status check_version(const struct signal_store *store, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = store->path;
    hid_t attribute = H5I_INVALID_HID, space = H5I_INVALID_HID;
    int version = 0;
    if (!has_format(store->file, SIGNALS_FORMAT))
        return no_store(path, "its attribute format is not '" SIGNALS_FORMAT "'", error);
    HDF5_TRY(attribute = H5Aopen(store->file, "format_version", H5P_DEFAULT), ADMF_BAD_DATA,
             "cannot read");
    HDF5_TRY(space = H5Aget_space(attribute), ADMF_BAD_DATA, "cannot read");
    if (H5Sget_simple_extent_npoints(space) != 1) {
        status = no_store(path, "format_version is not one number", error);
        goto cleanup;
    }
    HDF5_TRY(H5Aread(attribute, H5T_NATIVE_INT, &version), ADMF_BAD_DATA, "cannot read");
    if (version != SIGNALS_FORMAT_VERSION)
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "format version %d; this program reads version %d", version,
                           SIGNALS_FORMAT_VERSION);
cleanup:
    hdf5_close(space);
    hdf5_close(attribute);
    return status;
}

static admf_status open_column(const struct signal_store *store, const char *name, int rank,
                               hid_t *out, uint64_t *dims, admf_error *error)
{
    *out = H5Dopen2(store->file, name, H5P_DEFAULT);
    if (*out >= 0 && cube_extent(*out, dims) == rank)
        return ADMF_OK;
    char what[96];
    snprintf(what, sizeof what, "it lacks %s", name);
    return no_store(store->path, what, error);
}

/* AXIS_offset or AXIS_count. */
static admf_status read_borders(const struct signal_store *store, int axis, const char *suffix,
                                int64_t **out, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = store->path;
    char name[32];
    hid_t dataset = H5I_INVALID_HID;
    uint64_t dims[H5S_MAX_RANK] = {0};
    size_t symbols = store->layout.symbol_count, instances = store->layout.axes[axis].count;
    const struct hyperslab all = {(hsize_t[]){0, 0}, (hsize_t[]){symbols, instances}};
    snprintf(name, sizeof name, "%s_%s", axis_name[axis], suffix);
    status = open_column(store, name, 2, &dataset, dims, error);
    if (!status && (dims[0] != symbols || dims[1] != instances))
        status = no_store(path, "the borders of its changes have another shape", error);
    if (!status) {
        *out = memory_new(symbols * instances, sizeof **out);
        status = *out ? ADMF_OK : fail_memory(error);
    }
    if (!status)
        status = hyperslab_read_exact(dataset, &all, H5T_NATIVE_INT64, *out, path,
                                      "cannot read where changes are", error);
    hdf5_close(dataset);
    return status;
}

/* Instances must follow each other without gaps, up to the last row. */
static admf_status check_borders(const struct signal_store *store, int axis, admf_error *error)
{
    const struct change_columns *changes = &store->changes[axis];
    size_t instances = store->layout.axes[axis].count;
    int64_t rows = 0;
    for (size_t k = 0; k < store->layout.symbol_count * instances; k++) {
        int64_t bars = (int64_t)store->layout.bars[k / instances]->count;
        if (changes->offset[k] != rows || changes->count[k] < 0 || changes->count[k] > bars)
            return no_store(store->path, "the borders of its changes do not fit", error);
        rows += changes->count[k];
    }
    if ((uint64_t)rows != changes->rows)
        return no_store(store->path, "there are more changes than instances have", error);
    return ADMF_OK;
}

static admf_status open_changes(struct signal_store *store, int axis, admf_error *error)
{
    struct change_columns *changes = &store->changes[axis];
    char name[64];
    uint64_t dims[H5S_MAX_RANK] = {0};
    snprintf(name, sizeof name, "%s_changes/bar", axis_name[axis]);
    admf_status status = open_column(store, name, 1, &changes->bar, dims, error);
    changes->rows = dims[0];
    snprintf(name, sizeof name, "%s_changes/%s", axis_name[axis], value_name[axis]);
    if (!status)
        status = open_column(store, name, 1, &changes->value, dims, error);
    if (!status && dims[0] != changes->rows)
        status = no_store(store->path, "its columns of changes differ in length", error);
    if (!status)
        status = read_borders(store, axis, "offset", &changes->offset, error);
    if (!status)
        status = read_borders(store, axis, "count", &changes->count, error);
    return status ? status : check_borders(store, axis, error);
}

static admf_status open_strength(struct signal_store *store, admf_error *error)
{
    const struct signal_layout *layout = &store->layout;
    uint64_t dims[H5S_MAX_RANK] = {0}, longest = 0;
    if (!layout->strength)
        return ADMF_OK;
    if (H5Lexists(store->file, "strength", H5P_DEFAULT) <= 0)
        return fail_file(error, ADMF_BAD_CONFIG, store->path, 0,
                         "scale_by_strength needs the strength of every signal, which this store "
                         "lacks; make one with scale_by_strength: true");
    for (size_t s = 0; s < layout->symbol_count; s++)
        longest = layout->bars[s]->count > longest ? layout->bars[s]->count : longest;
    admf_status status = open_column(store, "strength", RANK, &store->strength, dims, error);
    if (!status && (dims[0] != layout->symbol_count ||
                    dims[1] != layout->axes[AXIS_STRATEGY].count || dims[2] != longest))
        status = no_store(store->path, "strength has another shape", error);
    return status;
}

/* What was written is all there, and nothing else. */
static admf_status check_content(struct signal_store *store, admf_error *error)
{
    const char *path = store->path;
    char *stored = NULL;
    admf_status status =
        read_scalar_text(store->file, "/provenance/" CONTENT_DIGEST, path, &stored, error);
    if (!status && !stored)
        status = no_store(path, "/provenance lacks " CONTENT_DIGEST, error);
    if (!status)
        status = cube_digest_of(store->file, path, 1, store->digest, error);
    if (!status && strcmp(stored, store->digest) != 0)
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "the store was changed after it was written: its digest was %.32s and "
                           "is %s; store its signals again",
                           stored, store->digest);
    memory_free(stored);
    return status;
}

static admf_status open_file(struct signal_store *store, admf_error *error)
{
    admf_status status = hdf5_check_input(store->path, error);
    const char *path = store->path;
    if (!status)
        status = hdf5_open_input(path, "no readable HDF5 file", &store->file, error);
    if (!status)
        status = check_version(store, error);
    if (!status)
        status = identity_agrees(&store->layout, store->file, path, error);
    for (int a = 0; !status && a < SIGNAL_AXES; a++)
        status = open_changes(store, a, error);
    if (!status)
        status = open_strength(store, error);
    if (!status)
        status = check_content(store, error);
    return status;
}

admf_status signal_store_open(const char *path, const struct signal_layout *layout,
                              struct signal_store **out, admf_error *error)
{
    struct signal_store *store = memory_new(1, sizeof *store);
    *out = NULL;
    if (!store)
        return fail_memory(error);
    store->layout = *layout;
    store->file = store->strength = H5I_INVALID_HID;
    for (int a = 0; a < SIGNAL_AXES; a++)
        store->changes[a].bar = store->changes[a].value = H5I_INVALID_HID;
    store->path = memory_copy_text(path);
    hdf5_quiet();
    admf_status status = store->path ? open_file(store, error) : fail_memory(error);
    if (status)
        signal_store_close(&store);
    *out = store;
    return status;
}

void signal_store_close(struct signal_store **store_)
{
    struct signal_store *store = *store_;
    if (!store)
        return;
    *store_ = NULL;
    for (int a = 0; a < SIGNAL_AXES; a++) {
        hdf5_close(store->changes[a].bar);
        hdf5_close(store->changes[a].value);
        memory_free(store->changes[a].offset);
        memory_free(store->changes[a].count);
    }
    hdf5_close(store->strength);
    hdf5_close(store->file);
    memory_free(store->path);
    memory_free(store);
}

admf_status signal_store_exists(const char *path, admf_error *error)
{
    return hdf5_check_input(path, error);
}

const char *signal_store_path(const struct signal_store *store) { return store->path; }
const char *signal_store_digest(const struct signal_store *store) { return store->digest; }

/* ---- reading ------------------------------------------------------------------------------*/

uint64_t signal_store_changes(const struct signal_store *store, enum axis_kind axis, size_t symbol,
                              size_t first, size_t count)
{
    const struct change_columns *changes = &store->changes[axis];
    size_t begin = symbol * store->layout.axes[axis].count + first;
    uint64_t rows = 0;
    for (size_t k = begin; k < begin + count; k++)
        rows += (uint64_t)changes->count[k];
    return rows;
}

uint64_t signal_store_all_changes(const struct signal_store *store)
{
    return store->changes[AXIS_STRATEGY].rows + store->changes[AXIS_CLASSIFIER].rows;
}

/* Bars must ascend within the symbol; each value is one that the instance can say, and new. */
static bool is_sound(const struct signal_store *store, enum axis_kind axis, size_t symbol,
                     size_t instance, const uint32_t *bar, const int8_t *value, size_t count)
{
    const admf_component *row = store->layout.axes[axis].instances[instance].row;
    int least = axis == AXIS_STRATEGY ? -1 : 0;
    int most = axis == AXIS_STRATEGY ? 1 : row ? row->n_labels : 0;
    int8_t last = 0;
    for (size_t k = 0; k < count; k++) {
        if (bar[k] >= store->layout.bars[symbol]->count || (k > 0 && bar[k] <= bar[k - 1]) ||
            value[k] < least || value[k] > most || value[k] == last)
            return false;
        last = value[k];
    }
    return true;
}

admf_status signal_store_read(struct signal_store *store, enum axis_kind axis, size_t symbol,
                              size_t first, size_t count, uint32_t *bar, int8_t *value,
                              admf_error *error)
{
    const struct change_columns *changes = &store->changes[axis];
    size_t begin = symbol * store->layout.axes[axis].count + first, at = 0;
    hsize_t start = count ? (hsize_t)changes->offset[begin] : 0;
    hsize_t rows = signal_store_changes(store, axis, symbol, first, count);
    const struct hyperslab slab = {&start, &rows};
    if (rows == 0)
        return ADMF_OK;
    admf_status status = hyperslab_read_exact(changes->bar, &slab, H5T_NATIVE_UINT32, bar,
                                              store->path, "cannot read changes", error);
    if (!status)
        status = hyperslab_read_exact(changes->value, &slab, H5T_NATIVE_INT8, value, store->path,
                                      "cannot read changes", error);
    for (size_t k = 0; !status && k < count; k++) {
        size_t n = (size_t)changes->count[begin + k];
        if (!is_sound(store, axis, symbol, first + k, bar + at, value + at, n))
            status = no_store(store->path, "a change is out of order or of no known value", error);
        at += n;
    }
    return status;
}

admf_status signal_store_read_strength(struct signal_store *store, size_t symbol, size_t strategy,
                                       double *strength, admf_error *error)
{
    const hsize_t start[RANK] = {symbol, strategy, 0};
    const hsize_t count[RANK] = {1, 1, store->layout.bars[symbol]->count};
    admf_status status =
        hyperslab_read(store->strength, &(struct hyperslab){start, count}, H5T_NATIVE_DOUBLE,
                       strength, store->path, "cannot read strengths", error);
    for (size_t t = 0; !status && t < store->layout.bars[symbol]->count; t++)
        if (strength[t] < 0 || isinf(strength[t]))
            status = no_store(store->path, "a strength is negative or infinite", error);
    return status;
}
