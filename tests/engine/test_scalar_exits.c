/* SPDX-License-Identifier: Apache-2.0 */
/* Protective exits, computed by hand. */
#include "engine/catalog/catalog.h"
#include "tests/engine/scalar_scenario.h"

static struct scenario s;

/* Entry at the close of 100, then one bar (open, high, low, close); 10 units. */
static void one_bar(int direction, double open, double high, double low, double close)
{
    scenario_start(&s, 2, (double[]){100, close}, (int[]){direction, direction});
    s.open[1] = open;
    s.high[1] = high;
    s.low[1] = low;
}

static void check_exit(double price, int counter)
{
    scenario_run(&s);
    int direction = s.signal[0];
    double expected = isnan(price) ? s.close[1] : price;
    check_metric(&s, METRIC_final_equity, 1000 + direction * 10 * (expected - 100));
    static const int counters[] = {METRIC_stop_exits, METRIC_trailing_exits, METRIC_target_exits,
                                   METRIC_time_exits};
    for (int i = 0; i < 4; i++)
        check_near(s.result.metric[counters[i]], counters[i] == counter);
    check_metric(&s, METRIC_orders, isnan(price) ? 1 : 2);
    scenario_end(&s);
}

static void stops(void **state)
{
    (void)state;
    one_bar(1, 99, 101, 94, 97);
    s.terms.risk[RISK_stop_loss] = 0.05;
    check_exit(95, METRIC_stop_exits);
    one_bar(1, 93, 101, 92, 97); /* a gap fills at the open */
    s.terms.risk[RISK_stop_loss] = 0.05;
    check_exit(93, METRIC_stop_exits);
    one_bar(1, 99, 101, 95.5, 97);
    s.terms.risk[RISK_stop_loss] = 0.05;
    check_exit(NAN, -1);
    one_bar(-1, 101, 106, 99, 103);
    s.terms.risk[RISK_stop_loss] = 0.05;
    check_exit(105, METRIC_stop_exits);
    one_bar(-1, 107, 108, 99, 103);
    s.terms.risk[RISK_stop_loss] = 0.05;
    check_exit(107, METRIC_stop_exits);
}

static void targets(void **state)
{
    (void)state;
    one_bar(1, 101, 111, 99, 105);
    s.terms.risk[RISK_take_profit] = 0.125;
    check_exit(NAN, -1);
    s.high[1] = 112.5;
    check_exit(112.5, METRIC_target_exits);
    one_bar(1, 120, 121, 99, 105);
    s.terms.risk[RISK_take_profit] = 0.125;
    check_exit(120, METRIC_target_exits);
    one_bar(-1, 99, 101, 87, 95);
    s.terms.risk[RISK_take_profit] = 0.125;
    check_exit(87.5, METRIC_target_exits);
    one_bar(-1, 80, 101, 79, 95);
    s.terms.risk[RISK_take_profit] = 0.125;
    check_exit(80, METRIC_target_exits);
}

static void where_both_lie_inside_the_stop_happened(void **state)
{
    (void)state;
    for (int direction = -1; direction <= 1; direction += 2) {
        one_bar(direction, 100, 120, 80, 100);
        s.terms.risk[RISK_stop_loss] = 0.0625;
        s.terms.risk[RISK_take_profit] = 0.0625;
        check_exit(100 - direction * 6.25, METRIC_stop_exits);
        one_bar(direction, 100 + direction * 10, 120, 80, 100); /* but not where it opens beyond */
        s.terms.risk[RISK_stop_loss] = 0.0625;
        s.terms.risk[RISK_take_profit] = 0.0625;
        check_exit(100 + direction * 10, METRIC_target_exits);
    }
}

static void slippage_meets_stops_but_not_targets(void **state)
{
    (void)state;
    one_bar(1, 100, 120, 100, 100);
    s.terms.risk[RISK_size_type] = SIZE_FIXED_UNITS;
    s.terms.risk[RISK_size] = 4;
    s.terms.execution[EXECUTION_slippage] = 0.01;
    s.terms.risk[RISK_take_profit] = 0.125; /* of E = 101 */
    scenario_run(&s);
    check_metric(&s, METRIC_final_equity, 1000 + 4 * (101 * 1.125 - 101));
    check_metric(&s, METRIC_slippage_paid, 4);
    scenario_end(&s);
    one_bar(1, 100, 120, 80, 100);
    s.terms.risk[RISK_size_type] = SIZE_FIXED_UNITS;
    s.terms.risk[RISK_size] = 4;
    s.terms.execution[EXECUTION_slippage] = 0.01;
    s.terms.risk[RISK_stop_loss] = 0.125;
    scenario_run(&s);
    check_metric(&s, METRIC_final_equity, 1000 + 4 * (101 * 0.875 * 0.99 - 101));
    scenario_end(&s);
}

/* E = 100, H after bar 1 = 120, after bar 2 = 130 */
static void start_trailing(double trailing)
{
    scenario_start(&s, 4, (double[]){100, 115, 125, 110}, (int[]){1, 1, 1, 1});
    set_prices(s.high, 4, (double[]){140, 120, 130, 126});
    set_prices(s.low, 4, (double[]){99, 100, 114, 105});
    set_prices(s.open, 4, (double[]){100, 101, 115, 126});
    s.terms.risk[RISK_trailing_stop] = trailing;
}

static void trailing_stops(void **state)
{
    (void)state;
    /* the high of the entry's own bar does not count: 0.9·100 holds in bar 1, 108 in bar 2 */
    start_trailing(0.1);
    scenario_run(&s);
    check_equity(&s, 1000, 1150, 1250, 1170); /* at 117 in bar 3 */
    check_metric(&s, METRIC_trailing_exits, 1);
    assert_int_equal(s.result.trades[0].reason, EXIT_TRAILING);
    scenario_end(&s);
    start_trailing(0.25); /* 0.75·130 = 97.5 is never reached; the stop at 99 neither */
    s.terms.risk[RISK_stop_loss] = 0.01;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 1);
    scenario_end(&s);
    start_trailing(0.25); /* the stop is the higher one */
    s.terms.risk[RISK_stop_loss] = 0.01;
    s.low[3] = 90;
    scenario_run(&s);
    check_metric(&s, METRIC_stop_exits, 1);
    check_metric(&s, METRIC_final_equity, 990);
    scenario_end(&s);
    start_trailing(0.1); /* a tie counts as stop */
    s.terms.risk[RISK_stop_loss] = 0.1;
    s.low[1] = 90;
    scenario_run(&s);
    check_metric(&s, METRIC_stop_exits, 1);
    scenario_end(&s);
}

static void a_trailing_stop_of_a_short(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 85, 90}, (int[]){-1, -1, -1});
    set_prices(s.low, 3, (double[]){60, 80, 85});
    set_prices(s.high, 3, (double[]){100, 100, 91});
    s.terms.risk[RISK_trailing_stop] = 0.125;
    scenario_run(&s);
    check_equity(&s, 1000, 1150, 1100); /* 80·1.125 = 90 */
    check_metric(&s, METRIC_trailing_exits, 1);
    scenario_end(&s);
}

static void the_open_that_made_the_entry_is_not_tested(void **state)
{
    (void)state;
    /* bought at 110 with slippage 10 %: E = 121, stop at 114.95 is above the open */
    scenario_start(&s, 3, (double[]){100, 112, 112}, (int[]){1, 1, 1});
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN;
    s.terms.execution[EXECUTION_slippage] = 0.1;
    s.terms.risk[RISK_stop_loss] = 0.05;
    s.open[1] = 110;
    s.low[1] = 111;
    s.high[1] = 113;
    scenario_run(&s);
    check_metric(&s, METRIC_stop_exits, 1);
    assert_int_equal(s.result.trades[0].exit_bar, 1);
    check_near(s.result.trades[0].exit_price, 110 * 0.9);
    scenario_end(&s);
    s.low[1] = s.close[1] = 118; /* low above the stop: nothing, until the next open */
    s.high[1] = 119;
    s.open[2] = 112;
    scenario_run(&s);
    assert_int_equal(s.result.trades[0].exit_bar, 2);
    check_near(s.result.trades[0].exit_price, 112 * 0.9);
    scenario_end(&s);
}

static void no_new_entry_until_the_signal_changes(void **state)
{
    (void)state;
    scenario_start(&s, 6, (double[]){100, 96, 97, 98, 99, 100}, (int[]){1, 1, 1, 0, 1, 1});
    s.low[1] = 94;
    s.terms.risk[RISK_stop_loss] = 0.05;
    scenario_run(&s);
    check_equity(&s, 1000, 950, 950, 950, 950, 950.0 / 99 * 100);
    scenario_end(&s);
    s.terms.risk[RISK_reentry] = REENTRY_IMMEDIATE; /* in again at 96 */
    scenario_run(&s);
    check_equity(&s, 1000, 950, 950.0 / 96 * 97, 950.0 / 96 * 98);
    check_metric(&s, METRIC_orders, 5);
    scenario_end(&s);
    s.terms.risk[RISK_cooldown_bars] = 1; /* waits, without a rejection, for bar 3 */
    s.signal[3] = 1;
    scenario_run(&s);
    check_equity(&s, 1000, 950, 950, 950, 950.0 / 98 * 99);
    check_metric(&s, METRIC_orders_rejected, 0);
    scenario_end(&s);
    s.terms.risk[RISK_cooldown_bars] = 0; /* not in the bar of the loss */
    scenario_run(&s);
    check_equity(&s, 1000, 950, 950, 950.0 / 97 * 98);
    scenario_end(&s);
}

static void the_longest_holding_time(void **state)
{
    (void)state;
    scenario_start(&s, 5, (double[]){100, 110, 120, 130, 140}, (int[]){1, 1, 1, 1, 1});
    s.terms.risk[RISK_max_holding_bars] = 2;
    s.terms.execution[EXECUTION_slippage] = 0.5; /* a time exit slips */
    scenario_run(&s);
    double units = 1000 / 150.0;
    check_equity(&s, units * 100, units * 110, units * 60, units * 60, units * 60);
    check_metric(&s, METRIC_time_exits, 1);
    check_metric(&s, METRIC_avg_bars_held, 2);
    scenario_end(&s);
    s.terms.execution[EXECUTION_slippage] = 0;
    s.terms.risk[RISK_reentry] = REENTRY_IMMEDIATE; /* not at its own close: in at 130 */
    scenario_run(&s);
    check_equity(&s, 1000, 1100, 1200, 1200, 1200.0 / 130 * 140);
    scenario_end(&s);
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN; /* in at open 1 = 110, out at close 3 */
    scenario_run(&s);
    check_equity(&s, 1000, 1000, 1000.0 / 110 * 120, 1000.0 / 110 * 130, 1000.0 / 110 * 130);
    check_metric(&s, METRIC_orders, 3); /* and in again at the open of bar 4 */
    scenario_end(&s);
}

static void a_time_exit_is_merged_with_a_reversal(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 120, 110}, (int[]){1, 1, -1, -1});
    s.terms.risk[RISK_max_holding_bars] = 2;
    s.terms.execution[EXECUTION_fee_fixed] = 1;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_time_exits, 1);
    check_metric(&s, METRIC_fees_paid, 2);
    check_metric(&s, METRIC_open_trades, 1);
    assert_int_equal(s.result.trades[0].reason, EXIT_TIME);
    scenario_end(&s);
    s.signal[2] = 0; /* and with an order to nothing */
    s.signal[3] = 0;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_time_exits, 1);
    check_metric(&s, METRIC_open_trades, 0);
    scenario_end(&s);
    /* next_close: the reversal decided a bar earlier fills at the same close */
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    for (int t = 0; t < 4; t++)
        s.signal[t] = (int8_t)(int[]){1, 1, -1, -1}[t];
    s.terms.risk[RISK_max_holding_bars] = 2;
    scenario_run(&s);
    check_metric(&s, METRIC_time_exits, 1);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_open_trades, 1);
    scenario_end(&s);
}

static void an_exit_cancels_a_pending_order_of_its_direction(void **state)
{
    (void)state;
    /* next_close and every_bar: an order to hold is pending when the stop is hit in bar 2 */
    scenario_start(&s, 5, (double[]){100, 100, 100, 100, 100}, (int[]){1, 1, 1, 1, 1});
    s.low[2] = 80;
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    s.terms.risk[RISK_rebalance] = REBALANCE_EVERY_BAR;
    s.terms.risk[RISK_stop_loss] = 0.125;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_final_equity, 875);
    scenario_end(&s);
    /* an opposite one fills as an entry */
    scenario_start(&s, 5, (double[]){100, 100, 100, 100, 100}, (int[]){1, -1, -1, -1, -1});
    s.low[2] = 80;
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    s.terms.risk[RISK_reentry] = REENTRY_IMMEDIATE;
    s.terms.risk[RISK_stop_loss] = 0.125;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 3);
    check_metric(&s, METRIC_trades, 1);
    assert_int_equal(s.result.trades[1].direction, -1);
    assert_int_equal(s.result.trades[1].entry_bar, 2);
    scenario_end(&s);
}

static void flat_at_the_end_of_the_day(void **state)
{
    (void)state;
    scenario_start(&s, 8, (double[]){100, 101, 102, 103, 104, 105, 106, 107},
                   (int[]){1, 1, 1, 1, 1, 1, 1, 1});
    set_days(&s, 4);
    s.terms.risk[RISK_flat_at] = 0;
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN;
    scenario_run(&s);
    /* in at the open of bar 1, out at close 3; in again at open 5 */
    double e = 1000.0 / 101 * 103;
    check_equity(&s, 1000, 1000, 1000.0 / 101 * 102, e, e, e, e / 105 * 106, e / 105 * 107);
    check_metric(&s, METRIC_time_exits, 2);
    check_metric(&s, METRIC_open_trades, 0);
    scenario_end(&s);
    s.terms.execution[EXECUTION_fill] = FILL_CLOSE;
    scenario_run(&s);
    check_metric(&s, METRIC_time_exits, 2);
    check_metric(&s, METRIC_orders, 4);
    check_equity(&s, 1000, 1010, 1020, 1030, 1030, 1030.0 / 104 * 105);
    scenario_end(&s);
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    for (int t = 0; t < 4; t++)
        s.signal[t] = t == 2; /* the order of bar 2 would fill at the last close of the day */
    scenario_run(&s);
    check_near(s.equity[3], 1000);
    check_near(s.equity[4], 1000);
    check_metric(&s, METRIC_trades, 1);
    scenario_end(&s);
}

static void a_rejected_reversal_still_leaves_by_time(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 110, 200, 200}, (int[]){1, 1, -1, -1});
    s.terms.risk[RISK_max_holding_bars] = 2;
    s.terms.risk[RISK_max_position_value] = 1500;
    scenario_run(&s);
    check_equity(&s, 1000, 1100, 2000, 2000);
    check_metric(&s, METRIC_time_exits, 1);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_orders_rejected, 1);
    check_metric(&s, METRIC_open_trades, 0);
    scenario_end(&s);
}

static void the_loss_of_a_time_exit_cools_at_once(void **state)
{
    (void)state;
    scenario_start(&s, 6, (double[]){100, 95, 90, 90, 90, 90}, (int[]){1, 1, -1, -1, -1, -1});
    s.terms.risk[RISK_max_holding_bars] = 2;
    s.terms.risk[RISK_reentry] = REENTRY_IMMEDIATE;
    s.terms.risk[RISK_cooldown_bars] = 1;
    scenario_run(&s);
    /* out at close 2; the short waits for bar 4 and is no rejection */
    check_metric(&s, METRIC_orders, 3);
    check_metric(&s, METRIC_orders_rejected, 0);
    assert_int_equal(s.result.trades[1].entry_bar, 4);
    scenario_end(&s);
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_OPEN; /* in at open 1, out at close 3 */
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    scenario_end(&s);
}

static void a_halt_that_liquidates_leaves_what_was_wanted(void **state)
{
    (void)state;
    scenario_start(&s, 8, (double[]){100, 90, 90, 90, 90, 90, 90, 90},
                   (int[]){1, 1, 1, 1, 1, 1, 1, 1});
    set_days(&s, 3);
    s.terms.risk[RISK_stop_loss] = 0.05;
    s.terms.risk[RISK_max_daily_loss] = 0.04;
    s.terms.risk[RISK_halt] = HALT_LIQUIDATE;
    scenario_run(&s);
    /* stopped out in bar 1, halted to the end of the day; the signal has not changed since */
    check_metric(&s, METRIC_halted_bars, 2);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
    s.terms.risk[RISK_reentry] = REENTRY_IMMEDIATE; /* in again on the next day */
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 3);
    assert_int_equal(s.result.trades[1].entry_bar, 3);
    scenario_end(&s);
}

/* A reason is looked up by the key that was set. */
static void reasons_are_called_as_their_keys(void **state)
{
    (void)state;
    assert_string_equal(exit_reason_word(EXIT_STOP), catalog_risk.params[RISK_stop_loss].name);
    assert_string_equal(exit_reason_word(EXIT_TRAILING),
                        catalog_risk.params[RISK_trailing_stop].name);
    assert_string_equal(exit_reason_word(EXIT_TARGET), catalog_risk.params[RISK_take_profit].name);
    assert_string_equal(exit_reason_word(EXIT_OPEN), "open");
    assert_string_equal(exit_reason_word(EXIT_SIGNAL), "signal");
    assert_string_equal(exit_reason_word(EXIT_END), "end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops),
        cmocka_unit_test(targets),
        cmocka_unit_test(where_both_lie_inside_the_stop_happened),
        cmocka_unit_test(slippage_meets_stops_but_not_targets),
        cmocka_unit_test(trailing_stops),
        cmocka_unit_test(a_trailing_stop_of_a_short),
        cmocka_unit_test(the_open_that_made_the_entry_is_not_tested),
        cmocka_unit_test(no_new_entry_until_the_signal_changes),
        cmocka_unit_test(the_longest_holding_time),
        cmocka_unit_test(a_time_exit_is_merged_with_a_reversal),
        cmocka_unit_test(an_exit_cancels_a_pending_order_of_its_direction),
        cmocka_unit_test(flat_at_the_end_of_the_day),
        cmocka_unit_test(a_rejected_reversal_still_leaves_by_time),
        cmocka_unit_test(the_loss_of_a_time_exit_cools_at_once),
        cmocka_unit_test(reasons_are_called_as_their_keys),
        cmocka_unit_test(a_halt_that_liquidates_leaves_what_was_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
