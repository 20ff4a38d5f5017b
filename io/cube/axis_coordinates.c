/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/axis_coordinates.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/dimensions.h"
#include "io/cube/text_columns.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"

/* A coordinate of the same name as its dimension, int32 0 … n−1. */
admf_status index_write(struct cube_file *file, const char *name, struct dimension *dim,
                        uint64_t size, admf_error *error)
{
    struct dimension none = {.scale = H5I_INVALID_HID, .size = size};
    int32_t *index = memory_new(size, sizeof *index);
    if (!index)
        return fail_memory(error);
    for (uint64_t i = 0; i < size; i++)
        index[i] = (int32_t)i;
    admf_status status = put_column(file, file->id, name, H5T_STD_I32LE, H5T_NATIVE_INT32, &none,
                                    index, &dim->scale, error);
    dim->size = size;
    if (!status)
        status = make_scale(file, dim, name, error);
    memory_free(index);
    return status;
}

/* A dimension whose index are texts: few, as readers load an index when they open a file. */
admf_status text_index_write(struct cube_file *file, const char *name, struct dimension *dim,
                             uint64_t size, const char *const *texts, admf_error *error)
{
    struct dimension none = {.scale = H5I_INVALID_HID, .size = size};
    admf_status status = put_strings(file, name, &none, texts, &dim->scale, error);
    dim->size = size;
    return status ? status : make_scale(file, dim, name, error);
}

/* Types are labels cut at the bracket: one copy for each run of neighbours that share it. */
static admf_status put_types(struct cube_file *file, const char *name, const struct axis *axis,
                             struct dimension *dim, const char **texts, admf_error *error)
{
    admf_status status = ADMF_OK;
    char *last = NULL;
    size_t last_length = 0, kept = 0, copies = 0;
    char **owned = NULL;
    hid_t dataset = H5I_INVALID_HID;
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        size_t length = type_length(instance);
        if (!last || length != last_length || memcmp(last, instance->label, length) != 0) {
            if (copies == kept) {
                char **more = memory_resize(owned, kept ? 2 * kept : 16, sizeof *owned);
                if (!more) {
                    status = fail_memory(error);
                    goto cleanup;
                }
                owned = more;
                kept = kept ? 2 * kept : 16;
            }
            last = memory_new(length + 1, 1);
            if (!last) {
                status = fail_memory(error);
                goto cleanup;
            }
            memcpy(last, instance->label, length);
            last_length = length;
            owned[copies++] = last;
        }
        texts[i] = last;
    }
    status = put_texts(file, name, dim, texts, &dataset, error);
cleanup:
    hdf5_close(dataset);
    for (size_t k = 0; k < copies; k++)
        memory_free(owned[k]);
    memory_free(owned);
    return status;
}

static admf_status put_names(struct cube_file *file, const struct axis *axis, struct dimension *dim,
                             const char **texts, admf_error *error)
{
    char name[40] = "";
    strcat(strcpy(name, cube_dimension[2 + axis->kind]), "_name");
    for (size_t i = 0; i < axis->count; i++)
        texts[i] = axis->instances[i].label;
    hid_t dataset;
    admf_status status = put_texts(file, name, dim, texts, &dataset, error);
    hdf5_close(dataset);
    if (!status) {
        strcat(strcpy(name, cube_dimension[2 + axis->kind]), "_type");
        status = put_types(file, name, axis, dim, texts, error);
    }
    return status;
}

static admf_status put_parameter_attributes(struct cube_file *file, hid_t dataset,
                                            const admf_param *param, admf_error *error)
{
    admf_status status = put_text(file, dataset, "long_name", param->help, error);
    if (!status && param->unit && param->unit[0])
        status = put_text(file, dataset, "parameter_unit", param->unit, error);
    return status;
}

static admf_status put_numbers(struct cube_file *file, const struct parameter *parameter,
                               const struct axis *axis, const struct dimension *dim,
                               double *numbers, admf_error *error)
{
    hid_t dataset = H5I_INVALID_HID;
    for (size_t i = 0; i < axis->count; i++)
        numbers[i] = parameter_number(parameter, &axis->instances[i]);
    admf_status status = put_column(file, file->id, parameter->name, H5T_IEEE_F64LE,
                                    H5T_NATIVE_DOUBLE, dim, numbers, &dataset, error);
    if (!status)
        status = put_parameter_attributes(file, dataset, parameter->param, error);
    hdf5_close(dataset);
    return status;
}

/* "a|b|c" as separate words, in place. */
static size_t split_words(char *words, const char **list, size_t most)
{
    size_t count = 0;
    for (char *p = words; p && count < most; count++) {
        list[count] = p;
        p = strchr(p, '|');
        if (p)
            *p++ = '\0';
    }
    return count;
}

static admf_status put_words(struct cube_file *file, const struct parameter *parameter,
                             const struct axis *axis, struct dimension *dim, const char **texts,
                             admf_error *error)
{
    enum { MOST = 64 };
    const char *list[MOST];
    hid_t dataset;
    char *words = memory_copy_text(parameter->param->words);
    if (!words)
        return fail_memory(error);
    size_t count = split_words(words, list, MOST);
    for (size_t i = 0; i < axis->count; i++) {
        double word = parameter_number(parameter, &axis->instances[i]);
        texts[i] = word >= 0 && word < (double)count ? list[(size_t)word] : "";
    }
    admf_status status = put_texts(file, parameter->name, dim, texts, &dataset, error);
    if (!status)
        status = put_parameter_attributes(file, dataset, parameter->param, error);
    hdf5_close(dataset);
    memory_free(words);
    return status;
}

admf_status axis_write(const struct parameters *parameters, struct cube_file *file,
                       const struct axis *axis, struct dimension *dim, admf_error *error)
{
    const char **texts = memory_new(axis->count, sizeof *texts);
    double *numbers = memory_new(axis->count, sizeof *numbers);
    admf_status status = texts && numbers ? ADMF_OK : fail_memory(error);
    if (!status)
        status = put_names(file, axis, dim, texts, error);
    for (size_t k = 0; !status && k < parameters->count; k++) {
        const struct parameter *parameter = &parameters->list[k];
        if (parameter->axis != axis->kind)
            continue;
        status = parameter->param->type == ADMF_WORD
                     ? put_words(file, parameter, axis, dim, texts, error)
                     : put_numbers(file, parameter, axis, dim, numbers, error);
    }
    memory_free(texts);
    memory_free(numbers);
    return status;
}
