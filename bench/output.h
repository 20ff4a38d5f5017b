/* SPDX-License-Identifier: Apache-2.0 */
/* How a report leaves the program: options that all measuring commands share. */
#ifndef ADMF_BENCH_OUTPUT_H
#define ADMF_BENCH_OUTPUT_H

#include "bench/report.h"
#include "cli/arguments.h"

struct output_options {
    bool json, markdown;
};

/* clang-format off */
#define OUTPUT_OPTIONS(options) \
    {"json", 0, CLI_FLAG, &(options).json, "", "every figure, as JSON", 0, 0}, \
    {"markdown", 0, CLI_FLAG, &(options).markdown, "", "tables in Markdown", 0, 0}
/* clang-format on */

/* Writes what the options ask for; `code`, or the code of what went wrong while writing. */
int output_write(const struct report *report, const struct output_options *options, int code);

#endif
