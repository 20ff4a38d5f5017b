/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that run a workflow have in common. */
#ifndef ADMF_CLI_RUNNING_H
#define ADMF_CLI_RUNNING_H

#include "admf/workflow.h"
#include "arguments.h"
#include "commands.h"

/* How a command that runs a workflow differs from the others. */
typedef struct {
    admf_options options;  /* what it asks for always */
    cli_operands operands; /* the last is the configuration, before it maybe a store of signals */
    const char *force_help, *json_help;
    const char *resume_help; /* NULL: nothing can be resumed */
} cli_running;

/*
 * Reads the command's arguments, runs the workflow, with progress and until a signal ends it,
 * records it, and prints what came of it. Returns the exit code.
 */
int cli_run_workflow(const cli_command *self, const cli_running *how, int argc, char **argv);

#endif
