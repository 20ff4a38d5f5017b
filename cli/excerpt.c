/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error knows line, column and length in characters. Between them and what is printed
 * stand tabs, wide characters, bytes that had to be made visible and lines too long to
 * show, so everything is measured in printed columns: first where the place lies, then
 * which part of the line is shown, then both lines are printed.
 */
#define _POSIX_C_SOURCE 200809L
#include "excerpt.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "terminal.h"
#include "visible.h"

enum {
    TAB = 4,
    LONGEST = 32 << 20, /* bytes of a line; a longer one is not shown */
    COLUMNS = 120,      /* shown of a line where there is no terminal */
    CUT = 3             /* columns of "..."                           */
};

void cli_source_deinit(cli_source *source)
{
    if (source->file)
        fclose(source->file);
    free(source->text);
    *source = (cli_source)CLI_SOURCE_INIT;
}

/* Opens `path` if it is a plain text file: a pipe would block, compressed data says nothing. */
static bool open_source(cli_source *source, const char *path)
{
    struct stat about;
    int magic[3];
    cli_source_deinit(source);
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return false;
    source->file = fopen(path, "rb");
    if (!source->file)
        return false;
    snprintf(source->path, sizeof source->path, "%s", path);
    for (int i = 0; i < 3; i++)
        magic[i] = getc(source->file);
    bool binary = (magic[0] == 0x1f && magic[1] == 0x8b) || (magic[0] == 0x89 && magic[1] == 'H');
    bool marked = magic[0] == 0xef && magic[1] == 0xbb && magic[2] == 0xbf;
    if (binary || (!marked && fseek(source->file, 0, SEEK_SET) != 0)) {
        cli_source_deinit(source);
        return false;
    }
    return true;
}

void cli_source_of_text(cli_source *source, const char *name, const char *text)
{
    cli_source_deinit(source);
    source->file = fmemopen((void *)(uintptr_t)text, strlen(text), "rb");
    source->yaml = true;
    snprintf(source->path, sizeof source->path, "%s", name);
}

static bool grow(cli_source *source)
{
    size_t capacity = source->capacity ? 2 * source->capacity : 256;
    char *text = capacity <= LONGEST ? realloc(source->text, capacity) : NULL;
    if (!text)
        return false;
    source->text = text;
    source->capacity = capacity;
    return true;
}

/*
 * Bytes of the end of a line that `c` completes, `last` holding the bytes before it; 0 where it
 * completes none. YAML's ends are those that libyaml counts: LF, CR, CR LF, U+0085, U+2028, U+2029.
 */
static size_t line_end(cli_source *source, unsigned last, int c)
{
    unsigned bytes = last << 8 | (unsigned)c;
    if (c == '\n')
        return 1;
    if (!source->yaml)
        return 0;
    if (c == '\r') {
        int next = getc(source->file);
        if (next != '\n' && next != EOF)
            ungetc(next, source->file);
        return 1;
    }
    return (bytes & 0xffff) == 0xc285                                         ? 2
           : (bytes & 0xffffff) == 0xe280a8 || (bytes & 0xffffff) == 0xe280a9 ? 3
                                                                              : 0;
}

/* Reads the next line without its end; false at the end of the file or for a huge line. */
static bool next_line(cli_source *source, bool keep)
{
    unsigned last = 0;
    size_t end = 0;
    int c;
    source->length = 0;
    while ((c = getc(source->file)) != EOF && !(end = line_end(source, last, c))) {
        last = last << 8 | (unsigned)c;
        if (!keep)
            continue;
        if (source->length == source->capacity && !grow(source))
            return false;
        source->text[source->length++] = (char)c;
    }
    source->line++;
    if (keep && end > 1)
        source->length -= end - 1;
    if (source->length > 0 && source->text[source->length - 1] == '\r')
        source->length--;
    return end || source->length > 0 || !feof(source->file);
}

/*
 * Market data end lines with line feeds only, whatever stands in them. What is said of them is bad
 * data or a warning; if that is said of a configuration, its name tells.
 */
static bool is_yaml(const admf_error *error)
{
    const char *dot = strrchr(error->file, '.');
    return (error->code != ADMF_BAD_DATA && error->code != ADMF_OK) ||
           (dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0));
}

static bool seek_line(cli_source *source, const admf_error *error)
{
    bool same =
        source->file && strcmp(source->path, error->file) == 0 && source->yaml == is_yaml(error);
    if (same && source->line == error->line)
        return true;
    if ((!same || source->line > error->line) && !open_source(source, error->file))
        return false;
    source->yaml = is_yaml(error);
    while (source->line < error->line) {
        if (!next_line(source, source->line + 1 == error->line)) {
            cli_source_deinit(source);
            return false;
        }
    }
    return true;
}

/* The glyph at byte `at`, a tab as wide as the column it starts in makes it. */
static cli_glyph glyph_at(const cli_source *source, size_t at, int column)
{
    cli_glyph glyph = cli_glyph_of(source->text + at, source->length - at);
    if (source->text[at] == '\t') {
        glyph.columns = TAB - column % TAB;
        snprintf(glyph.text, sizeof glyph.text, "%*s", glyph.columns, "");
    }
    return glyph;
}

/* Plain letters are most of any file; a line of megabytes is measured once an error. */
static bool is_plain(char c) { return c >= ' ' && c <= '~'; }

struct span {
    int first, end; /* printed columns, from 0 */
};

/* Printed columns of the place that `error` names; returns those of the whole line. */
static int measure(const cli_source *source, const admf_error *error, struct span *place)
{
    int column = 0;
    long character = 1, last = (long)error->column + (error->length > 1 ? error->length : 1);
    *place = (struct span){-1, -1};
    for (size_t at = 0; at < source->length; character++) {
        if (character == error->column)
            place->first = column;
        if (character == last)
            place->end = column;
        if (is_plain(source->text[at])) {
            column++;
            at++;
            continue;
        }
        cli_glyph glyph = glyph_at(source, at, column);
        column += glyph.columns;
        at += glyph.bytes;
    }
    if (place->first < 0)
        place->first = column; /* at the end of the line: something is missing there */
    if (place->end < 0)
        place->end = column;
    if (place->end <= place->first)
        place->end = place->first + 1;
    return column;
}

/* Which columns of a line are shown: all, or about `room` around the place. */
static struct span choose(int total, struct span place, int room)
{
    int whole = place.first + 1 > total ? place.first + 1 : total;
    if (whole <= room)
        return (struct span){0, whole};
    int first = place.first - room / 3;
    if (first + room > whole)
        first = whole - room;
    if (first < 0)
        first = 0;
    return (struct span){first, first + room};
}

static void print_line(const cli_source *source, struct span shown, int total, FILE *out)
{
    int column = 0;
    bool cut_left = shown.first > 0, cut_right = total > shown.end;
    int first = shown.first + (cut_left ? CUT : 0), end = shown.end - (cut_right ? CUT : 0);
    int printed = first;
    if (cut_left)
        fputs("...", out);
    for (size_t at = 0; at < source->length && column < end;) {
        if (column < first && is_plain(source->text[at])) {
            column++;
            at++;
            continue;
        }
        cli_glyph glyph = glyph_at(source, at, column);
        if (column >= first && column + glyph.columns <= end) {
            for (; printed < column; printed++)
                putc(' ', out); /* half of a wide character was cut away */
            fputs(glyph.text, out);
            printed += glyph.columns;
        }
        column += glyph.columns;
        at += glyph.bytes;
    }
    if (cut_right)
        fprintf(out, "%*s...", end > printed ? end - printed : 0, "");
    putc('\n', out);
}

static void print_mark(struct span place, struct span shown, bool colour, FILE *out)
{
    int end = place.end < shown.end ? place.end : shown.end;
    fprintf(out, "%*s%s^", place.first - shown.first, "", colour ? "\033[1;32m" : "");
    for (int column = place.first + 1; column < end; column++)
        putc('~', out);
    fprintf(out, "%s\n", colour ? "\033[0m" : "");
}

void cli_excerpt(cli_source *source, const admf_error *error, bool colour, FILE *out)
{
    if (error->line < 1 || !error->file[0] || !seek_line(source, error))
        return;
    int gutter = snprintf(NULL, 0, "%d", error->line);
    gutter = gutter < 5 ? 5 : gutter;
    int room = cli_terminal_columns(out) - gutter - 3;
    if (room <= 0)
        room = COLUMNS;
    room = room < 24 ? 24 : room;

    struct span place;
    int total = measure(source, error, &place);
    if (error->column < 1)
        place = (struct span){0, 1};
    struct span shown = choose(total, place, room);
    fprintf(out, "%*d | ", gutter, error->line);
    print_line(source, shown, total, out);
    if (error->column > 0) {
        fprintf(out, "%*s | ", gutter, "");
        print_mark(place, shown, colour, out);
    }
}
