/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /provenance: where a cube comes from, as scalar texts, and the three of them by which a
 * run that goes on recognises its own file: `identity` (the configuration as far as it
 * matters), `data_hashes` and `layout` (shape and storage, one fact a line).
 */
#include <stdio.h>
#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/skeleton.h"
#include "io/cube/texts.h"
#include "io/hdf5/failure.h"

static void describe_data(const struct cube_layout *layout, struct text *text)
{
    text_add(text, "");
    for (size_t k = 0; k < layout->data_count; k++) {
        char digest[DIGEST_TEXT];
        digest_to_text(layout->data[k].digest, digest);
        text_format(text, "%s%s %s", k ? "\n" : "", layout->data[k].name, digest);
    }
}

/* Names and parameters of an axis without repeating a million of them. */
static void describe_axis(const struct axis *axis, struct text *text)
{
    struct digest digest;
    char digits[DIGEST_TEXT];
    digest_start(&digest);
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        digest_add(&digest, instance->label, strlen(instance->label) + 1);
        if (instance->row && instance->params)
            digest_add_doubles(&digest, instance->params, (size_t)instance->row->n_params);
    }
    digest_to_text(digest_value(&digest), digits);
    text_format(text, "%s axis: %llu instances, digest %s\n", cube_dimension[2 + axis->kind],
                (unsigned long long)axis->count, digits);
}

static void describe_layout(const struct cube_layout *layout, struct text *text)
{
    text_format(text, "format version: %d\n", CUBE_FORMAT_VERSION);
    text_format(text, "precision: %s\n", layout->float32 ? "float32" : "float64");
    text_add(text, "symbols:");
    for (size_t k = 0; k < layout->symbol_count; k++)
        text_format(text, " %s", layout->symbols[k]);
    text_add(text, "\n");
    for (size_t k = 0; k < layout->window_count; k++)
        text_format(text, "window %s: %lld to %lld\n", layout->windows[k].label,
                    (long long)layout->windows[k].start, (long long)layout->windows[k].end);
    for (int a = 0; a < AXIS_COUNT; a++)
        describe_axis(&layout->axes[a], text);
    text_add(text, "metrics:");
    for (size_t k = 0; k < layout->metric_count; k++)
        text_format(text, " %s", layout->metrics[k].name);
    text_format(text, "\nblocks: %d\nby_regime: %s", layout->stat_blocks,
                layout->by_regime ? "true" : "false");
}

admf_status provenance_write(const struct cube_layout *layout, struct cube_file *file,
                             const char *finished, admf_error *error)
{
    struct text data = {0}, shape = {0};
    hid_t group = H5I_INVALID_HID;
    char version[16];
    snprintf(version, sizeof version, "%d", CUBE_FORMAT_VERSION);
    describe_data(layout, &data);
    describe_layout(layout, &shape);
    admf_status status = data.failed || shape.failed ? fail_memory(error) : ADMF_OK;
    if (!status)
        status = make_group(file, file->id, "provenance", &group, error);
    if (!status)
        status = put_scalar_text(file, group, "format_version", version, error);
    if (!status)
        status = put_scalar_text(file, group, "identity", layout->identity ? layout->identity : "",
                                 error);
    if (!status)
        status = put_scalar_text(file, group, "data_hashes", data.chars, error);
    if (!status)
        status = put_scalar_text(file, group, "layout", shape.chars, error);
    for (size_t k = 0; !status && k < layout->provenance_count; k++)
        status = put_scalar_text(file, group, layout->provenance[k].name,
                                 layout->provenance[k].value, error);
    if (!status && finished)
        status = put_scalar_text(file, group, "finished", finished, error);
    hdf5_close(group);
    text_deinit(&data);
    text_deinit(&shape);
    return status;
}

/* The lines of both texts that differ first. Lines end at a line feed or the end. */
static bool first_difference(const char **a, size_t *a_length, const char **b, size_t *b_length)
{
    while (**a || **b) {
        *a_length = strcspn(*a, "\n");
        *b_length = strcspn(*b, "\n");
        if (*a_length != *b_length || memcmp(*a, *b, *a_length) != 0)
            return true;
        *a += *a_length + ((*a)[*a_length] == '\n');
        *b += *b_length + ((*b)[*b_length] == '\n');
    }
    return false;
}

static admf_status compare(const char *stored, const char *now, admf_status code, const char *path,
                           const char *what, admf_error *error)
{
    size_t a, b;
    if (!stored)
        return fail_file(error, ADMF_BAD_DATA, path, 0,
                         "no result cube of this program: /provenance is incomplete");
    if (!first_difference(&stored, &a, &now, &b))
        return ADMF_OK;
    if (a > 200)
        a = 200;
    if (b > 200)
        b = 200;
    return fail_file(error, code, path, 0,
                     "made with %s: '%.*s' there, '%.*s' now; use the same, or --force to start "
                     "again",
                     what, (int)a, stored, (int)b, now);
}

admf_status provenance_agrees(const struct cube_layout *layout, hid_t file, const char *path,
                              admf_error *error)
{
    struct text data = {0}, shape = {0};
    char *stored[3] = {NULL, NULL, NULL};
    describe_data(layout, &data);
    describe_layout(layout, &shape);
    admf_status status = data.failed || shape.failed ? fail_memory(error) : ADMF_OK;
    if (!status)
        status = read_scalar_text(file, "/provenance/identity", path, &stored[0], error);
    if (!status)
        status = read_scalar_text(file, "/provenance/data_hashes", path, &stored[1], error);
    if (!status)
        status = read_scalar_text(file, "/provenance/layout", path, &stored[2], error);
    if (!status)
        status = compare(stored[0], layout->identity ? layout->identity : "", ADMF_BAD_CONFIG, path,
                         "another configuration", error);
    if (!status)
        status = compare(stored[1], data.chars, ADMF_BAD_DATA, path, "other data", error);
    if (!status)
        status = compare(stored[2], shape.chars, ADMF_BAD_CONFIG, path, "another layout", error);
    for (int k = 0; k < 3; k++)
        memory_free(stored[k]);
    text_deinit(&data);
    text_deinit(&shape);
    return status;
}
