/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/columns.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/market/field_text.h"

const char *const column_names[COLUMN_ROLES] = {"timestamp", "open",  "high",
                                                "low",       "close", "volume"};

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

const char *column_mistyped(const char *name)
{
    const char *near = nearest_name(name, column_names, COLUMN_ROLES);
    return near && !strncasecmp(near, name, 1) && strcmp(near, name) != 0 ? near : NULL;
}

bool columns_add(struct columns *columns, const char *name, size_t length, int place)
{
    if (columns->count == columns->capacity) {
        size_t capacity = columns->capacity ? 2 * columns->capacity : 16;
        struct column *items = memory_resize(columns->items, capacity, sizeof *items);
        if (!items)
            return false;
        columns->items = items;
        columns->capacity = capacity;
    }
    char *theirs = memory_new(length + 1, 1);
    if (!theirs)
        return false;
    memcpy(theirs, name, length);
    columns->items[columns->count++] = (struct column){.theirs = theirs,
                                                       .role = COLUMN_EXTRA,
                                                       .place = place,
                                                       .length = field_characters(name, length)};
    return true;
}

void columns_deinit(struct columns *columns)
{
    for (size_t k = 0; k < columns->count; k++) {
        memory_free(columns->items[k].name);
        memory_free(columns->items[k].theirs);
        memory_free(columns->items[k].values);
    }
    memory_free(columns->items);
    *columns = (struct columns){0};
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

static admf_status complain(const struct reading *reading, int line, const struct column *at,
                            const struct text *message)
{
    if (message->failed)
        return report(reading->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    return report(reading->errors, ADMF_BAD_DATA, reading->source->path, line,
                  line ? (at ? at->place : 1) : 0, at ? at->length : 0, "%s",
                  message->chars ? message->chars : "");
}

static const char *renaming(const struct reading *reading)
{
    return reading->source->converting ? "--columns" : "columns:";
}

static const char *ours_of(const struct series_source *source, const char *theirs)
{
    for (size_t k = 0; k < source->renames; k++)
        if (!strcasecmp(source->rename[k].theirs, theirs))
            return source->rename[k].ours;
    return theirs;
}

/* A name and a role for every column; two of one name are reported at the second. */
static admf_status name_columns(struct columns *columns, const struct reading *reading, int line)
{
    admf_status status = ADMF_OK;
    for (size_t k = 0; k < columns->count; k++) {
        struct column *column = &columns->items[k];
        const char *name = ours_of(reading->source, column->theirs);
        struct text message = {0};
        for (int role = 0; role < COLUMN_ROLES; role++)
            if (!strcasecmp(name, column_names[role]))
                column->role = (enum column_role)role;
        column->name =
            memory_copy_text(column->role < COLUMN_ROLES ? column_names[column->role] : name);
        if (!column->name)
            return report(reading->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
        if (!column->name[0])
            text_format(&message, "column %zu has no name; name it in the header", k + 1);
        for (size_t j = 0; j < k && !message.length; j++)
            if (!strcasecmp(columns->items[j].name, column->name))
                text_format(&message,
                            "two columns are named '%s': '%s' and '%s'; give one of them another "
                            "name with `%s`",
                            column->name, columns->items[j].theirs, column->theirs,
                            renaming(reading));
        if (message.length || message.failed)
            status = complain(reading, line, column, &message);
        else if (column->role < COLUMN_ROLES)
            columns->of_role[column->role] = (int)k;
        text_deinit(&message);
    }
    return status;
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

static admf_status missing_columns(const struct columns *columns, const struct reading *reading,
                                   int line)
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
        status = complain(reading, line, like, &message);
        text_deinit(&message);
    }
    return status;
}

/* A header that looks like an optional column but is none yet: worth a word. */
static void hint_optional(const struct columns *columns, const struct reading *reading, int line)
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

static admf_status vain_renames(const struct columns *columns, const struct reading *reading,
                                int line)
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
                    source->rename[r].theirs, renaming(reading), source->rename[r].ours);
        list_headers(columns, &message);
        status = complain(reading, line, NULL, &message);
        text_deinit(&message);
    }
    return status;
}

admf_status columns_map(struct columns *columns, const struct reading *reading, int line)
{
    for (int role = 0; role < COLUMN_ROLES; role++)
        columns->of_role[role] = -1;
    admf_status named = name_columns(columns, reading, line);
    if (named == ADMF_INTERNAL)
        return named;
    admf_status vain = vain_renames(columns, reading, line);
    admf_status missing = named || vain ? ADMF_OK : missing_columns(columns, reading, line);
    if (!named && !vain && !missing)
        hint_optional(columns, reading, line);
    return named ? named : vain ? vain : missing;
}

admf_status columns_give(struct columns *columns, struct bars *bars, admf_diagnostics *errors)
{
    double **slots[COLUMN_ROLES] = {NULL,       &bars->open,  &bars->high,
                                    &bars->low, &bars->close, &bars->volume};
    size_t extras = 0;
    for (size_t k = 0; k < columns->count; k++)
        extras += columns->items[k].role == COLUMN_EXTRA;
    bars->extra = memory_new(extras, sizeof *bars->extra);
    if (!bars->extra)
        return report(errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    for (size_t k = 0; k < columns->count; k++) {
        struct column *column = &columns->items[k];
        if (column->role == COLUMN_EXTRA) {
            bars->extra[bars->extras++] = (struct extra_column){column->name, column->values};
            column->name = NULL;
            column->values = NULL;
        } else if (column->role < COLUMN_ROLES && slots[column->role]) {
            *slots[column->role] = column->values;
            column->values = NULL;
        }
    }
    return ADMF_OK;
}

bool number_is_sound(enum column_role role, double number, char why[BAR_FAULT])
{
    char text[NUMBER_MAX];
    bool is_price = role >= COLUMN_OPEN && role <= COLUMN_CLOSE;
    if ((is_price && number > 0) || (role == COLUMN_VOLUME && !(number < 0)) ||
        role == COLUMN_EXTRA)
        return true;
    number_to_text(number, text);
    snprintf(why, BAR_FAULT, is_price ? "%s is %s; prices are positive" : "%s is negative: %s",
             column_names[role], text);
    return false;
}

static bool outside(double x, double low, double high)
{
    return x < low || x > high; /* false where one is NaN, that is, absent */
}

bool bar_is_sound(const struct bar_values *bar, enum column_role *role, char why[BAR_FAULT])
{
    double low = bar->of[COLUMN_LOW], high = bar->of[COLUMN_HIGH];
    bool crossed = high < low, open_out = outside(bar->of[COLUMN_OPEN], low, high);
    char a[NUMBER_MAX], b[NUMBER_MAX], c[NUMBER_MAX];
    if (!crossed && !open_out && !outside(bar->of[COLUMN_CLOSE], low, high))
        return true;
    *role = crossed ? COLUMN_HIGH : open_out ? COLUMN_OPEN : COLUMN_CLOSE;
    number_to_text(low, a);
    number_to_text(high, b);
    number_to_text(bar->of[*role], c);
    if (crossed)
        snprintf(why, BAR_FAULT, "high %s is below low %s", b, a);
    else
        snprintf(why, BAR_FAULT, "%s %s is outside [low %s, high %s]", column_names[*role], c, a,
                 b);
    return false;
}
