/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of market data, applied to columns that were not read from text. */
#include "io/market/hdf5_bars.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "engine/base/failure.h"
#include "io/market/bar_sound.h"
#include "io/market/timestamp.h"

static void take_bar(const struct columns *columns, size_t i, struct bar_values *bar)
{
    for (int r = COLUMN_OPEN; r < COLUMN_ROLES; r++) {
        int k = columns->of_role[r];
        bar->of[r] = k < 0 ? (double)NAN : columns->items[k].values[i];
    }
}

/* What is wrong with bar i beyond doubt: a fault, or nothing. */
static bool bar_fault(const struct columns *columns, const struct bars *bars, size_t i,
                      int64_t last, char why[STAMP_WHY])
{
    struct bar_values bar;
    enum column_role role;
    char text[STAMP_TEXT];
    if (!stamp_in_range(bars->time[i])) {
        snprintf(why, STAMP_WHY, "its time is outside the years %d to %d", STAMP_FIRST_YEAR,
                 STAMP_LAST_YEAR);
        return true;
    }
    if (bars->time[i] <= last) {
        stamp_to_text(last, text);
        snprintf(why, STAMP_WHY, "its time is not after that of the bar before (%s)", text);
        return true;
    }
    for (size_t k = 0; k < columns->count; k++) {
        const struct column *column = &columns->items[k];
        if (!column->values)
            continue;
        if (isinf(column->values[i])) {
            snprintf(why, STAMP_WHY, "%.100s is infinite", column->name);
            return true;
        }
        if (!number_is_sound(column->role, column->values[i], why))
            return true;
    }
    take_bar(columns, i, &bar);
    return !bar_is_sound(&bar, &role, why);
}

static bool are_prices(const double *values, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; values && i < count; i++)
        wrong += !(values[i] > 0 && values[i] <= DBL_MAX);
    return !wrong;
}

static bool are_never_below(const double *values, const double *others, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; values && others && i < count; i++)
        wrong += values[i] < others[i];
    return !wrong;
}

static bool are_finite(const double *values, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; values && i < count; i++)
        wrong += fabs(values[i]) > DBL_MAX; /* NaN is undefined */
    return !wrong;
}

static bool are_volumes(const double *values, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; values && i < count; i++)
        wrong += (values[i] < 0) | (values[i] > DBL_MAX); /* NaN is an undefined volume */
    return !wrong;
}

/* Whether nothing at all is wrong, quickly; hdf5_bars_check says what is. */
static bool all_is_sound(const struct columns *columns, const struct bars *bars)
{
    const double *of[COLUMN_ROLES] = {NULL};
    size_t n = bars->count, wrong = 0;
    for (int role = COLUMN_OPEN; role < COLUMN_ROLES; role++)
        if (columns->of_role[role] >= 0)
            of[role] = columns->items[columns->of_role[role]].values;
    for (size_t i = 1; i < n; i++)
        wrong += bars->time[i] <= bars->time[i - 1];
    bool sound = !wrong && n && stamp_in_range(bars->time[0]) && stamp_in_range(bars->time[n - 1]);
    for (int role = COLUMN_OPEN; role <= COLUMN_CLOSE; role++)
        sound = sound && are_prices(of[role], n);
    for (size_t k = 0; k < columns->count && sound; k++)
        sound = columns->items[k].role != COLUMN_EXTRA || are_finite(columns->items[k].values, n);
    return sound && are_volumes(of[COLUMN_VOLUME], n) &&
           are_never_below(of[COLUMN_HIGH], of[COLUMN_LOW], n) &&
           are_never_below(of[COLUMN_HIGH], of[COLUMN_OPEN], n) &&
           are_never_below(of[COLUMN_HIGH], of[COLUMN_CLOSE], n) &&
           are_never_below(of[COLUMN_OPEN], of[COLUMN_LOW], n) &&
           are_never_below(of[COLUMN_CLOSE], of[COLUMN_LOW], n);
}

/* Checks all bars as the rows of a CSV are; under --repair drop the faulty ones go. */
admf_status hdf5_bars_check(struct columns *columns, const struct reading *reading,
                            struct bars *bars)
{
    char why[STAMP_WHY];
    size_t to = 0;
    if (all_is_sound(columns, bars))
        return ADMF_OK;
    for (size_t i = 0; i < bars->count; i++) {
        int64_t last = to ? bars->time[to - 1] : INT64_MIN;
        if (bar_fault(columns, bars, i, last, why)) {
            bars->rows_dropped++;
            if (!reading->source->repair_drop)
                report(reading->errors, ADMF_BAD_DATA, reading->source->path, 0, 0, 0,
                       "bar %zu: %s", i, why);
            continue;
        }
        bars->time[to] = bars->time[i];
        for (size_t k = 0; k < columns->count; k++)
            if (columns->items[k].values)
                columns->items[k].values[to] = columns->items[k].values[i];
        to++;
    }
    if (reading->errors->total)
        return ADMF_BAD_DATA;
    bars->count = to;
    return to ? ADMF_OK
              : report(reading->errors, ADMF_BAD_DATA, reading->source->path, 0, 0, 0,
                       "there are no bars in the file");
}
