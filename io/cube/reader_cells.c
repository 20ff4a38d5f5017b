/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics and status of an opened cube. */
#include "io/cube/reader.h"

#include <math.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/hdf5/hyperslab.h"

size_t admf_cube_metric_count(const admf_cube *cube) { return cube->metric_count; }

const char *admf_cube_metric_name(const admf_cube *cube, size_t metric)
{
    return metric < cube->metric_count ? cube->metrics[metric].name : NULL;
}

int admf_cube_metric_index(const admf_cube *cube, const char *name)
{
    for (size_t m = 0; m < cube->metric_count; m++)
        if (strcmp(cube->metrics[m].name, name) == 0)
            return (int)m;
    return -1;
}

static admf_status read_box(const admf_cube *cube, hid_t dataset, const hsize_t *start,
                            const hsize_t *count, hid_t type, void *out, admf_error *error)
{
    return hyperslab_read(dataset, &(struct hyperslab){start, count}, type, out, cube->path,
                          "cannot read", error);
}

static admf_status check_range(const admf_cube *cube, uint64_t symbol, uint64_t window,
                               admf_error *error)
{
    if (symbol < cube->dims[0] && window < cube->dims[1])
        return ADMF_OK;
    return fail_file(error, ADMF_USAGE, cube->path, 0, "no such symbol or window");
}

static admf_status read_rows(const admf_cube *cube, hid_t dataset, const struct cube_rows *rows,
                             hid_t type, void *out, admf_error *error)
{
    hsize_t start[ADMF_AXES] = {rows->symbol, rows->window, rows->first};
    hsize_t count[ADMF_AXES] = {1, 1, rows->count};
    for (int d = 3; d < ADMF_AXES; d++)
        count[d] = cube->dims[d];
    return read_box(cube, dataset, start, count, type, out, error);
}

admf_status cube_read_status_rows(admf_cube *cube, const struct cube_rows *rows, uint8_t *out,
                                  admf_error *error)
{
    admf_status status = check_range(cube, rows->symbol, rows->window, error);
    return status ? status : read_rows(cube, cube->status, rows, H5T_NATIVE_UINT8, out, error);
}

static admf_status check_metric(const admf_cube *cube, int metric, admf_error *error)
{
    if (metric >= 0 && (size_t)metric < cube->metric_count)
        return ADMF_OK;
    return fail_file(error, ADMF_USAGE, cube->path, 0, "no such metric");
}

static struct cube_rows all_rows(const admf_cube *cube, uint64_t symbol, uint64_t window)
{
    return (struct cube_rows){symbol, window, 0, cube->dims[ADMF_AXIS_STRATEGY]};
}

admf_status admf_cube_read_status(admf_cube *cube, uint64_t symbol, uint64_t window, uint8_t *out,
                                  admf_error *error)
{
    struct cube_rows rows = all_rows(cube, symbol, window);
    return cube_read_status_rows(cube, &rows, out, error);
}

/* Cells of a .partial that are not computed may be half written. */
static admf_status blank_unfinished(admf_cube *cube, const struct cube_rows *rows, uint64_t cells,
                                    double *out, admf_error *error)
{
    uint8_t *fate = memory_new(cells, 1);
    if (!fate)
        return fail_memory(error);
    admf_status status = cube_read_status_rows(cube, rows, fate, error);
    for (uint64_t i = 0; !status && i < cells; i++)
        if (fate[i] == ADMF_CELL_NOT_COMPUTED)
            out[i] = NAN;
    memory_free(fate);
    return status;
}

admf_status cube_read_metric_rows(admf_cube *cube, int metric, const struct cube_rows *rows,
                                  double *out, admf_error *error)
{
    uint64_t cells = rows->count * cube_row_cells(cube);
    admf_status status = check_range(cube, rows->symbol, rows->window, error);
    if (!status)
        status = check_metric(cube, metric, error);
    if (!status)
        status =
            read_rows(cube, cube->metrics[metric].dataset, rows, H5T_NATIVE_DOUBLE, out, error);
    for (uint64_t i = 0; !status && i < cells; i++)
        if (isnan(out[i]))
            out[i] = NAN;
    if (!status && cube->partial)
        status = blank_unfinished(cube, rows, cells, out, error);
    return status;
}

admf_status admf_cube_read_metric(admf_cube *cube, int metric, uint64_t symbol, uint64_t window,
                                  double *out, admf_error *error)
{
    struct cube_rows rows = all_rows(cube, symbol, window);
    return cube_read_metric_rows(cube, metric, &rows, out, error);
}

uint64_t cube_row_cells(const admf_cube *cube)
{
    return cube->cells / cube->dims[ADMF_AXIS_STRATEGY];
}

/* Where a combination is, and its status. */
static admf_status find_cell(const admf_cube *cube, uint64_t symbol, uint64_t window,
                             uint64_t combo, hsize_t start[ADMF_AXES], uint8_t *fate,
                             admf_error *error)
{
    const hsize_t one[ADMF_AXES] = {1, 1, 1, 1, 1, 1};
    admf_status status = check_range(cube, symbol, window, error);
    if (!status && combo >= cube->cells)
        status = fail_file(error, ADMF_USAGE, cube->path, 0,
                           "there is no combo_%llu; the last is combo_%llu",
                           (unsigned long long)combo, (unsigned long long)cube->cells - 1);
    start[0] = symbol;
    start[1] = window;
    for (int d = ADMF_AXES - 1; d >= 2; d--) {
        start[d] = combo % cube->dims[d];
        combo /= cube->dims[d];
    }
    return status ? status
                  : read_box(cube, cube->status, start, one, H5T_NATIVE_UINT8, fate, error);
}

static admf_status read_value(const admf_cube *cube, size_t metric, const hsize_t *start,
                              uint8_t fate, double *out, admf_error *error)
{
    const hsize_t one[ADMF_AXES] = {1, 1, 1, 1, 1, 1};
    admf_status status =
        read_box(cube, cube->metrics[metric].dataset, start, one, H5T_NATIVE_DOUBLE, out, error);
    if (!status && (isnan(*out) || (cube->partial && fate == ADMF_CELL_NOT_COMPUTED)))
        *out = NAN;
    return status;
}

/* Single values are asked of few metrics, for many combinations: then a chunk is worth its memory.
 * HDF5 has one cache for all who have a dataset open, so it is closed first. */
static admf_status keep_chunk(admf_cube *cube, struct cube_metric *metric, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = cube->path;
    if (metric->keeps_chunk)
        return ADMF_OK;
    hdf5_close(metric->dataset);
    HDF5_TRY(metric->dataset = H5Dopen2(cube->file, metric->name, H5P_DEFAULT), ADMF_BAD_DATA,
             "cannot read");
    metric->keeps_chunk = true;
cleanup:
    return status;
}

admf_status admf_cube_read_value(admf_cube *cube, int metric, uint64_t symbol, uint64_t window,
                                 uint64_t combo, double *out, admf_error *error)
{
    hsize_t start[ADMF_AXES];
    uint8_t fate = ADMF_CELL_NOT_COMPUTED;
    admf_status status = check_metric(cube, metric, error);
    if (!status)
        status = find_cell(cube, symbol, window, combo, start, &fate, error);
    if (!status)
        status = keep_chunk(cube, &cube->metrics[metric], error);
    return status ? status : read_value(cube, (size_t)metric, start, fate, out, error);
}

admf_status admf_cube_read_cell(admf_cube *cube, uint64_t symbol, uint64_t window, uint64_t combo,
                                double *out, uint8_t *fate, admf_error *error)
{
    hsize_t start[ADMF_AXES];
    admf_status status = find_cell(cube, symbol, window, combo, start, fate, error);
    for (size_t m = 0; !status && m < cube->metric_count; m++)
        status = read_value(cube, m, start, *fate, &out[m], error);
    return status;
}
