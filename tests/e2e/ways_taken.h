/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of kernels that counts which way portfolios and signals go, by what the groups have.
 * For one thread at a time.
 */
#ifndef ADMF_TESTS_WAYS_TAKEN_H
#define ADMF_TESTS_WAYS_TAKEN_H

#include <math.h>

#include "kernels/table.h"

/* Features of a group that has jumped through a tile: NAME, CONDITION over shape, group, tile. */
#define JUMPED_WITH(WITH)                                                                          \
    WITH(anything, true)                                                                           \
    WITH(stops_and_targets, shape->has_exits)                                                      \
    WITH(trailing_stops, shape->has_trail)                                                         \
    WITH(orders_again, orders_again(shape))                                                        \
    WITH(holding, shape->has_holding)                                                              \
    WITH(flat_at, shape->flat_at)                                                                  \
    WITH(block_entries, shape->block_entries)                                                      \
    WITH(by_regime, shape->by_regime)                                                              \
    WITH(next_open, shape->fill == FILL_NEXT_OPEN)                                                 \
    WITH(close, shape->fill == FILL_CLOSE)                                                         \
    WITH(next_close, shape->fill == FILL_NEXT_CLOSE)                                               \
    WITH(shorts, shape->allow_short)                                                               \
    WITH(no_shorts, !shape->allow_short)                                                           \
    WITH(fixed_value, shape->size_type == SIZE_FIXED_VALUE)                                        \
    WITH(fixed_units, shape->size_type == SIZE_FIXED_UNITS)                                        \
    WITH(volatility_target, shape->size_type == SIZE_VOLATILITY_TARGET)                            \
    WITH(atr_risk, shape->size_type == SIZE_ATR_RISK)                                              \
    WITH(strength, shape->scale_by_strength)                                                       \
    WITH(lots, shape->has_lot)                                                                     \
    WITH(leverage, group->risk[0][RISK_leverage] > 1)                                              \
    WITH(fees_of_value, group->execution[0][EXECUTION_fee_rate] > 0)                               \
    WITH(fees_of_order, group->execution[0][EXECUTION_fee_fixed] > 0)                              \
    WITH(slippage, group->execution[0][EXECUTION_slippage] > 0)                                    \
    WITH(no_costs, !shape->has_costs)                                                              \
    WITH(fees_on_top, !shape->fee_in_cash)                                                         \
    WITH(limits, shape->has_limits)                                                                \
    WITH(clipping_limits, shape->has_limits && shape->on_breach == BREACH_CLIP)                    \
    WITH(cooldown, shape->has_cooldown)                                                            \
    WITH(close_at_end, shape->close_at_end && tile->last)                                          \
    WITH(every_bar_sampled, tile->samples == tile->end - tile->begin)                              \
    WITH(few_bars_sampled, tile->samples * 4 < tile->end - tile->begin)                            \
    WITH(sampled_blocks, group->blocks != NULL)                                                    \
    WITH(orders_that_wait, any_lane(group->state->pending))

enum jumped_with {
#define WITH(name, condition) JUMPED_WITH_##name,
    JUMPED_WITH(WITH)
#undef WITH
        JUMPED_WITH_COUNT
};

static struct {
    uint64_t groups; /* that could have jumped, tile by tile */
    uint64_t jumped[JUMPED_WITH_COUNT];
    uint64_t reversals;           /* orders of lanes that jump */
    uint64_t exits, bankruptcies; /* tiles in which lanes that jump meet one */
    uint64_t watchful, halted;    /* tiles with halts and nothing else; with a halt in them */
    uint64_t coded[STRATEGY_COUNT];
} taken;

static const char *const jumped_with_names[] = {
#define WITH(name, condition) #name,
    JUMPED_WITH(WITH)
#undef WITH
};

static const struct kernel_table *counted_kernels;

static bool any_lane(const double *lanes)
{
    bool any = false;
    for (int l = 0; l < LANES; l++)
        any = any || lanes[l] != 0;
    return any;
}

static double sum_of(const double *a, const double *b)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += a[l] + b[l];
    return sum;
}

static uint64_t reversals_of(const struct portfolio_lanes *before,
                             const struct event_scratch *scratch)
{
    uint64_t reversals = 0;
    for (int l = 0; l < LANES; l++)
        for (size_t k = 1; before->alive[l] != 0 && k < scratch->count[l]; k++)
            reversals += scratch->event[k - 1].direction[l] * scratch->event[k].direction[l] < 0;
    return reversals;
}

static bool counted_events(const struct lane_tile *tile, struct lane_group *group,
                           struct event_scratch *scratch)
{
    const struct portfolio_lanes before = *group->state, *after = group->state;
    const struct shape *shape = &group->shape;
    taken.groups += can_jump(shape);
    if (!counted_kernels->events(tile, group, scratch))
        return false;
#define WITH(name, condition) taken.jumped[JUMPED_WITH_##name] += (condition);
    JUMPED_WITH(WITH)
#undef WITH
    taken.reversals += reversals_of(&before, scratch);
    taken.exits += sum_of(after->stop_exits, after->target_exits) >
                   sum_of(before.stop_exits, before.target_exits);
    taken.bankruptcies +=
        sum_of(after->bankrupt, after->bankrupt) > sum_of(before.bankrupt, before.bankrupt);
    return true;
}

static void counted_lockstep(const struct lane_tile *tile, struct lane_group *group)
{
    struct shape rest = group->shape;
    struct portfolio_lanes before = *group->state;
    rest.has_halts = false;
    bool watchful = group->shape.has_halts && follows_signals(&rest) && !tile->daily_or_longer;
    counted_kernels->lockstep(tile, group);
    taken.watchful += watchful;
    taken.halted += watchful && sum_of(group->state->halted_bars, group->state->halted_bars) >
                                    sum_of(before.halted_bars, before.halted_bars);
}

#define STRATEGY(name, ...)                                                                        \
    static void counted_coded_##name(const double *const *column, const struct code_row *row,      \
                                     size_t words, uint64_t *up, uint64_t *down)                   \
    {                                                                                              \
        taken.coded[STRATEGY_##name]++;                                                            \
        counted_kernels->coded[STRATEGY_##name](column, row, words, up, down);                     \
    }
#include "kernels/catalog/strategies.def"
#undef STRATEGY

/* The kernels of `table`, which count from now on; they stand until the next call. */
static const struct kernel_table *count_ways(const struct kernel_table *table)
{
    static struct kernel_table counting;
    counted_kernels = table;
    counting = *table;
    counting.events = counted_events;
    counting.lockstep = counted_lockstep;
#define STRATEGY(name, ...)                                                                        \
    if (table->coded[STRATEGY_##name])                                                             \
        counting.coded[STRATEGY_##name] = counted_coded_##name;
#include "kernels/catalog/strategies.def"
#undef STRATEGY
    return &counting;
}

#endif
