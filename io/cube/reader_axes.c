/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and parameters of an opened cube, read when first asked for; and its provenance. */
#include "io/cube/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/hdf5/failure.h"

static bool is_axis(int axis) { return axis >= 0 && axis < ADMF_AXES; }

uint64_t admf_cube_axis_size(const admf_cube *cube, int axis)
{
    return is_axis(axis) ? cube->dims[axis] : 0;
}

uint64_t admf_cube_combinations(const admf_cube *cube) { return cube->cells; }

static bool load_texts(const admf_cube *cube, const char *name, uint64_t count,
                       struct text_list *out)
{
    admf_error ignored = {0};
    hid_t dataset = H5Dopen2(cube->file, name, H5P_DEFAULT);
    bool done =
        dataset >= 0 && read_text_list(dataset, 0, count, cube->path, out, &ignored) == ADMF_OK;
    hdf5_close(dataset);
    return done;
}

const char *admf_cube_label(const admf_cube *cube, int axis, uint64_t index)
{
    struct cube_late *late = cube->late;
    if (!is_axis(axis))
        return "";
    if (!late->has_labels[axis]) {
        late->has_labels[axis] = true;
        load_texts(cube, label_variable[axis], cube->dims[axis], &late->labels[axis]);
    }
    return text_list_get(&late->labels[axis], index);
}

size_t admf_cube_parameter_count(const admf_cube *cube, int axis)
{
    size_t count = 0;
    for (size_t p = 0; p < cube->parameter_count; p++)
        count += cube->parameters[p].axis == axis;
    return count;
}

struct cube_parameter *parameter_of(const admf_cube *cube, int axis, size_t parameter)
{
    for (size_t p = 0; p < cube->parameter_count; p++)
        if (cube->parameters[p].axis == axis && parameter-- == 0)
            return &cube->parameters[p];
    return NULL;
}

const char *admf_cube_parameter_name(const admf_cube *cube, int axis, size_t parameter)
{
    struct cube_parameter *p = parameter_of(cube, axis, parameter);
    return p ? p->name : NULL;
}

bool parameter_load(const admf_cube *cube, struct cube_parameter *p)
{
    uint64_t count = cube->dims[p->axis];
    if (p->loaded)
        return p->numbers || p->texts.block;
    p->loaded = true;
    if (p->is_text)
        return load_texts(cube, p->name, count, &p->texts);
    p->numbers = memory_new(count, sizeof *p->numbers);
    hid_t dataset = H5Dopen2(cube->file, p->name, H5P_DEFAULT);
    bool done = p->numbers && dataset >= 0 &&
                H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, p->numbers) >= 0;
    hdf5_close(dataset);
    if (!done) {
        memory_free(p->numbers);
        p->numbers = NULL;
    }
    return done;
}

void admf_cube_parameter(const admf_cube *cube, int axis, size_t parameter, uint64_t index,
                         double *number, const char **word)
{
    struct cube_parameter *p = parameter_of(cube, axis, parameter);
    *number = NAN;
    *word = NULL;
    if (!p || index >= cube->dims[axis] || !parameter_load(cube, p))
        return;
    if (p->is_text)
        *word = text_list_get(&p->texts, index);
    else
        *number = p->numbers[index];
}

/* --- provenance ----------------------------------------------------------------------- */

const char *admf_cube_provenance(const admf_cube *cube, const char *name)
{
    char full[LINK_NAME_MAX];
    admf_error ignored = {0};
    struct cube_provenance *found = cube->late->provenance;
    while (found && strcmp(found->name, name) != 0)
        found = found->next;
    if (found)
        return found->value;
    found = memory_new(1, sizeof *found);
    if (!found)
        return NULL;
    snprintf(full, sizeof full, "/provenance/%s", name);
    found->name = memory_copy_text(name);
    if (!found->name ||
        read_scalar_text(cube->file, full, cube->path, &found->value, &ignored) != ADMF_OK) {
        memory_free(found->name);
        memory_free(found);
        return NULL;
    }
    found->next = cube->late->provenance;
    cube->late->provenance = found;
    return found->value;
}
