/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of a component: type, range, default, unit. */
#ifndef ADMF_CLI_PARAMETER_ROWS_H
#define ADMF_CLI_PARAMETER_ROWS_H

#include "admf/types.h"
#include "json.h"

void cli_parameters_print(const admf_param *params, int count);

/* Members of an object that is open. */
void cli_parameter_json(cli_json *json, const admf_param *param);

#endif
