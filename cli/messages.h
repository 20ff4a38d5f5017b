/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and warnings as a person reads them, on standard error. */
#ifndef ADMF_CLI_MESSAGES_H
#define ADMF_CLI_MESSAGES_H

#include "admf/error.h"

#if defined(__GNUC__)
#define CLI_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define CLI_FORMAT(text, first)
#endif

/* What messages call the program: "admf", unless another one with these commands sets its own. */
extern const char *cli_program;

/* "admf: error: …", "admf: …" */
void cli_complain(const char *format, ...) CLI_FORMAT(1, 2);
void cli_note(const char *format, ...) CLI_FORMAT(1, 2);

/* One failure of the library; returns its code, 70 where that is no exit code. */
int cli_fail(const admf_error *error);

/* The same where it has a place in `text`, which was given as `name`: "--where:1:8: error: …". */
int cli_fail_in(const char *name, const char *text, const admf_error *error);

/*
 * Warnings, then errors, each with the line it speaks of, then how many errors there
 * are. Either may be NULL. Frees neither.
 */
void cli_report(const admf_diagnostics *errors, const admf_diagnostics *warnings);

/*
 * Reports both lists, frees them and returns the exit code for `status`. A failure that
 * came without a description gets a general one.
 */
int cli_conclude(admf_status status, admf_diagnostics *errors, admf_diagnostics *warnings);

/* `status` if it is one of the program's exit codes, else 70. */
int cli_exit_code(admf_status status);

#endif
