/* SPDX-License-Identifier: Apache-2.0 */
/* Fills, sizing, costs and cash, computed by hand. */
#include "tests/engine/scalar_scenario.h"

static struct scenario s;

static void fill_at_the_close(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 121, 120}, (int[]){0, 1, 1, 0});
    scenario_run(&s);
    check_equity(&s, 1000, 1000, 1100, 1000.0 / 110 * 120);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_trades, 1);
    check_metric(&s, METRIC_exposure, 0.5);
    assert_int_equal(s.result.trade_count, 1);
    assert_int_equal(s.result.trades[0].entry_bar, 1);
    assert_int_equal(s.result.trades[0].exit_bar, 3);
    assert_int_equal(s.result.trades[0].reason, EXIT_SIGNAL);
    scenario_end(&s);
}

static void fill_at_the_next_open(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 120, 130}, (int[]){1, 1, 0, 1});
    set_prices(s.open, 4, (double[]){99, 100, 115, 125});
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN;
    scenario_run(&s);
    /* bought at 100 with all the cash, sold at 125; the last order is dropped */
    check_equity(&s, 1000, 1100, 1200, 1250);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_orders_rejected, 0);
    scenario_end(&s);
}

static void an_undefined_open_leaves_the_order_pending(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 120, 130}, (int[]){1, 1, 1, 1});
    set_prices(s.open, 4, (double[]){99, NAN, 115, 125});
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN;
    scenario_run(&s);
    check_equity(&s, 1000, 1000, 1000.0 / 115 * 120, 1000.0 / 115 * 130);
    scenario_end(&s);
    /* a newer decision takes its place */
    scenario_start(&s, 4, (double[]){100, 110, 120, 130}, (int[]){1, 0, 0, 0});
    set_prices(s.open, 4, (double[]){99, NAN, 115, 125});
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 0);
    assert_int_equal(s.result.status, ADMF_CELL_NO_TRADES);
    scenario_end(&s);
}

static void fill_at_the_next_close(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 120, 130}, (int[]){1, 0, 0, 0});
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    scenario_run(&s);
    check_equity(&s, 1000, 1000, 1000.0 / 110 * 120, 1000.0 / 110 * 120);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
}

static double units_after(int size_type, double size, int direction)
{
    scenario_start(&s, 2, (double[]){50, 50}, (int[]){direction, direction});
    s.input.atr = s.atr;
    s.input.sigma = s.sigma;
    s.atr[0] = 4;
    s.sigma[0] = 0.5;
    s.terms.risk[RISK_size_type] = size_type;
    s.terms.risk[RISK_size] = size;
    scenario_run(&s);
    double units = s.result.trade_count ? s.result.trades[0].units : 0;
    if (s.result.trade_count)
        assert_int_equal(s.result.trades[0].direction, direction);
    scenario_end(&s);
    return units;
}

static void every_way_of_sizing(void **state)
{
    (void)state;
    check_near(units_after(SIZE_PERCENT_EQUITY, 0.5, 1), 0.5 * 1000 / 50);
    check_near(units_after(SIZE_PERCENT_EQUITY, 0.5, -1), 0.5 * 1000 / 50);
    check_near(units_after(SIZE_FIXED_VALUE, 300, 1), 6);
    check_near(units_after(SIZE_FIXED_UNITS, 7, -1), 7);
    check_near(units_after(SIZE_VOLATILITY_TARGET, 0.2, 1), 0.4 * 1000 / 50);
    check_near(units_after(SIZE_VOLATILITY_TARGET, 2, 1), 1000 / 50.0); /* leverage cap */
    check_near(units_after(SIZE_ATR_RISK, 0.01, -1), 0.01 * 1000 / (2 * 4));
    check_near(units_after(SIZE_FIXED_UNITS, 100, 1), 20); /* cut by leverage */
    check_near(units_after(SIZE_PERCENT_EQUITY, 0, 1), 0);
}

static double units_of_measure(int size_type, double measure, double size)
{
    scenario_start(&s, 2, (double[]){50, 50}, (int[]){1, 1});
    s.input.atr = s.atr;
    s.input.sigma = s.sigma;
    s.atr[0] = s.sigma[0] = measure;
    s.terms.risk[RISK_size_type] = size_type;
    s.terms.risk[RISK_size] = size;
    scenario_run(&s);
    double units = s.result.trade_count ? s.result.trades[0].units : 0;
    scenario_end(&s);
    return units;
}

static void undefined_and_zero_measures(void **state)
{
    (void)state;
    static const int types[] = {SIZE_VOLATILITY_TARGET, SIZE_ATR_RISK};
    for (int i = 0; i < 2; i++) {
        check_near(units_of_measure(types[i], NAN, 0.1), 0);
        check_near(units_of_measure(types[i], 0, 0.1), 20);
        check_near(units_of_measure(types[i], 0, 0), 0);
    }
}

static void strength_scales_the_size_of_the_decision_bar(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){50, 50, 50}, (int[]){1, 1, 1});
    s.input.strength = s.strength;
    s.strength[0] = 0.25;
    s.strength[1] = 0.75;
    s.terms.risk[RISK_scale_by_strength] = 1;
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 5);
    scenario_end(&s);
    s.strength[0] = NAN;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 0);
    scenario_end(&s);
}

static void lots(void **state)
{
    (void)state;
    scenario_start(&s, 2, (double[]){30, 30}, (int[]){-1, -1});
    s.terms.risk[RISK_lot] = 10;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 30); /* 33.3 */
    scenario_end(&s);
    s.terms.risk[RISK_lot] = 40;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 0);
    scenario_end(&s);
    /* what leverage cuts is floored again: 1000/30 = 33.3 */
    s.terms.risk[RISK_lot] = 5;
    s.terms.risk[RISK_size_type] = SIZE_FIXED_UNITS;
    s.terms.risk[RISK_size] = 50;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 30);
    check_metric(&s, METRIC_orders_clipped, 0);
    scenario_end(&s);
}

static void rebalancing_at_every_bar(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 200, 100}, (int[]){1, 1, 1});
    s.terms.risk[RISK_size] = 0.5;
    s.terms.risk[RISK_rebalance] = REBALANCE_EVERY_BAR;
    scenario_run(&s);
    /* 5 units; at 200 worth 1000 of 1500: sell 1.25; at 100: 1125, hold 5.625 */
    check_equity(&s, 1000, 1500, 1125);
    check_metric(&s, METRIC_orders, 3);
    check_near(s.result.trades[0].units, 5.625);
    check_near(s.result.trades[0].entry_price, 100);
    check_near(s.result.trades[0].profit, 125);
    scenario_end(&s);
    /* a target that is met costs nothing */
    scenario_start(&s, 3, (double[]){100, 100, 100}, (int[]){1, 1, 1});
    s.terms.risk[RISK_size] = 0.5;
    s.terms.risk[RISK_rebalance] = REBALANCE_EVERY_BAR;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 1);
    scenario_end(&s);
}

static void an_addition_makes_the_entry_a_mean(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 50, 80, 80}, (int[]){1, 1, 1, 0});
    s.terms.risk[RISK_size_type] = SIZE_FIXED_VALUE;
    s.terms.risk[RISK_size] = 200;
    s.terms.risk[RISK_rebalance] = REBALANCE_EVERY_BAR;
    scenario_run(&s);
    /* 2 at 100; to 4 at 50: E 75; to 2.5 at 80; out at 80 */
    check_near(s.result.trades[0].entry_price, 75);
    check_near(s.result.trades[0].profit, 1.5 * 5 + 2.5 * 5);
    check_near(s.result.trades[0].net_return, 20.0 / 300);
    check_metric(&s, METRIC_orders, 4);
    check_metric(&s, METRIC_trades, 1);
    check_metric(&s, METRIC_final_equity, 1020);
    scenario_end(&s);
}

static void costs_of_a_fill(void **state)
{
    (void)state;
    scenario_start(&s, 2, (double[]){100, 100}, (int[]){1, 0});
    double *e = s.terms.execution;
    s.terms.risk[RISK_size_type] = SIZE_FIXED_UNITS;
    s.terms.risk[RISK_size] = 4;
    e[EXECUTION_slippage] = 0.01;
    e[EXECUTION_fee_rate] = 0.001;
    e[EXECUTION_fee_fixed] = 2;
    e[EXECUTION_fee_per_unit] = 0.5;
    scenario_run(&s);
    double buy = (4 * 101) * 0.001 + 2 + 4 * 0.5, sell = (4 * 99) * 0.001 + 2 + 4 * 0.5;
    check_equity(&s, 1000 - 4 * 101 - buy + 400, 1000 - 8 - buy - sell);
    check_metric(&s, METRIC_fees_paid, buy + sell);
    check_metric(&s, METRIC_slippage_paid, 8);
    check_metric(&s, METRIC_worst_trade, (-8 - buy - sell) / 404);
    scenario_end(&s);
    e[EXECUTION_fee_min] = 10;
    scenario_run(&s);
    check_metric(&s, METRIC_fees_paid, 20);
    scenario_end(&s);
}

static void a_reversal_is_one_order_and_shares_its_fee(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 100, 100}, (int[]){1, -1, -1});
    s.terms.risk[RISK_size_type] = SIZE_FIXED_VALUE;
    s.terms.risk[RISK_size] = 400;
    s.terms.execution[EXECUTION_fee_fixed] = 6;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_trades, 1);
    check_metric(&s, METRIC_open_trades, 1);
    check_near(s.result.trades[0].profit, -9);
    check_near(s.result.trades[1].profit, -3);
    assert_int_equal(s.result.trades[1].direction, -1);
    assert_int_equal(s.result.trades[1].exit_bar, 3);
    scenario_end(&s);
}

static void fees_are_cut_from_a_buy(void **state)
{
    (void)state;
    scenario_start(&s, 2, (double[]){100, 100}, (int[]){1, 1});
    double *e = s.terms.execution;
    e[EXECUTION_fee_rate] = 0.01;
    e[EXECUTION_fee_fixed] = 10;
    e[EXECUTION_fee_per_unit] = 1;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 990 / (101.0 + 1));
    check_metric(&s, METRIC_orders_cash_cut, 1);
    check_metric(&s, METRIC_orders, 1);
    scenario_end(&s);
    e[EXECUTION_fee_min] = 100; /* more than the fee of what 900 would buy */
    scenario_run(&s);
    check_near(s.result.trades[0].units, 9);
    check_metric(&s, METRIC_fees_paid, 100);
    scenario_end(&s);
    s.terms.risk[RISK_lot] = 4;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 8);
    check_metric(&s, METRIC_orders_cash_cut, 0); /* the lot made it 8 before the cash did */
    scenario_end(&s);
    e[EXECUTION_fee_fixed] = 2000;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 0);
    check_metric(&s, METRIC_orders_cash_cut, 1);
    scenario_end(&s);
}

static void fees_may_come_on_top(void **state)
{
    (void)state;
    scenario_start(&s, 2, (double[]){100, 100}, (int[]){1, 1});
    s.terms.execution[EXECUTION_fee_in_cash] = 0;
    s.terms.execution[EXECUTION_fee_fixed] = 10;
    scenario_run(&s);
    check_equity(&s, 990, 990);
    check_metric(&s, METRIC_orders_cash_cut, 0);
    scenario_end(&s);
    s.terms.execution[EXECUTION_slippage] = 0.25;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 8);
    check_metric(&s, METRIC_orders_cash_cut, 1);
    scenario_end(&s);
}

static void leverage_lends(void **state)
{
    (void)state;
    scenario_start(&s, 2, (double[]){100, 110}, (int[]){1, 1});
    s.terms.risk[RISK_leverage] = 3;
    s.terms.risk[RISK_size] = 2;
    scenario_run(&s);
    check_equity(&s, 1000, 1200);
    check_metric(&s, METRIC_orders_cash_cut, 0);
    scenario_end(&s);
}

static void a_short_is_always_covered(void **state)
{
    (void)state;
    /* short 10 at 100; at 190 the cover costs 1900 of 2000, plus 150 that are not there */
    scenario_start(&s, 3, (double[]){100, 190, 190}, (int[]){-1, 1, 1});
    s.terms.execution[EXECUTION_fee_fixed] = 90;
    scenario_run(&s);
    double cash = 2000 - 90 - 1900 - 90;
    assert_int_equal(s.result.status, ADMF_CELL_BANKRUPT);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_orders_cash_cut, 1);
    assert_true(cash < 0);
    check_equity(&s, 910, 0, 0);
    scenario_end(&s);
    /* without the second half nothing becomes smaller */
    scenario_start(&s, 3, (double[]){100, 190, 190}, (int[]){-1, 0, 0});
    s.terms.execution[EXECUTION_fee_fixed] = 40;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_cash_cut, 0);
    check_equity(&s, 960, 20, 20);
    scenario_end(&s);
}

static void no_short_where_it_is_not_allowed(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 110, 120}, (int[]){1, -1, -1});
    s.terms.portfolio[PORTFOLIO_allow_short] = 0;
    scenario_run(&s);
    check_equity(&s, 1000, 1100, 1100);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
}

static void closing_at_the_end(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 110, 120}, (int[]){0, 1, 1});
    s.terms.portfolio[PORTFOLIO_close_at_end] = 1;
    s.terms.execution[EXECUTION_fee_fixed] = 10;
    scenario_run(&s);
    check_equity(&s, 1000, 990, 990.0 / 110 * 120 - 10);
    check_metric(&s, METRIC_trades, 1);
    check_metric(&s, METRIC_open_trades, 0);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_time_exits, 0);
    check_metric(&s, METRIC_exposure, 1 / 3.0);
    assert_int_equal(s.result.trades[0].reason, EXIT_END);
    scenario_end(&s);
}

static void bankruptcy(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 250, 50, 50}, (int[]){-1, -1, 1, 1});
    scenario_run(&s);
    assert_int_equal(s.result.status, ADMF_CELL_BANKRUPT);
    check_equity(&s, 1000, 0, 0, 0);
    check_metric(&s, METRIC_max_drawdown, 1);
    check_metric(&s, METRIC_cagr, -1);
    check_metric(&s, METRIC_orders, 1); /* the lender's closing is no order */
    check_metric(&s, METRIC_trades, 1);
    check_metric(&s, METRIC_expectancy, -1000);
    check_metric(&s, METRIC_worst_trade, -1);
    check_metric(&s, METRIC_max_drawdown_bars, 3);
    assert_int_equal(s.result.trades[0].reason, EXIT_BANKRUPT);
    scenario_end(&s);
}

static void a_series_with_a_hole_is_frozen(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, NAN, 120}, (int[]){1, 1, 1, 1});
    scenario_run(&s);
    assert_int_equal(s.result.status, ADMF_CELL_INVALID);
    for (int i = 0; i < METRIC_COUNT; i++)
        assert_true(isnan(s.result.metric[i]));
    check_equity(&s, 1000, 1100, NAN, NAN);
    scenario_end(&s);
}

static void a_window_starts_afresh(void **state)
{
    (void)state;
    scenario_start(&s, 5, (double[]){10, 20, 100, 110, 400}, (int[]){1, 1, 1, 1, 1});
    s.input.first = 2;
    s.input.count = 2;
    scenario_run(&s);
    check_equity(&s, 1000, 1100);
    check_metric(&s, METRIC_benchmark_return, 0.1);
    scenario_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill_at_the_close),
        cmocka_unit_test(fill_at_the_next_open),
        cmocka_unit_test(an_undefined_open_leaves_the_order_pending),
        cmocka_unit_test(fill_at_the_next_close),
        cmocka_unit_test(every_way_of_sizing),
        cmocka_unit_test(undefined_and_zero_measures),
        cmocka_unit_test(strength_scales_the_size_of_the_decision_bar),
        cmocka_unit_test(lots),
        cmocka_unit_test(rebalancing_at_every_bar),
        cmocka_unit_test(an_addition_makes_the_entry_a_mean),
        cmocka_unit_test(costs_of_a_fill),
        cmocka_unit_test(a_reversal_is_one_order_and_shares_its_fee),
        cmocka_unit_test(fees_are_cut_from_a_buy),
        cmocka_unit_test(fees_may_come_on_top),
        cmocka_unit_test(leverage_lends),
        cmocka_unit_test(a_short_is_always_covered),
        cmocka_unit_test(no_short_where_it_is_not_allowed),
        cmocka_unit_test(closing_at_the_end),
        cmocka_unit_test(bankruptcy),
        cmocka_unit_test(a_series_with_a_hole_is_frozen),
        cmocka_unit_test(a_window_starts_afresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
