/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for reading: aligned, or in Markdown for documents. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/report.h"
#include "cli/number.h"
#include "cli/table.h"

/* Either kind of table: cells go to `aligned`, or are printed at once. */
struct sheet {
    bool markdown;
    int columns, cell;
    cli_table aligned;
};

void figure_text(char text[FIGURE_MAX], double x)
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

/* Columns with '>' before the title are set to the right. */
static void begin(struct sheet *sheet, bool markdown, const char *title, const char *const *columns,
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

static void cell(struct sheet *sheet, const char *text)
{
    if (!sheet->markdown) {
        cli_table_cell(&sheet->aligned, text);
        return;
    }
    printf("| %s ", text);
    if (++sheet->cell % sheet->columns == 0)
        puts("|");
}

static void figure(struct sheet *sheet, double x)
{
    char text[FIGURE_MAX];
    figure_text(text, x);
    cell(sheet, text);
}

static void percent(struct sheet *sheet, double share)
{
    char text[FIGURE_MAX];
    if (isnan(share))
        snprintf(text, sizeof text, "-");
    else
        snprintf(text, sizeof text, share < 0.0995 ? "%.1f%%" : "%.0f%%", 100 * share);
    cell(sheet, text);
}

static bool end(struct sheet *sheet) { return sheet->markdown || cli_table_print(&sheet->aligned); }

static void print_machine(const struct report *report, bool markdown)
{
    const struct limits *limits = &report->limits;
    printf("%s, %d thread%s, %.2f GHz; admf %s, %s; load %.2f before\n", report->processor,
           limits->threads, limits->threads == 1 ? "" : "s", limits->frequency / 1e9,
           report->machine.version, report->machine.compiler, report->load);
    printf("%sfrom memory: %.1f GB/s by one thread, %.1f GB/s by all\n", markdown ? "\n" : "",
           limits->memory_one / 1e9, limits->memory_all / 1e9);
}

static bool print_limits(const struct report *report, bool markdown)
{
    static const char *const columns[] = {"instruction set", ">additions G/s", ">divisions G/s",
                                          ">loads GB/s", ">stores GB/s"};
    struct sheet sheet;
    begin(&sheet, markdown, "Limits of one core, measured", columns, 5);
    for (int k = 0; k < report->limits.isa_count; k++) {
        const struct isa_limits *isa = &report->limits.isa[k];
        cell(&sheet, isa->isa);
        figure(&sheet, isa->additions / 1e9);
        figure(&sheet, isa->divisions / 1e9);
        figure(&sheet, isa->loads / 1e9);
        figure(&sheet, isa->stores / 1e9);
    }
    return end(&sheet);
}

static bool print_kernels(const struct report *report, bool markdown)
{
    static const char *const columns[] = {"kernel",  "set",      ">ns",     ">cycles",
                                          ">spread", ">GB/s",    ">instr.", ">ops",
                                          "element", "bound by", ">of it"};
    struct sheet sheet;
    begin(&sheet, markdown, "Kernels, for each element", columns, 11);
    for (size_t k = 0; k < report->kernel_count; k++) {
        const struct kernel_result *r = &report->kernels[k];
        struct bound bound = bound_of(report, r);
        cell(&sheet, r->name);
        cell(&sheet, r->isa);
        figure(&sheet, r->time.median * 1e9);
        figure(&sheet, r->time.median * r->frequency);
        percent(&sheet, r->time.deviation / r->time.median);
        figure(&sheet, (r->read + r->written) / r->time.median / 1e9);
        figure(&sheet, r->counted ? r->operations.instructions : NAN);
        figure(&sheet, r->counted ? r->operations.arithmetic : NAN);
        cell(&sheet, r->element);
        cell(&sheet, bound.name);
        percent(&sheet, r->counted ? bound.share : NAN);
    }
    return end(&sheet);
}

bool report_print(const struct report *report, bool markdown)
{
    print_machine(report, markdown);
    bool printed = print_limits(report, markdown);
    if (report->kernel_count > 0)
        printed = print_kernels(report, markdown) && printed;
    return printed;
}
