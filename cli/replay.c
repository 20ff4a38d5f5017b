/* SPDX-License-Identifier: Apache-2.0 */
#include "running.h"

static int replay(const cli_command *self, int argc, char **argv)
{
    static const cli_running how = {.operands = {{"STORE", "FILE"}, 2, 2, 0, 0},
                                    .force_help = "replace results that exist",
                                    .json_help = "what was run as JSON",
                                    .resume_help = "go on with a replay that was ended"};
    return cli_run_workflow(self, &how, argc, argv);
}

const cli_command cli_replay = {
    "replay",
    "run stored signals under any risk and execution",
    "admf replay sweep.signals.h5 sweep.yaml -o costs.h5",
    "admf replay STORE FILE [-o FILE] [--resume | --force] [--threads N] [--memory SIZE]\n"
    "                     [--isa NAME] [--analytics FILE|off] [--json]",
    "Runs the combinations of the configuration FILE from the signals and regimes that\n"
    "`admf signals` has put into STORE: nothing of them is computed again, whatever risk,\n"
    "execution, windows and metrics are. Strategies, classifiers, policies and data must be\n"
    "those of the store. The cube is the one that `admf run` would make, bit for bit.",
    replay};
