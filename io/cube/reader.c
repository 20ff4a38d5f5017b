/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a cube and reading its cells. The file may be anything: nothing is believed that
 * was not looked at (rank, sizes, types), and what HDF5 refuses to read is bad data.
 */
#include "io/cube/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/cube_writer.h"
#include "io/cube/datasets.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"

static admf_status no_cube(const admf_cube *cube, const char *what, admf_error *error)
{
    return fail_file(error, ADMF_BAD_DATA, cube->path, 0, "no result cube of admf: %s", what);
}

/* --- opening -------------------------------------------------------------------------- */

static admf_status check_version(const admf_cube *cube, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = cube->path;
    hid_t attribute = H5I_INVALID_HID, space = H5I_INVALID_HID;
    int version = 0;
    if (H5Aexists(cube->file, "format_version") <= 0 || H5Aexists(cube->file, "format") <= 0)
        return no_cube(cube, "it lacks the attributes format and format_version", error);
    if (has_format(cube->file, "admf signals"))
        return no_cube(cube, "it is a store of signals", error);
    HDF5_TRY(attribute = H5Aopen(cube->file, "format_version", H5P_DEFAULT), ADMF_BAD_DATA,
             "cannot read");
    HDF5_TRY(space = H5Aget_space(attribute), ADMF_BAD_DATA, "cannot read");
    if (H5Sget_simple_extent_npoints(space) != 1) {
        status = no_cube(cube, "format_version is not one number", error);
        goto cleanup;
    }
    HDF5_TRY(H5Aread(attribute, H5T_NATIVE_INT, &version), ADMF_BAD_DATA, "cannot read");
    if (version < 1 || version > CUBE_FORMAT_VERSION)
        status = fail_file(error, ADMF_BAD_DATA, path, 0,
                           "format version %d; this program reads versions 1 to %d%s", version,
                           CUBE_FORMAT_VERSION,
                           version > CUBE_FORMAT_VERSION ? ", a newer one is needed" : "");
cleanup:
    hdf5_close(space);
    hdf5_close(attribute);
    return status;
}

int cube_extent(hid_t dataset, uint64_t *dims)
{
    hsize_t size[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, size, NULL);
    hdf5_close(space);
    if (rank > CUBE_RANK_MAX)
        return -1;
    for (int d = 0; d < rank; d++)
        dims[d] = size[d];
    return rank;
}

static H5T_class_t class_of(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    hdf5_close(type);
    return class;
}

/* `status` is what every cube has over all six dimensions. */
static admf_status read_shape(admf_cube *cube, admf_error *error)
{
    uint64_t dims[CUBE_RANK_MAX], all = 1;
    cube->status = H5Dopen2(cube->file, "status", H5P_DEFAULT);
    if (cube->status < 0 || cube_extent(cube->status, dims) != ADMF_AXES ||
        class_of(cube->status) != H5T_INTEGER)
        return no_cube(cube, "the variable status is missing or of another shape", error);
    for (int d = 0; d < ADMF_AXES; d++)
        if (dims[d] == 0 || __builtin_mul_overflow(all, dims[d], &all) || all >> 56)
            return no_cube(cube, "sizes of the dimensions make no sense", error);
    memcpy(cube->dims, dims, sizeof cube->dims);
    cube->cells = all / dims[0] / dims[1];
    return ADMF_OK;
}

const char *const label_variable[ADMF_AXES] = {"symbol",          "window",    "strategy_name",
                                               "classifier_name", "risk_name", "execution_name"};

static admf_status check_labels(const admf_cube *cube, admf_error *error)
{
    for (int a = 0; a < ADMF_AXES; a++) {
        hid_t dataset = H5Dopen2(cube->file, label_variable[a], H5P_DEFAULT);
        bool right = is_text_list(dataset, cube->dims[a]);
        hdf5_close(dataset);
        if (!right) {
            char what[80];
            snprintf(what, sizeof what, "the variable %s is missing or of another shape",
                     label_variable[a]);
            return no_cube(cube, what, error);
        }
    }
    return ADMF_OK;
}

static admf_status add_metric(admf_cube *cube, const char *name, hid_t *dataset, admf_error *error)
{
    if (cube->metric_count == cube->metric_capacity) {
        size_t capacity = cube->metric_capacity ? 2 * cube->metric_capacity : 48;
        struct cube_metric *metrics = memory_resize(cube->metrics, capacity, sizeof *metrics);
        if (!metrics)
            return fail_memory(error);
        cube->metrics = metrics;
        cube->metric_capacity = capacity;
    }
    char *copy = memory_copy_text(name);
    if (!copy)
        return fail_memory(error);
    cube->metrics[cube->metric_count++] = (struct cube_metric){.name = copy, .dataset = *dataset};
    *dataset = H5I_INVALID_HID;
    return ADMF_OK;
}

static int axis_named(const char *name)
{
    for (int a = 0; a < ADMF_AXES; a++)
        if (strcmp(cube_dimension[a], name) == 0)
            return a;
    return -1;
}

static admf_status add_parameter(admf_cube *cube, const char *name, int axis, bool is_text,
                                 admf_error *error)
{
    if (cube->parameter_count == cube->parameter_capacity) {
        size_t capacity = cube->parameter_capacity ? 2 * cube->parameter_capacity : 16;
        struct cube_parameter *list = memory_resize(cube->parameters, capacity, sizeof *list);
        if (!list)
            return fail_memory(error);
        cube->parameters = list;
        cube->parameter_capacity = capacity;
    }
    char *copy = memory_copy_text(name);
    if (!copy)
        return fail_memory(error);
    cube->parameters[cube->parameter_count++] =
        (struct cube_parameter){.name = copy, .axis = axis, .is_text = is_text};
    return ADMF_OK;
}

/* HDF5 would keep a chunk of each metric, tens of megabytes for one cell of a large cube. */
static hid_t open_without_cache(const admf_cube *cube, const char *name)
{
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    hid_t dataset = access < 0 || H5Pset_chunk_cache(access, 1, 0, 1) < 0
                        ? H5I_INVALID_HID
                        : H5Dopen2(cube->file, name, access);
    hdf5_close(access);
    return dataset;
}

/* A group of tables is no variable; anything else that could not be opened is damaged. */
static admf_status unless_group(const admf_cube *cube, const char *name, admf_error *error)
{
    char what[LINK_NAME_MAX + 40];
    hid_t object = H5Oopen(cube->file, name, H5P_DEFAULT);
    bool group = object >= 0 && H5Iget_type(object) == H5I_GROUP;
    snprintf(what, sizeof what, "the variable %s cannot be read", name);
    admf_status status = group ? ADMF_OK : hdf5_fail(error, ADMF_BAD_DATA, cube->path, what);
    hdf5_close(object);
    return status;
}

static admf_status look_at(admf_cube *cube, const char *name, struct dimension_names *dimensions,
                           admf_error *error)
{
    admf_status status = ADMF_OK;
    uint64_t dims[CUBE_RANK_MAX];
    char along[CUBE_RANK_MAX][LINK_NAME_MAX];
    hid_t dataset = open_without_cache(cube, name);
    if (dataset < 0)
        return unless_group(cube, name, error);
    int rank = cube_extent(dataset, dims);
    H5T_class_t class = class_of(dataset);
    if (rank == ADMF_AXES && class == H5T_FLOAT) {
        bool same = memcmp(dims, cube->dims, sizeof cube->dims) == 0;
        status = same ? add_metric(cube, name, &dataset, error)
                      : no_cube(cube, "a metric has another shape than status", error);
    } else if (strstr(name, "__") && dimension_list(dimensions, dataset, along) > 0) {
        int axis = axis_named(along[0]);
        bool text = axis >= 0 && is_text_list(dataset, cube->dims[axis]);
        bool numbers = axis >= 0 && rank == 1 && class == H5T_FLOAT && dims[0] == cube->dims[axis];
        if (text || numbers)
            status = add_parameter(cube, name, axis, text, error);
    }
    hdf5_close(dataset);
    return status;
}

static admf_status read_variables(admf_cube *cube, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = cube->path;
    H5G_info_t about;
    struct dimension_names dimensions = {0};
    HDF5_TRY(H5Gget_info(cube->file, &about), ADMF_BAD_DATA, "cannot read");
    for (hsize_t k = 0; !status && k < about.nlinks; k++) {
        char name[LINK_NAME_MAX];
        ssize_t length = H5Lget_name_by_idx(cube->file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, k,
                                            name, sizeof name, H5P_DEFAULT);
        HDF5_TRY(length, ADMF_BAD_DATA, "cannot read");
        if (length < (ssize_t)sizeof name)
            status = look_at(cube, name, &dimensions, error);
    }
    H5Eclear2(H5E_DEFAULT);
cleanup:
    return status;
}

admf_status admf_cube_open(const char *path, admf_cube **out, admf_error *error)
{
    admf_status status = ADMF_OK;
    admf_cube *cube = memory_new(1, sizeof *cube);
    *out = NULL;
    hdf5_quiet();
    if (!cube)
        return fail_memory(error);
    cube->file = cube->status = H5I_INVALID_HID;
    cube->path = memory_copy_text(path);
    cube->late = memory_new(1, sizeof *cube->late);
    if (!cube->path || !cube->late) {
        status = fail_memory(error);
        goto cleanup;
    }
    status = hdf5_check_input(path, error);
    if (status)
        goto cleanup;
    status = hdf5_open_input(path, "no readable HDF5 file", &cube->file, error);
    if (status)
        goto cleanup;
    cube->partial = H5Lexists(cube->file, "progress", H5P_DEFAULT) > 0;
    status = check_version(cube, error);
    if (!status)
        status = read_shape(cube, error);
    if (!status)
        status = check_labels(cube, error);
    if (!status)
        status = read_variables(cube, error);
cleanup:
    H5Eclear2(H5E_DEFAULT);
    if (status)
        admf_cube_close(&cube);
    *out = cube;
    return status;
}

static void late_free(struct cube_late *late)
{
    if (!late)
        return;
    for (int a = 0; a < ADMF_AXES; a++)
        text_list_deinit(&late->labels[a]);
    while (late->provenance) {
        struct cube_provenance *next = late->provenance->next;
        memory_free(late->provenance->name);
        memory_free(late->provenance->value);
        memory_free(late->provenance);
        late->provenance = next;
    }
    memory_free(late);
}

void admf_cube_close(admf_cube **cube)
{
    admf_cube *c = *cube;
    if (!c)
        return;
    *cube = NULL;
    for (size_t m = 0; m < c->metric_count; m++) {
        hdf5_close(c->metrics[m].dataset);
        memory_free(c->metrics[m].name);
    }
    for (size_t p = 0; p < c->parameter_count; p++) {
        memory_free(c->parameters[p].name);
        memory_free(c->parameters[p].numbers);
        text_list_deinit(&c->parameters[p].texts);
    }
    late_free(c->late);
    memory_free(c->metrics);
    memory_free(c->parameters);
    memory_free(c->path);
    hdf5_close(c->status);
    hdf5_close(c->file);
    memory_free(c);
}
