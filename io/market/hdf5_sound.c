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

/* How many of some values break a rule. */
static size_t no_prices(const double *values, size_t count)
{
    size_t wrong = 0;
#pragma omp simd reduction(+ : wrong)
    for (size_t i = 0; i < count; i++)
        wrong += !(values[i] > 0 && values[i] <= DBL_MAX);
    return wrong;
}

static size_t below(const double *values, const double *others, size_t count)
{
    size_t wrong = 0;
#pragma omp simd reduction(+ : wrong)
    for (size_t i = 0; i < count; i++)
        wrong += values[i] < others[i];
    return wrong;
}

/* NaN is undefined. */
static size_t infinite(const double *values, size_t count)
{
    size_t wrong = 0;
#pragma omp simd reduction(+ : wrong)
    for (size_t i = 0; i < count; i++)
        wrong += fabs(values[i]) > DBL_MAX;
    return wrong;
}

/* NaN is an undefined volume. */
static size_t no_volumes(const double *values, size_t count)
{
    size_t wrong = 0;
#pragma omp simd reduction(+ : wrong)
    for (size_t i = 0; i < count; i++)
        wrong += (values[i] < 0) | (values[i] > DBL_MAX);
    return wrong;
}

static size_t not_after(const int64_t *time, size_t count)
{
    size_t wrong = 0;
#pragma omp simd reduction(+ : wrong)
    for (size_t i = 1; i < count; i++)
        wrong += time[i] <= time[i - 1];
    return wrong;
}

static const double *from(const double *values, size_t begin)
{
    return values ? values + begin : NULL;
}

/* Rules broken by bars begin … begin+count-1, beside those of time. */
static size_t broken_rules(const struct columns *columns, size_t begin, size_t count)
{
    const double *of[COLUMN_ROLES] = {NULL};
    size_t wrong = 0;
    for (size_t k = 0; k < columns->count; k++) {
        const struct column *column = &columns->items[k];
        if (column->role == COLUMN_EXTRA && column->values)
            wrong += infinite(column->values + begin, count);
    }
    for (int role = COLUMN_OPEN; role < COLUMN_ROLES; role++)
        if (columns->of_role[role] >= 0)
            of[role] = from(columns->items[columns->of_role[role]].values, begin);
    const double *open = of[COLUMN_OPEN], *high = of[COLUMN_HIGH], *low = of[COLUMN_LOW],
                 *close = of[COLUMN_CLOSE];
    for (int role = COLUMN_OPEN; role <= COLUMN_CLOSE; role++)
        wrong += of[role] ? no_prices(of[role], count) : 0;
    wrong += of[COLUMN_VOLUME] ? no_volumes(of[COLUMN_VOLUME], count) : 0;
    wrong += high && low ? below(high, low, count) : 0;
    wrong += high && open ? below(high, open, count) : 0;
    wrong += high && close ? below(high, close, count) : 0;
    wrong += open && low ? below(open, low, count) : 0;
    wrong += close && low ? below(close, low, count) : 0;
    return wrong;
}

/* Whether nothing at all is wrong, quickly: each column comes from memory once.
 * hdf5_bars_check says what is. */
static bool all_is_sound(const struct columns *columns, const struct bars *bars)
{
    enum { NEAR = 1024 }; /* bars whose columns stay in a near cache */
    size_t n = bars->count;
    if (!n || !stamp_in_range(bars->time[0]) || !stamp_in_range(bars->time[n - 1]) ||
        not_after(bars->time, n))
        return false;
    for (size_t i = 0; i < n; i += NEAR)
        if (broken_rules(columns, i, n - i < NEAR ? n - i : NEAR))
            return false;
    return true;
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
