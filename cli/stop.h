/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C and SIGTERM: end in order, so that the run can be resumed. */
#ifndef ADMF_CLI_STOP_H
#define ADMF_CLI_STOP_H

#include <stdbool.h>

#include "admf/error.h"

/*
 * Watches for the signals from now on. The result is what admf_options.stop wants: 0,
 * later ADMF_INTERRUPTED or ADMF_STOPPED. A second Ctrl-C ends the program at once.
 */
const volatile int *cli_stop_watch(void);

/* Whether `code` is that of a stop, which is no error. */
bool cli_stopped(int code);
/* Says that the command was stopped, and what is kept of it (NULL: nothing); returns `code`. */
int cli_note_stopped(int code, const char *kept);
/*
 * The end of a command that was stopped: reports what else there is to say, and what is kept (NULL:
 * nothing), frees both lists and returns `code`.
 */
int cli_conclude_stopped(int code, const char *kept, admf_diagnostics *errors,
                         admf_diagnostics *warnings);
/* As cli_fail, but of a stop it is only said that nothing is kept. */
int cli_fail_or_stop(const admf_error *error);

#endif
