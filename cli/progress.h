/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress of a run on standard error: a bar that redraws itself on a terminal, a line
 * every 30 seconds elsewhere.
 */
#ifndef ADMF_CLI_PROGRESS_H
#define ADMF_CLI_PROGRESS_H

#include "admf/workflow.h"

/* To be given to the library as admf_options.progress; the context is not used. */
void cli_progress_show(void *context, const admf_progress *progress);

/* Removes the bar, so that something else can be printed. */
void cli_progress_clear(void);

#endif
