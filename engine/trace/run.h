/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running simulation: what the files behind scalar_simulate share.
 *
 * A bar is a fixed sequence of events; each has a file:
 *
 *     1 pending order at the open     fill.c      (size.c, limits.c, trade.c, book.c)
 *     2 protective exits              exits.c
 *     3 halts                         halts.c
 *     4 decision                      decide.c
 *     5 fills at the close            fill.c
 *     6 mark                          mark.c
 *
 * and metrics.c turns the sums of mark.c and book.c into metrics at the end.
 */
#ifndef ADMF_ENGINE_TRACE_RUN_H
#define ADMF_ENGINE_TRACE_RUN_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/types.h"
#include "engine/trace/announce.h"
#include "engine/trace/scalar.h"

/* A decided direction on its way to a price. */
struct order {
    bool exists;
    int direction;
    size_t bar;   /* decision bar: its σ, ATR, strength and regime count */
    bool by_halt; /* made by `halt: liquidate` */
    uint64_t event;
};

/* The trade that is open, from flat (or a change of sign) on. */
struct open_trade {
    int direction;
    double entry;       /* E, mean adjusted price of what was opened */
    double best;        /* H, highest (short: lowest) price since entry */
    size_t bar;         /* entry bar */
    size_t decided;     /* bar that decided the entry */
    bool at_open;       /* entered at the open of `bar` */
    double gross, fees; /* Σ units·(a − E) of its reductions; Σ fees */
    double entry_value; /* Σ opened units·a */
    double largest;     /* largest |units| */
};

/* Sums over closed trades, in time order. */
struct trade_sums {
    double count, wins, losses;
    double net, won, lost;
    double best, worst; /* NaN before the first */
    double bars_held;
};

/* Sums over the samples of equity, in time order. */
struct sample_sums {
    size_t total;  /* N, known beforehand */
    size_t count;  /* samples so far */
    double equity; /* the last sample */
    double price;  /* the symbol's close at it */
    double sum_equity;
    double s1, s2, s3, s4, d2;
    double x1, x2, xr; /* the symbol's own return x: Σx, Σx·x, Σx·r */
    size_t block, block_end;
};

enum validator {
    LIMIT_POSITION_VALUE,
    LIMIT_POSITION_PERCENT,
    LIMIT_LEVERAGE,
    LIMIT_COOLDOWN,
    LIMIT_COUNT,
    LIMIT_NONE = -1
};
enum verdict { APPROVED, CLIPPED, REJECTED };

/* What sizing makes of a direction, with what it was made from. */
struct sizing {
    double size, measure; /* after strength; σ or ATR, 0 where neither is asked for */
    double equity, price; /* V, p */
    double target;        /* signed units */
    bool levered;         /* cut by `leverage` */
};

/* What the validators say to a target. */
struct decision {
    enum verdict verdict;
    enum validator reason;       /* the first breached; LIMIT_NONE */
    double allowed[LIMIT_COUNT]; /* NaN where off */
    double smallest;             /* infinite where all are off */
    double asked, target;        /* signed units before and after */
};

/* A change of units at a price. */
struct deal {
    double target, price; /* p, raw */
    bool slips;           /* false: a resting limit, filled at its price */
    bool at_open;
    bool clipped; /* by a limit: then a cut by cash is not counted */
    enum exit_reason reason;
    size_t decided; /* decision bar of what it opens */
    uint64_t cause; /* event that caused it */
};

struct run {
    const struct scalar_input *in;
    const double *risk, *execution;
    struct event_sink *sink;
    struct scalar_result *result;
    admf_error *error;
    admf_status failure;

    /* columns of the window */
    const double *open, *high, *low, *close;
    const int32_t *day;
    size_t count, t;
    bool daily;                          /* bars of a day or longer */
    int fill;                            /* FILL_NEXT_OPEN, … */
    bool flat_at, has_levels, has_halts; /* which of the terms are set at all */
    bool day_ends;                       /* the bar is its session day's last */
    double initial_cash;

    /* portfolio */
    double cash, units;
    int wanted;
    struct order pending, order; /* decided before this bar; decided at this bar's close */
    struct open_trade trade;
    bool exit_due; /* a time exit at this close */
    double peak, mdd, equity;
    double day_equity; /* equity at the last bar of the session day before */
    bool drawdown_halt, halted;
    bool daily_halt;
    int64_t daily_halt_end; /* last bar of it; on shorter bars its session day */
    bool lost;              /* a trade closed with a loss, */
    size_t lost_bar;        /* the last of them in this bar */
    bool bankrupt, invalid;

    /* metrics */
    struct trade_sums trades;
    struct sample_sums samples;
    double fees, slippage, traded; /* Σ fee; Σ|delta|·|a − p|; Σ|delta·p| */
    double orders, rejected, clipped, cash_cut;
    double stop_exits, trailing_exits, target_exits, time_exits;
    double halted_bars, exposed_bars, below_bars, below_longest;
    /* per regime: the stretch of bars under way */
    int regime;
    double regime_start;
};

static inline double cell(const double *column, size_t t) { return column ? column[t] : NAN; }
static inline int sign_of(double units) { return (units > 0) - (units < 0); }
static inline bool is_price(double p) { return p > 0 && isfinite(p); }
static inline double equity_at(const struct run *run, double price)
{
    return run->cash + run->units * price;
}

/* size.c: target units for an order towards a direction other than 0. */
void scalar_size(const struct run *run, int direction, size_t decided, double price,
                 struct sizing *out);
double scalar_floor_to_lot(double units, double lot); /* units ≥ 0 */

/* limits.c */
void scalar_validate(const struct run *run, const struct sizing *sizing, struct decision *out);
/* Would a cooldown that began with a loss in bar `lost_bar` refuse a fill in `bar`? */
bool scalar_cools(const struct run *run, size_t lost_bar, size_t bar);

/* costs.c: pure parts of a fill. */
double scalar_fill_price(const struct run *run, double price, double delta);
double scalar_fee(const struct run *run, double units, double price);
/* What of a buy of `delta` at the adjusted price the cash pays for; ≤ 0: nothing. */
double scalar_affordable(const struct run *run, double delta, double raw, double price);

/* trade.c: makes a deal: costs, cash, units, counters, events. */
void scalar_trade(struct run *run, const struct deal *deal);
/* Net profit of the open trade if it were closed at the raw price now, slippage included. */
double scalar_net_if_closed(const struct run *run, double price);

/* book.c: what a change of units means for the open trade. */
void scalar_book(struct run *run, const struct deal *deal, double before, double delta,
                 double price, double fee);
/* Closes the open trade with `gross` units·(a − E) of its last reduction added. */
void scalar_close_trade(struct run *run, double gross, double price, enum exit_reason reason,
                        uint64_t cause);
void scalar_list_open_trade(struct run *run);

/* fill.c */
void scalar_fill_at_open(struct run *run);
void scalar_fill_at_close(struct run *run);
void scalar_close_at_end(struct run *run);

/* exits.c */
void scalar_protect(struct run *run);
bool scalar_time_exit_due(const struct run *run);
void scalar_after_exit(struct run *run, int left);

/* halts.c, decide.c, mark.c, metrics.c */
void scalar_halt(struct run *run);
void scalar_decide(struct run *run);
void scalar_mark(struct run *run);
void scalar_start_samples(struct run *run);
void scalar_finish_regimes(struct run *run);
void scalar_metrics(const struct run *run, double metric[METRIC_COUNT]);

#endif
