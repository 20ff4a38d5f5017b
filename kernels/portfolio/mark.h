/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marking to market at a close: peak, drawdown, bankruptcy, samples of equity.
 *
 * Drawdown without a division a bar: (peak - e)/peak is a new maximum only where
 * peak - e exceeds a threshold, because rounding is monotone. The last difference
 * divided is a safe threshold while the peak stands, and when it rises; so is
 * maximum*(1 - 2^-50)*peak, the margin covering all roundings. Below the peak itself
 * the threshold always stays, so equity <= 0 never slips under it.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_MARK_H
#define ADMF_KERNELS_PORTFOLIO_MARK_H

#include "kernels/portfolio/accounting.h"

#define JUST_BELOW_ONE (1 - 0x1p-50)

/*
 * Equity of lanes m is not positive: the position is closed here without order or costs,
 * the trade's net profit being what brings equity to exactly 0, as if it were left at the
 * price -cash/units; the lane trades no more. An equity of minus infinity is no bankruptcy
 * but an overflow: NaN in its cash makes the lane invalid.
 */
VEC void settle_bankruptcy(const struct desk *desk, struct portfolio *q, vm m, vd equity, vd bar)
{
    vd zero = splat(0);
    vm held = both(m, ne(q->units, zero));
    vd rest = -q->cash - q->units * q->entry_price;
    vd net = (q->trade_gross + rest) - q->trade_fees;
    if (any(held))
        close_trade(desk, q, held, net, bar);
    q->bars_in_position =
        sel(held, q->bars_in_position + (bar - q->position_since), q->bars_in_position);
    q->cash = sel(m, sel(eq(equity, splat(-INFINITY)), splat(NAN), zero), q->cash);
    q->units = sel(m, zero, q->units);
    q->pending = sel(m, zero, q->pending);
    q->wanted = sel(m, zero, q->wanted);
    q->alive = sel(m, zero, q->alive);
    q->bankrupt = sel(m, splat(1), q->bankrupt);
    q->max_drawdown = sel(m, splat(1), q->max_drawdown);
    q->threshold = sel(m, splat(INFINITY), q->threshold);
}

/* What a difference may be without a new maximum, `difference` having just been looked at. */
static inline double safe_threshold(double difference, double max_drawdown, double peak)
{
    double safe = (max_drawdown * JUST_BELOW_ONE) * peak, most = peak * JUST_BELOW_ONE;
    safe = difference > safe ? difference : safe;
    return safe < most ? safe : most;
}

/* Lanes m are `difference` below their peak: perhaps deeper than ever. */
VEC void new_drawdown(struct portfolio *q, vm m, vd difference)
{
    vd drawdown = difference / q->peak;
    q->max_drawdown = sel(m, larger(drawdown, q->max_drawdown), q->max_drawdown);
    vd safe = larger(difference, (q->max_drawdown * JUST_BELOW_ONE) * q->peak);
    safe = smaller(safe, q->peak * JUST_BELOW_ONE);
    q->threshold = sel(m, safe, q->threshold);
}

/* Lanes whose peak - equity exceeds the threshold: divide, or find them bankrupt. */
static __attribute__((noinline)) void deep_drawdown(const struct desk *desk, struct portfolio *q,
                                                    vm m, double close, vd bar)
{
    vd equity = q->cash + q->units * close;
    vm broke = both(m, le(equity, splat(0)));
    if (any(broke)) {
        settle_bankruptcy(desk, q, broke, equity, bar);
        m = without(m, broke);
    }
    new_drawdown(q, m, q->peak - equity);
}

/* Equity that halts a lane: at or below of_peak*peak, or of_day; -infinity: none does. */
struct floors {
    vd of_peak, of_day;
};

/*
 * Steps through closes from `begin` on without orders: only peaks and drawdowns move. Stops
 * before `end` at a bar at which equity is down to a floor (NULL: none), and returns it.
 */
VEC size_t mark_above(const struct desk *desk, struct portfolio *q, size_t begin, size_t end,
                      vd bar, const struct floors *floors)
{
    const double *close = desk->tile->close;
    vd zero = splat(0), one = splat(1);
    vd cash = q->cash, units = q->units, peak = q->peak, threshold = q->threshold;
    vd below = q->below_peak, longest = q->longest_below;
    size_t t = begin;
    for (; t < end; t++) {
        vd equity = cash + units * close[t];
        if (floors && any(le(equity, larger(peak * floors->of_peak, floors->of_day))))
            break;
        peak = larger(equity, peak);
        vd difference = peak - equity;
        below = sel(lt(equity, peak), below + one, zero);
        longest = larger(below, longest);
        vm deep = gt(difference, threshold);
        if (__builtin_expect(any(deep), 0)) {
            q->peak = peak;
            deep_drawdown(desk, q, deep, close[t], bar + (double)(t - begin));
            cash = q->cash;
            units = q->units;
            threshold = q->threshold;
        }
    }
    q->peak = peak;
    q->below_peak = below;
    q->longest_below = longest;
    return t;
}

VEC void mark_quiet(const struct desk *desk, struct portfolio *q, size_t begin, size_t end, vd bar)
{
    mark_above(desk, q, begin, end, bar, NULL);
}

/* What samples are added to. Apart from the portfolio, which the compiler keeps in memory, sums
 * stay in registers from one sample to the next. */
struct sample_sums {
#define FIELD(name) vd name;
    SAMPLE_SUMS(FIELD)
#undef FIELD
};

VEC struct sample_sums sample_sums_of(const struct portfolio *q)
{
    struct sample_sums s;
#define FIELD(name) s.name = q->name;
    SAMPLE_SUMS(FIELD)
#undef FIELD
    return s;
}

VEC void keep_sample_sums(struct portfolio *q, const struct sample_sums *s)
{
#define FIELD(name) q->name = s->name;
    SAMPLE_SUMS(FIELD)
#undef FIELD
}

/* The sums of samples whose return is 0 in every lane: none but these move. */
VEC void add_still_samples(const struct desk *desk, struct sample_sums *s, vd equity, size_t count)
{
    double shortfall = 0 - desk->group->risk_free_per_sample;
    for (size_t k = 0; k < count && shortfall < 0; k++)
        s->downside = s->downside + shortfall * shortfall;
    for (size_t k = 0; k < count; k++)
        s->equity_sum = s->equity_sum + equity;
}

/* What is known of a sample, as constants: the compiler leaves out what they make idle. */
struct sample_kind {
    bool live;      /* equity was positive at the sample before, in every lane */
    bool rate_of_0; /* risk-free */
};

/* The return over a sample that begins at equity `before`. */
VEC vd sample_return(vd equity, vd before, struct sample_kind kind)
{
    vd zero = splat(0), r = equity / before - 1.0;
    return kind.live ? r : sel(gt(before, zero), r, zero);
}

/* Sample number k, whose return is r. */
VEC void add_sample(const struct desk *desk, struct sample_sums *s, vd equity, vd r, size_t k,
                    struct sample_kind kind)
{
    vd zero = splat(0);
    vd square = r * r, shortfall = r, missed = square;
    if (!kind.rate_of_0) {
        shortfall = r - desk->group->risk_free_per_sample;
        missed = shortfall * shortfall;
    }
    s->moment1 = s->moment1 + r;
    s->moment2 = s->moment2 + square;
    s->moment3 = s->moment3 + square * r;
    s->moment4 = s->moment4 + square * square;
    s->downside = sel(lt(shortfall, zero), s->downside + missed, s->downside);
    s->cross = s->cross + desk->tile->benchmark[k] * r;
    s->equity_sum = s->equity_sum + equity;
    s->block_sum = s->block_sum + r;
    s->block_sum2 = s->block_sum2 + square;
    s->sampled_equity = equity;
}

/* Keeps the sums of the block that sample k ends, if it ends one. */
VEC void end_block(const struct desk *desk, struct sample_sums *s, size_t k)
{
    int32_t ended = desk->tile->block_end[k];
    if (ended < 0)
        return;
    if (desk->group->blocks) {
        struct block_sums *block = &desk->group->blocks[ended];
        store(block->sum + desk->lane, s->block_sum);
        store(block->sum2 + desk->lane, s->block_sum2);
    }
    s->block_sum = s->block_sum2 = splat(0);
}

/* Sample number k of the tile's. Lanes without a position often stand still together. */
VEC void take_sample(const struct desk *desk, struct sample_sums *s, vd equity, size_t k)
{
    const struct sample_kind any_kind = {0};
    if (every(eq(equity, s->sampled_equity)))
        add_still_samples(desk, s, equity, 1);
    else
        add_sample(desk, s, equity, sample_return(equity, s->sampled_equity, any_kind), k,
                   any_kind);
    end_block(desk, s, k);
}

/* The same, of a portfolio at a close. */
VEC void sample_portfolio(const struct desk *desk, struct portfolio *q, double close, size_t k)
{
    struct sample_sums s = sample_sums_of(q);
    take_sample(desk, &s, q->cash + q->units * close, k);
    keep_sample_sums(q, &s);
}

#endif
