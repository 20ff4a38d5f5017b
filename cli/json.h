/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written to standard output, value by value. */
#ifndef ADMF_CLI_JSON_H
#define ADMF_CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>

typedef struct cli_json {
    int depth;
    bool comma; /* the next value stands after another one */
} cli_json;

/* `key` is NULL inside of an array and for the outermost value. */
void cli_json_open(cli_json *json, const char *key, char bracket);     /* '{' or '[' */
void cli_json_close(cli_json *json, char bracket);                     /* '}' or ']' */
void cli_json_text(cli_json *json, const char *key, const char *text); /* NULL: null */
void cli_json_number(cli_json *json, const char *key, double number);  /* not finite: null */
void cli_json_count(cli_json *json, const char *key, uint64_t count);
void cli_json_flag(cli_json *json, const char *key, bool flag);

#endif
