/* SPDX-License-Identifier: Apache-2.0 */
/* One combination over one window: the order of events in a bar, and what comes of it. */
#include "engine/trace/scalar.h"

#include "engine/base/memory.h"
#include "engine/trace/run.h"

static const double *from(const double *column, size_t first)
{
    return column ? column + first : NULL;
}

static void read_terms(struct run *run)
{
    const double *risk = run->risk;
    run->fill = (int)run->execution[EXECUTION_fill];
    run->flat_at = !isnan(risk[RISK_flat_at]);
    run->has_levels = !isnan(risk[RISK_stop_loss]) || !isnan(risk[RISK_take_profit]) ||
                      !isnan(risk[RISK_trailing_stop]);
    run->has_halts = !isnan(risk[RISK_max_drawdown]) || !isnan(risk[RISK_max_daily_loss]);
}

static void start(struct run *run)
{
    const struct scalar_input *in = run->in;
    const struct bars *bars = in->bars;
    run->risk = in->terms->risk;
    run->execution = in->terms->execution;
    read_terms(run);
    run->open = from(bars->open, in->first);
    run->high = from(bars->high, in->first);
    run->low = from(bars->low, in->first);
    run->close = bars->close + in->first;
    run->day = bars->session_day + in->first;
    run->count = in->count;
    run->daily = bars->daily_or_longer;
    run->initial_cash = in->terms->portfolio[PORTFOLIO_initial_cash];
    run->cash = run->peak = run->equity = run->day_equity = run->regime_start = run->initial_cash;
    run->trades.best = run->trades.worst = NAN;
    scalar_start_samples(run);
}

static void clear(double *values, size_t count, double value)
{
    for (size_t i = 0; values && i < count; i++)
        values[i] = value;
}

/* Sums start at 0; of an invalid combination nothing is left. */
static void clear_arrays(const struct run *run, double value)
{
    struct scalar_result *result = run->result;
    size_t blocks = (size_t)run->in->terms->blocks, labels = (size_t)run->in->labels;
    clear(result->block_sum, blocks, value);
    clear(result->block_sum2, blocks, value);
    clear(result->block_n, blocks, value);
    clear(result->regime_profit, labels, value);
    clear(result->regime_bars, labels, value);
    clear(result->regime_trades, labels, value);
    clear(result->regime_wins, labels, value);
}

/* The last bar of a session day is the one before another day; the data's last counts too. */
static bool ends_day(const struct run *run)
{
    size_t index = run->in->first + run->t;
    const struct bars *bars = run->in->bars;
    return index + 1 == bars->count || bars->session_day[index + 1] != bars->session_day[index];
}

static void step(struct run *run)
{
    run->day_ends = ends_day(run);
    if (run->sink)
        event_bar(run->sink, run);
    if (run->pending.exists)
        scalar_fill_at_open(run);
    if (run->has_levels && run->units != 0)
        scalar_protect(run);
    if (run->has_halts)
        scalar_halt(run);
    if (run->sink)
        event_inputs(run->sink, run);
    run->exit_due = run->units != 0 && scalar_time_exit_due(run);
    if (run->exit_due)
        scalar_after_exit(run, sign_of(run->units));
    scalar_decide(run);
    if (run->exit_due || run->order.exists || run->pending.exists)
        scalar_fill_at_close(run);
    if (run->t + 1 == run->count)
        scalar_close_at_end(run);
    scalar_mark(run);
    if (run->sink)
        event_portfolio(run->sink, run, run->close[run->t], event_of_bar(run->sink));
}

static void finish_invalid(struct run *run)
{
    struct scalar_result *result = run->result;
    result->status = ADMF_CELL_INVALID;
    clear(result->metric, METRIC_COUNT, NAN);
    clear_arrays(run, NAN);
    if (result->equity)
        clear(result->equity + run->t, run->count - run->t, NAN);
    result->trade_count = 0;
}

/* The accumulators belong to the state: one that overflowed makes a combination invalid too. */
static bool has_overflowed(const struct run *run)
{
    const struct sample_sums *s = &run->samples;
    const struct trade_sums *t = &run->trades;
    const double sums[] = {s->s1,     s->s2,         s->s3,      s->s4,  s->d2,
                           s->xr,     s->sum_equity, t->net,     t->won, t->lost,
                           run->fees, run->slippage, run->traded};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (!isfinite(sums[i]))
            return true;
    return false;
}

static void finish(struct run *run)
{
    struct scalar_result *result = run->result;
    run->invalid = run->invalid || has_overflowed(run);
    if (run->invalid) {
        finish_invalid(run);
    } else {
        scalar_finish_regimes(run);
        scalar_metrics(run, result->metric);
        result->status = run->bankrupt      ? ADMF_CELL_BANKRUPT
                         : run->orders == 0 ? ADMF_CELL_NO_TRADES
                                            : ADMF_CELL_OK;
        if (run->units != 0)
            scalar_list_open_trade(run);
    }
    if (run->sink)
        event_summary(run->sink, run);
}

void scalar_result_deinit(struct scalar_result *result)
{
    memory_free(result->trades);
    result->trades = NULL;
    result->trade_count = result->trade_capacity = 0;
}

admf_status scalar_simulate(const struct scalar_input *input, struct event_sink *sink,
                            struct scalar_result *result, admf_error *error)
{
    struct run run = {.in = input, .sink = sink, .result = result, .error = error};
    start(&run);
    clear_arrays(&run, 0);
    result->trade_count = result->sample_count = 0;
    for (; run.t < run.count && !run.invalid && run.failure == ADMF_OK; run.t++) {
        step(&run);
        if (run.invalid)
            break;
    }
    if (run.failure == ADMF_OK)
        finish(&run);
    if (run.failure == ADMF_OK && sink)
        run.failure = event_status(sink, error);
    return run.failure;
}
