/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics of combinations from their sums, a vector of lanes at a time; names, formulas and their
 * order of evaluation are in docs/NUMERICS.md.
 */
#include <math.h>

#include "kernels/math/pow.h"
#include "kernels/math/vnormal.h"
#include "kernels/portfolio/portfolio.h"

finish_kernel KERNEL(finish);

/* Any x/0 is undefined. */
VEC vd ratio(vd a, vd b) { return sel(eq(b, splat(0)), splat((double)NAN), a / b); }

/* Combinations that met no NaN and no infinity anywhere in their state. */
VEC vm are_valid(const struct portfolio *q)
{
    const vd all[] = {q->cash,    q->units,    q->peak,       q->moment1,   q->moment2, q->moment3,
                      q->moment4, q->downside, q->cross,      q->fees,      q->traded,  q->slippage,
                      q->profits, q->losses,   q->net_profit, q->equity_sum};
    vd sum = splat(0);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        sum = sum + all[k] * 0.0; /* NaN of both */
    return eq(sum, splat(0));
}

/* Moments of the sampled returns and what is made of them. */
VEC void finish_returns(const struct finish_inputs *in, const struct portfolio *q, vd *m)
{
    double n = in->samples, root_p = sqrt(in->periods);
    double risk_free = in->risk_free_rate / in->periods;
    vd mean = q->moment1 / n, square = q->moment2 / n, third = q->moment3 / n;
    vd mean2 = mean * mean, mean3 = mean2 * mean, mean4 = mean2 * mean2;
    vd v = square - mean * mean;
    v = sel(le(v, 4 * n * 0x1p-53 * square), splat(0), v);
    vd s2 = ratio(v * n, splat(n - 1)), deviation = vsqrt(s2);
    m[METRIC_volatility] = deviation * root_p;
    m[METRIC_sharpe] = ratio(mean - risk_free, deviation) * root_p;
    m[METRIC_sortino] = ratio(mean - risk_free, vsqrt(q->downside / n)) * root_p;
    vd m3 = (third - 3.0 * mean * square) + 2.0 * mean3;
    vd m4 = ((q->moment4 / n - 4.0 * mean * third) + 6.0 * mean2 * square) - 3.0 * mean4;
    vd skew = ratio(m3, v * vsqrt(v)), kurtosis = ratio(m4, v * v);
    m[METRIC_skew] = skew;
    m[METRIC_kurtosis] = kurtosis;
    /* Bailey and López de Prado 2012, The Sharpe ratio efficient frontier, eq. 9. */
    vd sharpe = m[METRIC_sharpe] / root_p;
    vd spread = vsqrt((1.0 - skew * sharpe) + ((kurtosis - 1.0) / 4.0) * (sharpe * sharpe));
    m[METRIC_psr] = vnormal_cdf(ratio(sharpe * sqrt(n - 1), spread));

    double years = n / in->periods;
    m[METRIC_turnover] = ratio(ratio(q->traded, q->equity_sum / n), splat(years));

    /* Least squares of r on the symbol's return. */
    double market = in->benchmark_sum / n;
    double variance = in->benchmark_sum2 / n - market * market;
    if (variance <= 4 * n * 0x1p-53 * (in->benchmark_sum2 / n))
        variance = 0;
    vd beta = ratio(q->cross / n - market * mean, splat(variance));
    m[METRIC_beta] = beta;
    m[METRIC_alpha] = (mean - beta * market) * in->periods;
}

VEC vd powers(vd x, double y)
{
    double power[WIDTH];
    for (int l = 0; l < WIDTH; l++)
        power[l] = math_pow(x[l], y);
    return load(power);
}

VEC void finish_equity(const struct finish_inputs *in, const struct portfolio *q, vd *m)
{
    vd equity = q->cash + q->units * in->last_close;
    vd growth = equity / in->initial_cash;
    vd yearly = powers(growth, in->periods / in->samples) - 1.0;
    m[METRIC_final_equity] = equity;
    m[METRIC_total_return] = growth - 1.0;
    m[METRIC_cagr] = sel(le(equity, splat(0)), splat(-1), yearly);
    m[METRIC_max_drawdown] = q->max_drawdown;
    m[METRIC_max_drawdown_bars] = q->longest_below;
    m[METRIC_calmar] = ratio(m[METRIC_cagr], q->max_drawdown);
    m[METRIC_benchmark_return] = splat(in->last_close / in->first_close - 1);
}

VEC void finish_trades(const struct finish_inputs *in, const struct portfolio *q, vd *m)
{
    vd n = q->trades, zero = splat(0), nan = splat((double)NAN);
    vm open = ne(q->units, zero), traded = gt(n, zero);
    m[METRIC_trades] = n;
    m[METRIC_open_trades] = flag(open);
    m[METRIC_win_rate] = ratio(q->wins, n);
    m[METRIC_profit_factor] = ratio(q->profits, vabs(q->losses));
    m[METRIC_expectancy] = ratio(q->net_profit, n);
    m[METRIC_payoff] = ratio(ratio(q->profits, q->wins), vabs(ratio(q->losses, q->losers)));
    m[METRIC_best_trade] = sel(traded, q->best_trade, nan);
    m[METRIC_worst_trade] = sel(traded, q->worst_trade, nan);
    m[METRIC_avg_bars_held] = ratio(q->bars_held, n);
    vd in_position = q->bars_in_position + sel(open, in->bars - q->position_since, zero);
    m[METRIC_exposure] = in_position / in->bars;
    m[METRIC_fees_paid] = q->fees;
    m[METRIC_slippage_paid] = q->slippage;
    m[METRIC_stop_exits] = q->stop_exits;
    m[METRIC_trailing_exits] = q->trailing_exits;
    m[METRIC_target_exits] = q->target_exits;
    m[METRIC_time_exits] = q->time_exits;
    m[METRIC_halted_bars] = q->halted_bars;
    m[METRIC_orders] = q->orders;
    m[METRIC_orders_rejected] = q->orders_rejected;
    m[METRIC_orders_clipped] = q->orders_clipped;
    m[METRIC_orders_cash_cut] = q->orders_cash_cut;
}

void KERNEL(finish)(const struct finish_inputs *inputs, const struct portfolio_lanes *state,
                    double metric[METRIC_COUNT][LANES], uint8_t status[LANES])
{
    for (int lane = 0; lane < LANES; lane += WIDTH) {
        struct portfolio q;
        vd m[METRIC_COUNT], zero = splat(0);
        portfolio_load(&q, state, lane);
        vm valid = are_valid(&q);
        finish_equity(inputs, &q, m);
        finish_returns(inputs, &q, m);
        finish_trades(inputs, &q, m);
        for (int k = 0; k < METRIC_COUNT; k++)
            store(metric[k] + lane, sel(valid, m[k], splat((double)NAN)));
        unsigned good = bits(valid), broke = bits(gt(q.bankrupt, zero)),
                 idle = bits(eq(q.orders, zero));
        for (int l = 0; l < WIDTH; l++)
            status[lane + l] = !(good >> l & 1) ? ADMF_CELL_INVALID
                               : broke >> l & 1 ? ADMF_CELL_BANKRUPT
                               : idle >> l & 1  ? ADMF_CELL_NO_TRADES
                                                : ADMF_CELL_OK;
    }
}
