/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/condition_place.h"

#include <string.h>

#include "io/config/utf8.h"

/* Characters that one character of a quoted text takes up in the file. */
static size_t raw_length(char quote, const char *raw)
{
    if (quote == '\'')
        return raw[0] == '\'' ? 2 : 1;
    if (quote != '"' || raw[0] != '\\')
        return 1;
    return raw[1] == 'x' ? 4 : raw[1] == 'u' ? 6 : raw[1] == 'U' ? 10 : 2;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Where reading a node's text has got to, in the file and in the text. */
struct cursor {
    const char *raw, *stop;
    int line, column;
    size_t read;
};

static void step(struct cursor *c)
{
    c->column++;
    if (*c->raw == '\n' || (*c->raw == '\r' && c->raw + 1 < c->stop && c->raw[1] != '\n')) {
        c->line++;
        c->column = 1;
    }
    c->raw += utf8_bytes(*c->raw);
}

static void skip_space(struct cursor *c)
{
    while (c->raw < c->stop && is_space(*c->raw))
        step(c);
}

/*
 * Goes on to byte `offset` of the text. Line breaks and indentation differ between file and
 * text wherever YAML folds lines, everything else does not (but for escapes), so both sides
 * skip white space on their own.
 */
static void advance_to(struct cursor *c, const struct yaml_node *node, size_t offset)
{
    while (c->read < offset && c->raw < c->stop) {
        bool escape = node->quote == '"' && *c->raw == '\\';
        if (is_space(node->text[c->read]) && !escape) {
            c->read++;
            continue;
        }
        if (!escape)
            skip_space(c);
        size_t length = c->raw < c->stop ? raw_length(node->quote, c->raw) : 0;
        for (size_t i = 0; i < length && c->raw < c->stop; i++)
            step(c);
        c->read += utf8_bytes(node->text[c->read]);
    }
}

struct place condition_place(const struct reader *reader, const struct yaml_node *node,
                             size_t start, size_t end)
{
    struct cursor c = {reader->source, reader->source + reader->length, 1, 1, 0};
    if (c.stop - c.raw >= 3 && memcmp(c.raw, "\xef\xbb\xbf", 3) == 0)
        c.raw += 3;
    while (c.raw < c.stop && (c.line < node->place.line || c.column < node->place.column))
        step(&c);
    if (node->quote == 'b')
        while (c.raw < c.stop && *c.raw != '\n') /* the line of > or | */
            step(&c);
    else if (node->quote && c.raw < c.stop)
        step(&c);
    advance_to(&c, node, start);
    skip_space(&c);
    struct place place = {c.line, c.column, 1};
    advance_to(&c, node, end);
    if (end > start && c.line == place.line)
        place.length = c.column - place.column;
    return place;
}
