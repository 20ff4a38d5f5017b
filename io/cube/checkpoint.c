/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/base/whole_file.h"
#include "io/config/yaml_tree.h"

/* A checkpoint has a line for each phase; more than this is none. */
enum { CHECKPOINT_BYTES_MAX = 4 << 20 };

static void add_member(struct text *out, const char *separator, const char *key, const char *value)
{
    text_format(out, "%s\"%s\": ", separator, key);
    text_json_string(out, value ? value : "");
}

static void describe(const struct checkpoint *checkpoint, struct text *out)
{
    add_member(out, "{\n  ", "correlation_id", checkpoint->correlation_id);
    add_member(out, ",\n  ", "configuration", checkpoint->configuration);
    add_member(out, ",\n  ", "data", checkpoint->data);
    text_add(out, ",\n  \"phases\": [");
    for (size_t i = 0; i < checkpoint->count; i++) {
        const struct checkpoint_phase *phase = &checkpoint->phases[i];
        add_member(out, i ? ",\n    {" : "\n    {", "name", phase->name);
        add_member(out, ", ", "status", phase->status);
        add_member(out, ", ", "cube", phase->cube);
        add_member(out, ", ", "digest", phase->digest);
        if (phase->signals)
            add_member(out, ", ", "signals", phase->signals);
        /* In whole digits: how long the text is, and where it grows, does not depend on the clock.
         */
        const unsigned long long milliseconds = (unsigned long long)(phase->seconds * 1e3);
        text_format(out, ", \"seconds\": %llu.%03llu", milliseconds / 1000, milliseconds % 1000);
        text_format(out, ", \"combinations\": %llu}", (unsigned long long)phase->combinations);
    }
    text_add(out, "\n  ]\n}\n");
}

static admf_status write_text(const struct whole_file *made, const struct text *text,
                              admf_error *error)
{
    FILE *file = fopen(made->making, "wb");
    if (!file)
        return fail_file(error, ADMF_IO, made->name, errno, "cannot write");
    int number = fwrite(text->chars, 1, text->length, file) < text->length ? errno : 0;
    if (fclose(file) != 0 && !number)
        number = errno;
    return number ? fail_file(error, ADMF_IO, made->name, number, "cannot write") : ADMF_OK;
}

admf_status checkpoint_write(const char *path, const struct checkpoint *checkpoint,
                             admf_error *error)
{
    struct text text = {0};
    struct whole_file made = {.claim.fd = -1};
    describe(checkpoint, &text);
    admf_status status =
        text.failed ? fail_memory(error) : whole_file_begin(&made, path, true, error);
    if (!status)
        status = write_text(&made, &text, error);
    if (!status)
        status = whole_file_finish(&made, error);
    whole_file_drop(&made);
    text_deinit(&text);
    return status;
}

static admf_status no_checkpoint(const char *path, admf_error *error)
{
    return fail_file(error, ADMF_BAD_DATA, path, 0,
                     "is no checkpoint of a workflow; remove it, or start again with --force");
}

static const char *member(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = map->kind == NODE_MAP ? yaml_get(map, key) : NULL;
    return node && node->kind == NODE_TEXT ? node->text : NULL;
}

static bool take_digest(const struct yaml_node *root, const char *key, char out[17])
{
    const char *text = member(root, key);
    if (!text || strlen(text) != 16)
        return false;
    memcpy(out, text, 17);
    return true;
}

static bool take_phases(const struct yaml_node *root, struct checkpoint *out)
{
    const struct yaml_node *list = root->kind == NODE_MAP ? yaml_get(root, "phases") : NULL;
    if (!list || list->kind != NODE_LIST)
        return false;
    out->phases = arena_new(&out->arena, list->count, sizeof *out->phases);
    for (size_t i = 0; out->phases && i < list->count; i++) {
        struct checkpoint_phase *phase = &out->phases[out->count];
        phase->name = member(list->items[i], "name");
        phase->status = member(list->items[i], "status");
        phase->cube = member(list->items[i], "cube");
        phase->digest = member(list->items[i], "digest");
        if (!phase->name || !phase->status || !phase->cube || !phase->digest)
            return false;
        out->count++;
    }
    return out->phases != NULL;
}

/* JSON is YAML: the reader of configurations reads it too. */
static admf_status parse(const char *path, const char *text, size_t length, struct checkpoint *out,
                         admf_error *error)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
    struct yaml_node *root = NULL;
    admf_status status = yaml_tree_read(path, text, length, &out->arena, &root, &errors);
    admf_diagnostics_deinit(&errors);
    if (status == ADMF_INTERNAL)
        return fail_memory(error);
    if (status != ADMF_OK || !root || !take_digest(root, "configuration", out->configuration) ||
        !take_digest(root, "data", out->data) || !take_phases(root, out))
        return no_checkpoint(path, error);
    out->correlation_id = member(root, "correlation_id");
    return ADMF_OK;
}

admf_status checkpoint_read(const char *path, struct checkpoint *out, admf_error *error)
{
    *out = (struct checkpoint){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail_file(error, errno == ENOENT ? ADMF_NO_INPUT : ADMF_IO, path, errno,
                         "cannot open");
    char *text = memory_new(CHECKPOINT_BYTES_MAX, 1);
    admf_status status = text ? ADMF_OK : fail_memory(error);
    if (status == ADMF_OK) {
        size_t length = fread(text, 1, CHECKPOINT_BYTES_MAX, file);
        if (ferror(file))
            status = fail_file(error, ADMF_IO, path, errno, "cannot read");
        else if (length == CHECKPOINT_BYTES_MAX)
            status = no_checkpoint(path, error);
        else
            status = parse(path, text, length, out, error);
    }
    memory_free(text);
    fclose(file);
    return status;
}

void checkpoint_remove(const char *path) { remove(path); }

void checkpoint_deinit(struct checkpoint *checkpoint) { arena_deinit(&checkpoint->arena); }
