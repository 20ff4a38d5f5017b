/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a field as messages speak of it: in whole characters of UTF-8. */
#ifndef ADMF_IO_MARKET_FIELD_TEXT_H
#define ADMF_IO_MARKET_FIELD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

static inline bool continues_character(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

/* Characters in `length` bytes; a byte that is no UTF-8 is one, too, unless it continues. */
static inline int field_characters(const char *text, size_t length)
{
    int count = 0;
    for (size_t k = 0; k < length; k++)
        count += !continues_character(text[k]);
    return count;
}

/* How many of a field's `length` bytes a message shows (as %.*s): 40 at most. */
static inline int field_shown(const char *text, size_t length)
{
    enum { MOST = 40 };
    if (length <= MOST)
        return (int)length;
    int shown = MOST;
    while (shown > 0 && continues_character(text[shown]))
        shown--;
    return shown;
}

#endif
