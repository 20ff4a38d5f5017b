/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios as lanes: eight combinations side by side, one double each per field.
 *
 * A group of lanes shares a symbol, a window and a shape (the discrete choices of its
 * terms), so that a kernel branches once for all of them; numbers may differ per lane.
 * A kernel takes a group through one tile of bars and leaves its state where it found it.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_LANES_H
#define ADMF_KERNELS_PORTFOLIO_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/types.h"
#include "kernels/catalog/catalog.h"
#include "kernels/isa.h"
#include "kernels/portfolio/ranges.h"
#include "kernels/signal_types.h"

enum { LANES = 8 };

/*
 * What a portfolio remembers from bar to bar. Flags are 0 or 1; bars are counted within
 * the window.
 *
 *   wanted         direction last ordered
 *   pending        1 while an order waits for its fill; its direction, and the size
 *                  inputs of the bar that decided it
 *   entry_price    E; best_price: H, the best price since entry; entry_bar
 *   trade_*        of the open trade: profit of its reductions, fees, entry value
 *   cooling_until  last bar in which a cooldown refuses entries
 *   threshold      no drawdown (peak - equity) up to this can be a new maximum
 *   below_peak     bars since equity was last at its peak
 *   halted_for_good, halted_days: halts by drawdown and by daily loss
 *   alive          0 for an unused or a bankrupt lane; one that has met NaN or infinity goes on,
 *                  and is found invalid when it is finished
 */
#define PORTFOLIO_STATE(FIELD)                                                                     \
    FIELD(cash)                                                                                    \
    FIELD(units)                                                                                   \
    FIELD(wanted)                                                                                  \
    FIELD(pending)                                                                                 \
    FIELD(pending_direction)                                                                       \
    FIELD(pending_scale)                                                                           \
    FIELD(pending_strength)                                                                        \
    FIELD(entry_price)                                                                             \
    FIELD(best_price)                                                                              \
    FIELD(entry_bar)                                                                               \
    FIELD(trade_gross)                                                                             \
    FIELD(trade_fees)                                                                              \
    FIELD(trade_value)                                                                             \
    FIELD(cooling_until)                                                                           \
    FIELD(peak)                                                                                    \
    FIELD(max_drawdown)                                                                            \
    FIELD(threshold)                                                                               \
    FIELD(below_peak)                                                                              \
    FIELD(longest_below)                                                                           \
    FIELD(day_equity)                                                                              \
    FIELD(halted_for_good)                                                                         \
    FIELD(halted_days)                                                                             \
    FIELD(alive)                                                                                   \
    FIELD(bankrupt)

/*
 * What the metrics are made of. moment1 … 4: sums of r, r², r³, r⁴ over the samples;
 * downside: of squared shortfalls; cross: of r times the symbol's return; block_sum,
 * block_sum2: of the stretch of samples in hand. position_since: first bar of the
 * position held, for exposure.
 */
#define SAMPLE_SUMS(FIELD)                                                                         \
    FIELD(sampled_equity)                                                                          \
    FIELD(moment1)                                                                                 \
    FIELD(moment2)                                                                                 \
    FIELD(moment3)                                                                                 \
    FIELD(moment4)                                                                                 \
    FIELD(downside)                                                                                \
    FIELD(cross)                                                                                   \
    FIELD(equity_sum)                                                                              \
    FIELD(block_sum)                                                                               \
    FIELD(block_sum2)

#define PORTFOLIO_SUMS(FIELD)                                                                      \
    SAMPLE_SUMS(FIELD)                                                                             \
    FIELD(traded)                                                                                  \
    FIELD(fees)                                                                                    \
    FIELD(slippage)                                                                                \
    FIELD(trades)                                                                                  \
    FIELD(wins)                                                                                    \
    FIELD(losers)                                                                                  \
    FIELD(net_profit)                                                                              \
    FIELD(profits)                                                                                 \
    FIELD(losses)                                                                                  \
    FIELD(best_trade)                                                                              \
    FIELD(worst_trade)                                                                             \
    FIELD(bars_held)                                                                               \
    FIELD(position_since)                                                                          \
    FIELD(bars_in_position)                                                                        \
    FIELD(stop_exits)                                                                              \
    FIELD(trailing_exits)                                                                          \
    FIELD(target_exits)                                                                            \
    FIELD(time_exits)                                                                              \
    FIELD(halted_bars)                                                                             \
    FIELD(orders)                                                                                  \
    FIELD(orders_rejected)                                                                         \
    FIELD(orders_clipped)                                                                          \
    FIELD(orders_cash_cut)

struct portfolio_lanes {
#define FIELD(name) double name[LANES];
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
};

enum { BYTES_PER_PORTFOLIO = sizeof(struct portfolio_lanes) / LANES };

/* The discrete terms, the same for all lanes of a group. */
struct shape {
    uint8_t fill, size_type, on_breach, halt, reentry, rebalance;
    bool fee_in_cash, scale_by_strength, allow_short, close_at_end, block_entries, flat_at;
    bool has_exits;    /* stop_loss, take_profit or trailing_stop in any lane */
    bool has_trail;    /* trailing_stop in any lane */
    bool has_holding;  /* max_holding_bars in any lane */
    bool has_halts;    /* max_drawdown or max_daily_loss in any lane */
    bool has_cooldown; /* cooldown_bars in any lane */
    bool has_limits;   /* any validator in any lane */
    bool has_lot;      /* lot > 0 in any lane */
    bool has_costs;    /* a fee or slippage in any lane */
    bool by_regime;
};
_Static_assert(_Alignof(struct shape) == 1, "no padding: equal shapes have equal bytes");

/* Whether the signals alone say when orders are made, and nothing else happens between. */
static inline bool follows_signals(const struct shape *shape)
{
    return !(shape->has_exits || shape->has_holding || shape->has_halts || shape->flat_at ||
             shape->block_entries || shape->by_regime || shape->rebalance == REBALANCE_EVERY_BAR ||
             (shape->has_cooldown && shape->reentry == REENTRY_IMMEDIATE));
}

/* Sums per regime of one lane; by label code. */
struct regime_sums {
    double profit[ADMF_LABELS_MAX], bars[ADMF_LABELS_MAX], trades[ADMF_LABELS_MAX],
        wins[ADMF_LABELS_MAX];
    double stretch_equity; /* equity before the stretch in hand */
    uint8_t regime;        /* the bar in hand belongs to: the label at the close before */
    uint8_t pending_regime, entry_regime; /* of the bars that decided the order and the trade */
};

/* Sums over the samples of one stretch of the window. */
struct block_sums {
    double sum[LANES], sum2[LANES]; /* of r and r*r */
};

/* One group: its state, and where its lanes find terms, signals and outputs. */
struct lane_group {
    struct portfolio_lanes *state;
    struct shape shape;
    /* Parameters by RISK_… and EXECUTION_…; an unused lane has those of another. */
    const double *risk[LANES], *execution[LANES];
    uint32_t strategy[LANES]; /* which instance's words up and down are */
    double risk_free_per_sample;
    /* Words of the tile; `down` where shape.allow_short. may_*: what the regime policy allows. */
    const uint64_t *up[LANES], *down[LANES], *may_long[LANES], *may_short[LANES];
    const double *strength[LANES]; /* of the tile; where scale_by_strength */
    const double *scale[LANES];    /* of the tile; volatility or atr, as size_type says */
    const uint8_t *label[LANES];   /* of the tile; where by_regime */
    struct regime_sums *regime[LANES];
    struct block_sums *blocks; /* [blocks]; NULL: not wanted */
};

/* The bars of a tile that a group runs over, and what is common to all lanes. */
struct lane_tile {
    size_t begin, end; /* bars begin … end-1 of the tile */
    size_t data_bar;   /* bar `begin` counts as this within the data */
    size_t window_bar; /* bar `begin` counts as this within the window */
    bool last;         /* bar end-1 is the last of the window */
    bool begins_day;   /* bar 0 of the tile is the first of a session day */
    bool daily_or_longer;
    const double *open, *high, *low, *close; /* bar 0 of the tile; NULL: not in the data */
    const uint64_t *day_end;                 /* words: last bars of session days */
    /* Samples within begin … end-1, in order. */
    size_t samples;
    const uint32_t *sample_bar;        /* bar of the tile */
    const double *benchmark;           /* the symbol's return over the sample */
    const int32_t *block_end;          /* the block this sample is the last of; -1: none */
    const uint32_t *block_last;        /* this sample or the next that ends a block, or the last */
    const struct price_ranges *ranges; /* for lanes that jump; NULL: none do */
};

static inline bool ends_day(const struct lane_tile *tile, size_t t)
{
    return tile->day_end[t / WORD_BARS] >> (t % WORD_BARS) & 1;
}

/* Portfolios bar by bar, all lanes at the same bar. */
typedef void lane_kernel(const struct lane_tile *tile, struct lane_group *group);

/* Whether a position may end before the next order. */
static inline bool ends_early(const struct shape *shape)
{
    return shape->has_exits || shape->has_holding || shape->flat_at;
}

/* Whether a position that ended early may come back before the signal has changed. */
static inline bool orders_again(const struct shape *shape)
{
    return ends_early(shape) && shape->reentry == REENTRY_IMMEDIATE;
}

/*
 * Whether lanes can jump from order to order: also where what entry and prices alone decide, a
 * stop, a target, the bars of a holding or the end of a day, may end a position before its next
 * order.
 */
static inline bool can_jump(const struct shape *shape)
{
    struct shape rest = *shape;
    rest.has_exits = rest.has_holding = rest.flat_at = rest.block_entries = rest.by_regime = false;
    /* A position that comes back needs a signal that is allowed, not one that is the same. */
    return follows_signals(&rest) && !(shape->block_entries && orders_again(shape));
}

/* One step of lanes that jump: the stretch before each lane's k-th order, and the order. */
struct lane_event {
    double bar[LANES]; /* of the tile, at which the order fills; where the stretch ends */
    double price[LANES], direction[LANES];
    double lowest[LANES], highest[LANES]; /* close over the stretch */
    double cash[LANES], units[LANES];     /* held over the stretch */
};

/* Beside it, of lanes whose positions may end early. */
struct lane_exit {
    double begin[LANES], end[LANES];      /* bars at which the position is tested */
    double lowest[LANES], highest[LANES]; /* low and high over them; where has_exits */
    double flat[LANES];                   /* 1: the order after the stretch ends a day flat */
    double bar[LANES], cash[LANES];       /* where it was left, and the cash then; infinity: not */
};

/* One stretch of lanes that order again at once: up to each lane's next order. */
struct lane_step {
    double end[LANES]; /* bar of the tile; infinity: there is none */
    double cash[LANES], units[LANES];
    double exit_bar[LANES], exit_cash[LANES]; /* where the position was left; infinity: not */
};

/*
 * What a lane's events are made from beside words, as TYPE, NAME; they serve every lane that has
 * the same, and of whose signals the same is allowed.
 *
 *   strategy   whose words up and down are
 *   bars       with data_bar, the stretch: windows may part a tile
 *   carry      direction wanted before the tile
 */
#define CHANGE_SOURCE(FIELD)                                                                       \
    FIELD(uint32_t, strategy)                                                                      \
    FIELD(size_t, data_bar)                                                                        \
    FIELD(size_t, bars)                                                                            \
    FIELD(double, carry)                                                                           \
    FIELD(uint8_t, fill)                                                                           \
    FIELD(bool, allow_short)                                                                       \
    FIELD(bool, stops_short)                                                                       \
    FIELD(bool, has_exits)                                                                         \
    FIELD(bool, has_holding)                                                                       \
    FIELD(bool, flat_at)                                                                           \
    FIELD(bool, block_entries)

struct change_source {
    const uint64_t *up, *down;            /* not compared: their place is another strategy's next */
    const uint64_t *may_long, *may_short; /* in their place for the whole tile: may be compared */
#define FIELD(type, name) type name;
    CHANGE_SOURCE(FIELD)
#undef FIELD
};

/*
 * Scratch of one thread for a tile of so many words; zeroed at first, then the kernel's. Of the
 * rows only event[0] need be: dead lanes look at it too, all else is read where it was written.
 * A step ends at an order that was listed or at one that comes back; a bar has at most one of each.
 */
struct event_scratch {
    bool always;              /* however many events there are */
    struct lane_event *event; /* [64 * words + 1] */
    struct lane_exit *exit;   /* [64 * words + 1]; NULL: nothing ends early */
    struct lane_step *step;   /* [2 * (64 * words + 1)]; NULL: no lane orders again at once */
    struct change_source source[LANES];
    size_t count[LANES];
    double left[LANES]; /* direction ordered in the last bar and not yet filled; NaN: none */
    bool fits[LANES];   /* false: too many events, or an undefined price */
};

/*
 * The same portfolios, each lane from its own order to its next. False, and nothing done,
 * where that does not pay or is not possible: lockstep does it then.
 */
typedef bool event_kernel(const struct lane_tile *tile, struct lane_group *group,
                          struct event_scratch *scratch);

/* What metrics need beside a lane's sums. */
struct finish_inputs {
    double samples, periods, risk_free_rate, bars;
    double initial_cash;
    double last_close, first_close;
    double benchmark_sum, benchmark_sum2; /* of the symbol's sampled returns, and squared */
};
/* metric[k][lane] for every metric; status[lane]. */
typedef void finish_kernel(const struct finish_inputs *inputs, const struct portfolio_lanes *state,
                           double metric[METRIC_COUNT][LANES], uint8_t status[LANES]);

#endif
