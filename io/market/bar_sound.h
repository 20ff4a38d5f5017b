/* SPDX-License-Identifier: Apache-2.0 */
/* What the numbers of a bar may be, whatever file they come from. */
#ifndef ADMF_IO_MARKET_BAR_SOUND_H
#define ADMF_IO_MARKET_BAR_SOUND_H

#include "io/market/columns.h"

struct bar_values {
    double of[COLUMN_ROLES]; /* by role, NaN where absent; the timestamp's is unused */
};
enum { BAR_FAULT = 200 };
/*
 * Whether the relations between a bar's numbers hold. If not, `why` says which one does not, and
 * *role is the column it is seen in: high, open or close.
 */
bool bar_is_sound(const struct bar_values *bar, enum column_role *role, char why[BAR_FAULT]);
/* Whether one number alone may stand in a column; if not, `why` says what is wrong with it. */
bool number_is_sound(enum column_role role, double number, char why[BAR_FAULT]);

#endif
