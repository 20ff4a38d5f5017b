/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lanes that jumped through a tile held at any bar of it, for those who look at its bars
 * again. Events say it, or steps where positions came back at once; exits and bankruptcy end it
 * early.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_JUMP_PAST_H
#define ADMF_KERNELS_PORTFOLIO_JUMP_PAST_H

#include "kernels/portfolio/portfolio.h"

/* What a lane holds at a bar, and before which bar it holds nothing else. */
struct held {
    double cash, units, until;
};

/* What one of n events holds; *event: where it was last, first 0. */
static inline struct held held_at_event(const struct desk *desk,
                                        const struct event_scratch *scratch, size_t n, int lane,
                                        double bar, size_t *event)
{
    while (*event < n && scratch->event[*event].bar[lane] <= bar)
        ++*event;
    const struct lane_event *e = &scratch->event[*event];
    struct held held = {e->cash[lane], e->units[lane], *event < n ? e->bar[lane] : INFINITY};
    if (ends_early(desk->shape)) {
        const struct lane_exit *exit = &scratch->exit[*event];
        bool left = exit->bar[lane] <= bar;
        held.cash = left ? exit->cash[lane] : held.cash;
        held.units = left ? 0 : held.units;
        held.until = !left && exit->bar[lane] < held.until ? exit->bar[lane] : held.until;
    }
    return held;
}

/* Of one that orders again at once; *step: where it was last, first 0. */
static inline struct held held_in_step(const struct lane_step *steps, int lane, double bar,
                                       size_t *step)
{
    while (steps[*step].end[lane] <= bar)
        ++*step;
    const struct lane_step *s = &steps[*step];
    if (s->exit_bar[lane] <= bar)
        return (struct held){s->exit_cash[lane], 0, s->end[lane]};
    double until = s->exit_bar[lane] < s->end[lane] ? s->exit_bar[lane] : s->end[lane];
    return (struct held){s->cash[lane], s->units[lane], until};
}

/* What went on in a tile. */
struct past {
    const struct event_scratch *scratch;
    vd count;
    double bankrupt_bar[WIDTH];
    bool again;  /* positions came back at once */
    bool closed; /* the last bar is that of close_at_end */
};

VEC struct held held_by(const struct desk *desk, const struct past *past, int l, double bar,
                        size_t *place)
{
    int lane = desk->lane + l;
    struct held held =
        past->again ? held_in_step(past->scratch->step, lane, bar, place)
                    : held_at_event(desk, past->scratch, (size_t)past->count[l], lane, bar, place);
    double bankrupt = past->bankrupt_bar[l];
    if (bankrupt <= bar)
        return (struct held){0, 0, INFINITY};
    held.until = bankrupt < held.until ? bankrupt : held.until;
    return held;
}

#endif
