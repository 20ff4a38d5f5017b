/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/condition_place.h"

#include <string.h>

#include "io/config/utf8.h"

/* Where reading a node's text has got to, in the file and in the text. */
struct cursor {
    const char *raw, *stop;
    int line, column;
    size_t read;
};

static void step(struct cursor *c)
{
    size_t end = utf8_line_end(c->raw, (size_t)(c->stop - c->raw));
    c->line += end != 0;
    c->column = end ? 1 : c->column + 1;
    c->raw += end ? end : utf8_bytes(*c->raw);
}

static void skip(struct cursor *c, size_t characters)
{
    for (; characters > 0 && c->raw < c->stop; characters--)
        step(c);
}

/* Characters that one character of a quoted text takes up in the file. */
static size_t raw_length(char quote, const char *raw)
{
    if (quote == '\'')
        return raw[0] == '\'' ? 2 : 1;
    if (quote != '"' || raw[0] != '\\')
        return 1;
    return raw[1] == 'x' ? 4 : raw[1] == 'u' ? 6 : raw[1] == 'U' ? 10 : 2;
}

/* Whether an escape stands for white space or, before the end of a line, for nothing. */
static bool escapes_space(const struct cursor *c)
{
    size_t left = (size_t)(c->stop - c->raw), length = raw_length('"', c->raw);
    if (length == 2)
        return left > 1 && (strchr(" tnrNLP", c->raw[1]) || utf8_space(c->raw + 1, left - 1));
    unsigned long code = 0;
    for (size_t i = 2; i < length && i < left; i++)
        code = code << 4 | ((unsigned)(c->raw[i] & 0xf) + (c->raw[i] > '9' ? 9 : 0));
    return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0x85 ||
           code == 0x2028 || code == 0x2029;
}

static void skip_space(struct cursor *c, char quote)
{
    while (c->raw < c->stop)
        if (utf8_space(c->raw, (size_t)(c->stop - c->raw)))
            step(c);
        else if (quote == '"' && *c->raw == '\\' && escapes_space(c))
            skip(c, raw_length(quote, c->raw));
        else
            return;
}

/*
 * Goes on to byte `offset` of the text. White space differs between file and text wherever YAML
 * folds lines, everything else does not (but for escapes), so both sides skip it on their own.
 */
static void advance_to(struct cursor *c, const struct yaml_node *node, size_t offset)
{
    while (c->read < offset && c->raw < c->stop) {
        size_t space = utf8_space(node->text + c->read, node->length - c->read);
        c->read += space ? space : utf8_bytes(node->text[c->read]);
        if (space)
            continue;
        skip_space(c, node->quote);
        if (c->raw < c->stop)
            skip(c, raw_length(node->quote, c->raw));
    }
}

static void skip_line(struct cursor *c)
{
    while (c->raw < c->stop && !utf8_line_end(c->raw, (size_t)(c->stop - c->raw)))
        step(c);
}

/* Anchors and tags, which belong to the node and not to its text, and what follows them. */
static void skip_properties(struct cursor *c)
{
    while (c->raw < c->stop && (*c->raw == '&' || *c->raw == '!')) {
        while (c->raw < c->stop && !utf8_space(c->raw, (size_t)(c->stop - c->raw)))
            step(c);
        skip_space(c, 0);
        while (c->raw < c->stop && *c->raw == '#') {
            skip_line(c);
            skip_space(c, 0);
        }
    }
}

/* Goes to where a node begins, from where the last one did unless that lies behind it. */
static struct cursor begin(struct reader *reader, struct place place)
{
    struct spot *last = &reader->last;
    struct cursor c = {reader->source, reader->source + reader->length, 1, 1, 0};
    if (c.stop - c.raw >= 3 && memcmp(c.raw, "\xef\xbb\xbf", 3) == 0)
        c.raw += 3;
    if (last->line &&
        (last->line < place.line || (last->line == place.line && last->column <= place.column)))
        c = (struct cursor){last->at, c.stop, last->line, last->column, 0};
    while (c.raw < c.stop && (c.line < place.line || c.column < place.column))
        step(&c);
    *last = (struct spot){c.raw, c.line, c.column};
    return c;
}

struct place condition_place(struct reader *reader, const struct yaml_node *node, size_t start,
                             size_t end)
{
    struct cursor c = begin(reader, node->place);
    skip_properties(&c);
    if (node->quote == 'b')
        skip_line(&c); /* of > or | */
    else if (node->quote)
        skip(&c, 1);
    advance_to(&c, node, start);
    skip_space(&c, node->quote);
    struct place place = {c.line, c.column, 1};
    advance_to(&c, node, end);
    if (end > start && c.line == place.line)
        place.length = c.column - place.column;
    return place;
}

struct place condition_text_place(const char *text, size_t start, size_t end)
{
    struct cursor c = {text, text + strlen(text), 1, 1, 0};
    while (c.raw < text + start && c.raw < c.stop)
        step(&c);
    struct place place = {c.line, c.column, 1};
    while (c.raw < text + end && c.raw < c.stop)
        step(&c);
    if (end > start && c.line == place.line)
        place.length = c.column - place.column;
    return place;
}
