/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/phase_files.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/plan/pattern.h"

/* STEM.PHASE and an ending, of a PATH that is STEM or STEM.h5. */
static char *phase_path(const char *path, const char *phase, const char *ending)
{
    size_t stem = strlen(path), room = stem + strlen(phase) + strlen(ending) + 2;
    char *out = memory_new(room, 1);
    if (stem > 3 && strcmp(path + stem - 3, ".h5") == 0)
        stem -= 3;
    if (out)
        snprintf(out, room, "%.*s.%s%s", (int)stem, path, phase, ending);
    return out;
}

static const char store_ending[] = ".signals.h5";

admf_status phase_files_name_stores(const struct config *config, const char *path,
                                    admf_diagnostics *errors)
{
    for (size_t i = 0; i < config->phase_count; i++) {
        const struct phase_entry *phase = &config->phases[i];
        if (phase->signals < 0)
            continue;
        phase->config->signals =
            phase_path(path, config->phases[phase->signals].name, store_ending);
        if (!phase->config->signals)
            return report_memory(errors);
    }
    return ADMF_OK;
}

void phase_files_forget_stores(const struct config *config)
{
    for (size_t i = 0; config && i < config->phase_count; i++) {
        const struct phase_entry *phase = &config->phases[i];
        if (phase->config && phase->signals >= 0) {
            memory_free(phase->config->signals);
            phase->config->signals = NULL;
        }
    }
}

/* As phase_path, links followed. */
static char *followed_path(const char *path, const char *phase, const char *ending)
{
    char room[ADMF_PATH_MAX], *named = phase_path(path, phase, ending);
    char *out = named ? memory_copy_text(files_followed(named, room)) : NULL;
    memory_free(named);
    return out;
}

bool phase_files_init(struct phase_files *out, const struct config *config, size_t number,
                      const char *path)
{
    const struct phase_entry *phase = &config->phases[number];
    bool generates = pattern_mode(phase->config) == PLAN_GENERATE;
    bool stores = phase->stores_signals && !generates;
    *out = (struct phase_files){0};
    out->result = followed_path(path, phase->name, generates ? store_ending : ".h5");
    if (stores)
        out->store = followed_path(path, phase->name, store_ending);
    return out->result && (out->store || !stores);
}

void phase_files_deinit(struct phase_files *files)
{
    memory_free((void *)files->result);
    memory_free((void *)files->store);
    *files = (struct phase_files){0};
}

char *phase_files_checkpoint(const char *path)
{
    size_t room = strlen(path) + sizeof ".checkpoint.json";
    char *out = memory_new(room, 1);
    if (out)
        snprintf(out, room, "%s.checkpoint.json", path);
    return out;
}
