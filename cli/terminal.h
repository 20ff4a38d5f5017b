/* SPDX-License-Identifier: Apache-2.0 */
/* What the standard streams are connected to. */
#ifndef ADMF_CLI_TERMINAL_H
#define ADMF_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Makes sure that descriptors 0, 1 and 2 are taken, so that no result file gets one of them, and
 * that a write which fails says so instead of ending the program.
 */
void cli_streams_open(void);

/* Writes out what standard output holds back; remembers why it failed, if it did. */
void cli_streams_flush(void);

/* Prints a whole text, at once however long, and ends its last line. */
void cli_streams_print(const char *text);

/* Remembers that a write to standard output failed for the reason `error`, an errno. */
void cli_streams_failed(int error);

/*
 * Ends the output. The exit code to leave with: `code`, or 74 where a result
 * could not be written though all else went well. A reader that left early (`| head`) is
 * no reason for a message.
 */
int cli_streams_close(int code);

/* True where colour, or a line that redraws itself, is welcome: a terminal, no NO_COLOR. */
bool cli_lively(FILE *stream);

/* Columns of the terminal behind `stream`; 0 where it is none. */
int cli_terminal_columns(FILE *stream);

#endif
