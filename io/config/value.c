/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/values_text.h"

static bool in_range(const admf_param *param, double value)
{
    if (value < param->min || (value <= param->min && (param->flags & ADMF_OPEN_MIN)))
        return false;
    if (value > param->max || (value >= param->max && (param->flags & ADMF_OPEN_MAX)))
        return false;
    return param->type != ADMF_INT || fabs(value) < 0x1p53;
}

void value_subject(const admf_param *param, const char *owner, char out[SUBJECT_MAX])
{
    snprintf(out, SUBJECT_MAX, "'%s'%s%.120s", param->name, *owner ? " of " : "", owner);
}

bool value_accept(struct reader *reader, struct place place, const admf_param *param,
                  const char *owner, double value)
{
    char who[SUBJECT_MAX], range[RANGE_TEXT_MAX], text[NUMBER_MAX];
    if (in_range(param, value) && (param->type != ADMF_INT || value == floor(value)))
        return true;
    value_subject(param, owner, who);
    range_text(param, range);
    number_to_text(value, text);
    if (param->type == ADMF_INT && value != floor(value)) {
        complain(reader, place, "%s must be a whole number, not %s", who, text);
    } else if ((param->flags & ADMF_FRACTION) && value >= param->max) {
        char fraction[NUMBER_MAX];
        number_to_text(value / 100, fraction);
        complain(reader, place, "%s is %s; it must be %s: fractions, not percent (%s %% is %s)",
                 who, text, range, text, fraction);
    } else {
        complain(reader, place, "%s is %s; it must be %s%s%s%s", who, text, range,
                 *param->unit ? " (" : "", param->unit, *param->unit ? ")" : "");
    }
    return false;
}

static bool is_off(const struct yaml_node *node, const admf_param *param)
{
    return node->kind == NODE_TEXT && (param->flags & ADMF_CAN_BE_OFF) &&
           strcmp(node->text, "off") == 0;
}

/* A word that is none of the parameter's. */
static void complain_word(struct reader *reader, const struct yaml_node *node,
                          const admf_param *param, const char *who)
{
    char what[SUBJECT_MAX + 128];
    struct candidates candidates = {.count = 0};
    candidates_add_words(&candidates, reader, param->words);
    if (param->flags & ADMF_CAN_BE_OFF)
        candidates_add(&candidates, "off");
    snprintf(what, sizeof what, "value '%.100s' for %s", node->text, who);
    complain_unknown(reader, node->place, what, node->text, &candidates, NULL);
}

static bool read_word_value(struct reader *reader, const struct yaml_node *node,
                            const admf_param *param, const char *owner, double *value)
{
    char who[SUBJECT_MAX], description[DESCRIPTION_MAX];
    double number;
    bool boolean;
    value_subject(param, owner, who);
    if (node->kind != NODE_TEXT || node_is_null(node) || node_is_number(node, &number) ||
        node_is_boolean(node, &boolean)) {
        describe_node(node, description);
        complain(reader, node->place, "%s must be a word (%s), not %s", who, param->words,
                 description);
        return false;
    }
    int word = strlen(node->text) == node->length ? catalog_find_word(param, node->text) : -1;
    if (word < 0) {
        complain_word(reader, node, param, who);
        return false;
    }
    *value = word;
    return true;
}

static bool read_number_value(struct reader *reader, const struct yaml_node *node,
                              const admf_param *param, const char *owner, double *value)
{
    char who[SUBJECT_MAX], description[DESCRIPTION_MAX];
    double number;
    if (node_is_number(node, &number)) {
        *value = number == 0 ? 0 : number; /* no -0: it would print */
        return value_accept(reader, node->place, param, owner, number);
    }
    value_subject(param, owner, who);
    describe_node(node, description);
    const char *kind = param->type == ADMF_INT ? "a whole number" : "a number";
    const char *or_off = param->flags & ADMF_CAN_BE_OFF ? " or off" : "";
    if (node->kind == NODE_TEXT && !node->plain &&
        number_from_text(node->text, node->length, &number))
        complain(reader, node->place,
                 "%s must be %s%s; '%.40s' in quotes is text: remove the quotes", who, kind, or_off,
                 node->text);
    else if (node->kind == NODE_TEXT && node->length && node->plain &&
             (strchr("0123456789", node->text[0]) || strstr(node->text, "nan") ||
              strstr(node->text, "inf")))
        complain(reader, node->place, "%s must be %s%s; %s is no finite decimal number", who, kind,
                 or_off, description);
    else
        complain(reader, node->place, "%s must be %s%s, not %s", who, kind, or_off, description);
    return false;
}

bool value_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                const char *owner, double *value)
{
    char who[SUBJECT_MAX], description[DESCRIPTION_MAX];
    bool boolean;
    if (is_off(node, param)) {
        *value = NAN;
        return true;
    }
    switch (param->type) {
    case ADMF_WORD:
        return read_word_value(reader, node, param, owner, value);
    case ADMF_BOOL:
        if (node_is_boolean(node, &boolean)) {
            *value = boolean;
            return true;
        }
        value_subject(param, owner, who);
        describe_node(node, description);
        complain(reader, node->place, "%s must be true or false, not %s", who, description);
        return false;
    default:
        return read_number_value(reader, node, param, owner, value);
    }
}
