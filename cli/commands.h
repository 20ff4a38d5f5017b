/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the program: one row each, one file each. */
#ifndef ADMF_CLI_COMMANDS_H
#define ADMF_CLI_COMMANDS_H

#include <stddef.h>

typedef struct cli_command {
    const char *name;
    const char *summary;  /* one line for the list of commands            */
    const char *examples; /* lines shown first by --help, without indent  */
    const char *usage;    /* how it is called: "admf run FILE [options]"  */
    const char *details;  /* what it does, after the usage                */
    /* Gets what stands behind the command's name; returns the exit code. */
    int (*run)(const struct cli_command *self, int argc, char **argv);
} cli_command;

extern const cli_command cli_check, cli_plan, cli_run, cli_top, cli_show, cli_trace, cli_list,
    cli_schema, cli_synth, cli_import, cli_hash, cli_signals, cli_replay, cli_runs, cli_doctor;

#endif
