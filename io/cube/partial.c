/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* fstat, unlink */
#include "io/cube/partial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "io/cube/dimensions.h"
#include "io/cube/texts.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"
#include "io/hdf5/seal.h"

enum { DEFAULT_BLOCK_CELLS = 1 << 16 };

/* --- where things are ----------------------------------------------------------------- */

static void cut_blocks(struct partial *partial, const struct variables *v, uint64_t block_cells)
{
    if (block_cells == 0)
        block_cells = DEFAULT_BLOCK_CELLS;
    if (block_cells > v->cells)
        block_cells = v->cells;
    partial->block_cells = block_cells;
    partial->blocks_each = (v->cells + block_cells - 1) / block_cells;
    partial->blocks = v->dims[0] * v->dims[1] * partial->blocks_each;
}

static admf_status find_offset(hid_t dataset, const char *path, uint64_t *offset, admf_error *error)
{
    haddr_t address = H5Dget_offset(dataset);
    if (address == HADDR_UNDEF)
        return hdf5_fail(error, ADMF_BAD_DATA, path, "a variable has no fixed place");
    *offset = address;
    return ADMF_OK;
}

/* --- starting ------------------------------------------------------------------------- */

/* `count` bytes that plain writes change. */
static admf_status make_bytes(struct cube_file *file, hid_t group, const char *name,
                              const struct dimension *dimension, uint64_t *offset,
                              admf_error *error)
{
    hid_t dataset = H5I_INVALID_HID;
    admf_status status = make_dataset(file, group, name, H5T_STD_U8LE, 1, &dimension->size, NULL,
                                      false, &dataset, error);
    if (!status)
        status = attach_dimensions(file, dataset, dimension, 1, error);
    if (!status)
        status = find_offset(dataset, file->path, offset, error);
    hdf5_close(dataset);
    return status;
}

static admf_status write_progress(struct partial *partial, struct cube_file *file,
                                  admf_error *error)
{
    hid_t group = H5I_INVALID_HID;
    struct dimension bits = {.scale = H5I_INVALID_HID}, boot = {.scale = H5I_INVALID_HID};
    char cells[32];
    snprintf(cells, sizeof cells, "%llu", (unsigned long long)partial->block_cells);
    admf_status status = make_group(file, file->id, "progress", &group, error);
    if (!status)
        status = put_scalar_text(file, group, "block_cells", cells, error);
    if (!status)
        status = make_bare_dimension(file, group, "bitmap_byte", partial_bitmap_bytes(partial),
                                     &bits, error);
    if (!status)
        status = make_bytes(file, group, "finished_blocks", &bits, &partial->bitmap_offset, error);
    if (!status)
        status = make_bytes(file, group, "durable_blocks", &bits, &partial->durable_offset, error);
    if (!status)
        status = make_bare_dimension(file, group, "boot_byte", PARTIAL_BOOT, &boot, error);
    if (!status)
        status = make_bytes(file, group, "boot", &boot, &partial->boot_offset, error);
    hdf5_close(boot.scale);
    hdf5_close(bits.scale);
    hdf5_close(group);
    return status;
}

static admf_status make_file(struct partial *partial, struct skeleton *s, const char *path,
                             admf_error *error)
{
    struct variables *v = &s->variables;
    struct cube_file file = {.id = H5I_INVALID_HID};
    admf_status status = ADMF_OK;
    hid_t *datasets = memory_new(v->count, sizeof *datasets);
    if (!datasets)
        return fail_memory(error);
    for (size_t k = 0; k < v->count; k++)
        datasets[k] = H5I_INVALID_HID;
    /* Not cut short: such a file ext4 writes to the disk as it is closed, and is slow to free. */
    unlink(path);
    status = cube_file_create(&file, path, -1, 1, error);
    if (!status)
        status = skeleton_write(s, &file, datasets, error);
    for (size_t k = 0; !status && k < v->count; k++)
        status = find_offset(datasets[k], path, &v->list[k].offset, error);
    if (!status)
        status = provenance_write(s->layout, &file, NULL, error);
    if (!status)
        status = write_progress(partial, &file, error);
    for (size_t k = 0; k < v->count; k++)
        hdf5_close(datasets[k]);
    if (!status)
        status = cube_file_close(&file, error);
    cube_file_drop(&file);
    memory_free(datasets);
    return status;
}

static admf_status make_memory(struct partial *partial, admf_error *error)
{
    partial->bitmap = memory_new(partial_bitmap_bytes(partial), 1);
    partial->scratch = memory_new_uncleared(PARTIAL_PIECE, sizeof(double));
    return partial->bitmap && partial->scratch ? ADMF_OK : fail_memory(error);
}

admf_status partial_cut(struct partial *partial, const struct skeleton *s, admf_error *error)
{
    *partial = (struct partial){.file.fd = -1};
    cut_blocks(partial, &s->variables, s->layout->block_cells);
    return make_memory(partial, error);
}

/* All but what plain writes change. */
static admf_status seal(const struct partial *partial, const struct variables *v,
                        const char *making, admf_error *error)
{
    struct file_piece *pieces = memory_new(v->count + 3, sizeof *pieces);
    if (!pieces)
        return fail_memory(error);
    for (size_t k = 0; k < v->count; k++)
        pieces[k] =
            (struct file_piece){v->list[k].offset, v->list[k].elements * v->list[k].element};
    pieces[v->count] = (struct file_piece){partial->bitmap_offset, partial_bitmap_bytes(partial)};
    pieces[v->count + 1] =
        (struct file_piece){partial->durable_offset, partial_bitmap_bytes(partial)};
    pieces[v->count + 2] = (struct file_piece){partial->boot_offset, PARTIAL_BOOT};
    admf_status status = hdf5_seal(making, pieces, v->count + 3, error);
    memory_free(pieces);
    return status;
}

admf_status partial_create(struct partial *partial, struct skeleton *s, const char *making,
                           const char *path, admf_error *error)
{
    admf_status status = make_file(partial, s, making, error);
    if (!status)
        status = seal(partial, &s->variables, making, error);
    if (!status)
        status = claim_take(&partial->file, making, error);
    for (size_t k = 0; !status && k < s->variables.count; k++)
        status =
            partial_fill(partial, &s->variables.list[k], 0, s->variables.list[k].elements, error);
    if (!status)
        status = partial_write_bitmap(partial, error);
    if (!status)
        status = partial_write_boot(partial, error);
    if (!status && rename(making, path) != 0)
        status = fail_file(error, ADMF_IO, path, errno, "cannot create");
    if (status)
        unlink(making);
    else
        partial->file.path = path;
    partial->made_here = !status;
    return status;
}

/* --- going on ------------------------------------------------------------------------- */

static admf_status not_ours(const char *path, const char *what, admf_error *error)
{
    return fail_file(error, ADMF_BAD_DATA, path, 0, "cannot go on with this file: %s", what);
}

static bool has_shape(hid_t dataset, const struct variable *v)
{
    hsize_t dims[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset),
          creation = H5Dget_create_plist(dataset);
    bool same = space >= 0 && type >= 0 && creation >= 0 &&
                H5Pget_layout(creation) == H5D_CONTIGUOUS && H5Tget_size(type) == v->element &&
                H5Sget_simple_extent_ndims(space) == v->rank &&
                H5Sget_simple_extent_dims(space, dims, NULL) == v->rank;
    for (int d = 0; same && d < v->rank; d++)
        same = dims[d] == v->dims[d];
    hdf5_close_list(creation);
    hdf5_close_type(type);
    hdf5_close_space(space);
    return same;
}

static admf_status find_variable(hid_t file, const char *path, struct variable *v,
                                 admf_error *error)
{
    admf_status status = ADMF_OK;
    char name[200];
    hid_t dataset = H5I_INVALID_HID;
    snprintf(name, sizeof name, "/%s%s%s", v->group ? v->group : "", v->group ? "/" : "", v->name);
    HDF5_TRY(dataset = H5Dopen2(file, name, H5P_DEFAULT), ADMF_BAD_DATA, "a variable is missing");
    if (!has_shape(dataset, v))
        status = not_ours(path, "a variable has another shape", error);
    else
        status = find_offset(dataset, path, &v->offset, error);
cleanup:
    hdf5_close(dataset);
    return status;
}

static admf_status find_bytes(hid_t file, const char *path, const char *name, uint64_t count,
                              uint64_t *offset, admf_error *error)
{
    struct variable bytes = {
        .group = "progress", .name = name, .rank = 1, .element = 1, .dims = {count}};
    admf_status status = find_variable(file, path, &bytes, error);
    *offset = bytes.offset;
    return status;
}

static admf_status find_progress(struct partial *partial, hid_t file, const struct variables *v,
                                 admf_error *error)
{
    char *cells = NULL;
    const char *path = partial->file.path;
    admf_status status = read_scalar_text(file, "/progress/block_cells", path, &cells, error);
    if (!status && !cells)
        status = not_ours(path, "it does not say how far it got", error);
    if (!status)
        cut_blocks(partial, v, strtoull(cells, NULL, 10));
    memory_free(cells);
    const uint64_t bits = status ? 0 : partial_bitmap_bytes(partial);
    if (!status)
        status = find_bytes(file, path, "finished_blocks", bits, &partial->bitmap_offset, error);
    if (!status)
        status = find_bytes(file, path, "durable_blocks", bits, &partial->durable_offset, error);
    if (!status)
        status = find_bytes(file, path, "boot", PARTIAL_BOOT, &partial->boot_offset, error);
    return status;
}

static admf_status find_places(struct partial *partial, struct skeleton *s, admf_error *error)
{
    const char *path = partial->file.path;
    hid_t file = H5I_INVALID_HID;
    hdf5_quiet();
    admf_status status = hdf5_seal_check(path, error);
    if (!status)
        status = hdf5_open_own(path, "cannot go on with this file", &file, error);
    if (!status)
        status = provenance_agrees(s->layout, file, path, error);
    for (size_t k = 0; !status && k < s->variables.count; k++)
        status = find_variable(file, path, &s->variables.list[k], error);
    if (!status)
        status = find_progress(partial, file, &s->variables, error);
    hdf5_close(file);
    return status;
}

static admf_status check_length(const struct partial *partial, const struct variables *v,
                                admf_error *error)
{
    struct stat about;
    if (fstat(partial->file.fd, &about) != 0)
        return fail_file(error, ADMF_IO, partial->file.path, errno, "cannot read");
    for (size_t k = 0; k < v->count; k++)
        if (v->list[k].offset + v->list[k].elements * v->list[k].element > (uint64_t)about.st_size)
            return not_ours(partial->file.path, "it is cut short", error);
    return ADMF_OK;
}

/* What is damaged nobody can go on with, and there is one way out. */
static void advise(admf_error *error)
{
    size_t length = strlen(error->message);
    if (!strstr(error->message, "--force"))
        snprintf(error->message + length, sizeof error->message - length,
                 "; start again with --force");
}

admf_status partial_open(struct partial *partial, struct skeleton *s, const char *path,
                         admf_error *error)
{
    *partial = (struct partial){.file.fd = -1};
    if (access(path, F_OK) != 0)
        return fail_file(error, ADMF_NO_INPUT, path, errno, "nothing to go on with");
    admf_status status = claim_take(&partial->file, path, error);
    if (!status)
        status = find_places(partial, s, error);
    if (!status)
        status = make_memory(partial, error);
    if (!status)
        status = check_length(partial, &s->variables, error);
    if (!status)
        status = partial_read_bitmap(partial, &s->variables, error);
    if (status == ADMF_BAD_DATA)
        advise(error);
    if (status)
        partial_close(partial);
    return status;
}

void partial_close(struct partial *partial)
{
    partial_sync_last(partial);
    claim_drop(&partial->file);
    memory_free(partial->bitmap);
    memory_free(partial->scratch);
    *partial = (struct partial){.file.fd = -1};
}
