/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulation of one combination, scalar and bar by bar, as a sequence of events.
 *
 * It implements the meaning of a bar on its own: it shares the inputs with the lanes of
 * engine/simulate and not one line that decides or computes. That both agree to the bit
 * is the program's main correctness test.
 */
#ifndef ADMF_ENGINE_TRACE_SCALAR_H
#define ADMF_ENGINE_TRACE_SCALAR_H

#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "engine/trace/terms.h"
#include "io/market/bars.h"

/* Per-bar inputs of bars first … last of `bars`; index 0 of each array is bar `first`. */
struct scalar_input {
    const struct bars *bars;
    size_t first, count; /* the window */
    const struct terms *terms;
    const int8_t *signal;       /* −1, 0, +1; 0 where undefined; before the regime policy */
    const double *strength;     /* NULL: 1 everywhere */
    const uint8_t *label;       /* regime code of each bar; NULL: no classifier */
    const unsigned char *allow; /* per code: enum allow (1 long, 2 short); NULL: everything */
    int labels;                 /* codes, `unknown` included; 1 without classifier */
    const double *atr;          /* atr(atr_period); NULL unless size_type is atr_risk */
    const double *sigma;        /* volatility(vol_period); NULL unless volatility_target */
};

/* What ended a trade, or made it smaller. */
enum exit_reason {
    EXIT_OPEN,
    EXIT_SIGNAL,
    EXIT_STOP,
    EXIT_TRAILING,
    EXIT_TARGET,
    EXIT_TIME,
    EXIT_HALT,
    EXIT_BANKRUPT,
    EXIT_END
};
/* As traces and `/trade_list` have it: the key of an exit that has one. Never freed. */
const char *exit_reason_word(enum exit_reason reason);

/* One trade as `/trade_list` has it. Bars count within the window. */
struct trade {
    size_t entry_bar, exit_bar; /* exit_bar: of the last reduction; `count` while open */
    int direction;              /* +1, −1 */
    double units;               /* largest |units| */
    double entry_price, exit_price;
    double profit;     /* net of fees */
    double net_return; /* on its entry value */
    enum exit_reason reason;
};

/* Zero-initialise; arrays, of the caller, that are not NULL are filled. */
struct scalar_result {
    double metric[METRIC_COUNT];              /* NaN where undefined; all NaN for an invalid one */
    uint8_t status;                           /* admf_cell_status */
    double *block_sum, *block_sum2, *block_n; /* [blocks]  */
    double *regime_profit, *regime_bars, *regime_trades, *regime_wins; /* [labels], by code */
    double *equity;                                                    /* [count] */
    double *sample_return; /* [count]: sampled returns, sample_count of them are filled in */
    size_t *sample_bar;    /* [count]: the bar of each sample */
    size_t sample_count;
    struct trade *trades; /* with want_trades; freed with scalar_result_deinit */
    size_t trade_count, trade_capacity;
    bool want_trades;
};
void scalar_result_deinit(struct scalar_result *result);

/* What happens, in order. The simulation calls it with one event after another. */
struct event_sink; /* engine/trace/event.h; NULL: only the result is wanted */

/*
 * Simulates the window and fills in *result, whose arrays the caller has set. `sink` may be
 * NULL. Fails for lack of memory only (ADMF_INTERNAL); scalar_result_deinit after that, too.
 */
admf_status scalar_simulate(const struct scalar_input *input, struct event_sink *sink,
                            struct scalar_result *result, admf_error *error);

#endif
