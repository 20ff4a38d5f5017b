/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "admf/workflow.h"
#include "arguments.h"
#include "run_options.h"
#include "running.h"

static int run(const cli_command *self, int argc, char **argv)
{
    admf_options options = {0};
    bool json = false;
    const char *analytics = NULL;
    const cli_option table[] = {
        CLI_RUN_OPTIONS(options),
        CLI_ANALYTICS_OPTION(analytics, "FILE|off", "where the run is recorded, or off"),
        {"resume", 0, CLI_FLAG, &options.resume, "", "go on with a run that was ended", 0, 0},
        {"force", 'f', CLI_FLAG, &options.force, "", "replace results that exist", 0, 0},
        {"json", 0, CLI_FLAG, &json, "", "what was run as JSON", 0, 0}};
    cli_operands operands = {{"FILE", 0}, 1, 1, 0, 0};
    char *given[CLI_ARGUMENTS_MAX]; /* reading moves argv's pointers; the hint wants them all */
    int code, given_count = argc < CLI_ARGUMENTS_MAX ? argc : CLI_ARGUMENTS_MAX;
    memcpy(given, argv, (size_t)given_count * sizeof *given);
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (options.resume && options.force)
        return cli_misused(self,
                           "--resume keeps what is there and --force replaces it: choose one");

    options.config_path = operands.values[0];
    return cli_workflow_run(self, &options, analytics, json, given_count, given);
}

const cli_command cli_run = {
    "run",
    "run a configuration and keep the results",
    "admf run sweep.yaml\n"
    "admf run sweep.yaml -o results.h5 --threads 8\n"
    "admf run sweep.yaml -o results.h5 --resume    go on after Ctrl-C or a crash\n"
    "admf run results.h5 -o again.h5               from the configuration kept in a cube",
    "admf run FILE [-o FILE] [--resume | --force] [--threads N] [--memory SIZE] [--isa NAME]\n"
    "                     [--analytics FILE|off]",
    "Runs everything that the configuration FILE asks for and writes the results to a cube, an\n"
    "HDF5 file. Ends with the best combinations and the digest of the cube. Results that exist\n"
    "are not replaced unless --force says so. Ctrl-C and SIGTERM end the run in order; with\n"
    "--resume it goes on and gives the same cube, bit for bit, as if it had never ended. `admf "
    "runs`\n"
    "lists what was run; the record is $XDG_DATA_HOME/admf/analytics.db unless --analytics says\n"
    "otherwise.",
    run};
