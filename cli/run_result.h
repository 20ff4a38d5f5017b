/* SPDX-License-Identifier: Apache-2.0 */
/* What `run` ends with. */
#ifndef ADMF_CLI_RUN_RESULT_H
#define ADMF_CLI_RUN_RESULT_H

#include "admf/workflow.h"
#include "json.h"

/* Both take NULL where there is nothing to tell of a result. */
void cli_run_print(const admf_workflow_result *result);
void cli_run_json(const admf_workflow_result *result, int code, const admf_diagnostics *errors,
                  const admf_diagnostics *warnings);

/* The best combinations of a phase as a table; nothing where there are none. */
void cli_phase_best_print(const admf_phase_result *phase);
/* Members of a JSON object that the caller has opened: all of a phase but its status. */
void cli_phase_json(cli_json *json, const admf_phase_result *phase);

#endif
