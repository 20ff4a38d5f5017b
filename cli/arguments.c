/* SPDX-License-Identifier: Apache-2.0 */
#include "arguments.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "admf/error.h"
#include "help.h"
#include "messages.h"
#include "option_value.h"
#include "suggestion.h"

int cli_misused(const cli_command *command, const char *format, ...)
{
    char text[ADMF_MESSAGE_MAX];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    cli_complain("%s", text);
    fprintf(stderr, "usage: %s\n", command->usage);
    return ADMF_USAGE;
}

struct reading {
    const cli_command *command;
    const cli_option *options;
    size_t option_count;
    int argc, next;
    char **argv;
};

static const char *option_name(const void *reading, size_t i)
{
    const struct reading *r = reading;
    if (i == r->option_count)
        return "help";
    return r->options[i].help ? r->options[i].name : NULL;
}

static int unknown_option(const struct reading *r, const char *name)
{
    const char *like = cli_suggest(name, option_name, r, r->option_count + 1);
    if (like)
        return cli_misused(r->command, "unknown option '--%s' of `%s %s`; did you mean '--%s'?",
                           name, cli_program, r->command->name, like);
    return cli_misused(r->command, "unknown option '--%s' of `%s %s`; `%s %s --help` lists them",
                       name, cli_program, r->command->name, cli_program, r->command->name);
}

/* The value that follows an option as the next argument. */
static int store_next(struct reading *r, const cli_option *option)
{
    const char *text = r->next < r->argc ? r->argv[r->next] : NULL;
    if (!text)
        return cli_misused(r->command, "--%s needs a value: --%s %s", option->name, option->name,
                           option->shows);
    if (text[0] == '-' && text[1] && !strchr(".0123456789", text[1]))
        return cli_misused(r->command,
                           "--%s needs a value, not the option '%s' (if a value is meant, write "
                           "--%s=%s)",
                           option->name, text, option->name, text);
    r->next++;
    return cli_store(r->command, option, text);
}

/* "--name", "--name=value" */
static int read_long(struct reading *r, const char *argument)
{
    char name[64];
    const char *equals = strchr(argument, '=');
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - argument) : (int)sizeof name,
             argument);
    for (size_t i = 0; i < r->option_count; i++) {
        const cli_option *option = &r->options[i];
        if (strcmp(option->name, name) != 0)
            continue;
        if (option->kind == CLI_FLAG && equals)
            return cli_misused(r->command, "--%s takes no value", name);
        if (option->kind == CLI_FLAG || equals)
            return cli_store(r->command, option, equals ? equals + 1 : "");
        return store_next(r, option);
    }
    return unknown_option(r, name);
}

/* "-n 5", "-n5" */
static int read_short(struct reading *r, const char *argument)
{
    for (size_t i = 0; i < r->option_count; i++) {
        const cli_option *option = &r->options[i];
        if (option->letter != argument[0])
            continue;
        if (option->kind == CLI_FLAG && argument[1])
            return cli_misused(r->command, "-%c takes no value; write '-%c -%s' for two options",
                               argument[0], argument[0], argument + 1);
        if (option->kind == CLI_FLAG || argument[1])
            return cli_store(r->command, option, argument + 1 + (argument[1] == '='));
        return store_next(r, option);
    }
    const char *like = cli_suggest(argument, option_name, r, r->option_count + 1);
    if (like && argument[1])
        return cli_misused(r->command, "unknown option '-%s' of `%s %s`; did you mean '--%s'?",
                           argument, cli_program, r->command->name, like);
    return cli_misused(r->command, "unknown option '-%s' of `%s %s`; `%s %s --help` lists them",
                       argument, cli_program, r->command->name, cli_program, r->command->name);
}

static int count_operands(const cli_command *command, const cli_operands *operands)
{
    if (operands->count < operands->least && operands->count == 0 && operands->least == 2)
        return cli_misused(command, "`%s %s` needs %s and %s", cli_program, command->name,
                           operands->names[0], operands->names[1]);
    if (operands->count < operands->least)
        return cli_misused(command, "`%s %s` needs %s", cli_program, command->name,
                           operands->names[operands->count]);
    if (operands->most >= 0 && operands->count > operands->most)
        return cli_misused(command, "`%s %s` has no use for '%s'", cli_program, command->name,
                           operands->values[operands->most]);
    for (int i = 0; i < operands->count; i++) {
        if (!operands->values[i][0])
            return cli_misused(command, "an argument of `%s %s` is empty", cli_program,
                               command->name);
    }
    return ADMF_OK;
}

bool cli_parse(const cli_command *command, const cli_option *options, size_t option_count,
               cli_operands *operands, int argc, char **argv, int *code)
{
    struct reading r = {command, options, option_count, argc, 0, argv};
    bool only_operands = false;
    *code = ADMF_OK;
    operands->values = (const char **)argv; /* operands move to the front of what was read */
    while (r.next < argc && *code == ADMF_OK) {
        char *argument = argv[r.next++];
        if (only_operands || argument[0] != '-' || !argument[1]) {
            operands->values[operands->count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            only_operands = true;
        } else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            cli_help(command, options, option_count);
            return false;
        } else {
            *code = argument[1] == '-' ? read_long(&r, argument + 2) : read_short(&r, argument + 1);
        }
    }
    if (*code == ADMF_OK)
        *code = count_operands(command, operands);
    return *code == ADMF_OK;
}
