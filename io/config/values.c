/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/config/decimal.h"

/* The largest number of values of a linspace or logspace: beyond it neighbours coincide. */
static const int64_t STEPS_MAX = INT64_C(1) << 53;

double values_get(const struct values *values, size_t index)
{
    int64_t k = (int64_t)index, n = (int64_t)values->count - 1;
    switch (values->form) {
    case VALUES_RANGE:
        return scaled_to_double(values->start + k * values->step, values->scale);
    case VALUES_LINSPACE:
        if (k == 0 || k == n)
            return k ? values->to : values->from;
        return ratio_to_double((__int128)values->from_scaled * (n - k) +
                                   (__int128)values->to_scaled * k,
                               n, values->scale);
    case VALUES_LOGSPACE:
        if (k == 0 || k == n)
            return k ? values->to : values->from;
        return power_between((struct decimal){values->from_scaled, -values->scale},
                             (struct decimal){values->to_scaled, -values->to_scale}, k, n);
    default:
        return values->list[index];
    }
}

void range_text(const admf_param *param, char out[RANGE_TEXT_MAX])
{
    char low[NUMBER_MAX], high[NUMBER_MAX];
    number_to_text(param->min, low);
    number_to_text(param->max, high);
    bool bounded = isfinite(param->max) && param->max < 0x1p53 - 1;
    if (isfinite(param->min) && bounded)
        snprintf(out, RANGE_TEXT_MAX, "in %c%s, %s%c", param->flags & ADMF_OPEN_MIN ? '(' : '[',
                 low, high, param->flags & ADMF_OPEN_MAX ? ')' : ']');
    else if (isfinite(param->min))
        snprintf(out, RANGE_TEXT_MAX, "%s %s", param->flags & ADMF_OPEN_MIN ? "above" : "at least",
                 low);
    else if (bounded)
        snprintf(out, RANGE_TEXT_MAX, "%s %s", param->flags & ADMF_OPEN_MAX ? "below" : "at most",
                 high);
    else
        snprintf(out, RANGE_TEXT_MAX, "any finite number");
}

static bool in_range(const admf_param *param, double value)
{
    if (value < param->min || (value <= param->min && (param->flags & ADMF_OPEN_MIN)))
        return false;
    if (value > param->max || (value >= param->max && (param->flags & ADMF_OPEN_MAX)))
        return false;
    return param->type != ADMF_INT || fabs(value) < 0x1p53;
}

enum { SUBJECT_MAX = 200 };

/* "'stop_loss'" or "'period' of strategy 'rsi_bands'". */
static void subject(const admf_param *param, const char *owner, char out[SUBJECT_MAX])
{
    snprintf(out, SUBJECT_MAX, "'%s'%s%.120s", param->name, *owner ? " of " : "", owner);
}

/* Whether a number fits the parameter; if not, says so. */
static bool accept_number(struct reader *reader, struct place place, const admf_param *param,
                          const char *owner, double value)
{
    char who[SUBJECT_MAX], range[RANGE_TEXT_MAX], text[NUMBER_MAX];
    if (in_range(param, value) && (param->type != ADMF_INT || value == floor(value)))
        return true;
    subject(param, owner, who);
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
    subject(param, owner, who);
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
        return accept_number(reader, node->place, param, owner, number);
    }
    subject(param, owner, who);
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
        subject(param, owner, who);
        describe_node(node, description);
        complain(reader, node->place, "%s must be true or false, not %s", who, description);
        return false;
    default:
        return read_number_value(reader, node, param, owner, value);
    }
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    if (isnan(value))
        value = NAN;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Reports every value of the list that stands in it before; by a table of first positions. */
static bool refuse_duplicates(struct reader *reader, const struct yaml_node *list,
                              const struct values *values, const char *who)
{
    size_t size = 16;
    while (size < 2 * values->count)
        size *= 2;
    size_t *table = memory_new(size, sizeof *table); /* position + 1 */
    bool unique = true;
    if (!table) {
        reader->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < values->count; i++) {
        uint64_t bits = bits_of(values->list[i]);
        size_t slot = (bits * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (size - 1);
        while (table[slot] && bits_of(values->list[table[slot] - 1]) != bits)
            slot = (slot + 1) & (size - 1);
        if (!table[slot]) {
            table[slot] = i + 1;
            continue;
        }
        const struct yaml_node *first = list->items[table[slot] - 1];
        complain(reader, list->items[i]->place,
                 "duplicated value %.40s of %s; it is %.40s in line %d, column %d already",
                 list->items[i]->text, who, first->text, first->place.line, first->place.column);
        unique = false;
    }
    memory_free(table);
    return unique;
}

static bool read_list(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                      const char *owner, struct values *values)
{
    char who[SUBJECT_MAX];
    bool good = true;
    subject(param, owner, who);
    if (node->count == 0) {
        complain(reader, node->place, "%s has an empty list; give at least one value", who);
        return false;
    }
    values->form = VALUES_LIST;
    values->count = node->count;
    values->list = reader_new(reader, node->count, sizeof *values->list);
    values->places = reader_new(reader, node->count, sizeof *values->places);
    if (!values->list || !values->places)
        return false;
    for (size_t i = 0; i < node->count; i++) {
        values->places[i] = node->items[i]->place;
        good = value_read(reader, node->items[i], param, owner, &values->list[i]) && good;
    }
    return good && refuse_duplicates(reader, node, values, who);
}

/* A number of a range as a decimal. */
static bool read_decimal(struct reader *reader, const struct yaml_node *node, const char *what,
                         struct decimal *decimal)
{
    char description[DESCRIPTION_MAX];
    double number;
    describe_node(node, description);
    if (!node_is_number(node, &number)) {
        complain(reader, node->place, "'%s' must be a number, not %s", what, description);
        return false;
    }
    if (!decimal_from_text(node->text, node->length, decimal)) {
        complain(reader, node->place, "'%s' has more than %d digits", what, DECIMAL_DIGITS_MAX);
        return false;
    }
    return true;
}

static bool complain_digits(struct reader *reader, const struct yaml_node *node)
{
    complain(reader, node->place,
             "these numbers lie too far apart: together they need more than %d digits",
             DECIMAL_DIGITS_MAX);
    return false;
}

/* Both ends in range, and neighbours apart: what lies between is then in range and apart too. */
static bool accept_ends(struct reader *reader, const struct yaml_node *node,
                        const admf_param *param, const char *owner, struct values *values)
{
    size_t last = values->count - 1;
    if (!accept_number(reader, node->place, param, owner, values_get(values, 0)) ||
        !accept_number(reader, node->place, param, owner, values_get(values, last)))
        return false;
    if (last > 0 && (values_get(values, 0) == values_get(values, 1) ||
                     values_get(values, last) == values_get(values, last - 1))) {
        complain(reader, node->place,
                 "the values are not distinct: fewer of them, or ends further apart");
        return false;
    }
    return true;
}

static bool read_range(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                       const char *owner, struct values *values)
{
    static const char *const names[] = {"start", "stop", "step"};
    struct decimal decimals[3];
    int64_t scaled[3];
    bool good = true;
    for (int i = 0; i < 3; i++) {
        const struct yaml_node *item = yaml_get(node, names[i]);
        if (!item)
            complain(reader, node->place, "missing key '%s' of the range {start, stop, step}",
                     names[i]);
        good = item && read_decimal(reader, item, names[i], &decimals[i]) && good;
    }
    if (!good)
        return false;
    if (!decimals_to_scale(decimals, 3, scaled, &values->scale))
        return complain_digits(reader, node);
    int64_t start = scaled[0], stop = scaled[1], step = scaled[2];
    const struct yaml_node *written = yaml_get(node, "step");
    if (step == 0) {
        complain(reader, written->place, "'step' is 0; the range would never reach its stop");
        return false;
    }
    if (stop != start && (stop > start) != (step > 0)) {
        complain(reader, written->place, "'step' has the wrong sign: from %s to %s it must be %s",
                 yaml_get(node, "start")->text, yaml_get(node, "stop")->text,
                 stop > start ? "positive" : "negative");
        return false;
    }
    values->form = VALUES_RANGE;
    values->start = start;
    values->step = step;
    values->to_scaled = stop;
    values->count = (size_t)((stop - start) / step) + 1;
    int64_t unit = 1;
    for (int i = 0; i < values->scale; i++)
        unit *= 10;
    if (param->type == ADMF_INT && values->count > 1 && step % unit != 0) {
        char who[SUBJECT_MAX];
        subject(param, owner, who);
        complain(reader, written->place, "%s takes whole numbers; 'step' is %s", who,
                 written->text);
        return false;
    }
    return accept_ends(reader, node, param, owner, values);
}

/* All values of an integer parameter are whole; a progression that is not fails early. */
static bool accept_whole(struct reader *reader, const struct yaml_node *node,
                         const admf_param *param, const char *owner, const struct values *values)
{
    for (size_t k = 0; param->type == ADMF_INT && k < values->count; k++) {
        double value = values_get(values, k);
        if (value != floor(value))
            return accept_number(reader, node->place, param, owner, value);
        if (values->form == VALUES_LINSPACE && k == 1)
            break; /* a whole step; the last value is checked as an end */
    }
    return true;
}

static bool read_space(struct reader *reader, const struct yaml_node *list, const admf_param *param,
                       const char *owner, bool logarithmic, struct values *values)
{
    const char *form = logarithmic ? "logspace" : "linspace";
    struct decimal ends[2], count;
    double from, to, steps;
    if (list->kind != NODE_LIST || list->count != 3) {
        complain(reader, list->place, "'%s' takes a list of three: [first, last, number of values]",
                 form);
        return false;
    }
    if (!read_decimal(reader, list->items[0], "first", &ends[0]) ||
        !read_decimal(reader, list->items[1], "last", &ends[1]) ||
        !read_decimal(reader, list->items[2], "number of values", &count))
        return false;
    node_is_number(list->items[0], &from);
    node_is_number(list->items[1], &to);
    node_is_number(list->items[2], &steps);
    if (steps != floor(steps) || steps < 2 || steps > (double)STEPS_MAX) {
        complain(reader, list->items[2]->place,
                 "the number of values of a %s is %s; it must be a whole number, at least 2", form,
                 list->items[2]->text);
        return false;
    }
    if (from == to) {
        complain(reader, list->items[1]->place, "both ends of the %s are %s; give the value alone",
                 form, list->items[1]->text);
        return false;
    }
    values->count = (size_t)steps;
    values->from = from;
    values->to = to;
    if (logarithmic) {
        values->form = VALUES_LOGSPACE;
        for (int i = 0; i < 2; i++)
            if (ends[i].digits <= 0) {
                complain(reader, list->items[i]->place, "a logspace needs ends above 0, not %s",
                         list->items[i]->text);
                return false;
            }
        values->from_scaled = ends[0].digits;
        values->scale = -ends[0].exponent;
        values->to_scaled = ends[1].digits;
        values->to_scale = -ends[1].exponent;
    } else {
        int64_t scaled[2];
        values->form = VALUES_LINSPACE;
        if (!decimals_to_scale(ends, 2, scaled, &values->scale))
            return complain_digits(reader, list);
        values->from_scaled = scaled[0];
        values->to_scaled = scaled[1];
        values->to_scale = values->scale;
    }
    return accept_ends(reader, list, param, owner, values) &&
           accept_whole(reader, list, param, owner, values);
}

static bool read_progression(struct reader *reader, const struct yaml_node *node,
                             const admf_param *param, const char *owner, struct values *values)
{
    static const char *const keys[] = {"start", "stop", "step", "linspace", "logspace"};
    struct candidates candidates = {.count = 0};
    char who[SUBJECT_MAX];
    bool known = true;
    subject(param, owner, who);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        candidates_add(&candidates, keys[i]);
    if (param->type == ADMF_WORD || param->type == ADMF_BOOL) {
        complain(reader, node->place, "%s takes words; a range has numbers", who);
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        bool found = false;
        for (size_t j = 0; j < sizeof keys / sizeof *keys; j++)
            found = found || strcmp(node->keys[i]->text, keys[j]) == 0;
        if (!found) {
            complain_unknown_key(reader, node->keys[i], who, &candidates, node);
            known = false;
        }
    }
    const struct yaml_node *linear = yaml_get(node, "linspace");
    const struct yaml_node *logarithmic = yaml_get(node, "logspace");
    if (!known)
        return false;
    if ((linear || logarithmic) && node->count > 1) {
        complain(reader, node->place, "'%s' stands alone: no further keys beside it",
                 linear ? "linspace" : "logspace");
        return false;
    }
    if (linear || logarithmic)
        return read_space(reader, linear ? linear : logarithmic, param, owner, !linear, values);
    return read_range(reader, node, param, owner, values);
}

bool values_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                 const char *owner, bool grid, struct values *values)
{
    memset(values, 0, sizeof *values);
    values->place = node->place;
    if (node->kind != NODE_TEXT && !grid) {
        char who[SUBJECT_MAX], description[DESCRIPTION_MAX];
        subject(param, owner, who);
        describe_node(node, description);
        complain(reader, node->place, "%s takes a single value here, not %s", who, description);
        return false;
    }
    if (node->kind == NODE_LIST)
        return read_list(reader, node, param, owner, values);
    if (node->kind == NODE_MAP)
        return read_progression(reader, node, param, owner, values);
    values->form = VALUES_ONE;
    values->count = 1;
    values->list = reader_new(reader, 1, sizeof *values->list);
    values->places = reader_new(reader, 1, sizeof *values->places);
    if (!values->list || !values->places)
        return false;
    values->places[0] = node->place;
    return value_read(reader, node, param, owner, values->list);
}

void value_to_text(const admf_param *param, double value, struct text *text)
{
    char digits[NUMBER_MAX];
    size_t length;
    if (isnan(value)) {
        text_add(text, "off");
    } else if (param->type == ADMF_WORD) {
        const char *word = catalog_word(param, (int)value, &length);
        if (word)
            text_append(text, word, length);
    } else if (param->type == ADMF_BOOL) {
        text_add(text, value != 0 ? "true" : "false");
    } else {
        number_to_text(value, digits);
        text_add(text, digits);
    }
}

static void decimal_to_text(int64_t digits, int scale, struct text *text)
{
    text_format(text, scale ? "%llde%d" : "%lld", (long long)digits, -scale);
}

void values_to_text(const admf_param *param, const struct values *values, struct text *text)
{
    char start[32], stop[32], step[32];
    switch (values->form) {
    case VALUES_RANGE:
        scaled_to_text(values->start, values->scale, start);
        scaled_to_text(values->to_scaled, values->scale, stop);
        scaled_to_text(values->step, values->scale, step);
        text_format(text, "{start: %s, stop: %s, step: %s}", start, stop, step);
        break;
    case VALUES_LINSPACE:
        scaled_to_text(values->from_scaled, values->scale, start);
        scaled_to_text(values->to_scaled, values->scale, stop);
        text_format(text, "{linspace: [%s, %s, %zu]}", start, stop, values->count);
        break;
    case VALUES_LOGSPACE:
        text_add(text, "{logspace: [");
        decimal_to_text(values->from_scaled, values->scale, text);
        text_add(text, ", ");
        decimal_to_text(values->to_scaled, values->to_scale, text);
        text_format(text, ", %zu]}", values->count);
        break;
    case VALUES_LIST:
        text_add(text, "[");
        for (size_t i = 0; i < values->count; i++) {
            text_add(text, i ? ", " : "");
            value_to_text(param, values->list[i], text);
        }
        text_add(text, "]");
        break;
    default:
        value_to_text(param, values->list[0], text);
    }
}
