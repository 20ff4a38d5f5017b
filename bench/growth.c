/* SPDX-License-Identifier: Apache-2.0 */
/* `admf-bench growth`: how time and memory of a sweep grow with its size and with threads. */
#include <stdio.h>

#include "admf/workflow.h"
#include "bench/commands.h"
#include "bench/growth_picture.h"
#include "bench/output.h"
#include "bench/svg.h"
#include "bench/work.h"
#include "cli/messages.h"
#include "cli/run_options.h"
#include "cli/stop.h"
#include "engine/cpu/cpu.h"

enum { ROUNDS = 5, POINTS_MAX = 32, SIDE = 100, QUICK_SIDE = 16 };

static void add(struct growth_sweep *points, int *count, int side, uint64_t bars, int threads)
{
    struct growth_sweep *p = &points[(*count)++];
    *p = (struct growth_sweep){.side = side, .threads = threads, .bars = bars};
    snprintf(p->name, sizeof p->name, "%dx%llu", side * side, (unsigned long long)bars);
}

/* From the big grid: fewer combinations, from all over it as short averages alone would order more
 * often, fewer and more bars, fewer threads. */
static int make_points(struct growth_sweep points[POINTS_MAX], int threads, bool quick)
{
    int side = quick ? QUICK_SIDE : SIDE, count = 0;
    uint64_t bars = quick ? 16000 : 200000;
    for (int divisor = 4; divisor >= 1; divisor /= 2)
        add(points, &count, side / divisor, bars, threads);
    points[count - 1].whole = true;
    add(points, &count, side, bars / 4, threads);
    add(points, &count, side, bars / 2, threads);
    add(points, &count, side, bars * 2, threads);
    for (int t = 1; t < threads && count < POINTS_MAX; t *= 2)
        add(points, &count, side, bars, t);
    return count;
}

/* Before anything is measured: what the output needs. */
static int begin_output(const cli_command *self, struct output_options *output,
                        const struct growth_sweep *points, int count, bool quick)
{
    const char *names[POINTS_MAX];
    for (int k = 0; k < count; k++)
        names[k] = points[k].name;
    int code = output_begin(self, output);
    return code == ADMF_OK ? output_expect(output, names, (size_t)count, quick) : code;
}

/* Sweep by sweep; the names of their rows are the points'. */
static admf_status run_points(const struct growth_sweep *points, int count, bool quick,
                              struct work_options *options, struct report *report,
                              admf_error *error)
{
    static const char *const work[] = {"big_grid"};
    admf_status status = ADMF_OK;
    options->names = work;
    options->name_count = 1;
    for (int k = 0; k < count && status == ADMF_OK; k++) {
        options->threads = points[k].threads;
        options->sizes.side = points[k].side;
        options->sizes.step = (quick ? QUICK_SIDE : SIDE) / points[k].side;
        options->sizes.bars[BARS_MINUTES] = points[k].bars;
        status = works_run(options, report, error);
        if (status == ADMF_OK) {
            report->works[report->work_count - 1].name = points[k].name;
            report->works[report->work_count - 1].title = "";
        }
    }
    return status;
}

static int grow(const cli_command *self, int argc, char **argv)
{
    static struct growth_sweep points[POINTS_MAX];
    const char *svg = NULL;
    struct output_options output = {0};
    struct work_options options = {.threads = cpu_threads()};
    bool quick = false;
    const cli_option table[] = {
        {"threads", 't', CLI_INT, &options.threads, "N", "threads at most (default: all)", 0, 1},
        CLI_ISA_OPTION(options.isa),
        {"rounds", 'r', CLI_INT, &options.rounds, "N",
         "times each is run (default: 5; with --quick: 1)", 0, 1},
        {"quick", 'q', CLI_FLAG, &quick, "", "small sweeps: do they run at all?", 0, 0},
        {"svg", 0, CLI_TEXT, &svg, "FILE", "a picture of the table", 0, 0},
        OUTPUT_OPTIONS(output)};
    cli_operands operands = {{NULL, NULL}, 0, 0, 0, NULL};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if ((code = works_refuse(self, &options)) != ADMF_OK)
        return code;
    struct report report;
    admf_error error = {0};
    if (!cpu_choose(options.isa, &error))
        return cli_fail(&error);
    if (svg && svg_try(svg, &error) != ADMF_OK)
        return cli_fail(&error);
    int count = make_points(points, options.threads, quick);
    code = begin_output(self, &output, points, count, quick);
    if (code != ADMF_OK)
        return code;
    if (report_init(&report, quick, &error) != ADMF_OK) {
        output_drop(&output);
        return cli_fail(&error);
    }
    if (options.rounds == 0) /* not given */
        options.rounds = quick ? 1 : ROUNDS;
    admf_status status = run_points(points, count, quick, &options, &report, &error);
    if (status != ADMF_OK) {
        code = cli_fail_or_stop(&error);
        output_drop(&output);
    } else {
        if (svg && growth_picture_write(&report, points, svg, &error) != ADMF_OK)
            code = cli_fail(&error);
        code = output_write(&report, &output, code);
    }
    report_deinit(&report);
    return code;
}

const cli_command bench_growth = {
    "growth",
    "the big grid with fewer combinations, bars and threads",
    "admf-bench growth\n"
    "admf-bench growth --svg growth.svg   and a picture for the browser\n"
    "admf-bench growth --markdown --rounds 9",
    "admf-bench growth [options]",
    "The work big_grid in other sizes, named COMBINATIONSxBARS: a sixteenth and a quarter of\n"
    "its combinations, from all over it, a quarter, half and double its bars, 1, 2, 4, … of the\n"
    "threads. One kind of sweep after the other, each as often as there are rounds.",
    grow};
