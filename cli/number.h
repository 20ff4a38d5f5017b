/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as text. No function here depends on the locale. */
#ifndef ADMF_CLI_NUMBER_H
#define ADMF_CLI_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { CLI_NUMBER_MAX = 40 };

/* Shortest text that reads back as the same double: 0.1, 100000, 1e-07, nan. */
void cli_format_exact(char out[CLI_NUMBER_MAX], double number);

/* Four decimals where that says enough, for columns of a table; "-" for NaN. */
void cli_format_rounded(char out[CLI_NUMBER_MAX], double number);

/* "3.2 GiB"; "12.3 k"; "0:12", "3:04:05"; "0.12 s", "3 min 20 s" */
void cli_format_bytes(char *out, size_t size, uint64_t bytes);
void cli_format_rate(char *out, size_t size, double per_second);
void cli_format_clock(char *out, size_t size, double seconds);
void cli_format_seconds(char *out, size_t size, double seconds);

#endif
