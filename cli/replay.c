/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "admf/workflow.h"
#include "arguments.h"
#include "messages.h"
#include "run_options.h"
#include "running.h"

static int replay(const cli_command *self, int argc, char **argv)
{
    admf_options options = {0};
    bool json = false;
    const char *analytics = NULL;
    const cli_option table[] = {
        CLI_RUN_OPTIONS(options),
        CLI_ANALYTICS_OPTION(analytics, "FILE|off", "where the run is recorded, or off"),
        {"resume", 0, CLI_FLAG, &options.resume, "", "go on with a replay that was ended", 0, 0},
        {"force", 'f', CLI_FLAG, &options.force, "", "replace results that exist", 0, 0},
        {"json", 0, CLI_FLAG, &json, "", "what was run as JSON", 0, 0}};
    cli_operands operands = {{"STORE", "FILE"}, 2, 2, 0, 0};
    char *given[CLI_ARGUMENTS_MAX]; /* reading moves argv's pointers; the hint wants them all */
    int code, given_count = argc < CLI_ARGUMENTS_MAX ? argc : CLI_ARGUMENTS_MAX;
    memcpy(given, argv, (size_t)given_count * sizeof *given);
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (options.resume && options.force)
        return cli_misused(self,
                           "--resume keeps what is there and --force replaces it: choose one");
    options.signals = operands.values[0];
    options.config_path = operands.values[1];
    return cli_workflow_run(self, &options, analytics, json, given_count, given);
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
