/* SPDX-License-Identifier: Apache-2.0 */
#include "running.h"

static int run(const cli_command *self, int argc, char **argv)
{
    static const cli_running how = {.operands = {{"FILE", 0}, 1, 1, 0, 0},
                                    .force_help = "replace results that exist",
                                    .json_help = "what was run as JSON",
                                    .resume_help = "go on with a run that was ended"};
    return cli_run_workflow(self, &how, argc, argv);
}

const cli_command cli_run = {
    "run",
    "run a configuration and keep the results",
    "admf run sweep.yaml\n"
    "admf run sweep.yaml -o results.h5 --threads 8\n"
    "admf run sweep.yaml -o results.h5 --resume    go on after Ctrl-C or a crash\n"
    "admf run results.h5 -o again.h5               from the configuration kept in a cube",
    "admf run FILE [-o FILE] [--resume | --force] [--threads N] [--memory SIZE] [--isa NAME]\n"
    "                     [--analytics FILE|off] [--json]",
    "Runs everything that the configuration FILE asks for and writes the results to a cube, an\n"
    "HDF5 file. Ends with the best combinations and the digest of the cube. Results that exist\n"
    "are not replaced unless --force says so. Ctrl-C and SIGTERM end the run in order; with\n"
    "--resume it goes on and gives the same cube, bit for bit, as if it had never ended. `admf "
    "runs`\n"
    "lists what was run; the record is $XDG_DATA_HOME/admf/analytics.db unless --analytics says\n"
    "otherwise.",
    run};
