/* SPDX-License-Identifier: Apache-2.0 */
/* The program `admf-bench`: finds the command and lets it run. */
#include <stdio.h>
#include <string.h>

#include "admf/machine.h"
#include "bench/commands.h"
#include "bench/commit.h"
#include "cli/messages.h"
#include "cli/suggestion.h"
#include "cli/terminal.h"

static const cli_command *const commands[] = {&bench_kernels,   &bench_works, &bench_growth,
                                              &bench_compare,   &bench_list,  &bench_read_csv,
                                              &bench_write_cube};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *out)
{
    fputs("Examples:\n"
          "  admf-bench kernels                     every kernel on every instruction set\n"
          "  admf-bench works big_grid --threads 1  whole runs, by name\n"
          "  admf-bench kernels --json > now.json   the same, every figure\n"
          "  admf-bench compare old.json now.json   what became faster or slower\n"
          "\nUsage: admf-bench COMMAND [arguments]\n\nCommands:\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-10s  %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`admf-bench COMMAND --help` says more about one of them; `admf-bench --version` names "
          "the\nversion. Figures go to standard output, messages to standard error.\n"
          "\nExit codes:\n"
          "   0  done\n"
          "   1  measured: a kernel is wrong, or anything became slower or larger\n"
          "   2  wrong arguments\n"
          "  65  bad data; nothing to compare with or to draw\n"
          "  66  a file is missing\n"
          "  70  internal error, out of memory\n"
          "  74  reading or writing failed\n"
          "  75  kernels, works or growth ended by SIGTERM or SIGHUP\n"
          " 130  interrupted by Ctrl-C\n",
          out);
}

static int unknown(const char *name)
{
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i]->name;
    const char *like = cli_suggest_of(name, names, COMMANDS);
    if (like)
        cli_complain("unknown command '%s'; did you mean '%s'?", name, like);
    else
        cli_complain("unknown command '%s'; `admf-bench --help` lists the commands", name);
    return ADMF_USAGE;
}

static int version(void)
{
    admf_machine machine = {0};
    admf_error error = {0};
    if (admf_machine_describe("auto", &machine, &error) != ADMF_OK)
        return cli_fail(&error);
    printf("admf-bench %s, commit %s\n", machine.version, ADMF_COMMIT);
    return ADMF_OK;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return ADMF_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return ADMF_OK;
    }
    if (strcmp(argv[1], "--version") == 0)
        return version();
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, argv[1]) == 0)
            return commands[i]->run(commands[i], argc - 2, argv + 2);
    return unknown(argv[1]);
}

int main(int argc, char **argv)
{
    cli_program = "admf-bench";
    cli_streams_open();
    return cli_streams_close(dispatch(argc, argv));
}
