/* SPDX-License-Identifier: Apache-2.0 */
/* The sums of a run as metrics. What is divided by 0 is undefined: NaN. */
#include "engine/trace/run.h"
#include "kernels/math/normal.h"
#include "kernels/math/pow.h"

static double ratio(double a, double b) { return b == 0 ? NAN : a / b; }

struct moments {
    double n, periods, rate; /* N, P, rf/P */
    double mean, q, v, deviation;
};

static struct moments moments_of(const struct run *run)
{
    const struct sample_sums *s = &run->samples;
    const struct terms *terms = run->in->terms;
    struct moments m = {.n = (double)s->count, .periods = terms->periods};
    m.rate = terms->risk_free_rate / terms->periods;
    m.mean = s->s1 / m.n;
    m.q = s->s2 / m.n;
    m.v = m.q - m.mean * m.mean;
    if (m.v <= 4 * m.n * 0x1p-53 * m.q) /* nothing but rounding */
        m.v = 0;
    m.deviation = sqrt(ratio(m.v * m.n, m.n - 1));
    return m;
}

static void growth(const struct run *run, const struct moments *m, double *metric)
{
    double grown = run->equity / run->initial_cash;
    metric[METRIC_total_return] = grown - 1;
    metric[METRIC_final_equity] = run->equity;
    metric[METRIC_cagr] = run->equity <= 0 ? -1 : math_pow(grown, m->periods / m->n) - 1;
    metric[METRIC_max_drawdown] = run->mdd;
    metric[METRIC_max_drawdown_bars] = run->below_longest;
    metric[METRIC_calmar] = ratio(metric[METRIC_cagr], run->mdd);
}

static void risk_and_reward(const struct run *run, const struct moments *m, double *metric)
{
    double year = sqrt(m->periods), excess = m->mean - m->rate;
    metric[METRIC_volatility] = m->deviation * year;
    metric[METRIC_sharpe] = ratio(excess, m->deviation) * year;
    metric[METRIC_sortino] = ratio(excess, sqrt(run->samples.d2 / m->n)) * year;
}

static void shape(const struct run *run, const struct moments *m, double *metric)
{
    const struct sample_sums *s = &run->samples;
    double mean = m->mean, mean2 = mean * mean, mean3 = mean2 * mean, mean4 = mean2 * mean2;
    double m3 = (s->s3 / m->n - 3 * mean * m->q) + 2 * mean3;
    double m4 = ((s->s4 / m->n - 4 * mean * (s->s3 / m->n)) + 6 * mean2 * m->q) - 3 * mean4;
    double skew = ratio(m3, m->v * sqrt(m->v)), kurtosis = ratio(m4, m->v * m->v);
    metric[METRIC_skew] = skew;
    metric[METRIC_kurtosis] = kurtosis;

    double sharpe = metric[METRIC_sharpe] / sqrt(m->periods);
    double radicand = (1 - skew * sharpe) + ((kurtosis - 1) / 4) * (sharpe * sharpe);
    metric[METRIC_psr] = NAN;
    if (radicand > 0)
        metric[METRIC_psr] = math_normal_cdf(sharpe * sqrt(m->n - 1) / sqrt(radicand));
}

static void trades(const struct run *run, double *metric)
{
    const struct trade_sums *t = &run->trades;
    metric[METRIC_trades] = t->count;
    metric[METRIC_open_trades] = run->units != 0;
    metric[METRIC_win_rate] = ratio(t->wins, t->count);
    metric[METRIC_profit_factor] = ratio(t->won, fabs(t->lost));
    metric[METRIC_expectancy] = ratio(t->net, t->count);
    metric[METRIC_payoff] = ratio(ratio(t->won, t->wins), fabs(ratio(t->lost, t->losses)));
    metric[METRIC_best_trade] = t->best;
    metric[METRIC_worst_trade] = t->worst;
    metric[METRIC_avg_bars_held] = ratio(t->bars_held, t->count);
}

static void activity(const struct run *run, const struct moments *m, double *metric)
{
    metric[METRIC_exposure] = run->exposed_bars / (double)run->count;
    metric[METRIC_turnover] = ratio(run->traded, run->samples.sum_equity / m->n);
    metric[METRIC_turnover] = metric[METRIC_turnover] / (m->n / m->periods);
    metric[METRIC_fees_paid] = run->fees;
    metric[METRIC_slippage_paid] = run->slippage;
    metric[METRIC_stop_exits] = run->stop_exits;
    metric[METRIC_trailing_exits] = run->trailing_exits;
    metric[METRIC_target_exits] = run->target_exits;
    metric[METRIC_time_exits] = run->time_exits;
    metric[METRIC_halted_bars] = run->halted_bars;
    metric[METRIC_orders] = run->orders;
    metric[METRIC_orders_rejected] = run->rejected;
    metric[METRIC_orders_clipped] = run->clipped;
    metric[METRIC_orders_cash_cut] = run->cash_cut;
}

/* Least squares of the returns on the symbol's own. */
static void benchmark(const struct run *run, const struct moments *m, double *metric)
{
    const struct sample_sums *s = &run->samples;
    double mean_x = s->x1 / m->n, q = s->x2 / m->n;
    double v = q - mean_x * mean_x, c = s->xr / m->n - m->mean * mean_x;
    if (v <= 4 * m->n * 0x1p-53 * q)
        v = 0;
    double beta = ratio(c, v);
    metric[METRIC_benchmark_return] = run->close[run->count - 1] / run->close[0] - 1;
    metric[METRIC_beta] = beta;
    metric[METRIC_alpha] = (m->mean - beta * mean_x) * m->periods;
}

void scalar_metrics(const struct run *run, double metric[METRIC_COUNT])
{
    struct moments m = moments_of(run);
    growth(run, &m, metric);
    risk_and_reward(run, &m, metric);
    shape(run, &m, metric);
    trades(run, metric);
    activity(run, &m, metric);
    benchmark(run, &m, metric);
}
