/* SPDX-License-Identifier: Apache-2.0 */
#include "admf/catalog.h"
#include "admf/error.h"
#include "arguments.h"
#include "messages.h"
#include "terminal.h"

static int schema(const cli_command *self, int argc, char **argv)
{
    bool markdown = false;
    const cli_option table[] = {
        {"markdown", 0, CLI_FLAG, &markdown, "", "as a page for reading instead", 0, 0}};
    cli_operands operands = {{0}, 0, 0, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;

    char *text = markdown ? admf_reference_markdown() : admf_schema_json();
    if (!text) {
        cli_complain("out of memory");
        return ADMF_INTERNAL;
    }
    cli_streams_print(text);
    admf_free(text);
    return ADMF_OK;
}

const cli_command cli_schema = {
    "schema",
    "JSON Schema of a configuration, for editors",
    "admf schema > admf.schema.json\n"
    "admf schema --markdown > reference.md",
    "admf schema [--markdown]",
    "Prints the JSON Schema of a configuration. An editor that knows it completes keys and\n"
    "shows mistakes while typing; with the YAML language server, put this line on top of a\n"
    "configuration:\n"
    "  # yaml-language-server: $schema=admf.schema.json",
    schema};
