/* SPDX-License-Identifier: Apache-2.0 */
/* Characters of text that is known to be UTF-8. */
#ifndef ADMF_IO_CONFIG_UTF8_H
#define ADMF_IO_CONFIG_UTF8_H

#include <stddef.h>

/* Bytes of a character, 1 … 4, by its first. */
static inline size_t utf8_bytes(char first)
{
    unsigned char c = (unsigned char)first;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

#endif
