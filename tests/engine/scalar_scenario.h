/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios for the scalar simulation: a few bars by hand, default terms, one run.
 *
 *     struct scenario s;
 *     scenario_start(&s, 3, (double[]){100, 110, 120}, (int[]){1, 1, 0});
 *     s.terms.execution[EXECUTION_fill] = FILL_CLOSE;
 *     scenario_run(&s);
 *     check_metric(&s, METRIC_orders, 2);
 *
 * Open, high and low equal the close unless they are set.
 */
#ifndef ADMF_TESTS_SCALAR_SCENARIO_H
#define ADMF_TESTS_SCALAR_SCENARIO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "admf/types.h"
#include "engine/trace/event.h"
#include "engine/trace/scalar.h"

enum { SCENARIO_BARS = 600, SCENARIO_BLOCKS = 16, SCENARIO_LABELS = 4 };

struct scenario {
    struct terms terms;
    struct bars bars;
    struct scalar_input input;
    struct scalar_result result;
    struct event_sink *sink;
    int64_t time[SCENARIO_BARS];
    double open[SCENARIO_BARS], high[SCENARIO_BARS], low[SCENARIO_BARS], close[SCENARIO_BARS];
    int32_t day[SCENARIO_BARS];
    int8_t signal[SCENARIO_BARS];
    double strength[SCENARIO_BARS], atr[SCENARIO_BARS], sigma[SCENARIO_BARS];
    uint8_t label[SCENARIO_BARS];
    unsigned char allow[SCENARIO_LABELS];
    double equity[SCENARIO_BARS];
    double block_sum[SCENARIO_BLOCKS], block_sum2[SCENARIO_BLOCKS], block_n[SCENARIO_BLOCKS];
    double regime_profit[SCENARIO_LABELS], regime_bars[SCENARIO_LABELS];
    double regime_trades[SCENARIO_LABELS], regime_wins[SCENARIO_LABELS];
};

static inline void default_terms(struct terms *terms)
{
#define PARAM(name, type, flags, min, max, fallback, ...) fallback,
#define VALIDATOR PARAM
#define HALT PARAM
#define EXIT PARAM
    static const double risk[] = {
    /* In the order of the catalogue: */
/* clang-format off */
#include "kernels/catalog/sizing.def"
#include "kernels/catalog/risk.def"
        /* clang-format on */
    };
    static const double execution[] = {
#include "kernels/catalog/execution.def"
    };
    static const double portfolio[] = {
#include "kernels/catalog/portfolio.def"
    };
#undef EXIT
#undef HALT
#undef VALIDATOR
#undef PARAM
    *terms = (struct terms){.periods = 252};
    memcpy(terms->risk, risk, sizeof risk);
    memcpy(terms->execution, execution, sizeof execution);
    memcpy(terms->portfolio, portfolio, sizeof portfolio);
    terms->portfolio[PORTFOLIO_initial_cash] = 1000;
    terms->execution[EXECUTION_fill] = FILL_CLOSE;
}

/* Daily bars, fill at the close, 1000 of cash. `signal` may be NULL: no signal. */
static inline void scenario_start(struct scenario *s, size_t count, const double *close,
                                  const int *signal)
{
    memset(s, 0, sizeof *s);
    default_terms(&s->terms);
    for (size_t t = 0; t < count; t++) {
        s->time[t] = (int64_t)t * 86400 * 1000000000;
        s->open[t] = s->high[t] = s->low[t] = s->close[t] = close[t];
        s->day[t] = (int32_t)t;
        s->signal[t] = (int8_t)(signal ? signal[t] : 0);
    }
    s->bars = (struct bars){.count = count,
                            .time = s->time,
                            .open = s->open,
                            .high = s->high,
                            .low = s->low,
                            .close = s->close,
                            .session_day = s->day,
                            .daily_or_longer = true};
    s->input = (struct scalar_input){
        .bars = &s->bars, .count = count, .terms = &s->terms, .signal = s->signal, .labels = 1};
    s->result = (struct scalar_result){.block_sum = s->block_sum,
                                       .block_sum2 = s->block_sum2,
                                       .block_n = s->block_n,
                                       .regime_profit = s->regime_profit,
                                       .regime_bars = s->regime_bars,
                                       .regime_trades = s->regime_trades,
                                       .regime_wins = s->regime_wins,
                                       .equity = s->equity,
                                       .want_trades = true};
}

static inline void set_prices(double *column, size_t count, const double *values)
{
    memcpy(column, values, count * sizeof *values);
}

/* Session days of `length` bars each. */
static inline void set_days(struct scenario *s, size_t length)
{
    s->bars.daily_or_longer = false;
    for (size_t t = 0; t < s->bars.count; t++)
        s->day[t] = (int32_t)(t / length);
}

static inline void scenario_run(struct scenario *s)
{
    admf_error error = {0};
    assert_int_equal(scalar_simulate(&s->input, s->sink, &s->result, &error), ADMF_OK);
}

static inline void scenario_end(struct scenario *s) { scalar_result_deinit(&s->result); }

static inline void check_near_at(double value, double expected, double tolerance, const char *what,
                                 const char *file, int line)
{
    bool near = isnan(expected) ? isnan(value)
                                : fabs(value - expected) <= tolerance * fmax(1, fabs(expected));
    if (!near) {
        fprintf(stderr, "%s:%d: %s is %.17g, expected %.17g\n", file, line, what, value, expected);
        _fail(file, line);
    }
}
#define check_near(value, expected)                                                                \
    check_near_at((value), (expected), 1e-12, #value, __FILE__, __LINE__)
#define check_metric(s, metric_id, expected)                                                       \
    check_near_at((s)->result.metric[metric_id], (expected), 1e-12, #metric_id, __FILE__, __LINE__)
#define check_equity(s, ...)                                                                       \
    do {                                                                                           \
        const double expected_[] = {__VA_ARGS__};                                                  \
        for (size_t t_ = 0; t_ < sizeof expected_ / sizeof *expected_; t_++)                       \
            check_near_at((s)->equity[t_], expected_[t_], 1e-12, "equity", __FILE__, __LINE__);    \
    } while (0)

#endif
