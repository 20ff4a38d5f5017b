/* SPDX-License-Identifier: Apache-2.0 */
/* Past runs as text and as JSON. */
#ifndef ADMF_CLI_RUNS_PRINT_H
#define ADMF_CLI_RUNS_PRINT_H

#include "admf/runs.h"

/* A line each. */
void cli_runs_table(const admf_runs *runs);
void cli_runs_json(const admf_runs *runs);

/*
 * All of one run, and the commands that repeat it; `analytics` is the store to be named in
 * them, NULL for the one that is found without.
 */
void cli_run_show(const admf_run *run, const char *analytics);
void cli_run_show_json(const admf_run *run, const char *analytics);

#endif
