/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "visible.h"

/* A string in quotes; bytes that are not UTF-8 become the replacement character. */
static void print_string(const char *text)
{
    size_t length = strlen(text);
    putchar('"');
    while (length > 0) {
        unsigned char c = (unsigned char)*text;
        cli_glyph glyph = cli_glyph_of(text, length);
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            printf("\\u%04x", c);
        else if (c >= 0x80 && glyph.bytes == 1)
            fputs("\\ufffd", stdout);
        else
            fwrite(text, 1, glyph.bytes, stdout);
        text += glyph.bytes;
        length -= glyph.bytes;
    }
    putchar('"');
}

static void begin(cli_json *json, const char *key)
{
    if (json->comma)
        putchar(',');
    if (json->depth > 0)
        printf("\n%*s", 2 * json->depth, "");
    if (key) {
        print_string(key);
        fputs(": ", stdout);
    }
    json->comma = true;
}

void cli_json_open(cli_json *json, const char *key, char bracket)
{
    begin(json, key);
    putchar(bracket);
    json->depth++;
    json->comma = false;
}

void cli_json_close(cli_json *json, char bracket)
{
    json->depth--;
    if (json->comma)
        printf("\n%*s", 2 * json->depth, "");
    putchar(bracket);
    if (json->depth == 0)
        putchar('\n');
    json->comma = true;
}

void cli_json_text(cli_json *json, const char *key, const char *text)
{
    begin(json, key);
    if (text)
        print_string(text);
    else
        fputs("null", stdout);
}

void cli_json_number(cli_json *json, const char *key, double number)
{
    char text[CLI_NUMBER_MAX];
    begin(json, key);
    cli_format_exact(text, number);
    fputs(isfinite(number) ? text : "null", stdout);
}

void cli_json_count(cli_json *json, const char *key, uint64_t count)
{
    begin(json, key);
    printf("%" PRIu64, count);
}

void cli_json_flag(cli_json *json, const char *key, bool flag)
{
    begin(json, key);
    fputs(flag ? "true" : "false", stdout);
}
