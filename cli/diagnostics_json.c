/* SPDX-License-Identifier: Apache-2.0 */
#include "diagnostics_json.h"

#include "messages.h"

static void list_json(cli_json *json, const char *key, const admf_diagnostics *list)
{
    cli_json_open(json, key, '[');
    for (size_t i = 0; i < list->count; i++) {
        const admf_error *item = &list->items[i];
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "file", item->file[0] ? item->file : NULL);
        cli_json_count(json, "line", item->line > 0 ? (uint64_t)item->line : 0);
        cli_json_count(json, "column", item->column > 0 ? (uint64_t)item->column : 0);
        cli_json_count(json, "length", item->length > 0 ? (uint64_t)item->length : 0);
        cli_json_count(json, "code", (uint64_t)cli_exit_code(item->code));
        cli_json_text(json, "message", item->message);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

void cli_diagnostics_json(cli_json *json, const admf_diagnostics *errors,
                          const admf_diagnostics *warnings)
{
    cli_json_count(json, "error_count", errors->total);
    list_json(json, "errors", errors);
    list_json(json, "warnings", warnings);
}

void cli_failure_json(int code, const admf_diagnostics *errors, const admf_diagnostics *warnings)
{
    cli_json json = {0};
    cli_json_open(&json, NULL, '{');
    cli_json_count(&json, "status", (uint64_t)code);
    cli_diagnostics_json(&json, errors, warnings);
    cli_json_close(&json, '}');
}
