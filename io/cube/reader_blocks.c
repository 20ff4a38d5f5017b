/* SPDX-License-Identifier: Apache-2.0 */
/* Sums by stretch of time of an opened cube: block_n, block_sum, block_sum2. */
#include <string.h>

#include "engine/base/failure.h"
#include "io/cube/reader.h"
#include "io/cube/variables.h"
#include "io/hdf5/hyperslab.h"

static const char *const block_variable[CUBE_BLOCK_SUMS] = {"block_n", "block_sum", "block_sum2"};

static admf_status open_sums(const admf_cube *cube, int which, struct cube_blocks *out,
                             admf_error *error)
{
    const char *path = cube->path;
    admf_status status = ADMF_OK;
    uint64_t dims[CUBE_RANK_MAX];
    hid_t dataset;
    HDF5_TRY(dataset = H5Dopen2(cube->file, block_variable[which], H5P_DEFAULT), ADMF_BAD_DATA,
             "the sums of the blocks cannot be read");
    out->dataset[which] = dataset;
    bool fits = cube_extent(dataset, dims) == CUBE_RANK_MAX;
    for (int a = 0; fits && a < ADMF_AXES; a++)
        fits = dims[a] == cube->dims[a];
    if (!fits || dims[CUBE_RANK] == 0 || dims[CUBE_RANK] > CUBE_BLOCKS_MAX ||
        (which && dims[CUBE_RANK] != out->count))
        return fail_file(error, ADMF_BAD_DATA, path, 0, "the variable %s is of another shape",
                         block_variable[which]);
    out->count = dims[CUBE_RANK];
    hid_t type = H5Dget_type(dataset);
    out->element = type < 0 ? 0 : H5Tget_size(type);
    hdf5_close(type);
    if (out->element == 0)
        status = hdf5_fail(error, ADMF_BAD_DATA, path, "the sums of the blocks cannot be read");
cleanup:
    return status;
}

admf_status cube_blocks_open(const admf_cube *cube, struct cube_blocks *out, admf_error *error)
{
    admf_status status = ADMF_OK;
    out->count = 0;
    for (int k = 0; k < CUBE_BLOCK_SUMS; k++)
        out->dataset[k] = H5I_INVALID_HID;
    if (H5Lexists(cube->file, block_variable[0], H5P_DEFAULT) <= 0)
        return ADMF_OK;
    for (int k = 0; !status && k < CUBE_BLOCK_SUMS; k++)
        status = open_sums(cube, k, out, error);
    if (status)
        cube_blocks_close(out);
    return status;
}

void cube_blocks_close(struct cube_blocks *blocks)
{
    for (int k = 0; k < CUBE_BLOCK_SUMS; k++) {
        hdf5_close(blocks->dataset[k]);
        blocks->dataset[k] = H5I_INVALID_HID;
    }
    blocks->count = 0;
}

/*
 * The cells of a chunk, as the writer cuts them: their indices along the axes before one are the
 * same, they have a few neighbouring ones along it and all after it.
 */
struct cube_piece cube_block_piece(const admf_cube *cube, const struct cube_blocks *blocks,
                                   uint64_t combo)
{
    uint64_t dims[CUBE_RANK_MAX], chunk[CUBE_RANK_MAX], inner = 1;
    int axis = ADMF_AXES - 1;
    memcpy(dims, cube->dims, sizeof cube->dims);
    dims[CUBE_RANK] = blocks->count;
    chunk_dims(CUBE_RANK_MAX, dims, blocks->element, chunk);
    while (axis > ADMF_AXIS_STRATEGY && chunk[axis] == dims[axis])
        inner *= dims[axis--];
    uint64_t row = combo / inner, at = row % dims[axis] / chunk[axis] * chunk[axis];
    uint64_t left = dims[axis] - at, count = chunk[axis] < left ? chunk[axis] : left;
    return (struct cube_piece){.first = (row / dims[axis] * dims[axis] + at) * inner,
                               .count = count * inner};
}

admf_status cube_read_blocks(admf_cube *cube, const struct cube_blocks *blocks,
                             enum cube_block_sum which, uint64_t symbol, uint64_t window,
                             const struct cube_piece *piece, double *out, admf_error *error)
{
    hsize_t start[CUBE_RANK_MAX] = {symbol, window}, count[CUBE_RANK_MAX] = {1, 1};
    uint64_t first = piece->first, left = piece->count;
    for (int d = ADMF_AXES - 1; d >= ADMF_AXIS_STRATEGY; d--) {
        start[d] = first % cube->dims[d];
        count[d] = left < cube->dims[d] ? left : cube->dims[d];
        first /= cube->dims[d];
        left /= count[d];
    }
    start[CUBE_RANK] = 0;
    count[CUBE_RANK] = blocks->count;
    return hyperslab_read(blocks->dataset[which], &(struct hyperslab){start, count},
                          H5T_NATIVE_DOUBLE, out, cube->path, "cannot read", error);
}
