/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that run a workflow have in common. */
#ifndef ADMF_CLI_RUNNING_H
#define ADMF_CLI_RUNNING_H

#include <stdbool.h>

#include "admf/workflow.h"
#include "commands.h"

/* Arguments that are repeated in what is said and recorded. */
enum { CLI_ARGUMENTS_MAX = 256 };

/*
 * Runs the workflow, with progress and until a signal ends it, records it, and prints what came of
 * it. `analytics`: as --analytics has it, NULL where it was not given. argc and argv: the
 * command's arguments as they were given. Returns the exit code.
 */
int cli_workflow_run(const cli_command *self, admf_options *options, const char *analytics,
                     bool json, int argc, char *const *argv);

#endif
