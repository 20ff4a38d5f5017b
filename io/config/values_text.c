/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/values_text.h"

#include <math.h>
#include <stdio.h>

#include "engine/catalog/catalog.h"
#include "io/config/decimal.h"

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
