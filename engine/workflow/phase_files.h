/* SPDX-License-Identifier: Apache-2.0 */
/* What the phases of a workflow are called on disk, beside the path where its results go. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_FILES_H
#define ADMF_ENGINE_WORKFLOW_PHASE_FILES_H

#include "admf/error.h"
#include "io/config/config.h"

/* Where a phase's results go: its cube, and the store of its signals where another phase replays
 * them. A phase that does nothing but store signals has these as its result. */
struct phase_files {
    const char *result, *store; /* store: NULL for none */
};

/* Names those of phase `number` of several. False without memory; phase_files_deinit also then. */
bool phase_files_init(struct phase_files *out, const struct config *config, size_t number,
                      const char *path);
void phase_files_deinit(struct phase_files *files);

/* PATH.checkpoint.json, freed with memory_free; NULL without memory. */
char *phase_files_checkpoint(const char *path);

/*
 * Says in the configuration of each phase that replays signals where they are.
 * phase_files_forget_stores frees these names. ADMF_INTERNAL without memory.
 */
admf_status phase_files_name_stores(const struct config *config, const char *path,
                                    admf_diagnostics *errors);
void phase_files_forget_stores(const struct config *config);

#endif
