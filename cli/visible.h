/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text made safe to print. Names and file contents come from outside: a control
 * character in them must not reach a terminal, and columns must be counted as a
 * terminal counts them.
 */
#ifndef ADMF_CLI_VISIBLE_H
#define ADMF_CLI_VISIBLE_H

#include <stddef.h>
#include <stdio.h>

/* One character as it is printed: a control character as \x1b, a wrong byte as \xff. */
typedef struct cli_glyph {
    char text[12]; /* UTF-8, ends with NUL                   */
    int columns;   /* cells it takes on a terminal: 0, 1, 2… */
    size_t bytes;  /* of the input it stands for             */
} cli_glyph;

/* The first character of `length` > 0 bytes. A tab comes as one space. */
cli_glyph cli_glyph_of(const char *text, size_t length);

/* Columns that cli_print_visible fills with `text`; with its first `length` bytes. */
int cli_columns(const char *text);
int cli_columns_of(const char *text, size_t length);

/* Prints `text` safely; line feeds become spaces. NULL prints nothing. */
void cli_print_visible(FILE *out, const char *text);
void cli_print_visible_of(FILE *out, const char *text, size_t length);

#endif
