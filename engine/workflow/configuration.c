/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* stat */
#include "engine/workflow/configuration.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/cpu/cpu.h"

bool configuration_is_cube(const char *path)
{
    static const char magic[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    char start[sizeof magic];
    struct stat what;
    /* Of a pipe nothing is taken: config_load reads it from its start. */
    if (stat(path, &what) != 0 || !S_ISREG(what.st_mode))
        return false;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false; /* config_load says what is wrong */
    bool same = fread(start, 1, sizeof start, file) == sizeof start &&
                memcmp(start, magic, sizeof magic) == 0;
    fclose(file);
    return same;
}

admf_status configuration_of_cube(admf_cube *cube, const char *path, struct config **out,
                                  admf_diagnostics *errors, admf_diagnostics *warnings)
{
    const char *text = admf_cube_provenance(cube, "resolved_configuration");
    return text ? config_parse(path, text, strlen(text), out, errors, warnings)
                : report(errors, ADMF_BAD_DATA, path, 0, 0, 0,
                         "the cube does not say which configuration made it");
}

static admf_status load_from_cube(const char *path, struct config **out, admf_diagnostics *errors,
                                  admf_diagnostics *warnings)
{
    admf_cube *cube = NULL;
    admf_error error = {0};
    admf_status status = admf_cube_open(path, &cube, &error);
    if (status != ADMF_OK)
        return report_error(errors, &error);
    status = configuration_of_cube(cube, path, out, errors, warnings);
    admf_cube_close(&cube);
    return status;
}

admf_status configuration_load(const char *path, struct config **out, admf_diagnostics *errors,
                               admf_diagnostics *warnings)
{
    return configuration_is_cube(path) ? load_from_cube(path, out, errors, warnings)
                                       : config_load(path, out, errors, warnings);
}

const struct kernel_table *configuration_kernels(const struct config *config, const char *isa,
                                                 admf_diagnostics *errors)
{
    admf_error error = {0};
    const struct place *place = &config->isa_place;
    const struct kernel_table *kernels = cpu_choose(isa ? isa : config->isa, &error);
    if (kernels)
        return kernels;
    if (!isa && place->line)
        report(errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
               "%s", error.message);
    else
        report_error(errors, &error);
    return NULL;
}

/* Removes from `text` the line that starts with `start` after position `from`. */
static void drop_line(struct text *text, const char *from, const char *start)
{
    char *section = strstr(text->chars, from), *line = section ? strstr(section, start) : NULL;
    if (!line)
        return;
    char *end = strchr(line + 1, '\n'); /* config_resolved ends every line */
    memmove(line, end, strlen(end) + 1);
}

char *configuration_identity(const struct config *config)
{
    struct text text = {0};
    char *resolved = config_resolved(config);
    if (!resolved)
        return NULL;
    text_add(&text, resolved);
    memory_free(resolved);
    if (text.failed) {
        text_deinit(&text);
        return NULL;
    }
    char *resources = strstr(text.chars, "\nresources:\n");
    if (resources)
        *resources = '\0';
    drop_line(&text, "\noutput:\n", "\n  path:");
    drop_line(&text, "workflow:\n", "\n  signals:"); /* what it holds is looked at instead */
    text.length = strlen(text.chars);
    /* Samples name their seed themselves; what is resampled has that of the resources. */
    if (config->paths)
        text_format(&text, "\nseed: %llu\n", (unsigned long long)config->seed);
    if (!text.failed)
        return text.chars;
    text_deinit(&text);
    return NULL;
}
