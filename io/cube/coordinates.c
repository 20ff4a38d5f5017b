/* SPDX-License-Identifier: Apache-2.0 */
/* The dimensions of a cube and what is written along them. */
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/axis_coordinates.h"
#include "io/cube/skeleton.h"
#include "io/hdf5/failure.h"

static admf_status put_border(struct cube_file *file, const char *name, const char *long_name,
                              const struct dimension *dim, const int64_t *time, admf_error *error)
{
    hid_t dataset = H5I_INVALID_HID;
    admf_status status = put_column(file, file->id, name, H5T_STD_I64LE, H5T_NATIVE_INT64, dim,
                                    time, &dataset, error);
    if (!status)
        status = put_text(file, dataset, "long_name", long_name, error);
    if (!status)
        status = put_text(file, dataset, "units", "nanoseconds since 1970-01-01", error);
    if (!status)
        status = put_text(file, dataset, "calendar", "proleptic_gregorian", error);
    hdf5_close(dataset);
    return status;
}

static admf_status put_windows(const struct cube_layout *layout, struct cube_file *file,
                               struct dimension *dim, admf_error *error)
{
    admf_status status = ADMF_OK;
    size_t n = layout->window_count;
    const char **labels = memory_new(n, sizeof *labels);
    int64_t *time = memory_new(n, 2 * sizeof *time);
    if (!labels || !time) {
        status = fail_memory(error);
        goto cleanup;
    }
    for (size_t w = 0; w < n; w++) {
        labels[w] = layout->windows[w].label;
        time[w] = layout->windows[w].start;
        time[n + w] = layout->windows[w].end;
    }
    status = text_index_write(file, "window", dim, n, labels, error);
    if (!status)
        status = put_border(file, "window_start", "first bar", dim, time, error);
    if (!status)
        status = put_border(file, "window_end", "last bar", dim, time + n, error);
cleanup:
    memory_free(labels);
    memory_free(time);
    return status;
}

admf_status coordinates_write(const struct skeleton *s, struct cube_file *file,
                              struct dimension *dims, admf_error *error)
{
    const struct cube_layout *layout = s->layout;
    struct dimension *window = &dims[1];
    admf_status status =
        text_index_write(file, "symbol", &dims[0], layout->symbol_count, layout->symbols, error);
    /* Dimensions come first, so that every reader lists them in their order. */
    if (!status)
        status = put_windows(layout, file, window, error);
    for (int a = 0; !status && a < AXIS_COUNT; a++)
        status =
            index_write(file, cube_dimension[2 + a], &dims[2 + a], layout->axes[a].count, error);
    if (!status && layout->stat_blocks > 0)
        status = index_write(file, "block", &dims[CUBE_RANK], (uint64_t)layout->stat_blocks, error);
    for (int a = 0; !status && a < AXIS_COUNT; a++)
        status = axis_write(&s->parameters, file, &layout->axes[a], &dims[2 + a], error);
    return status;
}
