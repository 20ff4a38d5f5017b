/* SPDX-License-Identifier: Apache-2.0 */
/* Validators, cooldown, halts and the regime policy, computed by hand. */
#include "tests/engine/scalar_scenario.h"

static struct scenario s;

static void start_flat(int on_breach)
{
    scenario_start(&s, 2, (double[]){50, 50}, (int[]){1, 1});
    s.terms.risk[RISK_on_breach] = on_breach;
}

static void check_limit(int limit, double value, double clipped_units)
{
    start_flat(BREACH_REJECT);
    s.terms.risk[limit] = value;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 0);
    check_metric(&s, METRIC_orders_rejected, 1);
    check_metric(&s, METRIC_orders_clipped, 0);
    scenario_end(&s);

    start_flat(BREACH_CLIP);
    s.terms.risk[limit] = value;
    scenario_run(&s);
    check_near(s.result.trades[0].units, clipped_units);
    check_metric(&s, METRIC_orders, 1);
    check_metric(&s, METRIC_orders_rejected, 0);
    check_metric(&s, METRIC_orders_clipped, 1);
    scenario_end(&s);
}

static void each_limit_rejects_or_clips(void **state)
{
    (void)state;
    check_limit(RISK_max_position_value, 300, 6);
    check_limit(RISK_max_position_percent, 0.5, 10);
    check_limit(RISK_max_leverage, 0.7, 14);
}

static void a_limit_that_is_met_is_no_breach(void **state)
{
    (void)state;
    start_flat(BREACH_REJECT);
    s.terms.risk[RISK_max_position_percent] = 1;
    s.terms.risk[RISK_max_position_value] = 1000;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    check_metric(&s, METRIC_orders, 1);
    scenario_end(&s);
}

static void the_smallest_limit_counts(void **state)
{
    (void)state;
    start_flat(BREACH_CLIP);
    s.terms.risk[RISK_max_position_value] = 800;
    s.terms.risk[RISK_max_position_percent] = 0.4;
    s.terms.risk[RISK_lot] = 3;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 6); /* 8, in lots of 3 */
    check_metric(&s, METRIC_orders_clipped, 1);
    scenario_end(&s);
    s.terms.risk[RISK_lot] = 10; /* a clip to nothing is a rejection */
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 0);
    check_metric(&s, METRIC_orders_rejected, 1);
    check_metric(&s, METRIC_orders_clipped, 0);
    scenario_end(&s);
}

static void a_rejected_target_is_not_tried_again(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){50, 50, 50, 50}, (int[]){1, 1, 1, 1});
    s.terms.risk[RISK_max_position_value] = 300;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 1);
    scenario_end(&s);
}

static void a_rejected_reversal_closes(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 200, 200}, (int[]){1, -1, -1});
    s.terms.risk[RISK_max_position_value] = 1500;
    scenario_run(&s);
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_orders_rejected, 1);
    check_metric(&s, METRIC_open_trades, 0);
    check_equity(&s, 1000, 2000, 2000);
    scenario_end(&s);
}

static void a_reduction_is_never_rejected(void **state)
{
    (void)state;
    /* 10 units at 100; at 200 worth 2000: half of the equity is 5 units, the limit 3 */
    scenario_start(&s, 2, (double[]){100, 200}, (int[]){1, 1});
    s.terms.risk[RISK_rebalance] = REBALANCE_EVERY_BAR;
    s.terms.risk[RISK_size_type] = SIZE_FIXED_VALUE;
    s.terms.risk[RISK_size] = 500;
    s.terms.risk[RISK_max_position_percent] = 0.5;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
    s.terms.risk[RISK_max_position_percent] = 0.3;
    s.terms.risk[RISK_on_breach] = BREACH_CLIP;
    scenario_run(&s); /* 3 at 100, then 0.3·1300/200 = 1.95 */
    check_metric(&s, METRIC_orders_clipped, 2);
    check_metric(&s, METRIC_orders, 2);
    check_near(s.result.trades[0].units, 3);
    scenario_end(&s);
    s.terms.risk[RISK_max_position_percent] = NAN;
    s.terms.risk[RISK_max_position_value] = 500;
    s.terms.risk[RISK_on_breach] = BREACH_REJECT;
    s.terms.risk[RISK_size_type] = SIZE_PERCENT_EQUITY;
    s.terms.risk[RISK_size] = 0.5;
    s.close[1] = 300; /* 5 units worth 1500 of 2000, target 3.33 worth 1000 > 500 */
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
}

static void a_clipped_order_is_not_counted_as_cut_by_cash(void **state)
{
    (void)state;
    start_flat(BREACH_CLIP);
    s.terms.risk[RISK_max_position_percent] = 0.99;
    s.terms.execution[EXECUTION_fee_fixed] = 100;
    scenario_run(&s);
    check_near(s.result.trades[0].units, 18);
    check_metric(&s, METRIC_orders_clipped, 1);
    check_metric(&s, METRIC_orders_cash_cut, 0);
    scenario_end(&s);
}

static void cooldown_after_a_loss(void **state)
{
    (void)state;
    /* loss in bar 1; with n = 2 the fill of bar 3 is refused, that of bar 5 not */
    scenario_start(&s, 7, (double[]){100, 90, 90, 90, 90, 90, 90}, (int[]){1, 0, 0, 1, 0, 1, 1});
    s.terms.risk[RISK_cooldown_bars] = 2;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 1);
    check_metric(&s, METRIC_orders, 3);
    scenario_end(&s);
    s.terms.risk[RISK_cooldown_bars] = 1;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    check_metric(&s, METRIC_orders, 5);
    scenario_end(&s);
    s.close[0] = 80; /* a gain cools nothing */
    s.terms.risk[RISK_cooldown_bars] = 5;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    scenario_end(&s);
}

static void a_reversal_out_of_a_loss_is_not_cooled_by_itself(void **state)
{
    (void)state;
    scenario_start(&s, 3, (double[]){100, 90, 90}, (int[]){1, -1, -1});
    s.terms.risk[RISK_cooldown_bars] = 2;
    scenario_run(&s);
    check_metric(&s, METRIC_orders_rejected, 0);
    check_metric(&s, METRIC_open_trades, 1);
    scenario_end(&s);
}

static void a_drawdown_halts_for_good(void **state)
{
    (void)state;
    scenario_start(&s, 6, (double[]){100, 90, 89, 95, 95, 95}, (int[]){1, 1, 1, -1, 1, 1});
    s.terms.risk[RISK_max_drawdown] = 0.1;
    scenario_run(&s);
    /* halted from bar 1 on; the position stays until its signal leaves, then nothing enters */
    check_equity(&s, 1000, 900, 890, 950, 950, 950);
    check_metric(&s, METRIC_halted_bars, 5);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
    s.terms.risk[RISK_halt] = HALT_LIQUIDATE;
    scenario_run(&s);
    check_equity(&s, 1000, 900, 900, 900, 900, 900);
    assert_int_equal(s.result.trades[0].reason, EXIT_HALT);
    check_metric(&s, METRIC_orders, 2);
    scenario_end(&s);
}

static void a_daily_loss_halts_to_the_end_of_the_day(void **state)
{
    (void)state;
    scenario_start(&s, 8, (double[]){100, 94, 94, 94, 94, 94, 94, 100},
                   (int[]){1, 1, -1, -1, -1, -1, -1, -1});
    set_days(&s, 4);
    s.terms.risk[RISK_max_daily_loss] = 0.05;
    scenario_run(&s);
    /* closed in bar 2, short again as soon as the new day has begun */
    check_metric(&s, METRIC_halted_bars, 3 + 1);
    check_metric(&s, METRIC_orders, 3);
    check_equity(&s, 1000, 940, 940, 940, 940, 940, 940, 880);
    scenario_end(&s);
}

static void a_daily_loss_on_daily_bars_halts_the_next_bar_too(void **state)
{
    (void)state;
    scenario_start(&s, 6, (double[]){100, 90, 90, 90, 90, 90}, (int[]){1, 1, 0, 1, 1, 1});
    s.terms.risk[RISK_max_daily_loss] = 0.05;
    scenario_run(&s);
    check_metric(&s, METRIC_halted_bars, 2);
    check_metric(&s, METRIC_orders, 3);
    scenario_end(&s);
    s.terms.risk[RISK_halt] = HALT_LIQUIDATE;
    scenario_run(&s); /* out in bar 1, in again in bar 3 */
    check_metric(&s, METRIC_orders, 3);
    check_metric(&s, METRIC_exposure, 4 / 6.0);
    scenario_end(&s);
}

static void halted_bars_count_on_after_bankruptcy(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 250, 50, 50}, (int[]){-1, -1, 1, 1});
    s.terms.risk[RISK_max_drawdown] = 0.5;
    scenario_run(&s);
    check_metric(&s, METRIC_halted_bars, 3);
    scenario_end(&s);
}

static void an_order_decided_before_the_halt_fills(void **state)
{
    (void)state;
    scenario_start(&s, 5, (double[]){100, 100, 80, 80, 80}, (int[]){1, -1, -1, -1, -1});
    s.terms.execution[EXECUTION_fill] = FILL_NEXT_CLOSE;
    s.terms.risk[RISK_max_drawdown] = 0.1;
    scenario_run(&s);
    /* long at close 1; the short decided at 1 fills at close 2, although bar 2 halts */
    check_metric(&s, METRIC_orders, 2);
    check_metric(&s, METRIC_open_trades, 1);
    check_metric(&s, METRIC_halted_bars, 3);
    scenario_end(&s);
}

static void use_labels(const int *labels)
{
    s.input.label = s.label;
    s.input.allow = s.allow;
    s.input.labels = 3;
    for (size_t t = 0; t < s.bars.count; t++)
        s.label[t] = (uint8_t)labels[t];
    s.allow[0] = 0;
    s.allow[1] = 1;
    s.allow[2] = 2;
}

static void the_regime_policy(void **state)
{
    (void)state;
    scenario_start(&s, 6, (double[]){100, 110, 120, 130, 140, 150}, (int[]){1, 1, 1, 1, -1, -1});
    use_labels((int[]){0, 1, 2, 1, 1, 2});
    scenario_run(&s);
    /* long from 110 to 120, from 130 to 140, short from 150 */
    double e = 1000.0 * 120 / 110, f = e * 140 / 130;
    check_equity(&s, 1000, 1000, e, e, f, f);
    check_metric(&s, METRIC_orders, 5);
    scenario_end(&s);
    s.terms.block_entries = true;
    scenario_run(&s); /* held through bar 2; the reversal in bar 4 only closes */
    f = 1000.0 * 140 / 110;
    check_equity(&s, 1000, 1000, e, 1000.0 * 130 / 110, f, f);
    check_metric(&s, METRIC_orders, 3);
    scenario_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limit_rejects_or_clips),
        cmocka_unit_test(a_limit_that_is_met_is_no_breach),
        cmocka_unit_test(the_smallest_limit_counts),
        cmocka_unit_test(a_rejected_target_is_not_tried_again),
        cmocka_unit_test(a_rejected_reversal_closes),
        cmocka_unit_test(a_reduction_is_never_rejected),
        cmocka_unit_test(a_clipped_order_is_not_counted_as_cut_by_cash),
        cmocka_unit_test(cooldown_after_a_loss),
        cmocka_unit_test(a_reversal_out_of_a_loss_is_not_cooled_by_itself),
        cmocka_unit_test(a_drawdown_halts_for_good),
        cmocka_unit_test(a_daily_loss_halts_to_the_end_of_the_day),
        cmocka_unit_test(a_daily_loss_on_daily_bars_halts_the_next_bar_too),
        cmocka_unit_test(halted_bars_count_on_after_bankruptcy),
        cmocka_unit_test(an_order_decided_before_the_halt_fills),
        cmocka_unit_test(the_regime_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
