/* SPDX-License-Identifier: Apache-2.0 */
/* The value of one option: from text to what its kind says, or a message why not. */
#ifndef ADMF_CLI_OPTION_VALUE_H
#define ADMF_CLI_OPTION_VALUE_H

#include "arguments.h"

/* Stores `text` where the option says; 0, or 2 after a message. A flag ignores the text. */
int cli_store(const cli_command *command, const cli_option *option, const char *text);

#endif
