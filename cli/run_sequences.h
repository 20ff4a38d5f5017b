/* SPDX-License-Identifier: Apache-2.0 */
/* What a ready-made sequence adds to the end of a run. Nothing where the phase is of another. */
#ifndef ADMF_CLI_RUN_SEQUENCES_H
#define ADMF_CLI_RUN_SEQUENCES_H

#include "admf/workflow.h"
#include "json.h"

/* monte_carlo: quantiles of the best over their paths. */
void cli_resampled_print(const admf_phase_result *phase);
void cli_resampled_json(cli_json *json, const admf_phase_result *phase);

/* regime_adaptive: portfolios that follow another strategy in each regime. */
void cli_adaptive_print(const admf_phase_result *phase);
void cli_adaptive_json(cli_json *json, const admf_phase_result *phase);

#endif
