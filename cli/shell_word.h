/* SPDX-License-Identifier: Apache-2.0 */
/* Commands for a person to copy. */
#ifndef ADMF_CLI_SHELL_WORD_H
#define ADMF_CLI_SHELL_WORD_H

#include <stdio.h>

/* Prints a space and a word, quoted so that a shell reads it back as one. */
void cli_shell_word(FILE *out, const char *word);

#endif
