/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for reading: aligned, or in Markdown for documents. */
#ifndef ADMF_BENCH_SHEET_H
#define ADMF_BENCH_SHEET_H

#include <stdbool.h>

#include "cli/table.h"

/* One of either kind: cells go to `aligned`, or are printed at once. */
struct sheet {
    bool markdown;
    int columns, cell;
    cli_table aligned;
};

/* Prints the title. Columns with '>' before their name are set to the right. */
void sheet_begin(struct sheet *sheet, bool markdown, const char *title, const char *const *columns,
                 int count);
/* The next cell, row by row: a text, a number with three digits or so ("-" for NaN), a share. */
void sheet_text(struct sheet *sheet, const char *text);
void sheet_figure(struct sheet *sheet, double x);
void sheet_percent(struct sheet *sheet, double share);
/* False where memory ran out (reported). */
bool sheet_end(struct sheet *sheet);

#endif
