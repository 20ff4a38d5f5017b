/* SPDX-License-Identifier: Apache-2.0 */
#include "running.h"

static int signals(const cli_command *self, int argc, char **argv)
{
    static const cli_running how = {.options = {.store_signals = true},
                                    .operands = {{"FILE", 0}, 1, 1, 0, 0},
                                    .force_help = "replace a store that exists",
                                    .json_help = "what was stored as JSON"};
    return cli_run_workflow(self, &how, argc, argv);
}

const cli_command cli_signals = {
    "signals",
    "store the signals and regimes of a configuration",
    "admf signals sweep.yaml -o sweep.signals.h5",
    "admf signals FILE [-o STORE] [--force] [--threads N] [--memory SIZE] [--isa NAME]\n"
    "                     [--analytics FILE|off] [--json]",
    "Computes the features, signals and regimes of every strategy and classifier of the\n"
    "configuration FILE over all bars of its data, whatever type of workflow it is, and stores\n"
    "the bars at which they change, and to what, in an HDF5 file. Default: FILE's name with\n"
    ".signals.h5. Prints how many bars, instances and changes there are.",
    signals};
