/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "admf/workflow.h"
#include "arguments.h"
#include "run_options.h"
#include "running.h"

static int signals(const cli_command *self, int argc, char **argv)
{
    admf_options options = {.store_signals = true};
    bool json = false;
    const char *analytics = NULL;
    const cli_option table[] = {
        CLI_RUN_OPTIONS(options),
        CLI_ANALYTICS_OPTION(analytics, "FILE|off", "where the run is recorded, or off"),
        {"force", 'f', CLI_FLAG, &options.force, "", "replace a store that exists", 0, 0},
        {"json", 0, CLI_FLAG, &json, "", "what was stored as JSON", 0, 0}};
    cli_operands operands = {{"FILE", 0}, 1, 1, 0, 0};
    char *given[CLI_ARGUMENTS_MAX]; /* reading moves argv's pointers; the record wants them all */
    int code, given_count = argc < CLI_ARGUMENTS_MAX ? argc : CLI_ARGUMENTS_MAX;
    memcpy(given, argv, (size_t)given_count * sizeof *given);
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    options.config_path = operands.values[0];
    return cli_workflow_run(self, &options, analytics, json, given_count, given);
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
