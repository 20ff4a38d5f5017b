/* SPDX-License-Identifier: Apache-2.0 */
/* The mark at a close: bankruptcy, drawdown, samples of equity, regimes. */
#include "engine/trace/run.h"

/*
 * Equity of 0 or less ends a trade without order or costs. Its units bring just what
 * makes the equity 0; what is missing beyond that is the lender's.
 */
static void go_bankrupt(struct run *run)
{
    if (run->units != 0) {
        double gross = -run->cash - run->units * run->trade.entry;
        run->units = 0;
        scalar_close_trade(run, gross, run->close[run->t], EXIT_BANKRUPT, event_of_bar(run->sink));
    }
    run->cash = 0;
    run->equity = 0;
    run->bankrupt = true;
}

static void follow_peak(struct run *run)
{
    if (run->equity >= run->peak) {
        run->peak = run->equity; /* a drawdown of 0 */
        run->below_bars = 0;
        return;
    }
    double drawdown = (run->peak - run->equity) / run->peak;
    if (drawdown > run->mdd)
        run->mdd = drawdown;
    run->below_bars++;
    if (run->below_bars > run->below_longest)
        run->below_longest = run->below_bars;
}

/* First sample after block j of B: ⌊(j+1)·N/B⌋. */
static size_t block_end(const struct run *run, size_t block)
{
    size_t blocks = (size_t)run->in->terms->blocks;
    return (size_t)((unsigned __int128)(block + 1) * run->samples.total / blocks);
}

void scalar_start_samples(struct run *run)
{
    struct sample_sums *sums = &run->samples;
    sums->total = run->count;
    if (run->in->terms->sample_daily) {
        sums->total = 1;
        for (size_t t = 1; t < run->count; t++)
            sums->total += run->day[t] != run->day[t - 1];
    }
    sums->equity = run->initial_cash;
    sums->price = run->close[0];
    if (run->in->terms->blocks > 0)
        sums->block_end = block_end(run, 0);
}

static void add_to_block(struct run *run, double r)
{
    struct sample_sums *sums = &run->samples;
    const struct scalar_result *result = run->result;
    if (run->in->terms->blocks <= 0)
        return;
    while (sums->count >= sums->block_end)
        sums->block_end = block_end(run, ++sums->block);
    if (result->block_sum)
        result->block_sum[sums->block] = result->block_sum[sums->block] + r;
    if (result->block_sum2)
        result->block_sum2[sums->block] = result->block_sum2[sums->block] + r * r;
    if (result->block_n)
        result->block_n[sums->block]++;
}

static void keep_sample(struct run *run, double r)
{
    struct scalar_result *result = run->result;
    if (result->sample_return)
        result->sample_return[result->sample_count] = r;
    if (result->sample_bar)
        result->sample_bar[result->sample_count] = run->t;
    result->sample_count++;
}

static void sample(struct run *run)
{
    struct sample_sums *sums = &run->samples;
    const struct terms *terms = run->in->terms;
    double close = run->close[run->t];
    double r = sums->equity == 0 ? 0 : run->equity / sums->equity - 1;
    double x = close / sums->price - 1, r2 = r * r;
    double excess = r - terms->risk_free_rate / terms->periods;
    sums->s1 = sums->s1 + r;
    sums->s2 = sums->s2 + r2;
    sums->s3 = sums->s3 + r2 * r;
    sums->s4 = sums->s4 + r2 * r2;
    if (excess < 0)
        sums->d2 = sums->d2 + excess * excess;
    sums->x1 = sums->x1 + x;
    sums->x2 = sums->x2 + x * x;
    sums->xr = sums->xr + x * r;
    sums->sum_equity = sums->sum_equity + run->equity;
    add_to_block(run, r);
    keep_sample(run, r);
    sums->equity = run->equity;
    sums->price = close;
    sums->count++;
}

static bool is_sampled(const struct run *run)
{
    size_t next = run->t + 1;
    return !run->in->terms->sample_daily || next == run->count ||
           run->day[next] != run->day[run->t];
}

/* A bar belongs to the regime at the close before it: that is what decided its position. */
static void follow_regime(struct run *run, double equity_before)
{
    struct scalar_result *result = run->result;
    int regime = run->t > 0 && run->in->label ? run->in->label[run->t - 1] : 0;
    if (run->t > 0 && regime != run->regime) {
        if (result->regime_profit)
            result->regime_profit[run->regime] =
                result->regime_profit[run->regime] + (equity_before - run->regime_start);
        run->regime_start = equity_before;
    }
    run->regime = regime;
    if (result->regime_bars)
        result->regime_bars[regime]++;
}

void scalar_finish_regimes(struct run *run)
{
    struct scalar_result *result = run->result;
    if (result->regime_profit)
        result->regime_profit[run->regime] =
            result->regime_profit[run->regime] + (run->equity - run->regime_start);
}

void scalar_mark(struct run *run)
{
    double before = run->equity;
    run->equity = equity_at(run, run->close[run->t]);
    if (!isfinite(run->equity) || !isfinite(run->cash) || !isfinite(run->units)) {
        run->invalid = true;
        return;
    }
    if (run->equity <= 0)
        go_bankrupt(run);
    follow_peak(run);
    follow_regime(run, before);
    run->exposed_bars += run->units != 0;
    if (run->result->equity)
        run->result->equity[run->t] = run->equity;
    if (is_sampled(run))
        sample(run);
    if (run->t + 1 < run->count && run->day[run->t + 1] != run->day[run->t])
        run->day_equity = run->equity;
}
