/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/sheet.h"

#include <math.h>
#include <stdio.h>

enum { FIGURE_MAX = 32 };

static void figure_text(char text[FIGURE_MAX], double x)
{
    double size = fabs(x);
    int digits = !(size > 0) || size >= 100 ? 0 : (int)(2 - floor(log10(size)));
    if (isnan(x))
        snprintf(text, FIGURE_MAX, "-");
    else if (size >= 1e15)
        snprintf(text, FIGURE_MAX, "%.3g", x);
    else
        snprintf(text, FIGURE_MAX, "%.*f", digits > 6 ? 6 : digits, x);
}

void sheet_begin(struct sheet *sheet, bool markdown, const char *title, const char *const *columns,
                 int count)
{
    *sheet = (struct sheet){.markdown = markdown, .columns = count};
    printf(markdown ? "\n%s:\n\n" : "\n%s\n", title);
    for (int k = 0; k < count; k++) {
        bool right = columns[k][0] == '>';
        if (markdown)
            printf("| %s ", columns[k] + right);
        else
            cli_table_column(&sheet->aligned, columns[k] + right, right);
    }
    if (!markdown)
        return;
    puts("|");
    for (int k = 0; k < count; k++)
        printf(columns[k][0] == '>' ? "| ---: " : "| --- ");
    puts("|");
}

void sheet_text(struct sheet *sheet, const char *text)
{
    if (!sheet->markdown) {
        cli_table_cell(&sheet->aligned, text);
        return;
    }
    printf("| %s ", text);
    if (++sheet->cell % sheet->columns == 0)
        puts("|");
}

void sheet_figure(struct sheet *sheet, double x)
{
    char text[FIGURE_MAX];
    figure_text(text, x);
    sheet_text(sheet, text);
}

void sheet_percent(struct sheet *sheet, double share)
{
    char text[FIGURE_MAX];
    if (isnan(share))
        snprintf(text, sizeof text, "-");
    else
        snprintf(text, sizeof text, share < 0.0995 ? "%.1f%%" : "%.0f%%", 100 * share);
    sheet_text(sheet, text);
}

bool sheet_end(struct sheet *sheet) { return sheet->markdown || cli_table_print(&sheet->aligned); }
