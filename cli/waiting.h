/* SPDX-License-Identifier: Apache-2.0 */
/* How the threads of a run wait for one another. */
#ifndef ADMF_CLI_WAITING_H
#define ADMF_CLI_WAITING_H

/*
 * Lets waiting threads sleep soon, unless the environment says how they shall wait. A shared
 * runtime of OpenMP reads that when it is loaded, so the program starts itself once more: does not
 * return then. Where it cannot, all goes on as it is; where the runtime is part of the program, it
 * was told already. `argv` is that of main.
 */
void cli_threads_sleep(char **argv);

#endif
