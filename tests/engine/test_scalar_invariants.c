/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every run, over seeded random terms. */
#include "engine/base/memory.h"
#include "tests/engine/scalar_random.h"

enum { SEEDS = 600 };
static struct scenario s, other;

static bool went_bankrupt_flat(void)
{
    for (size_t i = 0; i < s.result.trade_count; i++)
        if (s.result.trades[i].reason == EXIT_BANKRUPT)
            return false;
    return s.result.status == ADMF_CELL_BANKRUPT;
}

static void profits_sum_to_equity(void **state)
{
    (void)state;
    int traded = 0, bankrupt = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        random_scenario(&s, seed);
        scenario_run(&s);
        assert_int_not_equal(s.result.status, ADMF_CELL_INVALID);
        double sum = 1000, scale = 1000;
        for (size_t i = 0; i < s.result.trade_count; i++) {
            sum += s.result.trades[i].profit;
            scale = fmax(scale, sum);
        }
        if (!went_bankrupt_flat())
            check_near_at(sum / scale, s.result.metric[METRIC_final_equity] / scale, 1e-9,
                          "sum of profits", __FILE__, (int)seed);
        traded += s.result.trade_count > 0;
        bankrupt += s.result.status == ADMF_CELL_BANKRUPT;
        scenario_end(&s);
    }
    assert_true(traded > SEEDS / 2 && bankrupt > 0);
}

static void regimes_sum_to_totals(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        random_scenario(&s, seed);
        scenario_run(&s);
        double profit = 0, bars = 0, trades = 0, wins = 0, scale = 1000;
        for (int i = 0; i < s.input.labels; i++) {
            profit += s.regime_profit[i];
            bars += s.regime_bars[i];
            trades += s.regime_trades[i];
            wins += s.regime_wins[i];
        }
        for (size_t t = 0; t < s.input.count; t++)
            scale = fmax(scale, s.equity[t]);
        double total = s.result.metric[METRIC_final_equity] - 1000;
        assert_true(fabs(profit - total) <= 1e-9 * scale);
        check_near(bars, (double)s.input.count);
        check_near(trades, s.result.metric[METRIC_trades]);
        if (trades > 0)
            check_near(wins / trades, s.result.metric[METRIC_win_rate]);
        scenario_end(&s);
    }
}

/* Bits of equity up to a bar do not depend on what comes after it. */
static void the_future_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        random_scenario(&s, seed);
        s.terms.portfolio[PORTFOLIO_close_at_end] = 0;
        scenario_run(&s);
        scenario_end(&s);
        random_scenario(&other, seed);
        other.terms.portfolio[PORTFOLIO_close_at_end] = 0;
        size_t count = 1 + seed * 7919 % other.input.count;
        other.input.count = other.bars.count = count;
        scenario_run(&other);
        scenario_end(&other);
        /* the end of the data ends a session day */
        size_t same = isnan(other.terms.risk[RISK_flat_at]) ? count : count - 1;
        assert_memory_equal(s.equity, other.equity, same * sizeof(double));
    }
}

/* Fixed units, no costs, no exits: the negated signals give the negated profits. */
static void mirror(void **state)
{
    (void)state;
    size_t trades = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct scenario *both[] = {&s, &other};
        for (int k = 0; k < 2; k++) {
            struct terms terms;
            default_terms(&terms);
            terms.portfolio[PORTFOLIO_initial_cash] = 1e6;
            terms.risk[RISK_size_type] = SIZE_FIXED_UNITS;
            terms.risk[RISK_size] = 3;
            terms.execution[EXECUTION_fill] = (double)(seed % 3);
            random_scenario(both[k], seed);
            both[k]->terms = terms;
            both[k]->input.allow = NULL;
            for (size_t t = 0; k == 1 && t < s.input.count; t++)
                other.signal[t] = (int8_t)-other.signal[t];
            scenario_run(both[k]);
        }
        assert_int_equal(s.result.trade_count, other.result.trade_count);
        for (size_t i = 0; i < s.result.trade_count; i++)
            assert_true(s.result.trades[i].profit == -other.result.trades[i].profit);
        trades += s.result.trade_count;
        scenario_end(&s);
        scenario_end(&other);
    }
    assert_true(trades > 2000);
}

static void nothing_asked_for_leaves_the_cash(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        random_scenario(&s, seed);
        if (seed % 2)
            s.terms.risk[RISK_size] = 0;
        else
            memset(s.signal, 0, sizeof s.signal);
        scenario_run(&s);
        assert_int_equal(s.result.status, ADMF_CELL_NO_TRADES);
        for (size_t t = 0; t < s.input.count; t++)
            assert_true(s.equity[t] == 1000);
        scenario_end(&s);
    }
}

/* The same twice, with and without what is asked for beside the metrics. */
static void extras_change_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        random_scenario(&s, seed);
        scenario_run(&s);
        random_scenario(&other, seed);
        other.result = (struct scalar_result){0};
        scenario_run(&other);
        assert_memory_equal(s.result.metric, other.result.metric, sizeof s.result.metric);
        assert_int_equal(s.result.status, other.result.status);
        assert_null(other.result.trades);
        scenario_end(&s);
    }
}

static void want_of_memory_is_reported(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 121, 120}, (int[]){1, 0, 1, 0});
    memory_fail_at(1);
    admf_error error = {0};
    assert_int_equal(scalar_simulate(&s.input, NULL, &s.result, &error), ADMF_INTERNAL);
    memory_fail_at(0);
    assert_int_equal(error.code, ADMF_INTERNAL);
    scenario_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profits_sum_to_equity),
        cmocka_unit_test(regimes_sum_to_totals),
        cmocka_unit_test(the_future_does_not_matter),
        cmocka_unit_test(mirror),
        cmocka_unit_test(nothing_asked_for_leaves_the_cash),
        cmocka_unit_test(extras_change_nothing),
        cmocka_unit_test(want_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
