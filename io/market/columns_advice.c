/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/columns_advice.h"

#include <string.h>
#include <strings.h>

#include "engine/base/failure.h"
#include "io/market/field_text.h"

/* Headers that other programs write, the likeliest first. */
static const char *const lookalikes[COLUMN_ROLES][16] = {
    {"date", "datetime", "time", "date_time", "date time", "ts", "open time", "open_time",
     "gmt time", "local time", "unix", "epoch", "index"},
    {"o", "open price", "open_price", "opening"},
    {"h", "high price", "high_price", "max"},
    {"l", "low price", "low_price", "min"},
    {"adj close", "adj_close", "adjclose", "adj. close", "adjusted close", "close/last", "last",
     "price", "close price", "close_price", "c", "closing"},
    {"v", "vol", "vol.", "tick_volume", "tickvol", "qty"},
};

admf_status columns_complain(const struct reading *reading, int line, const struct column *at,
                             const struct text *message)
{
    if (message->failed)
        return report_memory(reading->errors);
    return report(reading->errors, ADMF_BAD_DATA, reading->source->path, line,
                  line ? (at ? at->place : 1) : 0, at ? at->length : 0, "%s",
                  message->chars ? message->chars : "");
}

const char *columns_option(const struct reading *reading)
{
    return reading->source->converting ? "--columns" : "columns:";
}

static bool is_plain_yaml(const char *name)
{
    bool plain = name[0] != '\0' && name[0] != ' ';
    for (const char *p = name; *p; p++)
        plain = plain && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == ' ' ||
                          *p == '_' || (p > name && *p >= '0' && *p <= '9'));
    return plain;
}

/* A word as a shell reads it back. */
static void add_shell_word(struct text *text, const char *word)
{
    bool plain = is_plain_yaml(word) && !strchr(word, ' ');
    text_add(text, plain ? "" : "'");
    for (const char *p = word; *p; p++)
        if (*p == '\'')
            text_add(text, "'\\''");
        else
            text_append(text, p, 1);
    text_add(text, plain ? "" : "'");
}

/* One more column in the line that names what a file's columns are. */
static void add_rename(struct text *text, const struct reading *reading, const char *ours,
                       const char *theirs)
{
    bool options = reading->source->converting;
    const char *separator = options ? " " : ", ";
    text_format(text, options ? "%s--columns %s=" : "%s%s: ", text->length ? separator : "", ours);
    if (options)
        add_shell_word(text, theirs);
    else if (is_plain_yaml(theirs))
        text_add(text, theirs);
    else
        text_json_string(text, theirs);
}

static const struct column *column_like(const struct columns *columns, const char *theirs)
{
    for (size_t k = 0; k < columns->count; k++)
        if (columns->items[k].role == COLUMN_EXTRA && !strcasecmp(columns->items[k].theirs, theirs))
            return &columns->items[k];
    return NULL;
}

/* The column that is likely meant by a role the file seems to lack. */
static const struct column *lookalike(const struct columns *columns, int role)
{
    for (int k = 0; lookalikes[role][k]; k++) {
        const struct column *found = column_like(columns, lookalikes[role][k]);
        if (found)
            return found;
    }
    return NULL;
}

static void list_headers(const struct columns *columns, struct text *text)
{
    enum { SHOWN = 12 };
    for (size_t k = 0; k < columns->count && k < SHOWN; k++) {
        const char *name = columns->items[k].theirs;
        text_format(text, "%s%.*s", k ? ", " : "", field_shown(name, strlen(name)), name);
    }
    if (columns->count > SHOWN)
        text_add(text, ", …");
}

/*
 * "write `columns: {timestamp: Date, close: Adj Close}`" for what is named already and all that
 * the file may mean; for an import "add `--columns close='Adj Close'`" for the latter.
 */
static void add_remedy(const struct columns *columns, const struct reading *reading,
                       struct text *text)
{
    const struct series_source *source = reading->source;
    struct text line = {0};
    for (size_t r = 0; r < source->renames && !source->converting; r++)
        add_rename(&line, reading, source->rename[r].ours, source->rename[r].theirs);
    for (int role = 0; role < COLUMN_ROLES; role++) {
        const struct column *like = columns->of_role[role] < 0 ? lookalike(columns, role) : NULL;
        if (like)
            add_rename(&line, reading, column_names[role], like->theirs);
    }
    text_format(text, source->converting ? "add `%s`" : "write `columns: {%s}`",
                line.chars ? line.chars : "");
    text->failed = text->failed || line.failed;
    text_deinit(&line);
}

admf_status columns_missing(const struct columns *columns, const struct reading *reading, int line)
{
    static const int required[] = {COLUMN_TIMESTAMP, COLUMN_CLOSE};
    admf_status status = ADMF_OK;
    for (int k = 0; k < 2; k++) {
        if (columns->of_role[required[k]] >= 0)
            continue;
        const struct column *like = lookalike(columns, required[k]);
        struct text message = {0};
        text_format(&message, "no column '%s'; the file has ", column_names[required[k]]);
        list_headers(columns, &message);
        if (like) {
            text_format(&message, "; if '%s' is it, ", like->theirs);
            add_remedy(columns, reading, &message);
        }
        status = columns_complain(reading, line, like, &message);
        text_deinit(&message);
    }
    return status;
}

void columns_hint(const struct columns *columns, const struct reading *reading, int line)
{
    static const int optional[] = {COLUMN_OPEN, COLUMN_HIGH, COLUMN_LOW, COLUMN_VOLUME};
    for (int k = 0; k < 4; k++) {
        const struct column *like =
            columns->of_role[optional[k]] < 0 ? lookalike(columns, optional[k]) : NULL;
        struct text ready = {0};
        if (like)
            add_remedy(columns, reading, &ready);
        if (ready.chars)
            report(reading->warnings, ADMF_OK, reading->source->path, line, line ? like->place : 0,
                   like->length, "'%s' is kept as a further column; if it is '%s', %s",
                   like->theirs, column_names[optional[k]], ready.chars);
        text_deinit(&ready);
        if (like)
            return; /* one line names them all */
    }
}

admf_status columns_in_vain(const struct columns *columns, const struct reading *reading, int line)
{
    const struct series_source *source = reading->source;
    admf_status status = ADMF_OK;
    for (size_t r = 0; r < source->renames; r++) {
        bool found = false;
        for (size_t k = 0; k < columns->count; k++)
            found = found || !strcasecmp(columns->items[k].theirs, source->rename[r].theirs);
        if (found)
            continue;
        struct text message = {0};
        text_format(&message, "no column '%s', which `%s` wants as '%s'; the file has ",
                    source->rename[r].theirs, columns_option(reading), source->rename[r].ours);
        list_headers(columns, &message);
        status = columns_complain(reading, line, NULL, &message);
        text_deinit(&message);
    }
    return status;
}
