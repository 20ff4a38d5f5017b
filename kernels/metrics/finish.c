/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of a combination from its sums. Once per combination, so plain scalar code;
 * names, formulas and their order of evaluation are in docs/NUMERICS.md.
 */
#include <math.h>

#include "kernels/math/normal.h"
#include "kernels/math/pow.h"
#include "kernels/portfolio/lanes.h"

finish_kernel KERNEL(finish);

/* One lane's sums as plain numbers. */
struct sums {
#define FIELD(name) double name;
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
};

static inline struct sums sums_of(const struct portfolio_lanes *state, int lane)
{
    struct sums s;
#define FIELD(name) s.name = state->name[lane];
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
    return s;
}

/* Any x/0 is undefined. */
static inline double ratio(double a, double b) { return b == 0 ? (double)NAN : a / b; }

/* A combination that met a NaN or an infinity anywhere in its state. */
static inline bool is_invalid(const struct sums *s)
{
    const double all[] = {s->cash,    s->units,   s->peak,       s->moment1,
                          s->moment2, s->moment3, s->moment4,    s->downside,
                          s->cross,   s->fees,    s->traded,     s->slippage,
                          s->profits, s->losses,  s->net_profit, s->equity_sum};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (!isfinite(all[k]))
            return true;
    return false;
}

/* Moments of the sampled returns and what is made of them. */
static inline void finish_returns(const struct finish_inputs *in, const struct sums *s, double *m)
{
    double n = in->samples, root_p = sqrt(in->periods);
    double risk_free = in->risk_free_rate / in->periods;
    double mean = s->moment1 / n, q = s->moment2 / n, third = s->moment3 / n;
    double mean2 = mean * mean, mean3 = mean2 * mean, mean4 = mean2 * mean2;
    double v = q - mean * mean;
    if (v <= 4 * n * 0x1p-53 * q)
        v = 0;
    double s2 = ratio(v * n, n - 1), deviation = sqrt(s2);
    m[METRIC_volatility] = deviation * root_p;
    m[METRIC_sharpe] = ratio(mean - risk_free, deviation) * root_p;
    m[METRIC_sortino] = ratio(mean - risk_free, sqrt(s->downside / n)) * root_p;
    double m3 = (third - 3 * mean * q) + 2 * mean3;
    double m4 = ((s->moment4 / n - 4 * mean * third) + 6 * mean2 * q) - 3 * mean4;
    double skew = ratio(m3, v * sqrt(v)), kurtosis = ratio(m4, v * v);
    m[METRIC_skew] = skew;
    m[METRIC_kurtosis] = kurtosis;
    /* Bailey and López de Prado 2012, The Sharpe ratio efficient frontier, eq. 9. */
    double sharpe = m[METRIC_sharpe] / root_p;
    double spread = sqrt((1 - skew * sharpe) + ((kurtosis - 1) / 4) * (sharpe * sharpe));
    m[METRIC_psr] = math_normal_cdf(ratio(sharpe * sqrt(n - 1), spread));

    double years = n / in->periods;
    m[METRIC_turnover] = ratio(ratio(s->traded, s->equity_sum / n), years);

    /* Least squares of r on the symbol's return. */
    double market = in->benchmark_sum / n;
    double variance = in->benchmark_sum2 / n - market * market;
    if (variance <= 4 * n * 0x1p-53 * (in->benchmark_sum2 / n))
        variance = 0;
    double beta = ratio(s->cross / n - market * mean, variance);
    m[METRIC_beta] = beta;
    m[METRIC_alpha] = (mean - beta * market) * in->periods;
}

static inline void finish_equity(const struct finish_inputs *in, const struct sums *s, double *m)
{
    double equity = s->cash + s->units * in->last_close;
    double growth = equity / in->initial_cash;
    m[METRIC_final_equity] = equity;
    m[METRIC_total_return] = growth - 1;
    m[METRIC_cagr] = equity <= 0 ? -1 : math_pow(growth, in->periods / in->samples) - 1;
    m[METRIC_max_drawdown] = s->max_drawdown;
    m[METRIC_max_drawdown_bars] = s->longest_below;
    m[METRIC_calmar] = ratio(m[METRIC_cagr], s->max_drawdown);
    m[METRIC_benchmark_return] = in->last_close / in->first_close - 1;
}

static inline void finish_trades(const struct finish_inputs *in, const struct sums *s, double *m)
{
    double n = s->trades, open = s->units != 0;
    m[METRIC_trades] = n;
    m[METRIC_open_trades] = open;
    m[METRIC_win_rate] = ratio(s->wins, n);
    m[METRIC_profit_factor] = ratio(s->profits, fabs(s->losses));
    m[METRIC_expectancy] = ratio(s->net_profit, n);
    m[METRIC_payoff] = ratio(ratio(s->profits, s->wins), fabs(ratio(s->losses, s->losers)));
    m[METRIC_best_trade] = n > 0 ? s->best_trade : (double)NAN;
    m[METRIC_worst_trade] = n > 0 ? s->worst_trade : (double)NAN;
    m[METRIC_avg_bars_held] = ratio(s->bars_held, n);
    double in_position = s->bars_in_position + (open ? in->bars - s->position_since : 0);
    m[METRIC_exposure] = in_position / in->bars;
    m[METRIC_fees_paid] = s->fees;
    m[METRIC_slippage_paid] = s->slippage;
    m[METRIC_stop_exits] = s->stop_exits;
    m[METRIC_trailing_exits] = s->trailing_exits;
    m[METRIC_target_exits] = s->target_exits;
    m[METRIC_time_exits] = s->time_exits;
    m[METRIC_halted_bars] = s->halted_bars;
    m[METRIC_orders] = s->orders;
    m[METRIC_orders_rejected] = s->orders_rejected;
    m[METRIC_orders_clipped] = s->orders_clipped;
    m[METRIC_orders_cash_cut] = s->orders_cash_cut;
}

void KERNEL(finish)(const struct finish_inputs *inputs, const struct portfolio_lanes *state,
                    double metric[METRIC_COUNT][LANES], uint8_t status[LANES])
{
    for (int l = 0; l < LANES; l++) {
        struct sums s = sums_of(state, l);
        double m[METRIC_COUNT];
        for (int k = 0; k < METRIC_COUNT; k++)
            m[k] = NAN;
        if (is_invalid(&s)) {
            status[l] = ADMF_CELL_INVALID;
        } else {
            finish_equity(inputs, &s, m);
            finish_returns(inputs, &s, m);
            finish_trades(inputs, &s, m);
            status[l] = s.bankrupt > 0  ? ADMF_CELL_BANKRUPT
                        : s.orders == 0 ? ADMF_CELL_NO_TRADES
                                        : ADMF_CELL_OK;
        }
        for (int k = 0; k < METRIC_COUNT; k++)
            metric[k][l] = m[k];
    }
}
