/* SPDX-License-Identifier: Apache-2.0 */
/* How a report leaves the program: options that all measuring commands share. */
#ifndef ADMF_BENCH_OUTPUT_H
#define ADMF_BENCH_OUTPUT_H

#include "bench/report.h"
#include "bench/timings.h"
#include "cli/arguments.h"

struct output_options {
    bool json, markdown;
    const char *compare; /* a report to compare with; NULL: none */
    struct timings before;
};

/* clang-format off */
#define OUTPUT_OPTIONS(options) \
    {"json", 0, CLI_FLAG, &(options).json, "", "every figure, as JSON", 0, 0}, \
    {"markdown", 0, CLI_FLAG, &(options).markdown, "", "tables in Markdown", 0, 0}, \
    {"compare", 0, CLI_TEXT, &(options).compare, "FILE", "verdicts against an earlier report", 0, 0}
/* clang-format on */

/*
 * Before anything is measured: refuses two forms at once as a misuse of `self`, reads what there
 * is to read, and refuses a report of what `self` does not measure. The exit code.
 */
int output_begin(const cli_command *self, struct output_options *options);
/*
 * Then, where there is a report to compare with: ADMF_BAD_DATA (reported) where it has none of
 * these names. Works of --quick, which are `small`, are others than those without.
 */
int output_expect(struct output_options *options, const char *const *names, size_t count,
                  bool small);
/* Writes what the options ask for, frees them; `code`, or the code of what went wrong here. */
int output_write(const struct report *report, struct output_options *options, int code);
/* Frees them where nothing is written; nothing happens where they are free already. */
void output_drop(struct output_options *options);

#endif
