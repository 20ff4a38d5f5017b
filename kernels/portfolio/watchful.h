/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes in step whose decisions follow from the signals and from halts. Between the bars at
 * which a signal changes, a halt begins or a day of halts ends, nothing can be ordered: a
 * halted lane wants nothing new before its signal changes or its halt ends, unless it is to be
 * liquidated and has bought late. So those bars take every step, and the others are marked
 * while equity stays above the floors of the halts.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_WATCHFUL_H
#define ADMF_KERNELS_PORTFOLIO_WATCHFUL_H

#include "kernels/portfolio/eventful.h"

static inline bool is_watchful(const struct shape *shape)
{
    struct shape rest = *shape;
    rest.has_halts = false;
    return shape->has_halts && follows_signals(&rest);
}

VEC vm halted_lanes(const struct portfolio *q)
{
    return either(set(q->halted_for_good), gt(q->halted_days, splat(0)));
}

/* Equity at or below which a lane that is not halted will be. */
VEC struct floors halt_floors(const struct desk *desk, const struct portfolio *q)
{
    vd never = splat(-INFINITY), deep = RISK(desk, max_drawdown);
    vd daily = RISK(desk, max_daily_loss);
    vm good = set(q->halted_for_good), halted = halted_lanes(q);
    return (struct floors){
        .of_peak = sel(either(good, is_nan(deep)), never, 1.0 - deep),
        .of_day = sel(either(halted, is_nan(daily)), never, q->day_equity * (1.0 - daily))};
}

/* The bar after the next end of a session day from bar t on, or `end` if that comes before. */
static inline size_t day_after(const struct lane_tile *tile, size_t t, size_t end)
{
    for (size_t w = t / WORD_BARS; w * WORD_BARS < end; w++) {
        uint64_t ends = tile->day_end[w];
        if (w == t / WORD_BARS)
            ends &= UINT64_MAX << (t % WORD_BARS);
        if (ends) {
            size_t after = w * WORD_BARS + (size_t)__builtin_ctzll(ends) + 1;
            return after < end ? after : end;
        }
    }
    return end;
}

/*
 * Marks bars from `begin` on, and stops before `end` at a bar that takes every step: at which
 * a halt begins, or the first of a day after one on which some lane was halted.
 */
VEC size_t mark_unhalted(const struct desk *desk, struct portfolio *q, size_t begin, size_t end,
                         size_t *sample)
{
    const struct lane_tile *tile = desk->tile;
    while (begin < end) {
        size_t stop = day_after(tile, begin, end);
        bool samples = *sample < tile->samples && tile->sample_bar[*sample] < stop;
        if (samples)
            stop = tile->sample_bar[*sample] + 1;
        struct floors floors = halt_floors(desk, q);
        size_t marked = mark_above(desk, q, begin, stop, bar_number(tile, begin), &floors);
        q->halted_bars =
            sel(halted_lanes(q), q->halted_bars + (double)(marked - begin), q->halted_bars);
        if (marked < stop)
            return marked;
        if (samples) {
            sample_portfolio(desk, q, tile->close[stop - 1], *sample);
            ++*sample;
        }
        if (ends_day(tile, stop - 1)) {
            q->day_equity = q->cash + q->units * tile->close[stop - 1];
            if (any(gt(q->halted_days, splat(0))))
                return stop; /* where their halts end */
        }
        begin = stop;
    }
    return end;
}

/* Bar t with every step. */
VEC void watched_bar(const struct desk *desk, struct portfolio *q, size_t t, size_t *sample)
{
    const struct lane_tile *tile = desk->tile;
    struct signal_words words;
    words_load(desk, t / WORD_BARS, &words);
    bool new_day = t > 0 ? ends_day(tile, t - 1) : tile->begins_day;
    eventful_bar(desk, q, &words, t, new_day, bar_number(tile, t));
    mark_and_sample(desk, q, t, t + 1, sample);
    if (ends_day(tile, t))
        q->day_equity = q->cash + q->units * tile->close[t];
}

/*
 * Lanes to liquidate that still want what they hold: an order from before their halt filled at
 * the close that began it, when they had nothing to liquidate yet.
 */
VEC vm late_holders(const struct desk *desk, const struct portfolio *q)
{
    if (desk->shape->halt != HALT_LIQUIDATE)
        return none();
    vd zero = splat(0);
    return both(halted_lanes(q), both(ne(q->units, zero), ne(q->wanted, zero)));
}

/* All bars from t to before `end`. */
VEC void watch(const struct desk *desk, struct portfolio *q, size_t t, size_t end, size_t *sample)
{
    const struct lane_tile *tile = desk->tile;
    while (t < end) {
        bool waits = desk->shape->fill != FILL_CLOSE && any(set(q->pending));
        bool new_day = t > tile->begin && ends_day(tile, t - 1);
        bool resumes = new_day && any(gt(q->halted_days, splat(0)));
        if (!waits && !resumes && !any(late_holders(desk, q)))
            t = mark_unhalted(desk, q, t, end, sample);
        if (t < end)
            watched_bar(desk, q, t++, sample);
    }
}

VEC void run_watchful(const struct desk *desk, struct portfolio *q)
{
    const struct lane_tile *tile = desk->tile;
    vu last_up = {0}, last_down = {0};
    size_t sample = 0, t = tile->begin, last = tile->end - 1;
    for (size_t w = t / WORD_BARS; w * WORD_BARS < tile->end; w++) {
        struct signal_words words;
        words_load(desk, w, &words);
        uint64_t moved = changes(&words, &last_up, &last_down);
        /* What was signalled before the tile is not known here. */
        if (w == tile->begin / WORD_BARS)
            moved |= (uint64_t)1 << (tile->begin % WORD_BARS);
        if (w == last / WORD_BARS && desk->shape->close_at_end && tile->last)
            moved |= (uint64_t)1 << (last % WORD_BARS);
        for (; moved; moved &= moved - 1) {
            size_t bar = w * WORD_BARS + (size_t)__builtin_ctzll(moved);
            if (bar < t)
                continue;
            if (bar > last)
                break;
            watch(desk, q, t, bar, &sample);
            watched_bar(desk, q, bar, &sample);
            t = bar + 1;
        }
    }
    watch(desk, q, t, tile->end, &sample);
}

#endif
