/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_CLI_HELP_H
#define ADMF_CLI_HELP_H

#include <stdio.h>

#include "arguments.h"

/* Examples, usage, what it does, options. */
void cli_help(const cli_command *command, const cli_option *options, size_t option_count);

/* The same for the whole program. */
void cli_help_program(const cli_command *const *commands, size_t count, FILE *out);

#endif
