/* SPDX-License-Identifier: Apache-2.0 */
#include "option_value.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/error.h"
#include "admf/workflow.h"

/* Digits only: no sign, no spaces, no hexadecimal. */
static bool is_whole(const char *text) { return *text && !text[strspn(text, "0123456789")]; }

/* False also where the number does not fit. */
static bool read_count(const char *text, uint64_t *count)
{
    if (!is_whole(text))
        return false;
    errno = 0;
    *count = strtoull(text, NULL, 10);
    return errno == 0;
}

/* A number, or one after `name`. */
static bool read_id(const char *text, const char *name, uint64_t *id)
{
    size_t length = strlen(name);
    return read_count(strncmp(text, name, length) == 0 ? text + length : text, id);
}

bool cli_combo(const char *text, uint64_t *combo) { return read_id(text, "combo_", combo); }

/* A plain decimal number, without what else strtod takes (spaces, hexadecimal, inf, nan). */
static bool read_number(const char *text, char **end, double *number)
{
    if (!*text || !strchr("+-.0123456789", *text) || strpbrk(text, "xX"))
        return false;
    *number = strtod(text, end);
    return *end != text && isfinite(*number);
}

/* Finds `text` among "first|second|…"; keeps the spelling of the list alive by using argv's. */
static bool is_word(const char *words, const char *text)
{
    size_t length = strlen(text);
    for (const char *word = words; *word; word += strcspn(word, "|"), word += *word == '|') {
        if (strcspn(word, "|") == length && strncmp(word, text, length) == 0)
            return true;
    }
    return false;
}

static int not_a(const cli_command *command, const cli_option *option, const char *text,
                 const char *wanted)
{
    return cli_misused(command, "--%s needs %s, not '%s'", option->name, wanted, text);
}

/* Numbers with a smallest value. */
static int store_whole(const cli_command *command, const cli_option *option, const char *text)
{
    char wanted[64];
    uint64_t count = 0, most = option->kind == CLI_INT ? INT_MAX : UINT64_MAX;
    snprintf(wanted, sizeof wanted, "a whole number of at least %llu",
             (unsigned long long)option->least);
    bool fits = read_count(text, &count) && count <= most;
    if (!is_whole(text) || (fits && count < option->least))
        return not_a(command, option, text, wanted);
    if (!fits)
        return cli_misused(command, "--%s %s is too large; the largest is %llu", option->name, text,
                           (unsigned long long)most);
    if (option->kind == CLI_INT)
        *(int *)option->value = (int)count;
    else
        *(uint64_t *)option->value = count;
    return ADMF_OK;
}

static int store_word(const cli_command *command, const cli_option *option, const char *text)
{
    char wanted[128] = "one of ";
    if (is_word(option->words, text)) {
        *(const char **)option->value = text;
        return ADMF_OK;
    }
    size_t used = strlen(wanted);
    for (const char *c = option->words; *c && used + 3 < sizeof wanted; c++) {
        if (*c == '|')
            wanted[used++] = ',';
        wanted[used++] = *c == '|' ? ' ' : *c;
    }
    wanted[used] = '\0';
    return not_a(command, option, text, wanted);
}

static int store_more(const cli_command *command, const cli_option *option, const char *text)
{
    cli_texts *texts = option->value;
    if (texts->count == CLI_TEXTS_MAX)
        return cli_misused(command, "--%s is given more than %d times", option->name,
                           CLI_TEXTS_MAX);
    texts->items[texts->count++] = text;
    return ADMF_OK;
}

int cli_store(const cli_command *command, const cli_option *option, const char *text)
{
    char *end;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)option->value = true;
        return ADMF_OK;
    case CLI_TEXT:
        if (!*text)
            return cli_misused(command, "--%s needs a value that is not empty", option->name);
        *(const char **)option->value = text;
        return ADMF_OK;
    case CLI_WORD:
        return store_word(command, option, text);
    case CLI_COUNT:
    case CLI_INT:
        return store_whole(command, option, text);
    case CLI_NUMBER:
        if (!read_number(text, &end, option->value) || *end || *(double *)option->value <= 0)
            return not_a(command, option, text, "a number above 0");
        return ADMF_OK;
    case CLI_SIZE:
        if (!admf_size_from_text(text, option->value))
            return not_a(command, option, text, "a size with K, M, G or T such as 8G");
        return ADMF_OK;
    case CLI_COMBO:
        if (!cli_combo(text, option->value))
            return not_a(command, option, text, "the number of a combination such as combo_7");
        return ADMF_OK;
    case CLI_ADAPTIVE:
        if (!read_id(text, "adaptive_", option->value))
            return not_a(command, option, text,
                         "the number of an adaptive portfolio such as adaptive_3");
        return ADMF_OK;
    case CLI_LIST:
        return store_more(command, option, text);
    }
    return ADMF_INTERNAL;
}
