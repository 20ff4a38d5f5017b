/* SPDX-License-Identifier: Apache-2.0 */
/* The report as tables. */
#include <math.h>
#include <stdio.h>

#include "bench/report.h"
#include "bench/sheet.h"

enum { RATE_MAX = 32 };

static const char *rate_text(char text[RATE_MAX], double rate)
{
    snprintf(text, RATE_MAX, isnan(rate) ? "-" : "%.1f GB/s", rate / 1e9);
    return text;
}

static void print_machine(const struct report *report, bool markdown)
{
    const struct limits *limits = &report->limits;
    printf("%s, %d thread%s, %.2f GHz; admf %s, %s; load %.2f before%s\n", report->processor,
           limits->threads, limits->threads == 1 ? "" : "s", limits->frequency / 1e9,
           report->machine.version, report->machine.compiler, report->load,
           report->quick ? "; quick: small works, times are rough" : "");
    char one[RATE_MAX], all[RATE_MAX];
    printf("%sfrom memory: %s by one thread, %s by all\n", markdown ? "\n" : "",
           rate_text(one, limits->memory_one), rate_text(all, limits->memory_all));
}

static bool print_limits(const struct report *report, bool markdown)
{
    static const char *const columns[] = {"instruction set", ">additions G/s", ">divisions G/s",
                                          ">loads GB/s", ">stores GB/s"};
    struct sheet sheet;
    sheet_begin(&sheet, markdown, "Limits of one core, measured", columns, 5);
    for (int k = 0; k < report->limits.isa_count; k++) {
        const struct isa_limits *isa = &report->limits.isa[k];
        sheet_text(&sheet, isa->isa);
        sheet_figure(&sheet, isa->additions / 1e9);
        sheet_figure(&sheet, isa->divisions / 1e9);
        sheet_figure(&sheet, isa->loads / 1e9);
        sheet_figure(&sheet, isa->stores / 1e9);
    }
    return sheet_end(&sheet);
}

static bool print_kernels(const struct report *report, bool markdown)
{
    static const char *const columns[] = {"kernel",  "set",      ">ns",     ">cycles",
                                          ">spread", ">GB/s",    ">instr.", ">ops",
                                          "element", "bound by", ">of it"};
    struct sheet sheet;
    sheet_begin(&sheet, markdown, "Kernels, for each element", columns, 11);
    for (size_t k = 0; k < report->kernel_count; k++) {
        const struct kernel_result *r = &report->kernels[k];
        struct bound bound = bound_of(report, r);
        sheet_text(&sheet, r->name);
        sheet_text(&sheet, r->isa);
        sheet_figure(&sheet, r->time.median * 1e9);
        sheet_figure(&sheet, r->time.median * r->frequency);
        sheet_percent(&sheet, deviation_of(&r->time) / r->time.median);
        sheet_figure(&sheet, (r->read + r->written) / r->time.median / 1e9);
        sheet_figure(&sheet, r->counted ? r->operations.instructions : NAN);
        sheet_figure(&sheet, r->counted ? r->operations.arithmetic : NAN);
        sheet_text(&sheet, r->element);
        sheet_text(&sheet, bound.name);
        sheet_percent(&sheet, r->counted ? bound.share : NAN);
    }
    return sheet_end(&sheet);
}

static bool print_works(const struct report *report, bool markdown)
{
    static const char *const columns[] = {"work",     "set",     "lanes",     ">threads",
                                          ">seconds", ">spread", ">CPU s",    ">G/s",
                                          ">MiB",     "of",      "what it is"};
    struct sheet sheet;
    sheet_begin(&sheet, markdown, "Works", columns, 11);
    for (size_t k = 0; k < report->work_count; k++) {
        const struct work_result *r = &report->works[k];
        char threads[16];
        sheet_text(&sheet, r->name);
        sheet_text(&sheet, r->isa);
        sheet_text(&sheet, r->lanes);
        snprintf(threads, sizeof threads, "%d", r->threads);
        sheet_text(&sheet, threads);
        sheet_figure(&sheet, r->time.median);
        sheet_percent(&sheet, deviation_of(&r->time) / r->time.median);
        sheet_figure(&sheet, r->processor);
        sheet_figure(&sheet, r->amount > 1 ? r->amount / r->time.median / 1e9 : NAN);
        sheet_figure(&sheet, r->memory / (1 << 20));
        sheet_text(&sheet, r->unit);
        sheet_text(&sheet, r->title);
    }
    return sheet_end(&sheet);
}

static bool print_targets(const struct report *report, bool markdown)
{
    static const char *const columns[] = {"work",    "measure", ">value", ">by CPU s",
                                          ">target", "unit",    "reached"};
    struct sheet sheet;
    sheet_begin(&sheet, markdown, "Targets", columns, 7);
    for (size_t k = 0; k < report->target_count; k++) {
        const struct target *t = &report->targets[k];
        bool reached = t->at_most ? t->value <= t->wanted : t->value >= t->wanted;
        char wanted[64];
        snprintf(wanted, sizeof wanted, "%s %g", t->at_most ? "<=" : ">=", t->wanted);
        sheet_text(&sheet, t->work);
        sheet_text(&sheet, t->measure);
        sheet_figure(&sheet, t->value);
        sheet_figure(&sheet, t->by_processor);
        sheet_text(&sheet, wanted);
        sheet_text(&sheet, t->unit);
        sheet_text(&sheet, reached ? "yes" : "no");
    }
    return sheet_end(&sheet);
}

bool report_print(const struct report *report, bool markdown)
{
    print_machine(report, markdown);
    bool printed = print_limits(report, markdown);
    if (report->kernel_count > 0)
        printed = print_kernels(report, markdown) && printed;
    if (report->work_count > 0)
        printed = print_works(report, markdown) && printed;
    if (report->target_count > 0)
        printed = print_targets(report, markdown) && printed;
    return printed;
}
