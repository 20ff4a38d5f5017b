/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_CLI_DIAGNOSTICS_JSON_H
#define ADMF_CLI_DIAGNOSTICS_JSON_H

#include "admf/error.h"
#include "json.h"

/*
 * "errors" and "warnings" of an open object: lists of file, line, column, length, code, message;
 * before them "error_count", which is more than are listed where there are many.
 */
void cli_diagnostics_json(cli_json *json, const admf_diagnostics *errors,
                          const admf_diagnostics *warnings);

/* An object of its own: "status", the exit code, then both lists. */
void cli_failure_json(int code, const admf_diagnostics *errors, const admf_diagnostics *warnings);

#endif
