/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and converting market data; `admf import --help` and `admf synth --help` describe the
 * formats. Strings are borrowed for the call. Prices are in the currency of the data.
 *
 *     admf_synth_options options = {.output = "walk.h5", .bars = 1000000, .seed = 7};
 *     admf_error error = {0};
 *     if (admf_synth(&options, &error) != ADMF_OK)
 *         fprintf(stderr, "%s\n", error.message);
 */
#ifndef ADMF_MARKET_H
#define ADMF_MARKET_H

#include <stdbool.h>
#include <stdint.h>

#include "admf/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_synth_options {
    const char *output;  /* .csv or .h5 */
    const char *symbol;  /* NULL: "SYNTH" */
    uint64_t bars, seed; /* bars of a minute; the same seed gives the same bars everywhere */
    const char *start;   /* ISO 8601, UTC without an offset; NULL: 2020-01-01 */
    double price;        /* close that the walk starts from; 0: 100 */
    double volatility;   /* deviation of one bar's log return; 0: 0.0005 */
    bool force;          /* overwrite */
    /* NULL, or where another thread or a signal handler asks for an end: as admf_options.stop */
    const volatile int *stop;
} admf_synth_options;

/*
 * Writes a random walk. ADMF_USAGE for options that make no sense, ADMF_IO where the output
 * exists (without force), cannot be written or is being written by another, ADMF_INTERNAL where
 * memory does not suffice, what *stop says where that came before the file was whole; a file that
 * was there is then as it was.
 */
admf_status admf_synth(const admf_synth_options *options, admf_error *error);

typedef struct admf_import_options {
    const char *input, *output; /* output NULL: check only; .csv or .h5 */
    const char *symbol, *timezone, *session, *start, *end; /* NULL: defaults of `data` */
    const char *const *columns;                            /* "timestamp=Date", … */
    int column_count;
    bool stamp_end;           /* timestamps are those of the bars' ends */
    bool repair_drop;         /* leave out faulty rows, and count them, instead of failing */
    bool force;               /* overwrite */
    const volatile int *stop; /* NULL, or as above */
} admf_import_options;

typedef struct admf_import_result {
    uint64_t bars;            /* kept */
    uint64_t bars_outside;    /* outside of the session, left out */
    uint64_t rows_dropped;    /* by repair_drop */
    char first[32], last[32]; /* times of the first and the last bar, ISO 8601 */
    char digest[17];          /* of the bars kept: 16 hexadecimal digits */
    double bars_per_year;     /* what annualises, by the spacing; NaN where it does not tell */
} admf_import_result;

/*
 * Reads and checks a file as `data` of a configuration would, and writes the bars kept where
 * there is an output. *result is filled on ADMF_OK and left as it was otherwise: ADMF_USAGE for
 * wrong options or an output that is the input, ADMF_NO_INPUT, ADMF_BAD_DATA with every faulty
 * row in `errors` up to its limit, ADMF_IO where the output exists (without force), cannot be
 * written or is being written by another, what *stop says, which is no error, where that came
 * before the end. Both lists are the caller's.
 */
admf_status admf_import(const admf_import_options *options, admf_import_result *result,
                        admf_diagnostics *errors, admf_diagnostics *warnings);

#ifdef __cplusplus
}
#endif
#endif
