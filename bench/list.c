/* SPDX-License-Identifier: Apache-2.0 */
/* `admf-bench list`: what can be measured. */
#include <stdio.h>
#include <string.h>

#include "bench/commands.h"
#include "bench/kernel_case.h"
#include "bench/work.h"
#include "cli/suggestion.h"

static int list(const cli_command *self, int argc, char **argv)
{
    static const char *const kinds[] = {"kernels", "works"};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    cli_operands operands = {{"kernels or works", NULL}, 0, 1, 0, NULL};
    int code;
    if (!cli_parse(self, NULL, 0, &operands, argc, argv, &code))
        return code;
    const char *wanted = operands.count ? operands.values[0] : NULL;
    bool known = !wanted;
    for (size_t k = 0; wanted && k < KINDS; k++)
        known = known || strcmp(wanted, kinds[k]) == 0;
    if (!known) {
        const char *like = cli_suggest_of(wanted, kinds, KINDS);
        return cli_misused(self,
                           like ? "unknown list '%s'; did you mean '%s'?"
                                : "unknown list '%s'; there are kernels and works",
                           wanted, like);
    }
    const struct case_list *cases = cases_all();
    for (size_t k = 0; (!wanted || strcmp(wanted, "kernels") == 0) && k < cases->count; k++)
        puts(cases->items[k].name);
    for (size_t k = 0; (!wanted || strcmp(wanted, "works") == 0) && k < work_count; k++)
        puts(works[k].name);
    return ADMF_OK;
}

const cli_command bench_list = {"list",
                                "what can be measured",
                                "admf-bench list kernels\n"
                                "admf-bench list works",
                                "admf-bench list [kernels|works]",
                                "Prints the names, one a line: of both without an argument.",
                                list};
