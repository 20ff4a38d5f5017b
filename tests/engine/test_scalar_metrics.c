/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics from the equity curve and the list of trades alone, in long double, two passes
 * where the engine keeps sums; sampling, blocks and regimes.
 */
#include "tests/engine/scalar_random.h"

static struct scenario s;
typedef long double real;

struct series {
    size_t n;
    real r[SCENARIO_BARS], x[SCENARIO_BARS], sum_equity;
};

static void make_series(struct series *out)
{
    real before = 1000, price = s.close[0];
    *out = (struct series){0};
    for (size_t t = 0; t < s.input.count; t++) {
        bool last = t + 1 == s.input.count || s.day[t + 1] != s.day[t];
        if (s.terms.sample_daily && !last)
            continue;
        out->r[out->n] = before == 0 ? 0 : s.equity[t] / before - 1;
        out->x[out->n] = s.close[t] / price - 1;
        out->n++;
        out->sum_equity += s.equity[t];
        before = s.equity[t];
        price = s.close[t];
    }
}

static real central(const real *r, size_t n, real mean, int power)
{
    real sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += powl(r[k] - mean, power);
    return sum / n;
}

static real mean_of(const real *r, size_t n)
{
    real sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += r[k];
    return sum / n;
}

#define check_close(id, expected, tolerance)                                                       \
    check_near_at(s.result.metric[id], (double)(expected), tolerance, #id, __FILE__, __LINE__)

static void check_returns(const struct series *e)
{
    real n = e->n, p = s.terms.periods, rf = s.terms.risk_free_rate / p;
    real mean = mean_of(e->r, e->n), v = central(e->r, e->n, mean, 2), down = 0;
    for (size_t k = 0; k < e->n; k++)
        down += e->r[k] < rf ? (e->r[k] - rf) * (e->r[k] - rf) : 0;
    check_close(METRIC_volatility, sqrtl(v * n / (n - 1) * p), 1e-7);
    check_close(METRIC_sharpe, (mean - rf) / sqrtl(v * n / (n - 1)) * sqrtl(p), 1e-7);
    if (down > 0)
        check_close(METRIC_sortino, (mean - rf) / sqrtl(down / n) * sqrtl(p), 1e-9);
    real skew = central(e->r, e->n, mean, 3) / powl(v, 1.5L);
    real kurtosis = central(e->r, e->n, mean, 4) / (v * v);
    check_close(METRIC_skew, skew, 1e-6);
    check_close(METRIC_kurtosis, kurtosis, 1e-6);
    real sharpe = (mean - rf) / sqrtl(v * n / (n - 1));
    real radicand = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
    if (radicand > 1e-3)
        check_close(METRIC_psr, erfcl(-sharpe * sqrtl(n - 1) / sqrtl(radicand) / sqrtl(2)) / 2,
                    1e-6);
    real vx = central(e->x, e->n, mean_of(e->x, e->n), 2), c = 0;
    for (size_t k = 0; k < e->n; k++)
        c += (e->x[k] - mean_of(e->x, e->n)) * (e->r[k] - mean);
    check_close(METRIC_beta, c / n / vx, 1e-7);
    check_close(METRIC_alpha, (mean - c / n / vx * mean_of(e->x, e->n)) * p, 1e-7);
}

static void check_growth(const struct series *e)
{
    size_t last = s.input.count - 1;
    real end = s.equity[last], peak = 1000, mdd = 0, run = 0, longest = 0;
    for (size_t t = 0; t <= last; t++) {
        peak = fmaxl(peak, s.equity[t]);
        mdd = fmaxl(mdd, (peak - s.equity[t]) / peak);
        run = s.equity[t] < peak ? run + 1 : 0;
        longest = fmaxl(longest, run);
    }
    real cagr = end <= 0 ? -1 : powl(end / 1000, s.terms.periods / e->n) - 1;
    check_close(METRIC_total_return, end / 1000 - 1, 1e-13);
    check_close(METRIC_cagr, cagr, 1e-11);
    check_close(METRIC_max_drawdown, mdd, 1e-13);
    check_close(METRIC_max_drawdown_bars, longest, 0);
    check_close(METRIC_calmar, mdd == 0 ? NAN : cagr / mdd, 1e-8);
    check_close(METRIC_benchmark_return, s.close[last] / (real)s.close[0] - 1, 1e-13);
}

static void check_trades(void)
{
    real n = 0, won = 0, lost = 0, wins = 0, losses = 0, best = NAN, worst = NAN, held = 0;
    for (size_t i = 0; i < s.result.trade_count; i++) {
        const struct trade *trade = &s.result.trades[i];
        if (trade->reason == EXIT_OPEN)
            continue;
        n++;
        won += trade->profit > 0 ? trade->profit : 0;
        lost += trade->profit < 0 ? trade->profit : 0;
        wins += trade->profit > 0;
        losses += trade->profit < 0;
        best = fmaxl(best, trade->net_return);
        worst = fminl(worst, trade->net_return);
        held += trade->exit_bar - trade->entry_bar;
    }
    check_close(METRIC_trades, n, 0);
    check_close(METRIC_win_rate, n == 0 ? NAN : wins / n, 1e-13);
    check_close(METRIC_profit_factor, losses == 0 ? NAN : won / -lost, 1e-11);
    check_close(METRIC_expectancy, n == 0 ? NAN : (won + lost) / n, 1e-10);
    check_close(METRIC_payoff, wins == 0 || losses == 0 ? NAN : won / wins / (-lost / losses),
                1e-11);
    check_close(METRIC_best_trade, best, 0);
    check_close(METRIC_worst_trade, worst, 0);
    check_close(METRIC_avg_bars_held, n == 0 ? NAN : held / n, 1e-13);
}

static void check_blocks(const struct series *e)
{
    size_t blocks = (size_t)s.terms.blocks, k = 0;
    for (size_t j = 0; j < blocks; j++) {
        real sum = 0, sum2 = 0, n = 0;
        for (; k < (j + 1) * e->n / blocks; k++) {
            sum += e->r[k];
            sum2 += e->r[k] * e->r[k];
            n++;
        }
        check_near_at(s.block_sum[j], (double)sum, 1e-12, "block_sum", __FILE__, __LINE__);
        check_near_at(s.block_sum2[j], (double)sum2, 1e-12, "block_sum2", __FILE__, __LINE__);
        check_near_at(s.block_n[j], (double)n, 0, "block_n", __FILE__, __LINE__);
    }
}

static void metrics_agree_with_formulas(void **state)
{
    (void)state;
    static struct series series;
    int checked = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        random_scenario(&s, seed);
        scenario_run(&s);
        make_series(&series);
        check_growth(&series);
        check_trades();
        check_blocks(&series);
        /* sums cancel where nearly nothing varies */
        if (series.n > 3 && s.result.metric[METRIC_volatility] > 1e-3 &&
            s.result.status == ADMF_CELL_OK) {
            check_returns(&series);
            checked++;
        }
        if (s.result.metric[METRIC_orders] > 0)
            assert_true(s.result.metric[METRIC_turnover] > 0);
        scenario_end(&s);
    }
    assert_true(checked > 200);
}

static void a_small_run_by_hand(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 110, 99}, (int[]){1, 1, 1});
    s.terms.periods = 252;
    scenario_run(&s);
    /* r = 0, 0.1, −0.1 */
    check_metric(&s, METRIC_volatility, 0.1 * sqrt(252));
    check_metric(&s, METRIC_max_drawdown, 0.1);
    check_metric(&s, METRIC_turnover, 1000 / (3090.0 / 3) / (3.0 / 252));
    check_near_at(s.result.metric[METRIC_beta], 1, 1e-12, "beta", __FILE__, __LINE__);
    check_near_at(s.result.metric[METRIC_alpha], 0, 1e-12, "alpha", __FILE__, __LINE__);
    check_metric(&s, METRIC_win_rate, NAN);
    check_metric(&s, METRIC_open_trades, 1);
    check_metric(&s, METRIC_exposure, 1);
    scenario_end(&s);
}

static void constant_equity_has_no_ratios(void **state)
{
    (void)state;
    scenario_start(&s, 5, (double[]){100, 110, 99, 100, 101}, NULL);
    scenario_run(&s);
    assert_int_equal(s.result.status, ADMF_CELL_NO_TRADES);
    check_metric(&s, METRIC_volatility, 0);
    check_metric(&s, METRIC_sharpe, NAN);
    check_metric(&s, METRIC_sortino, NAN);
    check_metric(&s, METRIC_skew, NAN);
    check_metric(&s, METRIC_calmar, NAN);
    check_metric(&s, METRIC_total_return, 0);
    check_metric(&s, METRIC_turnover, 0);
    check_metric(&s, METRIC_beta, 0);
    scenario_end(&s);
    s.input.count = 1;
    scenario_run(&s);
    check_metric(&s, METRIC_volatility, NAN);
    scenario_end(&s);
}

static void samples_at_day_ends(void **state)
{
    (void)state;
    scenario_start(&s, 5, (double[]){100, 120, 110, 90, 132}, (int[]){1, 1, 1, 1, 1});
    set_days(&s, 2);
    s.terms.sample_daily = true;
    s.terms.blocks = 2;
    scenario_run(&s);
    /* 1200, 900, 1320 (a day that is not over counts) */
    double r1 = 1200.0 / 1000 - 1, r2 = 900.0 / 1200 - 1, r3 = 1320.0 / 900 - 1;
    check_near(s.block_n[0], 1);
    check_near(s.block_n[1], 2);
    check_near(s.block_sum[0], r1);
    check_near(s.block_sum[1], r2 + r3);
    check_near(s.block_sum2[1], r2 * r2 + r3 * r3);
    check_metric(&s, METRIC_max_drawdown, 0.25); /* over bars all the same */
    scenario_end(&s);
}

static void sums_by_regime(void **state)
{
    (void)state;
    scenario_start(&s, 5, (double[]){100, 110, 120, 130, 125}, (int[]){1, 1, 0, 1, 0});
    s.input.label = s.label;
    s.input.labels = 3;
    for (int t = 0; t < 5; t++)
        s.label[t] = (uint8_t)(int[]){1, 1, 2, 1, 2}[t];
    scenario_run(&s);
    /* bars belong to unknown, 1, 1, 2, 1 */
    double e = 1200.0 * 125 / 130;
    check_near(s.regime_profit[0], 0);
    check_near(s.regime_profit[1], 200 + (e - 1200));
    check_near(s.regime_profit[2], 0);
    check_near(s.regime_bars[1], 3);
    check_near(s.regime_trades[1], 2);
    check_near(s.regime_trades[2], 0);
    check_near(s.regime_wins[1], 1);
    scenario_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_agree_with_formulas),
        cmocka_unit_test(a_small_run_by_hand),
        cmocka_unit_test(constant_equity_has_no_ratios),
        cmocka_unit_test(samples_at_day_ends),
        cmocka_unit_test(sums_by_regime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
