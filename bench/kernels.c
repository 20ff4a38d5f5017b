/* SPDX-License-Identifier: Apache-2.0 */
/* `admf-bench kernels`: each kernel on each instruction set, checked and then timed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/commands.h"
#include "bench/kernel_rounds.h"
#include "bench/output.h"
#include "bench/report.h"
#include "bench/roofline.h"
#include "bench/selection.h"
#include "bench/svg.h"
#include "cli/messages.h"
#include "cli/stop.h"
#include "cli/terminal.h"
#include "engine/cpu/cpu.h"

enum { SMALL_BITS = 11, BEYOND_TILE = 1000, ROUNDS = 15, SIZES = 7 };
static const double instructions_most = 150000; /* counting takes some 30 us for each */

struct effort {
    int rounds;
    double seconds; /* a round */
    bool counts;
    const struct kernel_table *isa; /* the only one; NULL: all */
    const volatile int *stop;       /* not 0: a signal wants the end */
};

/* The instruction sets that are measured, weakest first; how many. */
static size_t tables_of(const struct effort *effort,
                        const struct kernel_table *tables[CPU_TABLES_MAX])
{
    size_t count = cpu_tables(tables);
    if (!effort->isa)
        return count;
    tables[0] = effort->isa;
    return 1;
}

/*
 * Odd sizes: a single one first, then small ones as frequent as large ones, and at last somewhat
 * more than the tile that runs give to kernels, where some go another way, or the most there can
 * be. Of cases that need many, any of the sizes that they can have, each as often.
 */
static size_t draw_size(const struct kernel_case *c, int k, uint64_t *seed)
{
    double u = random_unit(seed);
    size_t size = 1 + 2 * (size_t)(exp2((SMALL_BITS - 1) * u) - 1);
    if (k == 0)
        size = 1;
    if (k == SIZES - 1)
        size = TILE_BARS + 1 + 2 * (size_t)(BEYOND_TILE / 2 * u);
    if (c->least)
        return c->least + (size_t)(u * (double)(c->most - c->least + 1));
    return c->most && size > c->most ? c->most : size;
}

/* Each kernel on sizes and input of its own, on all instruction sets and every time the same. */
static bool check(const struct kernel_case *c, const struct kernel_table *table)
{
    char text[DIFFERENCE_MAX] = "";
    /* Bits all over: what the generator makes of a small seed is small for a while. */
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(1 + c - cases_all()->items);
    for (int k = 0; k < SIZES; k++) {
        size_t size = draw_size(c, k, &seed);
        if (c->check(c, table, size, seed, text))
            continue;
        cli_complain("%s on %s is wrong on size %zu, so it is not timed: %s", c->name, table->name,
                     size, text);
        return false;
    }
    return true;
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

/*
 * Counts on the best set, which has the fewest instructions, for the rows of a case. The operations
 * are those of the formula on every set.
 */
static void count_operations(struct report *report, const struct kernel_case *c,
                             const struct kernel_table *best)
{
    struct operations operations = {0};
    if (cli_lively(stderr))
        cli_note("counting the instructions of %s", c->name);
    bool counted = count(c, best, &operations);
    for (size_t k = 0; k < report->kernel_count; k++) {
        struct kernel_result *result = &report->kernels[k];
        if (strcmp(result->name, c->name) != 0)
            continue;
        result->counted = counted;
        result->operations = operations;
        if (strcmp(result->isa, best->name) != 0)
            result->operations.instructions = NAN;
    }
}

/* Checks the kernels that are wanted and prepares those that are right; how many. */
static size_t begin_all(const char *const *wanted, size_t wanted_count, const struct effort *effort,
                        struct timed_kernel *timed, int *code)
{
    const struct case_list *cases = cases_all();
    const struct kernel_table *tables[CPU_TABLES_MAX];
    size_t n = tables_of(effort, tables), count = 0;
    for (size_t k = 0; k < cases->count; k++) {
        const struct kernel_case *c = &cases->items[k];
        if (!name_is_selected(c->name, wanted, wanted_count))
            continue;
        for (size_t i = 0; i < n && !*effort->stop; i++) {
            if (c->exists && !c->exists(c, tables[i]))
                continue;
            if (check(c, tables[i]))
                kernel_begin(&timed[count++], c, tables[i], effort->seconds);
            else
                *code = ADMF_FAILED;
        }
    }
    return count;
}

static int run_all(struct report *report, const char *const *wanted, size_t wanted_count,
                   const struct effort *effort)
{
    static struct timed_kernel timed[TIMED_MAX];
    const struct kernel_table *tables[CPU_TABLES_MAX];
    const struct kernel_table *best = tables[tables_of(effort, tables) - 1];
    int code = ADMF_OK;
    size_t count = begin_all(wanted, wanted_count, effort, timed, &code);
    for (int round = 0; round < effort->rounds && !*effort->stop; round++) {
        if (cli_lively(stderr))
            cli_note("round %d of %d", round + 1, effort->rounds);
        for (size_t k = 0; k < count && !*effort->stop; k++)
            kernel_round(&timed[k], round);
    }
    for (size_t k = 0; k < count; k++) {
        struct kernel_result *result = report_kernel(report), ended;
        ended = kernel_end(&timed[k], effort->rounds);
        if (!result)
            return ADMF_INTERNAL;
        *result = ended;
    }
    for (size_t k = 0; k < count && effort->counts && !*effort->stop; k++)
        if (k == 0 || timed[k].c != timed[k - 1].c)
            count_operations(report, timed[k].c, best);
    return code;
}

/* Before anything is measured: what the output needs. */
static int begin_output(const cli_command *self, struct output_options *output,
                        const char *const *wanted, size_t wanted_count)
{
    const char *names[CASES_MAX];
    const struct case_list *cases = cases_all();
    size_t count = 0;
    for (size_t k = 0; k < cases->count; k++)
        if (name_is_selected(cases->items[k].name, wanted, wanted_count))
            names[count++] = cases->items[k].name;
    int code = output_begin(self, output);
    return code == ADMF_OK ? output_expect(output, names, count, false) : code;
}

/* What was asked for; `code`, or the code of what went wrong here. */
static int write_all(struct report *report, struct output_options *output, const char *svg,
                     int code)
{
    admf_error error = {0};
    if (svg && roofline_write(report, svg, &error) != ADMF_OK) {
        int failed = cli_fail(&error);
        code = code == ADMF_OK ? failed : code;
    }
    return output_write(report, output, code);
}

/* Names that mean no kernel, as a misuse; the exit code. */
static int refuse_unknown(const cli_command *self, const char *const *wanted, size_t wanted_count)
{
    const char *names[CASES_MAX], *like = NULL;
    const struct case_list *cases = cases_all();
    for (size_t k = 0; k < cases->count; k++)
        names[k] = cases->items[k].name;
    const char *name = unknown_name(wanted, wanted_count, names, cases->count, &like);
    if (!name)
        return ADMF_OK;
    if (like)
        return cli_misused(self, "no kernel '%s'; did you mean '%s'?", name, like);
    return cli_misused(self, "no kernel '%s'; `admf-bench list kernels` names them", name);
}

static int kernels(const cli_command *self, int argc, char **argv)
{
    struct output_options output = {0};
    const char *svg = NULL, *isa = NULL;
    bool quick = false;
    uint64_t rounds = 0; /* not given */
    const cli_option table[] = {
        {"quick", 'q', CLI_FLAG, &quick, "", "check everything, time roughly", 0, 0},
        {"rounds", 'r', CLI_COUNT, &rounds, "N",
         "times each is timed (default: 15; with --quick: 1)", 0, 1},
        {"isa", 0, CLI_WORD, &isa, "NAME", "one instruction set: v2, v3, v4 or neon (default: all)",
         "v2|v3|v4|neon", 0},
        {"svg", 0, CLI_TEXT, &svg, "FILE", "a picture of kernels under the core's roofs", 0, 0},
        OUTPUT_OPTIONS(output)};
    cli_operands operands = {{"NAME", NULL}, 0, -1, 0, NULL};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (rounds > ROUNDS_MAX)
        return cli_misused(self, "--rounds goes up to %d", ROUNDS_MAX);
    if (rounds == 0)
        rounds = quick ? 1 : ROUNDS;

    size_t wanted = (size_t)operands.count;
    if ((code = refuse_unknown(self, operands.values, wanted)) != ADMF_OK)
        return code;

    struct report report;
    admf_error error = {0};
    struct effort effort = {(int)rounds, quick ? 2e-5 : 2e-3, svg || !(quick || output.compare),
                            NULL, cli_stop_watch()};
    if (isa && !(effort.isa = cpu_choose(isa, &error)))
        return cli_fail(&error);
    if (svg && svg_try(svg, &error) != ADMF_OK)
        return cli_fail(&error);
    code = begin_output(self, &output, operands.values, wanted);
    if (code != ADMF_OK)
        return code;
    if (report_init(&report, quick, &error) != ADMF_OK) {
        output_drop(&output);
        return cli_fail(&error);
    }
    code = run_all(&report, operands.values, wanted, &effort);
    if (*effort.stop) {
        code = cli_note_stopped(*effort.stop, NULL);
        output_drop(&output);
    } else {
        code = write_all(&report, &output, svg, code);
    }
    report_deinit(&report);
    return code;
}

const cli_command bench_kernels = {
    "kernels",
    "every kernel on every instruction set, checked and timed",
    "admf-bench kernels\n"
    "admf-bench kernels feature            all features\n"
    "admf-bench kernels rsi lanes.events   these, in all their variants\n"
    "admf-bench kernels --isa v3           on this instruction set only\n"
    "admf-bench kernels --svg roofs.svg    and a picture for the browser\n"
    "admf-bench kernels --json > before.json\n"
    "admf-bench kernels --compare before.json",
    "admf-bench kernels [NAME...] [options]",
    "Each kernel is first run on random input of odd sizes, from a bar to more than a tile\n"
    "(lanes: to 900 bars; days: from 90 to 489 of them), and compared with the plain reference\n"
    "of the tests (portfolios and metrics: with the simulation behind `admf trace`); one that\n"
    "differs is an error, has no time, and the exit code is 1.\n"
    "The others are timed over input that lies in the caches, as a run has it, all of them round\n"
    "after round: nanoseconds and cycles for each element, the median of the rounds and the\n"
    "median distance from it.\n"
    "GB/s counts every array that is read or written once. Instructions and operations are\n"
    "counted exactly, by single steps, on the best set, where they are not too many. That takes\n"
    "some minutes for all kernels; --quick and --compare leave it out, unless --svg, which needs\n"
    "it, is there too. `bound by` is the limit of the core that would take longest, and what part\n"
    "of the time it is (over 100 %: the kernel does not look at all that it is given). With\n"
    "--compare the exit code is 1 where anything is slower beyond noise, as\n"
    "`admf-bench compare --help` says; 65 where --svg finds nothing to draw.",
    kernels};
