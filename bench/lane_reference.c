/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/lane_reference.h"

#include <math.h>
#include <string.h>

#include "engine/trace/run.h"

/* Codes of the regimes: what each allows is its own number. */
static const unsigned char allowed[] = {0, 1, 2, 3};
enum { CODES = sizeof allowed };

static struct terms terms_of(const struct reference_lane *lane)
{
    const struct shape *shape = lane->shape;
    struct terms terms = {.block_entries = shape->block_entries,
                          .sample_daily = !lane->every_bar,
                          .periods = REFERENCE_PERIODS,
                          .risk_free_rate = lane->risk_free * REFERENCE_PERIODS,
                          .blocks = lane->blocks};
    memcpy(terms.risk, lane->risk, sizeof terms.risk);
    memcpy(terms.execution, lane->execution, sizeof terms.execution);
    terms.risk[RISK_size_type] = shape->size_type;
    terms.risk[RISK_scale_by_strength] = shape->scale_by_strength;
    terms.risk[RISK_rebalance] = shape->rebalance;
    terms.risk[RISK_on_breach] = shape->on_breach;
    terms.risk[RISK_halt] = shape->halt;
    terms.risk[RISK_reentry] = shape->reentry;
    terms.risk[RISK_flat_at] = shape->flat_at ? 0 : (double)NAN;
    terms.execution[EXECUTION_fill] = shape->fill;
    terms.execution[EXECUTION_fee_in_cash] = shape->fee_in_cash;
    terms.portfolio[PORTFOLIO_initial_cash] = lane->initial_cash;
    terms.portfolio[PORTFOLIO_allow_short] = shape->allow_short;
    terms.portfolio[PORTFOLIO_close_at_end] = shape->close_at_end;
    return terms;
}

bool reference_simulate(const struct reference_lane *lane, struct reference_result *result)
{
    static int32_t day[REFERENCE_BARS];
    for (size_t t = 1; t < lane->bars; t++)
        day[t] = day[t - 1] + lane->day_end[t - 1];
    /* Only read. */
    struct bars bars = {.count = lane->bars,
                        .open = (double *)lane->open,
                        .high = (double *)lane->high,
                        .low = (double *)lane->low,
                        .close = (double *)lane->close,
                        .session_day = day,
                        .daily_or_longer = lane->daily_or_longer};
    struct terms terms = terms_of(lane);
    struct scalar_input input = {.bars = &bars,
                                 .first = lane->first,
                                 .count = lane->end - lane->first,
                                 .terms = &terms,
                                 .signal = lane->signal + lane->first,
                                 .strength = lane->strength + lane->first,
                                 .label = lane->allow + lane->first,
                                 .allow = allowed,
                                 .labels = CODES,
                                 .atr = lane->scale + lane->first,
                                 .sigma = lane->scale + lane->first};
    struct scalar_result found = {.block_sum = result->block_sum, .block_sum2 = result->block_sum2};
    admf_error error = {0};
    bool simulated = scalar_simulate(&input, NULL, &found, &error) == ADMF_OK;
    memcpy(result->metric, found.metric, sizeof found.metric);
    result->status = found.status;
    scalar_result_deinit(&found);
    return simulated;
}

struct finish_inputs reference_inputs(const struct reference_lane *lane)
{
    const double *close = lane->close;
    struct finish_inputs inputs = {.periods = REFERENCE_PERIODS,
                                   .risk_free_rate = lane->risk_free * REFERENCE_PERIODS,
                                   .bars = (double)(lane->end - lane->first),
                                   .initial_cash = lane->initial_cash,
                                   .last_close = close[lane->end - 1],
                                   .first_close = close[lane->first]};
    double before = close[lane->first];
    for (size_t t = lane->first; t < lane->end; t++) {
        if (!lane->every_bar && !lane->day_end[t] && t + 1 < lane->end)
            continue;
        double x = close[t] / before - 1;
        inputs.samples++;
        inputs.benchmark_sum += x;
        inputs.benchmark_sum2 += x * x;
        before = close[t];
    }
    return inputs;
}

/* Whether neither infinity nor NaN came into what the lane remembers. */
static bool is_sound(const struct portfolio_lanes *s, int l)
{
    const double all[] = {s->cash[l],    s->units[l],   s->peak[l],       s->moment1[l],
                          s->moment2[l], s->moment3[l], s->moment4[l],    s->downside[l],
                          s->cross[l],   s->fees[l],    s->traded[l],     s->slippage[l],
                          s->profits[l], s->losses[l],  s->net_profit[l], s->equity_sum[l]};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (!isfinite(all[k]))
            return false;
    return true;
}

static struct trade_sums trades_of(const struct portfolio_lanes *s, int l)
{
    bool any = s->trades[l] > 0;
    return (struct trade_sums){.count = s->trades[l],
                               .wins = s->wins[l],
                               .losses = s->losers[l],
                               .net = s->net_profit[l],
                               .won = s->profits[l],
                               .lost = s->losses[l],
                               .best = any ? s->best_trade[l] : (double)NAN,
                               .worst = any ? s->worst_trade[l] : (double)NAN,
                               .bars_held = s->bars_held[l]};
}

static struct sample_sums samples_of(const struct finish_inputs *inputs,
                                     const struct portfolio_lanes *s, int l)
{
    return (struct sample_sums){.count = (size_t)inputs->samples,
                                .sum_equity = s->equity_sum[l],
                                .s1 = s->moment1[l],
                                .s2 = s->moment2[l],
                                .s3 = s->moment3[l],
                                .s4 = s->moment4[l],
                                .d2 = s->downside[l],
                                .x1 = inputs->benchmark_sum,
                                .x2 = inputs->benchmark_sum2,
                                .xr = s->cross[l]};
}

/* The sums of the lane as the scalar simulation would have left them behind the last bar. */
static struct run run_of(const struct finish_inputs *inputs, const struct portfolio_lanes *s, int l)
{
    double held = s->units[l] != 0 ? inputs->bars - s->position_since[l] : 0;
    return (struct run){.count = (size_t)inputs->bars,
                        .initial_cash = inputs->initial_cash,
                        .cash = s->cash[l],
                        .units = s->units[l],
                        .equity = s->cash[l] + s->units[l] * inputs->last_close,
                        .mdd = s->max_drawdown[l],
                        .below_longest = s->longest_below[l],
                        .trades = trades_of(s, l),
                        .samples = samples_of(inputs, s, l),
                        .fees = s->fees[l],
                        .slippage = s->slippage[l],
                        .traded = s->traded[l],
                        .orders = s->orders[l],
                        .rejected = s->orders_rejected[l],
                        .clipped = s->orders_clipped[l],
                        .cash_cut = s->orders_cash_cut[l],
                        .stop_exits = s->stop_exits[l],
                        .trailing_exits = s->trailing_exits[l],
                        .target_exits = s->target_exits[l],
                        .time_exits = s->time_exits[l],
                        .halted_bars = s->halted_bars[l],
                        .exposed_bars = s->bars_in_position[l] + held};
}

void reference_finish(const struct finish_inputs *inputs, const double *close,
                      const struct portfolio_lanes *state, int l, struct reference_result *result)
{
    struct terms terms = {.periods = inputs->periods, .risk_free_rate = inputs->risk_free_rate};
    struct scalar_input input = {.terms = &terms};
    struct run run = run_of(inputs, state, l);
    run.in = &input;
    run.close = close;
    if (!is_sound(state, l)) {
        for (int k = 0; k < METRIC_COUNT; k++)
            result->metric[k] = (double)NAN;
        result->status = ADMF_CELL_INVALID;
        return;
    }
    scalar_metrics(&run, result->metric);
    result->status = state->bankrupt[l] > 0  ? ADMF_CELL_BANKRUPT
                     : state->orders[l] == 0 ? ADMF_CELL_NO_TRADES
                                             : ADMF_CELL_OK;
}
