/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "admf/workflow.h"
#include "arguments.h"
#include "diagnostics_json.h"
#include "json.h"
#include "messages.h"
#include "visible.h"

static int conclude_json(admf_status status, admf_diagnostics *errors, admf_diagnostics *warnings)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_flag(&json, "valid", status == ADMF_OK);
    cli_diagnostics_json(&json, errors, warnings);
    cli_json_close(&json, '}');
    admf_diagnostics_deinit(errors);
    admf_diagnostics_deinit(warnings);
    return cli_exit_code(status);
}

static int check(const cli_command *self, int argc, char **argv)
{
    admf_options options = {0};
    bool json = false;
    const cli_option table[] = {
        {"json", 0, CLI_FLAG, &json, "", "errors and warnings as JSON on standard output", 0, 0}};
    cli_operands operands = {{"FILE", 0}, 1, 1, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;

    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    options.config_path = operands.values[0];
    admf_status status = admf_check(&options, &errors, &warnings);
    if (json)
        return conclude_json(status, &errors, &warnings);
    code = cli_conclude(status, &errors, &warnings);
    if (code == ADMF_OK) {
        cli_print_visible(stdout, options.config_path);
        puts(": valid");
    }
    return code;
}

const cli_command cli_check = {
    "check",
    "validate a configuration and show all its errors",
    "admf check sweep.yaml\n"
    "admf check --json sweep.yaml    for editors and scripts",
    "admf check FILE [--json]",
    "Reads the configuration FILE and reports everything that is wrong with it at once, each\n"
    "with its place and what to write instead. Data files must exist, but are not read. The\n"
    "exit code is 0 for a valid file, 78 for a wrong one, 66 where a file is missing.",
    check};
