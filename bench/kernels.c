/* SPDX-License-Identifier: Apache-2.0 */
/* `admf-bench kernels`: each kernel on each instruction set, checked and then timed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/commands.h"
#include "bench/kernel_case.h"
#include "bench/output.h"
#include "bench/report.h"
#include "bench/roofline.h"
#include "bench/selection.h"
#include "cli/messages.h"
#include "engine/cpu/cpu.h"

enum { SIZE_BITS = 11, ROUNDS = 15, SIZES = 6 };
static const double instructions_most = 150000; /* counting takes some 30 us for each */

struct effort {
    int rounds, sizes;
    double seconds; /* a round */
    bool counts;
};

/* Sizes are odd, and small ones as frequent as large ones. */
static bool check(const struct kernel_case *c, const struct kernel_table *table, int sizes)
{
    char text[DIFFERENCE_MAX] = "";
    uint64_t seed = 20;
    for (int k = 0; k < sizes; k++) {
        size_t size = 1 + 2 * (size_t)exp2((SIZE_BITS - 1) * random_unit(&seed));
        if (c->check(c, table, size, seed, text))
            continue;
        cli_complain("%s on %s is wrong on size %zu, so it is not timed: %s", c->name, table->name,
                     size, text);
        return false;
    }
    return true;
}

/* Seconds of a run, from so many; those in which another process had the processor left out. */
static double time_runs(const struct pass *pass, size_t times)
{
    double start = seconds_running();
    for (size_t i = 0; i < times; i++)
        pass->run(pass->own);
    return (seconds_running() - start) / (double)times;
}

static struct spread time_pass(const struct pass *pass, const struct effort *effort)
{
    double rounds[ROUNDS_MAX];
    size_t times = 1;
    double seconds = time_runs(pass, times); /* the first one warms up */
    while (seconds * (double)times < effort->seconds / 4) {
        times *= 2;
        seconds = time_runs(pass, times);
    }
    times = (size_t)(effort->seconds / seconds) + 1;
    for (int r = 0; r < effort->rounds; r++)
        rounds[r] = time_runs(pass, times) / pass->elements;
    return spread_of(rounds, effort->rounds);
}

static bool count(const struct kernel_case *c, const struct kernel_table *table,
                  struct operations *out)
{
    if (c->counted == 0)
        return false;
    struct pass pass = c->prepare(c, table, c->counted);
    pass.run(pass.own);
    bool counted = operations_count(pass.run, pass.own, instructions_most, out);
    pass.release(pass.own);
    out->instructions /= pass.elements;
    out->arithmetic /= pass.elements;
    out->divisions /= pass.elements;
    return counted;
}

static bool measure(struct report *report, const struct kernel_case *c,
                    const struct kernel_table *table, const struct effort *effort)
{
    struct kernel_result *result = report_kernel(report);
    if (!result)
        return false;
    struct pass pass = c->prepare(c, table, c->size);
    *result = (struct kernel_result){.name = c->name,
                                     .isa = table->name,
                                     .element = c->element,
                                     .frequency = core_frequency(),
                                     .time = time_pass(&pass, effort),
                                     .read = pass.read / pass.elements,
                                     .written = pass.written / pass.elements};
    pass.release(pass.own);
    return true;
}

/*
 * Counts on the best set, which has the fewest instructions, for the last `rows` results. The
 * operations are those of the formula on every set.
 */
static void count_operations(struct report *report, const struct kernel_case *c,
                             const struct kernel_table *best, size_t rows)
{
    struct operations operations;
    bool counted = count(c, best, &operations);
    for (size_t k = 0; k < rows; k++) {
        struct kernel_result *result = &report->kernels[report->kernel_count - 1 - k];
        result->counted = counted;
        result->operations = operations;
        if (strcmp(result->isa, best->name) != 0)
            result->operations.instructions = NAN;
    }
}

static int run_all(struct report *report, const char *const *wanted, size_t wanted_count,
                   const struct effort *effort)
{
    const struct case_list *cases = cases_all();
    const struct kernel_table *tables[CPU_TABLES_MAX];
    size_t n = cpu_tables(tables);
    int code = ADMF_OK;
    for (size_t k = 0; k < cases->count; k++) {
        const struct kernel_case *c = &cases->items[k];
        if (!name_is_selected(c->name, wanted, wanted_count))
            continue;
        size_t before = report->kernel_count;
        for (size_t i = 0; i < n; i++) {
            if (c->exists && !c->exists(c, tables[i]))
                continue;
            if (!check(c, tables[i], effort->sizes))
                code = ADMF_FAILED;
            else if (!measure(report, c, tables[i], effort))
                return ADMF_INTERNAL;
        }
        if (effort->counts && report->kernel_count > before)
            count_operations(report, c, tables[n - 1], report->kernel_count - before);
    }
    return code;
}

static int unknown(const cli_command *self, const char *name, const char *like)
{
    if (like)
        return cli_misused(self, "no kernel '%s'; did you mean '%s'?", name, like);
    return cli_misused(self, "no kernel '%s'; `admf-bench list kernels` names them", name);
}

static int kernels(const cli_command *self, int argc, char **argv)
{
    struct output_options output = {0};
    const char *svg = NULL;
    bool quick = false;
    uint64_t rounds = ROUNDS;
    const cli_option table[] = {
        {"quick", 'q', CLI_FLAG, &quick, "", "check everything, time roughly", 0, 0},
        {"rounds", 'r', CLI_COUNT, &rounds, "N", "times each is timed (default: 15)", 0, 1},
        {"svg", 0, CLI_TEXT, &svg, "FILE", "a picture of kernels under the core's roofs", 0, 0},
        OUTPUT_OPTIONS(output)};
    cli_operands operands = {{"NAME", NULL}, 0, -1, 0, NULL};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (rounds > ROUNDS_MAX)
        return cli_misused(self, "--rounds goes up to %d", ROUNDS_MAX);

    const char *names[CASES_MAX], *like = NULL;
    const struct case_list *cases = cases_all();
    for (size_t k = 0; k < cases->count; k++)
        names[k] = cases->items[k].name;
    size_t wanted = (size_t)operands.count;
    const char *wrong = unknown_name(operands.values, wanted, names, cases->count, &like);
    if (wrong)
        return unknown(self, wrong, like);

    struct report report;
    admf_error error = {0};
    struct effort effort = {quick ? 1 : (int)rounds, quick ? 2 : SIZES, quick ? 2e-5 : 2e-3,
                            !quick || svg};
    code = output_begin(&output);
    if (code != ADMF_OK)
        return code;
    if (report_init(&report, quick, &error) != ADMF_OK)
        return cli_fail(&error);
    code = run_all(&report, operands.values, wanted, &effort);
    if (svg && roofline_write(&report, svg, &error) != ADMF_OK)
        code = cli_fail(&error);
    code = output_write(&report, &output, code);
    report_deinit(&report);
    return code;
}

const cli_command bench_kernels = {
    "kernels",
    "every kernel on every instruction set, checked and timed",
    "admf-bench kernels\n"
    "admf-bench kernels feature            all features\n"
    "admf-bench kernels rsi lanes.events   these, in all their variants\n"
    "admf-bench kernels --svg roofs.svg    and a picture for the browser\n"
    "admf-bench kernels --json > before.json\n"
    "admf-bench kernels --compare before.json",
    "admf-bench kernels [NAME...] [options]",
    "Each kernel is first run on random input of odd sizes and compared with the plain\n"
    "reference of the tests; one that differs is an error, has no time, and the exit code is 1.\n"
    "The others are timed over input that lies in the caches, as a run has it: nanoseconds and\n"
    "cycles for each element, the median of several rounds and the median distance from it.\n"
    "GB/s counts every array that is read or written once. Instructions and operations are\n"
    "counted exactly, by single steps, on the best set. `bound by` is the limit of the core that\n"
    "would take longest, and what part of the time it is (over 100 %: the kernel does not look at\n"
    "all that it is given). With --compare the exit code is 1 where anything is slower beyond\n"
    "noise, as `admf-bench compare --help` says.",
    kernels};
