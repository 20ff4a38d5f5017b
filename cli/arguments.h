/* SPDX-License-Identifier: Apache-2.0 */
/* Options and operands of one command, from a table that also makes its help. */
#ifndef ADMF_CLI_ARGUMENTS_H
#define ADMF_CLI_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "commands.h"
#include "messages.h"

typedef enum cli_kind {
    CLI_FLAG,     /* bool: no value                                        */
    CLI_TEXT,     /* const char *                                          */
    CLI_WORD,     /* const char *: one of `words`                          */
    CLI_COUNT,    /* uint64_t, from `least` on                             */
    CLI_INT,      /* int, from `least` on                                  */
    CLI_NUMBER,   /* double, finite and above 0                            */
    CLI_SIZE,     /* uint64_t: bytes, given as 512M, 8G, …                 */
    CLI_COMBO,    /* uint64_t: 7 or combo_7                                */
    CLI_ADAPTIVE, /* uint64_t: 3 or adaptive_3                           */
    CLI_LIST      /* cli_texts: may be given several times                 */
} cli_kind;

enum { CLI_TEXTS_MAX = 64 };
typedef struct cli_texts {
    int count;
    const char *items[CLI_TEXTS_MAX];
} cli_texts;

typedef struct cli_option {
    const char *name; /* without its dashes                               */
    char letter;      /* short form; 0: none                              */
    cli_kind kind;
    void *value;       /* where it goes: the type of its kind             */
    const char *shows; /* what the help calls the value; "" for a flag    */
    const char *help;  /* NULL: not shown                                 */
    const char *words; /* CLI_WORD: "auto|v2|v3"                          */
    uint64_t least;    /* smallest CLI_COUNT, CLI_INT                     */
} cli_option;

/* What is no option. */
typedef struct cli_operands {
    const char *names[2]; /* for messages: "CUBE", "COMBO"; unused: NULL  */
    int least, most;      /* how many there may be; most -1: any number   */
    int count;
    const char **values; /* filled in: points into argv                   */
} cli_operands;

/*
 * Reads argv into the options' values. True: go on. False: leave with *code, as help was
 * asked for and printed, or a mistake was reported.
 */
bool cli_parse(const cli_command *command, const cli_option *options, size_t option_count,
               cli_operands *operands, int argc, char **argv, int *code);

/* Reports a mistake in how `command` was called, shows its usage and returns 2. */
int cli_misused(const cli_command *command, const char *format, ...) CLI_FORMAT(2, 3);

/* "7" or "combo_7"; false for anything else. */
bool cli_combo(const char *text, uint64_t *combo);

#endif
