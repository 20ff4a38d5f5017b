/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/one_line.h"

#include <stddef.h>

/* Bytes that a character of UTF-8 has by its first one; 0 for a byte that starts none. */
static size_t announced_length(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

void make_one_line(char *text)
{
    unsigned char *p = (unsigned char *)text;
    while (*p) {
        size_t length = announced_length(*p), have = 1;
        while (have < length && (p[have] & 0xc0) == 0x80)
            have++;
        if (length == 0 || have < length)
            *p = '?';
        else if (*p < 0x20 || *p == 0x7f)
            *p = ' ';
        else if (*p == 0xc2 && p[1] < 0xa0) /* U+0080 … U+009F */
            p[0] = p[1] = ' ';
        p += *p == '?' ? 1 : have;
    }
}
