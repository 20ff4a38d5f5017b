/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/periods.h"

/* Between two bars that may lie almost six centuries apart. */
static int64_t spacing_of(int64_t earlier, int64_t later)
{
    int64_t spacing;
    bool beyond = __builtin_sub_overflow(later, earlier, &spacing) || spacing > LONGEST_SPACING;
    return beyond ? LONGEST_SPACING : spacing;
}

int64_t bar_spacing(const int64_t *time, size_t count, bool dates)
{
    enum { LOOKED_AT = 100 };
    int64_t spacing[LOOKED_AT], best = 0;
    size_t n = count < LOOKED_AT ? count : LOOKED_AT, best_count = 0;
    for (size_t i = 1; i < n; i++) {
        spacing[i] = spacing_of(time[i - 1], time[i]);
        if (dates) /* local midnights may be 23 or 25 hours apart */
            spacing[i] = (spacing[i] + NS_PER_DAY / 2) / NS_PER_DAY * NS_PER_DAY;
    }
    for (size_t i = 1; i < n; i++) {
        size_t same = 0;
        for (size_t j = 1; j < n; j++)
            same += spacing[j] == spacing[i];
        if (same > best_count || (same == best_count && spacing[i] < best)) {
            best = spacing[i];
            best_count = same;
        }
    }
    return best;
}

/* Bars a year of bars of a day or longer; 0 where the length says nothing. */
static double long_bars_per_year(int64_t length, double days_per_year)
{
    if (length == NS_PER_DAY)
        return days_per_year;
    if (length == 7 * NS_PER_DAY)
        return 52;
    /* A month that a clock change lengthens or shortens is still one. */
    int64_t hour = 3600 * NS_PER_SECOND;
    return length >= 28 * NS_PER_DAY - hour && length <= 31 * NS_PER_DAY + hour ? 12 : 0;
}

bool bars_set_periods(struct bars *bars, const struct session *session, int64_t length,
                      double periods_per_year)
{
    bars->days_per_year = session->all_week ? 365 : 252;
    bars->bar_length = length ? length : NS_PER_DAY; /* a single bar is taken for a day */
    bars->daily_or_longer = bars->bar_length >= NS_PER_DAY;
    bars->expected_day = 0;
    if (!bars->daily_or_longer) {
        double seconds = (double)(session->close - session->open);
        bars->expected_day = seconds * (double)NS_PER_SECOND / (double)length;
        bars->bars_per_year = bars->expected_day * bars->days_per_year;
        return true;
    }
    bars->bars_per_year = length ? long_bars_per_year(length, bars->days_per_year) : 0;
    if (bars->bars_per_year > 0)
        return true;
    bars->bars_per_year = periods_per_year;
    return periods_per_year > 0;
}
