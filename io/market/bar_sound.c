/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/bar_sound.h"

#include <stdio.h>

#include "engine/base/text.h"

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
