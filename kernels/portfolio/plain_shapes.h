/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes that most sweeps have: all or a share of equity at the close or the next open, with
 * fees of the default kind or without costs, and nothing else. As constants the compiler knows
 * them, and leaves out what they do not ask for: a third of an order's instructions and more.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_PLAIN_SHAPES_H
#define ADMF_KERNELS_PORTFOLIO_PLAIN_SHAPES_H

#include "kernels/portfolio/lanes.h"

/* NAME, what it has. */
#define PLAIN_SHAPES(PLAIN)                                                                        \
    PLAIN(at_close, .fill = FILL_CLOSE)                                                            \
    PLAIN(at_close_both_ways, .fill = FILL_CLOSE, .allow_short = true)                             \
    PLAIN(at_close_for_costs, .fill = FILL_CLOSE, .has_costs = true, .fee_in_cash = true)          \
    PLAIN(at_close_both_ways_for_costs, .fill = FILL_CLOSE, .allow_short = true,                   \
          .has_costs = true, .fee_in_cash = true)                                                  \
    PLAIN(at_open, .fill = FILL_NEXT_OPEN)                                                         \
    PLAIN(at_open_both_ways, .fill = FILL_NEXT_OPEN, .allow_short = true)                          \
    PLAIN(at_open_for_costs, .fill = FILL_NEXT_OPEN, .has_costs = true, .fee_in_cash = true)       \
    PLAIN(at_open_both_ways_for_costs, .fill = FILL_NEXT_OPEN, .allow_short = true,                \
          .has_costs = true, .fee_in_cash = true)

#define PLAIN(name, ...)                                                                           \
    static const struct shape plain_##name = {.size_type = SIZE_PERCENT_EQUITY, __VA_ARGS__};
PLAIN_SHAPES(PLAIN)
#undef PLAIN

/* The same but for what nothing of a plain shape asks for: limits, halts, exits, and fees where
 * there are none; no lane that rebalances jumps. */
static inline struct shape without_idle_terms(const struct shape *shape)
{
    struct shape rest = *shape;
    rest.on_breach = rest.halt = rest.reentry = rest.rebalance = 0;
    rest.fee_in_cash &= rest.has_costs;
    return rest;
}

#endif
