/* SPDX-License-Identifier: Apache-2.0 */
/* Characters and lines of UTF-8 text. */
#ifndef ADMF_IO_CONFIG_UTF8_H
#define ADMF_IO_CONFIG_UTF8_H

#include <stddef.h>
#include <string.h>

/* Bytes of a character, 1 … 4, by its first. */
static inline size_t utf8_bytes(char first)
{
    unsigned char c = (unsigned char)first;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/*
 * Bytes of the end of a line at `text`, which goes on for `left` bytes, at least 1; 0 where none
 * is. Lines end as the places of the YAML parser count them: LF, CR, CR LF, U+0085, U+2028, U+2029.
 */
static inline size_t utf8_line_end(const char *text, size_t left)
{
    if (*text == '\r')
        return left > 1 && text[1] == '\n' ? 2 : 1;
    if (left > 1 && memcmp(text, "\xc2\x85", 2) == 0)
        return 2;
    if (left > 2 && memcmp(text, "\xe2\x80", 2) == 0 && (text[2] == '\xa8' || text[2] == '\xa9'))
        return 3;
    return *text == '\n';
}

/* Bytes of a blank, a tab or the end of a line at `text`; 0 where none is, or `left` is 0. */
static inline size_t utf8_space(const char *text, size_t left)
{
    if (left == 0)
        return 0;
    return *text == ' ' || *text == '\t' ? 1 : utf8_line_end(text, left);
}

#endif
