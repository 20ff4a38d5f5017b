/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/progression.h"

#include <math.h>
#include <string.h>

#include "io/config/decimal.h"
#include "io/config/value.h"

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
    if (!value_accept(reader, node->place, param, owner, values_get(values, 0)) ||
        !value_accept(reader, node->place, param, owner, values_get(values, last)))
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
        value_subject(param, owner, who);
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
            return value_accept(reader, node->place, param, owner, value);
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

bool progression_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                      const char *owner, struct values *values)
{
    static const char *const keys[] = {"start", "stop", "step", "linspace", "logspace"};
    struct candidates candidates = {.count = 0};
    char who[SUBJECT_MAX];
    bool known = true;
    value_subject(param, owner, who);
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
