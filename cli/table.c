/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"
#include "number.h"
#include "terminal.h"
#include "visible.h"

enum { GAP = 2, NARROWEST = 12 };

void cli_table_column(cli_table *table, const char *title, bool right)
{
    if (table->columns == CLI_TABLE_COLUMNS)
        return;
    table->titles[table->columns] = title;
    table->right[table->columns++] = right;
}

void cli_table_cell(cli_table *table, const char *text)
{
    if (table->rows == table->capacity) {
        size_t capacity = table->capacity ? 2 * table->capacity : 64;
        char **cells = realloc(table->cells, capacity * sizeof *cells);
        if (!cells) {
            table->failed = true;
            return;
        }
        table->cells = cells;
        table->capacity = capacity;
    }
    size_t length = text ? strlen(text) : 0;
    char *copy = malloc(length + 1);
    if (!copy) {
        table->failed = true;
        return;
    }
    memcpy(copy, text ? text : "", length);
    copy[length] = '\0';
    table->cells[table->rows++] = copy;
}

void cli_table_rounded(cli_table *table, double number)
{
    char text[CLI_NUMBER_MAX];
    cli_format_rounded(text, number);
    cli_table_cell(table, text);
}

void cli_table_exact(cli_table *table, double number)
{
    char text[CLI_NUMBER_MAX];
    cli_format_exact(text, number);
    cli_table_cell(table, text);
}

void cli_table_count(cli_table *table, double number)
{
    if (isnan(number))
        cli_table_cell(table, "-");
    else
        cli_table_exact(table, number);
}

static void measure(const cli_table *table, int *widths)
{
    for (int c = 0; c < table->columns; c++)
        widths[c] = cli_columns(table->titles[c]);
    for (size_t i = 0; i < table->rows; i++) {
        int *width = &widths[i % (size_t)table->columns];
        int columns = cli_columns(table->cells[i]);
        *width = columns > *width ? columns : *width;
    }
}

static int total_of(const cli_table *table, const int *widths)
{
    int total = table->indent - GAP;
    for (int c = 0; c < table->columns; c++)
        total += widths[c] + GAP;
    return total;
}

static bool has_numbers(const cli_table *table)
{
    for (int c = 0; c < table->columns; c++) {
        if (table->right[c])
            return true;
    }
    return false;
}

/* One cell, and the gap to the next unless it is the last. */
static void print_cell(const char *text, int width, bool right, bool last)
{
    int columns = cli_columns(text);
    int pad = columns < width ? width - columns : 0;
    if (right)
        printf("%*s", pad, "");
    cli_print_visible(stdout, text);
    if (!last)
        printf("%*s", (right ? 0 : pad) + GAP, "");
}

/* One line; the titles are simply another row of cells. */
static void print_row(const cli_table *table, const char *const *cells, const int *widths)
{
    int last = table->columns - 1;
    while (last > 0 && !(cells[last] && cells[last][0]))
        last--;
    printf("%*s", table->indent, "");
    for (int c = 0; c <= last; c++)
        print_cell(cells[c], widths[c], table->right[c], c == last);
    putchar('\n');
}

/* The first column with the numbers, as many to a line as fit; then, on lines of their own, as many
 * texts as do. */
static void print_folded(const cli_table *table, const char *const *cells, const int *widths,
                         int room)
{
    int start = table->indent + GAP, column = table->indent + widths[0];
    printf("%*s", table->indent, "");
    print_cell(cells[0], widths[0], table->right[0], true);
    int pad = widths[0] - cli_columns(cells[0]);
    for (int c = 1; c < table->columns; c++) {
        if (!table->right[c])
            continue;
        bool fits = column + GAP + widths[c] <= room;
        printf(fits ? "%*s" : "\n%*s", fits ? (pad > 0 ? pad : 0) + GAP : start, "");
        column = (fits ? column + GAP : start) + widths[c];
        pad = 0;
        print_cell(cells[c], widths[c], true, true);
    }
    column = 0;
    for (int c = 1; c < table->columns; c++) {
        int width = cli_columns(cells[c]);
        if (table->right[c] || width == 0)
            continue;
        bool fits = column > 0 && column + GAP + width <= room;
        printf(fits ? "%*s" : "\n%*s", fits ? GAP : start, "");
        column = (fits ? column + GAP : start) + width;
        cli_print_visible(stdout, cells[c]);
    }
    putchar('\n');
}

/* One row whose last column, running text, goes on below itself where it is too long. */
static void print_wrapped(const cli_table *table, const char *const *cells, const int *widths,
                          int room)
{
    int last = table->columns - 1, start = total_of(table, widths) - widths[last];
    const char *text = cells[last] ? cells[last] : "";
    printf("%*s", table->indent, "");
    for (int c = 0; c < last; c++)
        print_cell(cells[c], widths[c], table->right[c], false);
    for (int column = start; *text; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        int width = cli_columns_of(text, length);
        if (column > start && column + 1 + width > room) {
            printf("\n%*s", start, "");
            column = start;
        } else if (column > start) {
            putchar(' ');
            column++;
        }
        cli_print_visible_of(stdout, text, length);
        column += width;
        text += length;
    }
    putchar('\n');
}

static void print_any(const cli_table *table, const char *const *cells, const int *widths, int room)
{
    int total = total_of(table, widths);
    if (room <= 0 || total <= room)
        print_row(table, cells, widths);
    else if (has_numbers(table))
        print_folded(table, cells, widths, room);
    else if (total - widths[table->columns - 1] + 2 * NARROWEST <= room)
        print_wrapped(table, cells, widths, room);
    else
        print_row(table, cells, widths); /* so narrow that the terminal may break the lines */
}

bool cli_table_print(cli_table *table)
{
    int widths[CLI_TABLE_COLUMNS] = {0};
    bool failed = table->failed;
    if (!failed && table->columns > 0) {
        measure(table, widths);
        int room = cli_terminal_columns(stdout);
        size_t columns = (size_t)table->columns;
        if (table->titles[0])
            print_any(table, table->titles, widths, room);
        for (size_t i = 0; i + columns <= table->rows; i += columns)
            print_any(table, (const char *const *)table->cells + i, widths, room);
    }
    for (size_t i = 0; i < table->rows; i++)
        free(table->cells[i]);
    free(table->cells);
    *table = (cli_table){0};
    if (failed)
        cli_complain("out of memory");
    return !failed;
}
