/* SPDX-License-Identifier: Apache-2.0 */
#include "admf/catalog.h"
#include "admf/workflow.h"
#include "arguments.h"
#include "diagnostics_json.h"
#include "messages.h"
#include "run_options.h"
#include "terminal.h"

static int plan(const cli_command *self, int argc, char **argv)
{
    admf_options options = {0};
    bool json = false;
    const cli_option table[] = {{"json", 0, CLI_FLAG, &json, "", "the plan as JSON", 0, 0},
                                CLI_RUN_OPTIONS(options)};
    cli_operands operands = {{"FILE", 0}, 1, 1, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;

    char *text = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    options.config_path = operands.values[0];
    admf_status status =
        (json ? admf_plan_json : admf_plan_text)(&options, &text, &errors, &warnings);
    if (json && status != ADMF_OK)
        cli_failure_json(cli_exit_code(status), &errors, &warnings);
    code = cli_conclude(status, &errors, &warnings);
    if (code == ADMF_OK && text)
        cli_streams_print(text);
    admf_free(text);
    return code;
}

const cli_command cli_plan = {
    "plan",
    "show what a configuration would run, without running it",
    "admf plan sweep.yaml\n"
    "admf plan sweep.yaml --memory 2G    how it would be cut to fit 2 GiB\n"
    "admf plan sweep.yaml --json | jq .combinations",
    "admf plan FILE [--json] [-o FILE] [--threads N] [--memory SIZE] [--isa NAME]",
    "Reads the configuration FILE and its data and prints the axes and combinations, the\n"
    "pattern and its services, the features with what each depends on, and the memory, disk\n"
    "and time that a run is expected to take.",
    plan};
