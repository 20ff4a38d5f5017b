/* SPDX-License-Identifier: Apache-2.0 */
/* Where a run's configuration comes from: a YAML file, or a cube that remembers its own. */
#ifndef ADMF_ENGINE_WORKFLOW_CONFIGURATION_H
#define ADMF_ENGINE_WORKFLOW_CONFIGURATION_H

#include <stdbool.h>

#include "admf/cube.h"
#include "io/config/config.h"
#include "kernels/table.h"

/* Whether a file starts as HDF5 does; false also where it cannot be read. */
bool configuration_is_cube(const char *path);

/* The resolved configuration that an open cube holds; `path` is the cube's. */
admf_status configuration_of_cube(admf_cube *cube, const char *path, struct config **out,
                                  admf_diagnostics *errors, admf_diagnostics *warnings);

/* Reads a configuration file, or the configuration of a cube. */
admf_status configuration_load(const char *path, struct config **out, admf_diagnostics *errors,
                               admf_diagnostics *warnings);

/*
 * The kernels that --isa (NULL: not given) or the configuration asks for. A name in the
 * configuration that this machine cannot run is reported at its place; NULL then.
 */
const struct kernel_table *configuration_kernels(const struct config *config, const char *isa,
                                                 admf_diagnostics *errors);

/*
 * The resolved configuration without what may differ between two runs of the same work
 * (where results go, threads, memory, instruction set). NULL: out of memory; the caller
 * frees it with memory_free.
 */
char *configuration_identity(const struct config *config);

#endif
