/* SPDX-License-Identifier: Apache-2.0 */
/* Making and converting market data. docs and --help describe the formats. */
#ifndef ADMF_MARKET_H
#define ADMF_MARKET_H

#include <stdbool.h>
#include <stdint.h>

#include "admf/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_synth_options {
    const char *output; /* .csv or .h5 */
    const char *symbol; /* NULL: "SYNTH" */
    uint64_t bars, seed;
    const char *start; /* ISO 8601; NULL: 2020-01-01 */
    double price;      /* 0: 100 */
    double volatility; /* deviation of one bar's log return; 0: 0.0005 */
    bool force;        /* overwrite */
} admf_synth_options;
admf_status admf_synth(const admf_synth_options *options, admf_error *error);

typedef struct admf_import_options {
    const char *input, *output; /* output NULL: check only; .csv or .h5 */
    const char *symbol, *timezone, *session, *start, *end; /* NULL: defaults of `data` */
    const char *const *columns;                            /* "timestamp=Date", … */
    int column_count;
    bool stamp_end, repair_drop, force;
} admf_import_options;
typedef struct admf_import_result {
    uint64_t bars, bars_outside, rows_dropped;
    char first[32], last[32]; /* ISO 8601 */
    char digest[17];
    double bars_per_year;
} admf_import_result;
admf_status admf_import(const admf_import_options *options, admf_import_result *result,
                        admf_diagnostics *errors, admf_diagnostics *warnings);

#ifdef __cplusplus
}
#endif
#endif
