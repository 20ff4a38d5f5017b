/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run's configuration comes from: a YAML file, or a cube that remembers its own. */
#ifndef ADMF_ENGINE_WORKFLOW_CONFIGURATION_H
#define ADMF_ENGINE_WORKFLOW_CONFIGURATION_H

#include <stdbool.h>

#include "io/config/config.h"

bool configuration_is_cube(const char *path);

/* Reads a configuration file, or the resolved configuration that a cube holds. */
admf_status configuration_load(const char *path, struct config **out, admf_diagnostics *errors,
                               admf_diagnostics *warnings);

/*
 * The resolved configuration without what may differ between two runs of the same work
 * (where results go, threads, memory, instruction set). NULL: out of memory; the caller
 * frees it with memory_free.
 */
char *configuration_identity(const struct config *config);

#endif
