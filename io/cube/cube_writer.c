/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a cube that is being written: PATH.partial, then PATH.new, then PATH. */
#define _POSIX_C_SOURCE 200809L /* access, unlink */
#include "io/cube/cube_writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/beside.h"
#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/base/whole_file.h"
#include "io/cube/cube_digest.h"
#include "io/cube/kept.h"
#include "io/cube/packing.h"
#include "io/cube/partial.h"
#include "io/cube/reader.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"
#include "io/hdf5/seal.h"

struct cube_writer {
    char *path, *lock_path, *making_path, *partial_path, *new_path;
    bool force; /* replaces what is at `path` */
    struct skeleton skeleton;
    struct claim claim; /* of PATH.partial.lock, until PATH.partial is there and locked */
    struct partial partial;
    bool collected;
    struct cube_file file; /* PATH.new, once collected */
    struct kept kept[KEPT_GROUPS];
};

static const char lock_ending[] = ".partial.lock", making_ending[] = ".making",
                  partial_ending[] = ".partial", new_ending[] = ".new";

static char *with_suffix(const char *path, const char *suffix)
{
    size_t room = strlen(path) + strlen(suffix) + 1;
    char *joined = memory_new(room, 1);
    if (joined)
        snprintf(joined, room, "%s%s", path, suffix);
    return joined;
}

enum cube_state cube_state(const char *path)
{
    char partial[ADMF_PATH_MAX + 16];
    snprintf(partial, sizeof partial, "%s%s", path, partial_ending);
    if (access(partial, F_OK) == 0)
        return CUBE_PARTIAL;
    return access(path, F_OK) == 0 ? CUBE_FINISHED : CUBE_NOTHING;
}

bool cube_spoils(const char *path, const char *other)
{
    const char *const endings[] = {"", lock_ending, making_ending, partial_ending, new_ending};
    bool spoils = false;
    for (size_t k = 0; !spoils && k < sizeof endings / sizeof *endings; k++) {
        char name[ADMF_PATH_MAX + 16];
        snprintf(name, sizeof name, "%s%s", path, endings[k]);
        spoils = files_same(name, other);
    }
    return spoils;
}

/* --- starting ------------------------------------------------------------------------- */

static admf_status writer_new(const char *path, const struct cube_layout *layout,
                              struct cube_writer **out, admf_error *error)
{
    struct cube_writer *cube = memory_new(1, sizeof *cube);
    *out = NULL;
    if (strlen(path) >= ADMF_PATH_MAX - 16) {
        memory_free(cube);
        return fail(error, ADMF_IO, "the path of the cube is too long");
    }
    if (!cube)
        return fail_memory(error);
    cube->file.id = H5I_INVALID_HID;
    cube->claim.fd = cube->partial.file.fd = -1;
    cube->path = memory_copy_text(path);
    cube->lock_path = with_suffix(path, lock_ending);
    cube->making_path = with_suffix(path, making_ending);
    cube->partial_path = with_suffix(path, partial_ending);
    cube->new_path = with_suffix(path, new_ending);
    admf_status status =
        cube->path && cube->lock_path && cube->making_path && cube->partial_path && cube->new_path
            ? skeleton_init(&cube->skeleton, layout, error)
            : fail_memory(error);
    if (status)
        cube_abandon(&cube);
    *out = cube;
    return status;
}

/* Makes sure that no other run begins here; what one has left in the making goes. */
static admf_status claim_start(struct cube_writer *cube, admf_error *error)
{
    admf_status status = claim_make(&cube->claim, cube->lock_path, cube->path, error);
    if (!status)
        unlink(cube->making_path);
    return status;
}

/* Drops PATH.new and everything in memory. */
void cube_abandon(struct cube_writer **cube)
{
    struct cube_writer *c = *cube;
    if (!c)
        return;
    *cube = NULL;
    kept_drop(c->kept);
    cube_file_drop(&c->file);
    if (c->collected)
        unlink(c->new_path);
    partial_close(&c->partial);
    claim_drop(&c->claim);
    skeleton_deinit(&c->skeleton);
    memory_free(c->path);
    memory_free(c->lock_path);
    memory_free(c->making_path);
    memory_free(c->partial_path);
    memory_free(c->new_path);
    memory_free(c);
}

static admf_status refuse_existing(const char *path, const char *partial, admf_error *error)
{
    if (access(partial, F_OK) == 0)
        return fail_file(error, ADMF_IO, partial, 0,
                         "an unfinished run is here; --resume goes on with it, --force starts "
                         "again");
    if (access(path, F_OK) == 0)
        return whole_file_exists(path, error);
    return ADMF_OK;
}

admf_status cube_claim(const char *path, const struct cube_layout *layout, bool force,
                       struct cube_writer **out, admf_error *error)
{
    admf_status status = writer_new(path, layout, out, error);
    if (status)
        return status;
    struct cube_writer *cube = *out;
    cube->force = force;
    status = whole_file_check(path, error);
    if (!status)
        status = claim_start(cube, error);
    if (!status)
        status = force ? claim_refuse_live(cube->partial_path, error)
                       : refuse_existing(path, cube->partial_path, error);
    if (!status)
        status = partial_cut(&cube->partial, &cube->skeleton, error);
    if (status)
        cube_abandon(out);
    return status;
}

admf_status cube_make(struct cube_writer *cube, admf_error *error)
{
    admf_status status = partial_create(&cube->partial, &cube->skeleton, cube->making_path,
                                        cube->partial_path, error);
    claim_drop(&cube->claim);
    if (status) /* files that could not be closed, after what is told */
        hdf5_forget_failures();
    return status;
}

admf_status cube_create(const char *path, const struct cube_layout *layout, bool force,
                        struct cube_writer **out, admf_error *error)
{
    admf_status status = cube_claim(path, layout, force, out, error);
    if (!status)
        status = cube_make(*out, error);
    if (status)
        cube_abandon(out);
    return status;
}

admf_status cube_resume(const char *path, const struct cube_layout *layout,
                        struct cube_writer **out, admf_error *error)
{
    admf_status status = writer_new(path, layout, out, error);
    if (status)
        return status;
    struct cube_writer *cube = *out;
    /* What is there before an unfinished run goes on is what that was to replace. */
    cube->force = access(path, F_OK) == 0;
    status = whole_file_check(path, error);
    if (!status)
        status = claim_start(cube, error);
    if (!status)
        status = partial_open(&cube->partial, &cube->skeleton, cube->partial_path, error);
    claim_drop(&cube->claim);
    if (status)
        cube_abandon(out);
    return status;
}

/* A cube may say that it is of this layout and not be: combinations are counted by its shape. */
static admf_status check_shape(const struct cube_layout *layout, hid_t file, const char *path,
                               admf_error *error)
{
    uint64_t dims[CUBE_RANK_MAX];
    hid_t dataset = H5Dopen2(file, "status", H5P_DEFAULT);
    bool same = dataset >= 0 && cube_extent(dataset, dims) == CUBE_RANK &&
                dims[0] == layout->symbol_count && dims[1] == layout->window_count;
    for (int a = 0; same && a < AXIS_COUNT; a++)
        same = dims[2 + a] == layout->axes[a].count;
    hdf5_close(dataset);
    return same ? ADMF_OK
                : fail_file(error, ADMF_BAD_DATA, path, 0,
                            "its variable status is not of the shape that its configuration "
                            "makes; start again with --force");
}

admf_status cube_matches(const char *path, const struct cube_layout *layout, admf_error *error)
{
    hid_t file = H5I_INVALID_HID;
    hdf5_quiet();
    if (access(path, F_OK) != 0)
        return fail_file(error, ADMF_NO_INPUT, path, errno, "cannot open");
    admf_status status = whole_file_check(path, error);
    if (!status)
        status = hdf5_open_input(path, "cannot open", &file, error);
    if (!status)
        status = provenance_agrees(layout, file, path, error);
    if (!status)
        status = check_shape(layout, file, path, error);
    hdf5_close(file);
    return status;
}

/* --- blocks --------------------------------------------------------------------------- */

uint64_t cube_blocks(const struct cube_writer *cube) { return cube->partial.blocks; }

bool cube_block_done(const struct cube_writer *cube, uint64_t block)
{
    return partial_is_done(&cube->partial, block);
}

struct cube_range cube_block_range(const struct cube_writer *cube, uint64_t block)
{
    return partial_range(&cube->partial, &cube->skeleton.variables, block);
}

admf_status cube_write_block(struct cube_writer *cube, uint64_t block,
                             const struct cube_values *values, admf_error *error)
{
    return partial_write(&cube->partial, &cube->skeleton.variables, block, values, error);
}

admf_status cube_read_back(struct cube_writer *cube, size_t metric, const struct cube_range *range,
                           double *out, admf_error *error)
{
    const struct variables *v = &cube->skeleton.variables;
    const struct variable *variable = &v->list[metric];
    uint64_t first = (range->symbol * v->dims[1] + range->window) * v->cells + range->first;
    int failed = files_read_at(cube->partial.file.fd, out, range->count * variable->element,
                               variable->offset + first * variable->element);
    if (failed)
        return fail_file(error, ADMF_IO, cube->partial_path, failed, "cannot read");
    /* float32 values came into the lower half: widen from the top. */
    for (uint64_t i = range->count; variable->type == VALUE_FLOAT32 && i-- > 0;) {
        float stored;
        memcpy(&stored, (const char *)out + i * sizeof stored, sizeof stored);
        out[i] = isnan(stored) ? (double)NAN : (double)stored;
    }
    return ADMF_OK;
}

/* --- the finished file ---------------------------------------------------------------- */

uint64_t cube_collect_bytes(uint64_t elements, int threads)
{
    /* 1 MiB is the largest chunk (variables.h). */
    return chunk_packer_bytes(elements < 1 << 17 ? elements * 8 : 1 << 20, threads);
}

uint64_t cube_keep_bytes(int threads)
{
    return chunk_packer_bytes(GROWING_ROWS * sizeof(double), threads);
}

static admf_status pack_variables(struct cube_writer *cube, const hid_t *datasets,
                                  admf_error *error)
{
    const struct variables *v = &cube->skeleton.variables;
    const struct packing packing = {cube->partial.file.fd, cube->partial_path, cube->file.packer};
    admf_status status = ADMF_OK;
    for (size_t k = 0; !status && k < v->count; k++)
        status = pack_variable(&packing, &v->list[k], datasets[k], error);
    return status ? status : chunk_packer_flush(cube->file.packer, error);
}

admf_status cube_collect(struct cube_writer *cube, admf_error *error)
{
    const struct cube_layout *layout = cube->skeleton.layout;
    const struct variables *v = &cube->skeleton.variables;
    if (cube->collected)
        return ADMF_OK;
    hid_t *datasets = memory_new(v->count, sizeof *datasets);
    if (!datasets)
        return fail_memory(error);
    for (size_t k = 0; k < v->count; k++)
        datasets[k] = H5I_INVALID_HID;
    admf_status status = partial_clear_unfinished(&cube->partial, v, error);
    if (!status)
        status =
            cube_file_create(&cube->file, cube->new_path, layout->deflate, layout->threads, error);
    cube->collected = cube->file.id >= 0;
    if (!status)
        status = skeleton_write(&cube->skeleton, &cube->file, datasets, error);
    if (!status)
        status = pack_variables(cube, datasets, error);
    for (size_t k = 0; k < v->count; k++)
        hdf5_close(datasets[k]);
    memory_free(datasets);
    if (status && cube->collected) {
        cube_file_drop(&cube->file);
        unlink(cube->new_path);
        cube->collected = false;
    }
    return status;
}

static admf_status keep_series(struct cube_writer *cube, enum kept_group which,
                               const struct cube_cell *cell, size_t count,
                               const void *const *values, admf_error *error)
{
    admf_status status = cube_collect(cube, error);
    return status ? status
                  : kept_series(&cube->kept[which], which, &cube->file, cube->skeleton.layout, cell,
                                count, values, error);
}

admf_status cube_keep_equity(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                             const int64_t *time, const double *equity, admf_error *error)
{
    return keep_series(cube, KEPT_EQUITY, cell, count, (const void *[]){time, equity}, error);
}

admf_status cube_keep_signals(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                              const int64_t *time, const int64_t *bar, const int8_t *signal,
                              admf_error *error)
{
    return keep_series(cube, KEPT_SIGNALS, cell, count, (const void *[]){time, bar, signal}, error);
}

admf_status cube_keep_regimes(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                              const int64_t *time, const int64_t *bar, const char *const *label,
                              admf_error *error)
{
    return keep_series(cube, KEPT_REGIMES, cell, count, (const void *[]){time, bar, label}, error);
}

admf_status cube_keep_trades(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                             const struct cube_trade *trades, admf_error *error)
{
    admf_status status = cube_collect(cube, error);
    return status ? status
                  : kept_trades(&cube->kept[KEPT_TRADES], &cube->file, cube->skeleton.layout, cell,
                                count, trades, error);
}

admf_status cube_keep_choice(struct cube_writer *cube, const struct cube_choice *choice,
                             admf_error *error)
{
    admf_status status = cube_collect(cube, error);
    return status ? status
                  : kept_choice(&cube->kept[KEPT_SELECTION], &cube->file, cube->skeleton.layout,
                                choice, error);
}

admf_status cube_keep_stitched(struct cube_writer *cube, const struct cube_choice *choice,
                               size_t count, const int64_t *time, const double *equity,
                               admf_error *error)
{
    admf_status status = cube_collect(cube, error);
    return status ? status
                  : kept_stitched(&cube->kept[KEPT_STITCHED], &cube->file, cube->skeleton.layout,
                                  choice, count, time, equity, error);
}

admf_status cube_start_resampled(struct cube_writer *cube, admf_error *error)
{
    admf_status status = cube_collect(cube, error);
    return status ? status
                  : kept_start(&cube->kept[KEPT_MONTE_CARLO], KEPT_MONTE_CARLO, &cube->file, error);
}

admf_status cube_keep_resampled(struct cube_writer *cube, const struct cube_resampled *resampled,
                                admf_error *error)
{
    return kept_resampled(&cube->kept[KEPT_MONTE_CARLO], &cube->file, cube->skeleton.layout,
                          resampled, error);
}

admf_status cube_keep_adaptive(struct cube_writer *cube, const struct cube_adaptive *adaptive,
                               admf_error *error)
{
    admf_status status = cube_collect(cube, error);
    return status ? status
                  : kept_adaptive(&cube->kept[KEPT_CHOICE], &cube->kept[KEPT_ADAPTIVE], &cube->file,
                                  cube->skeleton.layout, adaptive, error);
}

static admf_status sync_new(void *context, admf_error *error)
{
    const struct cube_writer *cube = context;
    return whole_file_sync(cube->new_path, error);
}

/* On the disk, and its digest. */
static admf_status settle(struct cube_writer *cube, char *digest, admf_error *error)
{
    struct beside sync;
    const struct digest_source source = {&cube->skeleton.variables, cube->partial.file.fd,
                                         cube->partial_path, cube->partial.made_here};
    beside_start(&sync, sync_new, cube);
    admf_status status =
        digest ? cube_digest(cube->new_path, &source, cube->skeleton.layout->threads, digest, error)
               : ADMF_OK;
    admf_status synced = beside_end(&sync, error);
    return synced ? synced : status;
}

admf_status cube_finish(struct cube_writer **out, const char *finished, char digest[17],
                        admf_error *error)
{
    struct cube_writer *cube = *out;
    bool renamed = false;
    admf_status status = cube_collect(cube, error);
    if (!status)
        status = kept_finish(cube->kept, &cube->file, error);
    if (!status)
        status = provenance_write(cube->skeleton.layout, &cube->file, finished, error);
    if (!status)
        status = cube_file_close(&cube->file, error);
    if (!status)
        status = hdf5_seal_finished(cube->new_path, &cube->file.packed, error);
    if (!status)
        status = settle(cube, digest, error);
    if (!status)
        status = whole_file_name(cube->new_path, cube->path, cube->force, &renamed, error);
    if (renamed)
        cube->collected = false; /* PATH.new is no more */
    if (!status && unlink(cube->partial_path) != 0 && errno != ENOENT)
        status = fail_file(error, ADMF_IO, cube->partial_path, errno, "cannot remove");
    cube_abandon(out);
    return status;
}
