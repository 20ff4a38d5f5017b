/* SPDX-License-Identifier: Apache-2.0 */
/* What `run` prints at its end. */
#ifndef ADMF_CLI_RUN_RESULT_H
#define ADMF_CLI_RUN_RESULT_H

#include "admf/workflow.h"

/* For reading, and as JSON. A NULL result prints nothing, or only the exit code. */
void cli_run_print(const admf_workflow_result *result);
void cli_run_json(const admf_workflow_result *result, int code);

#endif
