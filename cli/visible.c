/* SPDX-License-Identifier: Apache-2.0 */
#include "visible.h"

#include <stdint.h>
#include <string.h>

struct range {
    int32_t first, last;
};

static int within(const struct range *ranges, size_t count, int32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return 1;
    }
    return 0;
}

/* Marks drawn over the character before: the common blocks of Unicode's Mn, Me and Cf. */
static int is_combining(int32_t code)
{
    static const struct range marks[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                         {0x610, 0x61a},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
                                         {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
                                         {0xfe20, 0xfe2f}, {0x200b, 0x200d}, {0xe0100, 0xe01ef}};
    return within(marks, sizeof marks / sizeof *marks, code);
}

/* East Asian wide characters and emoji (Unicode's UAX 11, in coarse blocks). */
static int is_wide(int32_t code)
{
    static const struct range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                        {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                        {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                                        {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
                                        {0x20000, 0x3fffd}};
    return within(wide, sizeof wide / sizeof *wide, code);
}

/* Controls, and the marks that turn the direction of writing and can so disguise text. */
static int is_harmful(int32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x200e && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xfeff;
}

/* Decodes one UTF-8 character into *code; returns its bytes, 0 where it is not UTF-8. */
static size_t decode(const unsigned char *text, size_t length, int32_t *code)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t bytes = text[0] < 0x80   ? 1
                   : text[0] < 0xc2 ? 0
                   : text[0] < 0xe0 ? 2
                   : text[0] < 0xf0 ? 3
                   : text[0] < 0xf5 ? 4
                                    : 0;
    if (bytes == 0 || bytes > length)
        return 0;
    int32_t value = bytes == 1 ? text[0] : text[0] & (0xff >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3f);
    }
    if (value < least[bytes] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return bytes;
}

cli_glyph cli_glyph_of(const char *text, size_t length)
{
    cli_glyph glyph = {{0}, 1, 1};
    const unsigned char *bytes = (const unsigned char *)text;
    int32_t code = 0;
    size_t used = decode(bytes, length, &code);
    if (used == 0) {
        glyph.columns = snprintf(glyph.text, sizeof glyph.text, "\\x%02x", bytes[0]);
    } else if (code == '\t') {
        glyph.text[0] = ' ';
    } else if (is_harmful(code)) {
        glyph.bytes = used;
        glyph.columns = snprintf(glyph.text, sizeof glyph.text,
                                 code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
    } else {
        glyph.bytes = used;
        memcpy(glyph.text, text, used);
        glyph.columns = is_combining(code) ? 0 : is_wide(code) ? 2 : 1;
    }
    return glyph;
}

static cli_glyph on_one_line(const char *text, size_t length)
{
    cli_glyph glyph = cli_glyph_of(text, length);
    if (*text == '\n') {
        strcpy(glyph.text, " ");
        glyph.columns = 1;
    }
    return glyph;
}

int cli_columns_of(const char *text, size_t length)
{
    int columns = 0;
    while (length > 0) {
        cli_glyph glyph = on_one_line(text, length);
        columns += glyph.columns;
        text += glyph.bytes;
        length -= glyph.bytes;
    }
    return columns;
}

int cli_columns(const char *text) { return cli_columns_of(text, text ? strlen(text) : 0); }

void cli_print_visible_of(FILE *out, const char *text, size_t length)
{
    while (length > 0) {
        cli_glyph glyph = on_one_line(text, length);
        fputs(glyph.text, out);
        text += glyph.bytes;
        length -= glyph.bytes;
    }
}

void cli_print_visible(FILE *out, const char *text)
{
    cli_print_visible_of(out, text, text ? strlen(text) : 0);
}
