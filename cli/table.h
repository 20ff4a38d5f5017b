/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables for reading. Where one is wider than the terminal, a table of numbers gives its
 * texts a line of their own below them, another one lets its last column go on below
 * itself. On a pipe or in a file every row is one line.
 */
#ifndef ADMF_CLI_TABLE_H
#define ADMF_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { CLI_TABLE_COLUMNS = 16 };

typedef struct cli_table {
    int columns;
    size_t rows, capacity;
    const char *titles[CLI_TABLE_COLUMNS]; /* NULL in the first: no line of titles */
    bool right[CLI_TABLE_COLUMNS];         /* set to the right: numbers            */
    int indent;
    char **cells; /* row by row; owned */
    bool failed;  /* memory ran out    */
} cli_table;

/* Adds a column; call before the first row. */
void cli_table_column(cli_table *table, const char *title, bool right);

/* Adds the next cell, row by row. The text is copied; NULL is an empty cell. */
void cli_table_cell(cli_table *table, const char *text);
void cli_table_rounded(cli_table *table, double number);
void cli_table_exact(cli_table *table, double number);
/* Exact, "-" where undefined as of rounded ones. */
void cli_table_count(cli_table *table, double number);

/* Prints to standard output, frees the cells; false where memory ran out (reported). */
bool cli_table_print(cli_table *table);

#endif
