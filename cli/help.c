/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include <string.h>

/* Prints `text` with every line indented by two spaces. */
static void print_indented(const char *text, FILE *out)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(out, length ? "  %.*s\n" : "%.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void print_option(const cli_option *option)
{
    char left[64];
    snprintf(left, sizeof left, "%c%c%s--%s%s%s", option->letter ? '-' : ' ',
             option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
             option->shows[0] ? " " : "", option->shows);
    printf("  %-26s  %s\n", left, option->help);
}

void cli_help(const cli_command *command, const cli_option *options, size_t option_count)
{
    puts("Examples:");
    print_indented(command->examples, stdout);
    printf("\nUsage: %s\n\n%s\n\nOptions:\n", command->usage, command->details);
    for (size_t i = 0; i < option_count; i++) {
        if (options[i].help)
            print_option(&options[i]);
    }
    printf("  %-26s  %s\n", "-h, --help", "show this text");
}

void cli_help_program(const cli_command *const *commands, size_t count, FILE *out)
{
    fputs("Examples:\n"
          "  admf check sweep.yaml          is the configuration right?\n"
          "  admf plan sweep.yaml           what would be run, how much memory and disk\n"
          "  admf run sweep.yaml            run it, keep the results in a cube\n"
          "  admf top sweep.h5 --by sharpe  the best combinations of a cube\n"
          "  admf show sweep.h5 combo_7     everything about one of them\n"
          "  admf runs                      what was run before, and how to repeat it\n"
          "\nUsage: admf COMMAND [arguments]\n\nCommands:\n",
          out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-8s  %s\n", commands[i]->name, commands[i]->summary);
    fputs(
        "\n`admf COMMAND --help` says more about one of them; `admf --version` names the version.\n"
        "\nResults go to standard output, messages to standard error.\n"
        "\nExit codes:\n"
        "   0  done                        70  internal error, out of memory\n"
        "   1  failed                      74  reading or writing failed\n"
        "   2  wrong arguments             75  stopped by SIGTERM, can be resumed\n"
        "  65  bad data                    78  wrong configuration\n"
        "  66  a file is missing          130  interrupted by Ctrl-C, can be resumed\n"
        "\nEnvironment:\n"
        "  ADMF_ISA         instruction set to use: auto, v2, v3, v4 or neon (as --isa)\n"
        "  NO_COLOR         if set, no colour and no moving progress bar\n"
        "  OMP_WAIT_POLICY  how threads of `run` wait: passive (sleep) or active (spin); unless "
        "set "
        "they\n"
        "                   spin for some microseconds and then sleep\n"
        "  XDG_DATA_HOME    runs are recorded in admf/analytics.db below it (~/.local/share)\n",
        out);
}
