/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/csv.h"

#include <string.h>

#include "engine/base/failure.h"
#include "io/market/field_text.h"

int csv_place(const char *line, const char *at)
{
    return 1 + field_characters(line, (size_t)(at - line));
}

static bool is_space(char c, char delimiter)
{
    return c == ' ' || (c == '\t' && delimiter != '\t');
}

/* The quote that ends the text at p, one that is not written twice; NULL where there is none. */
static const char *closing_quote(const char *p, const char *end)
{
    while ((p = memchr(p, '"', (size_t)(end - p))) && p + 1 < end && p[1] == '"')
        p += 2;
    return p;
}

struct csv_field csv_field(const char **p, const char *end, char delimiter)
{
    struct csv_field field = {0};
    const char *q = *p, *stop;
    while (q < end && is_space(*q, delimiter))
        q++;
    if (q < end && *q == '"') {
        stop = closing_quote(q + 1, end);
        field.quoted_badly = !stop;
        field.at = q + 1;
        stop = stop ? stop : end;
        field.quoted = (size_t)(stop - field.at);
        q = stop < end ? stop + 1 : end;
        while (q < end && is_space(*q, delimiter))
            q++;
        field.quoted_badly = field.quoted_badly || (q < end && *q != delimiter);
        while (q < end && *q != delimiter)
            q++;
    } else {
        field.at = q;
        while (q < end && *q != delimiter)
            q++;
        stop = q;
    }
    while (stop > field.at && is_space(stop[-1], delimiter))
        stop--;
    field.length = (size_t)(stop - field.at);
    *p = q;
    return field;
}

admf_status csv_line(struct csv *csv, char **end)
{
    struct byte_stream *stream = csv->stream;
    size_t searched = 0;
    for (;;) {
        size_t unread = (size_t)(stream->end - stream->at);
        *end = memchr(stream->at + searched, '\n', unread - searched);
        if (*end || (stream->ended && unread == 0))
            return ADMF_OK;
        if (stream->ended) { /* the last line may lack its line feed: give it one */
            csv->unterminated = true;
            *stream->end++ = '\n';
            continue;
        }
        searched = unread;
        admf_error error = {0};
        admf_status status = bytes_more(stream, &error);
        if (status)
            return report_error(csv->reading->errors, &error);
    }
}

bool csv_is_blank(const char *line, const char *end)
{
    for (; line < end; line++)
        if (*line != ' ' && *line != '\t' && *line != '\r')
            return false;
    return true;
}
