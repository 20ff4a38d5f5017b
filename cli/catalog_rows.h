/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the catalogue, seen as rows with names. */
#ifndef ADMF_CLI_CATALOG_ROWS_H
#define ADMF_CLI_CATALOG_ROWS_H

#include <stddef.h>

#include "json.h"

typedef enum cli_row_kind {
    CLI_FEATURES,
    CLI_STRATEGIES,
    CLI_CLASSIFIERS,
    CLI_VALIDATORS, /* the limits on orders among the keys of `risk` */
    CLI_RISK,       /* all keys of `risk` */
    CLI_METRICS,
    CLI_PATTERNS,
    CLI_ROW_KINDS
} cli_row_kind;

/* "features", …; by kind. */
extern const char *const cli_row_kinds[CLI_ROW_KINDS];

size_t cli_row_count(cli_row_kind kind);
const char *cli_row_name(cli_row_kind kind, size_t i);

void cli_rows_print(cli_row_kind kind);                         /* a line each  */
void cli_row_print(cli_row_kind kind, size_t i);                /* one in full  */
void cli_row_json(cli_json *json, cli_row_kind kind, size_t i); /* one in full */

#endif
