/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/utf8.h"
#include "io/config/yaml_builder.h"

/* Bytes of the character at p, 0 where it is no UTF-8 or not allowed in YAML. */
static size_t character_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] >= 0x20 ? p[0] != 0x7f : p[0] == '\t' || p[0] == '\n' || p[0] == '\r';
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
        return 0;
    unsigned code = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    bool overlong = code < (n == 4 ? 0x10000u : n == 3 ? 0x800u : 0x80u);
    bool allowed = code == 0x85 || (code >= 0xa0 && code < 0xd800) ||
                   (code >= 0xe000 && code <= 0xfffd && code != 0xfeff) ||
                   (code >= 0x10000 && code <= 0x10ffff);
    return overlong || !allowed ? 0 : n;
}

bool builder_check_characters(struct yaml_builder *b, const char *source, size_t length)
{
    struct place place = {1, 1, 1};
    for (size_t i = 0; i < length;) {
        size_t n = character_length((const unsigned char *)source + i, length - i);
        if (n == 0) {
            unsigned byte = (unsigned char)source[i];
            if (byte < 0x80)
                builder_complain(b, place, "the control character 0x%02x is not allowed", byte);
            else
                builder_complain(b, place, "byte 0x%02x is not UTF-8 text", byte);
            return false;
        }
        size_t end = utf8_line_end(source + i, length - i);
        place.line += end != 0;
        place.column = end ? 1 : place.column + 1;
        i += end ? end : n;
    }
    b->end = place;
    return true;
}
