/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/reader.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/catalog/patterns.h"
#include "io/config/decimal.h"

char *text_of(struct reader *reader, const struct yaml_node *node, const char *what)
{
    char description[DESCRIPTION_MAX];
    double number;
    bool boolean;
    if (node->kind == NODE_TEXT &&
        (node_is_number(node, &number) || node_is_boolean(node, &boolean))) {
        complain(reader, node->place, "'%s' must be text; put it in quotes: '%.100s'", what,
                 node->text);
        return NULL;
    }
    if (node->kind != NODE_TEXT || node_is_null(node)) {
        describe_node(node, description);
        complain(reader, node->place, "'%s' must be text, not %s", what, description);
        return NULL;
    }
    if (node->length == 0) {
        complain(reader, node->place, "'%s' is empty", what);
        return NULL;
    }
    return reader_text(reader, node->text, node->length);
}

bool read_text(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    if (!found->value[key])
        return false;
    char *text = text_of(reader, found->value[key], schema_rows[key].name);
    if (text)
        *out = text;
    return text != NULL;
}

bool is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    for (const char *p = text; *p; p++)
        if (!(isalnum((unsigned char)*p) || *p == '_') || (unsigned char)*p >= 0x80)
            return false;
    return !strstr(text, "__");
}

bool read_name(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    static const char *const reserved[] = {"risk",     "execution",  "symbol", "window",
                                           "strategy", "classifier", "block"};
    char *name = NULL;
    if (!read_text(reader, found, key, &name))
        return false;
    struct place place = found->value[key]->place;
    if (!is_name(name)) {
        complain(reader, place,
                 "'%.100s' is not a name: letters, digits and single underscores, no digit first",
                 name);
        return false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0) {
            complain(reader, place, "the name '%s' is reserved; choose another", name);
            return false;
        }
    *out = name;
    return true;
}

bool read_word(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    char *word = NULL, what[256];
    if (!found->value[key])
        return false;
    struct candidates candidates = {.count = 0};
    candidates_add_words(&candidates, reader, schema_rows[key].words);
    word = text_of(reader, found->value[key], schema_rows[key].name);
    if (!word)
        return false;
    for (size_t i = 0; i < candidates.count; i++)
        if (strcmp(candidates.names[i], word) == 0) {
            *out = word;
            return true;
        }
    bool workflow = schema_rows[key].section == SECTION_workflow;
    snprintf(what, sizeof what, "%s%s '%.100s'", workflow ? "workflow." : "", schema_rows[key].name,
             word);
    complain_unknown(reader, found->value[key]->place, what, word, &candidates, NULL);
    return false;
}

bool read_boolean(struct reader *reader, const struct found *found, enum schema_key key, bool *out)
{
    char description[DESCRIPTION_MAX];
    bool value;
    if (!found->value[key])
        return false;
    if (node_is_boolean(found->value[key], &value)) {
        *out = value;
        return true;
    }
    describe_node(found->value[key], description);
    complain(reader, found->value[key]->place, "'%s' must be true or false, not %s",
             schema_rows[key].name, description);
    return false;
}

static void complain_number(struct reader *reader, const struct yaml_node *node, const char *what,
                            const char *kind)
{
    char description[DESCRIPTION_MAX];
    double number;
    describe_node(node, description);
    if (node->kind == NODE_TEXT && !node->plain &&
        number_from_text(node->text, node->length, &number))
        complain(reader, node->place,
                 "'%s' must be %s; '%.40s' in quotes is text: remove the quotes", what, kind,
                 node->text);
    else
        complain(reader, node->place, "'%s' must be %s, not %s", what, kind, description);
}

bool read_number(struct reader *reader, const struct found *found, enum schema_key key, double *out)
{
    const struct schema_row *row = &schema_rows[key];
    const struct yaml_node *node = found->value[key];
    double number;
    if (!node)
        return false;
    if (!node_is_number(node, &number)) {
        complain_number(reader, node, row->name, "a number");
        return false;
    }
    if (number < row->min || number > row->max ||
        ((row->flags & KEY_OPEN_MIN) && number <= row->min)) {
        complain(reader, node->place, "'%s' is %s; it must be %s %g", row->name, node->text,
                 row->flags & KEY_OPEN_MIN ? "above" : "at least", row->min);
        return false;
    }
    *out = number;
    return true;
}

bool read_whole(struct reader *reader, const struct found *found, enum schema_key key,
                uint64_t *out)
{
    const struct schema_row *row = &schema_rows[key];
    const struct yaml_node *node = found->value[key];
    struct decimal decimal;
    int64_t whole;
    double number;
    if (!node)
        return false;
    if (!node_is_number(node, &number)) {
        complain_number(reader, node, row->name, "a whole number");
        return false;
    }
    if (number != floor(number)) {
        complain(reader, node->place, "'%s' must be a whole number, not %s", row->name, node->text);
        return false;
    }
    int scale;
    bool fits = false;
    if (decimal_from_text(node->text, node->length, &decimal)) {
        fits = decimals_to_scale(&decimal, 1, &whole, &scale) && scale == 0;
    } else {
        /* 19 digits: beyond a decimal, within 63 bits. */
        uint64_t big = 0;
        fits = number > 0;
        for (const char *p = node->text + (*node->text == '+'); *p && fits; p++)
            fits = *p == '_' || (*p >= '0' && *p <= '9' && !__builtin_mul_overflow(big, 10, &big) &&
                                 !__builtin_add_overflow(big, (uint64_t)(*p - '0'), &big));
        fits = fits && big <= INT64_MAX;
        whole = (int64_t)big;
    }
    if (!fits || (double)whole < row->min || (double)whole > row->max) {
        if (row->max > 1e18)
            complain(reader, node->place, "'%s' is %s; it must be at least %.0f and below 2^63",
                     row->name, node->text, row->min);
        else
            complain(reader, node->place, "'%s' is %s; it must be in [%.0f, %.0f]", row->name,
                     node->text, row->min, row->max);
        return false;
    }
    *out = (uint64_t)whole;
    return true;
}

bool read_pattern(struct reader *reader, const struct found *found, enum schema_key key, char **out)
{
    char *name = NULL, what[256];
    if (!read_text(reader, found, key, &name))
        return false;
    const admf_pattern *pattern = pattern_find(name);
    if (pattern && pattern_is_base(pattern)) {
        *out = name;
        return true;
    }
    struct candidates candidates = {.count = 0};
    size_t count;
    const admf_pattern *patterns = admf_patterns(&count);
    for (size_t i = 0; i < count; i++)
        if (pattern_is_base(&patterns[i]))
            candidates_add(&candidates, patterns[i].name);
    bool workflow = schema_rows[key].section == SECTION_workflow;
    snprintf(what, sizeof what, "%s%s '%.100s'", workflow ? "workflow." : "", schema_rows[key].name,
             name);
    complain_unknown(reader, found->value[key]->place, what, name, &candidates, NULL);
    return false;
}

bool read_metric(struct reader *reader, const struct found *found, enum schema_key key, int *out)
{
    char *name = NULL, what[256];
    if (!read_text(reader, found, key, &name))
        return false;
    int metric = catalog_find_metric(name);
    if (metric >= 0) {
        *out = metric;
        return true;
    }
    struct candidates candidates = {.count = 0};
    for (int i = 0; i < METRIC_COUNT; i++)
        candidates_add(&candidates, catalog_metrics[i].name);
    snprintf(what, sizeof what, "metric '%.100s'", name);
    complain_unknown(reader, found->value[key]->place, what, name, &candidates, NULL);
    return false;
}
