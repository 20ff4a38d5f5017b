/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/skeleton.h"

#include <math.h>

#include "admf/catalog.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/dimensions.h"
#include "io/hdf5/failure.h"

static void list_coordinates(struct skeleton *s)
{
    struct text *text = &s->coordinates;
    text_add(text, "window_start window_end");
    for (int a = 0; a < AXIS_COUNT; a++) {
        const char *axis = cube_dimension[2 + a];
        text_format(text, " %s_name %s_type", axis, axis);
    }
    for (size_t k = 0; k < s->parameters.count; k++)
        text_format(text, " %s", s->parameters.list[k].name);
}

admf_status skeleton_init(struct skeleton *s, const struct cube_layout *layout, admf_error *error)
{
    *s = (struct skeleton){.layout = layout};
    admf_status status = variables_init(&s->variables, layout, error);
    if (!status)
        status = parameters_find(&s->parameters, layout->axes, error);
    if (!status) {
        list_coordinates(s);
        if (s->coordinates.failed)
            status = fail_memory(error);
    }
    if (status)
        skeleton_deinit(s);
    return status;
}

void skeleton_deinit(struct skeleton *s)
{
    variables_deinit(&s->variables);
    parameters_deinit(&s->parameters);
    text_deinit(&s->coordinates);
    *s = (struct skeleton){0};
}

static admf_status put_file_attributes(const struct skeleton *s, struct cube_file *file,
                                       admf_error *error)
{
    const char *title = s->layout->title ? s->layout->title : "results of a strategy sweep";
    admf_status status = put_text(file, file->id, "Conventions", "CF-1.10", error);
    if (!status)
        status = put_text(file, file->id, "title", title, error);
    if (!status)
        status = put_text(file, file->id, "format", "admf cube", error);
    if (!status)
        status = put_int(file, file->id, "format_version", CUBE_FORMAT_VERSION, error);
    return status;
}

static admf_status put_status_attributes(struct cube_file *file, hid_t dataset, admf_error *error)
{
    uint8_t values[UINT8_MAX];
    size_t count = 0;
    struct text meanings = {0};
    for (const char *name; (name = admf_cell_status_name((int)count)); count++) {
        values[count] = (uint8_t)count;
        text_format(&meanings, "%s%s", count ? " " : "", name);
    }
    admf_status status = meanings.failed ? fail_memory(error) : ADMF_OK;
    if (!status)
        status = put_bytes(file, dataset, "flag_values", values, count, error);
    if (!status)
        status = put_text(file, dataset, "flag_meanings", meanings.chars, error);
    text_deinit(&meanings);
    return status;
}

static admf_status put_attributes(const struct skeleton *s, struct cube_file *file,
                                  const struct variable *v, hid_t dataset, admf_error *error)
{
    admf_status status = put_text(file, dataset, "long_name", v->long_name, error);
    if (!status && v->units)
        status = put_text(file, dataset, "units", v->units, error);
    if (!status && v->type == VALUE_FLOAT64)
        status = put_double(file, dataset, "_FillValue", NAN, error);
    if (!status && v->type == VALUE_FLOAT32)
        status = put_float(file, dataset, "_FillValue", NAN, error);
    if (!status && v->type == VALUE_UINT8)
        status = put_status_attributes(file, dataset, error);
    if (!status && !v->group)
        status = put_text(file, dataset, "coordinates", s->coordinates.chars, error);
    return status;
}

static admf_status find_form(struct cube_file *file, const struct variable *v,
                             struct dataset_form *form, admf_error *error)
{
    static const double nan64 = NAN;
    static const float nan32 = NAN;
    static const uint8_t zero = 0;
    hid_t type = v->type == VALUE_FLOAT64   ? H5T_IEEE_F64LE
                 : v->type == VALUE_FLOAT32 ? H5T_IEEE_F32LE
                                            : H5T_STD_U8LE;
    const void *fill = v->type == VALUE_FLOAT64   ? (const void *)&nan64
                       : v->type == VALUE_FLOAT32 ? (const void *)&nan32
                                                  : (const void *)&zero;
    return dataset_form_make(file, type, v->rank, v->dims, fill, false, form, error);
}

static bool alike(const struct variable *a, const struct variable *b)
{
    bool same = a->type == b->type && a->rank == b->rank;
    for (int d = 0; same && d < a->rank; d++)
        same = a->dims[d] == b->dims[d];
    return same;
}

/* Variables first … end-1. Most are metrics, of one form. */
static admf_status make_variables(const struct skeleton *s, struct cube_file *file, hid_t parent,
                                  size_t first, size_t end, const struct dimension *dims,
                                  hid_t *datasets, admf_error *error)
{
    const struct variable *list = s->variables.list;
    struct dataset_form form = {.space = H5I_INVALID_HID, .creation = H5I_INVALID_HID};
    admf_status status = ADMF_OK;
    for (size_t k = first; !status && k < end; k++) {
        if (k == first || !alike(&list[k], &list[k - 1])) {
            dataset_form_close(&form);
            status = find_form(file, &list[k], &form, error);
        }
        if (!status)
            status = make_dataset_of(file, parent, list[k].name, &form, &datasets[k], error);
        if (!status)
            status = put_attributes(s, file, &list[k], datasets[k], error);
        if (!status)
            status = attach_dimensions(file, datasets[k], dims, list[k].rank, error);
    }
    dataset_form_close(&form);
    return status;
}

/* /by_regime: its names, and its parameters as the last variables. */
static admf_status make_regime_table(const struct skeleton *s, struct cube_file *file,
                                     hid_t *datasets, admf_error *error)
{
    const struct variables *v = &s->variables;
    hid_t group = H5I_INVALID_HID;
    struct dimension row = {.scale = H5I_INVALID_HID};
    admf_status status = make_group(file, file->id, "by_regime", &group, error);
    if (!status)
        status = make_bare_dimension(file, group, "regime_row", v->list[v->regimes].dims[0], &row,
                                     error);
    if (!status)
        status = regime_names_write(s, file, group, &row, error);
    if (!status)
        status = make_variables(s, file, group, v->regimes, v->count, &row, datasets, error);
    hdf5_close(row.scale);
    hdf5_close(group);
    return status;
}

admf_status skeleton_write(const struct skeleton *s, struct cube_file *file, hid_t *datasets,
                           admf_error *error)
{
    const struct variables *v = &s->variables;
    struct dimension dims[CUBE_RANK_MAX];
    for (int d = 0; d < CUBE_RANK_MAX; d++)
        dims[d].scale = H5I_INVALID_HID;
    admf_status status = put_file_attributes(s, file, error);
    if (!status)
        status = coordinates_write(s, file, dims, error);
    if (!status)
        status = make_variables(s, file, file->id, 0, v->regimes ? v->regimes : v->count, dims,
                                datasets, error);
    if (!status && v->regimes)
        status = make_regime_table(s, file, datasets, error);
    for (int d = 0; d < CUBE_RANK_MAX; d++)
        hdf5_close(dims[d].scale);
    return status;
}
