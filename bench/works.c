/* SPDX-License-Identifier: Apache-2.0 */
/* `admf-bench works`: works from end to end. */
#include <stdio.h>

#include "admf/workflow.h"
#include "bench/commands.h"
#include "bench/output.h"
#include "bench/selection.h"
#include "bench/work.h"
#include "cli/messages.h"
#include "cli/run_options.h"
#include "cli/stop.h"
#include "engine/cpu/cpu.h"

enum { ROUNDS = 5, NAMES_MAX = 64 };

static const struct work_sizes whole = {.side = 100,
                                        .step = 1,
                                        .small = 10,
                                        .bars = {200000, 10000000, 1000000, 1000000},
                                        .cube_side = 1000,
                                        .for_target = true};
static const struct work_sizes tiny = {
    .side = 16, .step = 1, .small = 4, .bars = {4000, 20000, 5000, 5000}, .cube_side = 50};

static int unknown(const cli_command *self, const char *name, const char *like)
{
    if (like)
        return cli_misused(self, "no work '%s'; did you mean '%s'?", name, like);
    return cli_misused(self, "no work '%s'; `admf-bench list works` names them", name);
}

int works_refuse(const cli_command *self, const struct work_options *options)
{
    if (options->rounds > ROUNDS_MAX)
        return cli_misused(self, "--rounds goes up to %d", ROUNDS_MAX);
    if (options->threads > ADMF_THREADS_MAX)
        return cli_misused(self, "--threads goes up to %d", ADMF_THREADS_MAX);
    return ADMF_OK;
}

/* Before anything is measured: what the output needs. */
static int begin_output(const cli_command *self, struct output_options *output,
                        const struct work_options *options)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t k = 0; k < work_count; k++)
        if (name_is_selected(works[k].name, options->names, options->name_count))
            names[count++] = works[k].name;
    int code = output_begin(self, output);
    return code == ADMF_OK ? output_expect(output, names, count, !options->sizes.for_target) : code;
}

static int run_works(const cli_command *self, int argc, char **argv)
{
    struct output_options output = {0};
    struct work_options options = {.threads = cpu_threads(), .sizes = whole};
    bool quick = false;
    const cli_option table[] = {
        {"threads", 't', CLI_INT, &options.threads, "N", "threads to use (default: all)", 0, 1},
        {"lanes", 0, CLI_WORD, &options.lanes, "WAY",
         "how portfolios go through a tile: auto, lockstep or events", "auto|lockstep|events", 0},
        CLI_ISA_OPTION(options.isa),
        {"rounds", 'r', CLI_INT, &options.rounds, "N",
         "times each is run (default: 5; with --quick: 1)", 0, 1},
        {"quick", 'q', CLI_FLAG, &quick, "", "small works: do they run at all?", 0, 0},
        OUTPUT_OPTIONS(output)};
    cli_operands operands = {{"NAME", NULL}, 0, -1, 0, NULL};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if ((code = works_refuse(self, &options)) != ADMF_OK)
        return code;
    const char *names[NAMES_MAX], *like = NULL;
    for (size_t k = 0; k < work_count; k++)
        names[k] = works[k].name;
    options.names = operands.values;
    options.name_count = (size_t)operands.count;
    const char *wrong = unknown_name(options.names, options.name_count, names, work_count, &like);
    if (wrong)
        return unknown(self, wrong, like);
    if (quick)
        options.sizes = tiny;
    if (options.rounds == 0) /* not given */
        options.rounds = quick ? 1 : ROUNDS;

    struct report report;
    admf_error error = {0};
    /* A wrong name of an instruction set is found before anything is measured. */
    if (!cpu_choose(options.isa, &error))
        return cli_fail(&error);
    code = begin_output(self, &output, &options);
    if (code != ADMF_OK)
        return code;
    if (report_init(&report, quick, &error) != ADMF_OK) {
        output_drop(&output);
        return cli_fail(&error);
    }
    options.keep_going = true;
    admf_status status = works_run(&options, &report, &error);
    code = status == ADMF_OK ? output_write(&report, &output, report.left_out)
                             : cli_fail_or_stop(&error);
    output_drop(&output);
    report_deinit(&report);
    return code;
}

const cli_command bench_works = {
    "works",
    "whole runs, loading and writing, against their targets",
    "admf-bench works\n"
    "admf-bench works big_grid costs --threads 1\n"
    "admf-bench works big_grid --lanes lockstep --isa v3\n"
    "admf-bench works --json > before.json\n"
    "admf-bench works --compare before.json",
    "admf-bench works [NAME...] [options]",
    "Each work is run in a process of its own, all of them round after round, so that a\n"
    "machine that slows down meanwhile slows all of them. Seconds are the median of the\n"
    "rounds; those of a sweep go from bars in memory to the cube on disk, those of\n"
    "`momentum_hmm` are of the whole process. `CPU s` is what the whole process had of the\n"
    "processors, its start included: it says more where the machine is shared. Memory is the\n"
    "most that the process had. Files lie in a folder below TMPDIR, or /tmp, while they are\n"
    "needed. Targets that are ratios to another work need that one too. A work that fails is\n"
    "left out, and the exit code is that of the first of these. With --compare the\n"
    "exit code is 1 where anything is slower beyond noise, or larger, as\n"
    "`admf-bench compare --help` says.",
    run_works};
