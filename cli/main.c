/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program `admf`: finds the command, lets it run, and makes sure that what it printed
 * arrived. Each command is a row (commands.h) in a file of its own.
 */
#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "admf/machine.h"
#include "arguments.h"
#include "commands.h"
#include "help.h"
#include "messages.h"
#include "suggestion.h"
#include "terminal.h"
#include "waiting.h"

static const cli_command *const commands[] = {
    &cli_check, &cli_plan,   &cli_run,   &cli_signals, &cli_replay,
    &cli_top,   &cli_show,   &cli_trace, &cli_list,    &cli_schema,
    &cli_synth, &cli_import, &cli_hash,  &cli_runs,    &cli_doctor,
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static const cli_command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static const char *command_name(const void *context, size_t i)
{
    (void)context;
    return commands[i]->name;
}

static int unknown(const char *name)
{
    static const char *const options[] = {"--help", "--version"};
    const char *what = name[0] == '-' ? "option" : "command";
    const char *like = name[0] == '-' ? cli_suggest_of(name, options, 2)
                                      : cli_suggest(name, command_name, NULL, COMMANDS);
    if (like)
        cli_complain("unknown %s '%s'; did you mean '%s'?", what, name, like);
    else
        cli_complain("unknown %s '%s'; `admf --help` lists the commands", what, name);
    return ADMF_USAGE;
}

static int version(void)
{
    admf_machine machine = {0};
    admf_error error = {0};
    /* "auto": a wrong ADMF_ISA is no reason not to tell the version. */
    if (admf_machine_describe("auto", &machine, &error) != ADMF_OK)
        return cli_fail(&error);
    printf("admf %s\n", machine.version);
    return ADMF_OK;
}

static int help(int argc, char **argv)
{
    static char flag[] = "--help", *arguments[] = {flag, NULL};
    if (argc == 0) {
        cli_help_program(commands, COMMANDS, stdout);
        return ADMF_OK;
    }
    const cli_command *command = find(argv[0]);
    return command ? command->run(command, 1, arguments) : unknown(argv[0]);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        cli_help_program(commands, COMMANDS, stderr);
        return ADMF_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return help(argc - 2, argv + 2);
    if (strcmp(name, "--version") == 0)
        return version();
    const cli_command *command = find(name);
    if (command == &cli_run || command == &cli_signals || command == &cli_replay)
        cli_threads_sleep(argv);
    return command ? command->run(command, argc - 2, argv + 2) : unknown(name);
}

/*
 * Arrays of some hundred kilobytes come and go, from window to window and from one combination run
 * again to the next. To give each back to the system and have the next one's pages cleared takes
 * longer than what is done with them, so small ones are kept, within bounds, and by all threads
 * together: what one thread takes another gives back, and each would keep its own peak.
 */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

int main(int argc, char **argv)
{
    keep_memory();
    cli_streams_open();
    return cli_streams_close(dispatch(argc, argv));
}
