/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C and SIGTERM: end in order, so that the run can be resumed. */
#ifndef ADMF_CLI_STOP_H
#define ADMF_CLI_STOP_H

/*
 * Watches for the signals from now on. The result is what admf_options.stop wants: 0,
 * later ADMF_INTERRUPTED or ADMF_STOPPED. A second Ctrl-C ends the program at once.
 */
const volatile int *cli_stop_watch(void);

#endif
