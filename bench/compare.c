/* SPDX-License-Identifier: Apache-2.0 */
/* `admf-bench compare`: two reports that were kept. */
#include "bench/commands.h"
#include "bench/comparison.h"
#include "cli/messages.h"

static int compare(const cli_command *self, int argc, char **argv)
{
    bool json = false, markdown = false;
    const cli_option table[] = {
        {"json", 0, CLI_FLAG, &json, "", "as JSON", 0, 0},
        {"markdown", 0, CLI_FLAG, &markdown, "", "the table in Markdown", 0, 0}};
    cli_operands operands = {{"OLD", "NEW"}, 2, 2, 0, NULL};
    struct timings old_ones, new_ones;
    admf_error error = {0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (json && markdown)
        return cli_misused(self, "--json and --markdown: choose one");
    if (timings_read(operands.values[0], &old_ones, &error) != ADMF_OK)
        return cli_fail(&error);
    if (timings_read(operands.values[1], &new_ones, &error) != ADMF_OK) {
        timings_deinit(&old_ones);
        return cli_fail(&error);
    }
    if (json) {
        cli_json out = {0};
        cli_json_open(&out, NULL, '{');
        comparison_print_json(&out, &old_ones, &new_ones);
        cli_json_close(&out, '}');
    } else if (!comparison_print(&old_ones, &new_ones, markdown)) {
        code = ADMF_INTERNAL;
    }
    if (code == ADMF_OK)
        code = comparison_code(&old_ones, &new_ones);
    timings_deinit(&old_ones);
    timings_deinit(&new_ones);
    return code;
}

const cli_command bench_compare = {
    "compare",
    "two reports: what became faster, slower or larger",
    "admf-bench kernels --json > before.json\n"
    "admf-bench compare before.json after.json\n"
    "admf-bench compare here.json there.json      two machines, compilers or settings\n"
    "admf-bench kernels --compare before.json     measure now, compare at once",
    "admf-bench compare OLD NEW [--json|--markdown]",
    "OLD and NEW are what --json printed. For each time that both have: the ratio of the\n"
    "medians, and a verdict. `faster` and `slower` are beyond the noise: three standard\n"
    "deviations, taken from the spread of the rounds of both, and 3 % at least. `memory` is the\n"
    "ratio of what a work had at most; where it is more by over 10 % and over 2 MiB, the verdict\n"
    "says so (`memory 1.5 ×`), and the work counts as larger. The exit code is 1 where anything\n"
    "is slower or larger, 65 where nothing is in both. Works of --quick are smaller ones, and\n"
    "compared with such alone.\n"
    "A work that ran with another instruction set, other lanes or threads is compared all the\n"
    "same where it is the only one of its name, or of these with as many threads, in both\n"
    "reports; and kernels, where no instruction set is in both, on the best set of each. The\n"
    "row names both: `v4 auto 2 → v2 auto 2`. Such a verdict compares settings, not a change:\n"
    "it is counted apart and leaves the exit code as it is.\n"
    "What one report alone has is named below the table, a dozen of it at most; --json has all\n"
    "of it.\n"
    "Notes on standard error name what differs between the two measurements themselves:\n"
    "processor, compiler, number of threads, load before by over half a process, --quick,\n"
    "measured limits of the core by over 10 % (loads and stores: 20 %).",
    compare};
