/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "admf/cube.h"
#include "arguments.h"
#include "json.h"
#include "messages.h"
#include "visible.h"

static int hash(const cli_command *self, int argc, char **argv)
{
    bool as_json = false;
    const cli_option table[] = {{"json", 0, CLI_FLAG, &as_json, "", "as JSON", 0, 0}};
    cli_operands operands = {{"CUBE", 0}, 1, -1, 0, 0};
    cli_json json = {0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (as_json)
        cli_json_open(&json, NULL, '{');
    for (int i = 0; i < operands.count; i++) {
        char digest[17] = "";
        admf_error error = {0};
        if (admf_cube_digest(operands.values[i], digest, &error) != ADMF_OK) {
            int failed = cli_fail(&error);
            code = code == ADMF_OK ? failed : code;
            continue;
        }
        if (as_json) {
            cli_json_text(&json, operands.values[i], digest);
            continue;
        }
        fputs(digest, stdout);
        if (operands.count > 1) {
            fputs("  ", stdout);
            cli_print_visible(stdout, operands.values[i]);
        }
        putchar('\n');
    }
    if (as_json)
        cli_json_close(&json, '}');
    return code;
}

const cli_command cli_hash = {
    "hash",
    "digest of a cube's results",
    "admf hash results.h5\n"
    "admf hash a.h5 b.h5    are they the same results?",
    "admf hash CUBE... [--json]",
    "Prints a digest of every dataset and attribute of a cube but for /provenance (program,\n"
    "machine, times). Two cubes with one digest hold the same results, bit for bit, however\n"
    "they are compressed and wherever they were made.",
    hash};
