/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of equity of lanes that jumped: a second pass over the orders, as the lanes of a vector
 * were at different bars in the first one. Between two bars at which some lane changes what it
 * holds, the samples are taken together.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_JUMP_SAMPLES_H
#define ADMF_KERNELS_PORTFOLIO_JUMP_SAMPLES_H

#include <string.h>

#include "kernels/portfolio/jump_past.h"
#include "kernels/portfolio/mark.h"

/* Where each lane is among its events while the samples are taken. */
struct holdings {
    vd cash, units;
    vd until;            /* the bar at which it holds something else; infinity: none */
    vd event;            /* that it is at; unless positions come back at once */
    size_t place[WIDTH]; /* where they do */
    size_t change;       /* the first bar at which some lane holds something else */
};

VEC void hold_until(const struct desk *desk, struct holdings *h, vd until)
{
    h->until = until;
    h->change = (size_t)least_lane(smaller(until, splat((double)desk->tile->end)));
}

/* Lane by lane, where positions came back at once. */
VEC void hold_again(const struct desk *desk, const struct past *past, size_t bar,
                    struct holdings *h)
{
    double cash[WIDTH], units[WIDTH], until[WIDTH];
    for (int l = 0; l < WIDTH; l++) {
        struct held held = held_by(desk, past, l, (double)bar, &h->place[l]);
        cash[l] = held.cash;
        units[l] = held.units;
        until[l] = held.until;
    }
    h->cash = load(cash);
    h->units = load(units);
    hold_until(desk, h, load(until));
}

/* The first of the events that lanes m are at; there are some. */
VEC size_t first_event(const struct holdings *h, vm m)
{
    double first = INFINITY;
    for (unsigned left = bits(m); left; left &= left - 1) {
        double event = h->event[__builtin_ctz(left)];
        first = event < first ? event : first;
    }
    return (size_t)first;
}

/* All lanes that hold something else now, an event at a time, from that of the one furthest behind
 * on: their events are mostly neighbours. */
VEC void hold(const struct desk *desk, const struct past *past, size_t bar, struct holdings *h)
{
    int lane = desk->lane;
    vd at = splat((double)bar), never = splat(INFINITY), zero = splat(0);
    vd until = h->until, bankrupt = load(past->bankrupt_bar);
    vm open = le(until, at); /* of them, whose events looked at are all before the bar */
    for (size_t k = first_event(h, open); any(open); k++) {
        const struct lane_event *event = &past->scratch->event[k];
        vd ordinal = splat((double)k);
        vd cash = load(event->cash + lane), units = load(event->units + lane);
        vd end = sel(gt(past->count, ordinal), load(event->bar + lane), never);
        vm here = both(open, gt(end, at));
        if (ends_early(desk->shape)) {
            const struct lane_exit *exit = &past->scratch->exit[k];
            vd exit_bar = load(exit->bar + lane);
            vm left = le(exit_bar, at);
            cash = sel(left, load(exit->cash + lane), cash);
            units = sel(left, zero, units);
            end = sel(left, end, smaller(exit_bar, end));
        }
        h->cash = sel(here, cash, h->cash);
        h->units = sel(here, units, h->units);
        h->event = sel(here, ordinal, h->event);
        until = sel(here, end, until);
        open = without(open, here);
    }
    vm broke = le(bankrupt, at);
    h->cash = sel(broke, zero, h->cash);
    h->units = sel(broke, zero, h->units);
    hold_until(desk, h, sel(broke, never, smaller(bankrupt, until)));
}

/* The first of the samples from number k on that is not before bar `end_bar`. */
VEC size_t sample_at(const struct lane_tile *tile, size_t k, size_t end_bar)
{
    if (k == tile->samples || tile->sample_bar[k] >= end_bar)
        return k;
    /* No more than there are bars: as many where each is sampled. */
    size_t most = k + (end_bar - tile->sample_bar[k]);
    most = most < tile->samples ? most : tile->samples;
    if (tile->sample_bar[most - 1] < end_bar)
        return most;
    while (tile->sample_bar[k] < end_bar)
        k++;
    return k;
}

/*
 * Samples first … last of what the lanes hold, none of which but the last may end a block. Each
 * return is made while the one before is added, as it takes a division.
 */
VEC void add_held(const struct desk *desk, struct sample_sums *sums, const struct holdings *h,
                  size_t first, size_t last, struct sample_kind kind)
{
    const struct lane_tile *tile = desk->tile;
    vd equity = h->cash + h->units * tile->close[tile->sample_bar[first]];
    vd r = sample_return(equity, sums->sampled_equity, kind);
    for (size_t k = first; k < last; k++) {
        vd next = h->cash + h->units * tile->close[tile->sample_bar[k + 1]];
        vd next_r = sample_return(next, equity, kind);
        add_sample(desk, sums, equity, r, k, kind);
        equity = next;
        r = next_r;
    }
    add_sample(desk, sums, equity, r, last, kind);
}

/* The last of the samples from number k on, before number `end`, none of which but it may end a
 * block. */
VEC size_t last_in_block(const struct lane_tile *tile, size_t k, size_t end)
{
    size_t last = tile->block_last[k];
    return last < end ? last : end - 1;
}

/* Samples first … end-1 of what the lanes hold. */
VEC void sample_held(const struct desk *desk, struct sample_sums *sums, const struct holdings *h,
                     size_t first, size_t end, struct sample_kind kind)
{
    for (size_t k = first, last; k < end; k = last + 1) {
        last = last_in_block(desk->tile, k, end);
        add_held(desk, sums, h, k, last, kind);
        end_block(desk, sums, last);
    }
}

/* The same while no lane has a position: all stand at `equity`, as at the sample before. */
VEC void sample_still(const struct desk *desk, struct sample_sums *sums, vd equity, size_t first,
                      size_t end)
{
    for (size_t k = first, last; k < end; k = last + 1) {
        last = last_in_block(desk->tile, k, end);
        add_still_samples(desk, sums, equity, last + 1 - k);
        end_block(desk, sums, last);
    }
}

/* Whichever it is, behind a sample of `equity` in the same stretch. */
VEC void sample_rest(const struct desk *desk, struct sample_sums *sums, const struct holdings *h,
                     vd equity, size_t first, size_t end)
{
    vd zero = splat(0);
    if (first == end)
        return;
    if (every(eq(h->units, zero)))
        sample_still(desk, sums, equity, first, end);
    /* A lane that goes bankrupt holds something else from that bar on. */
    else if (every(gt(equity, zero)) && desk->group->risk_free_per_sample == 0)
        sample_held(desk, sums, h, first, end, (struct sample_kind){true, true});
    else
        sample_held(desk, sums, h, first, end, (struct sample_kind){0});
}

VEC void take_samples(const struct desk *desk, struct portfolio *q, const struct past *past)
{
    const struct lane_tile *tile = desk->tile;
    struct sample_sums sums = sample_sums_of(q);
    struct holdings h;
    memset(h.place, 0, sizeof h.place);
    h.cash = h.units = h.until = h.event = splat(0);
    h.change = 0;
    for (size_t k = 0; k < tile->samples;) {
        size_t t = tile->sample_bar[k];
        if (past->closed && t + 1 == tile->end) {
            h.cash = q->cash;
            h.units = q->units;
        } else if (t >= h.change) {
            if (past->again)
                hold_again(desk, past, t, &h);
            else
                hold(desk, past, t, &h);
        }
        vd equity = h.cash + h.units * tile->close[t];
        take_sample(desk, &sums, equity, k);
        /* close_at_end: its bar is one by itself. */
        size_t end_bar = past->closed && h.change == tile->end ? tile->end - 1 : h.change;
        size_t next = sample_at(tile, k + 1, end_bar);
        sample_rest(desk, &sums, &h, equity, k + 1, next);
        k = next;
    }
    keep_sample_sums(q, &sums);
}

#endif
