/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stretch of bars over which a lane holds the same, a stretch of its own for every lane, and its
 * equity there. For constant cash and units the rounded equity cash + units*price never falls as
 * the price rises (or never rises, for a short), so its extremes over a stretch are exactly those
 * at the extremes of the price.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_HELD_STRETCH_H
#define ADMF_KERNELS_PORTFOLIO_HELD_STRETCH_H

#include "kernels/portfolio/portfolio.h"

/* A stretch of each lane: bars begin … end-1 of the tile, and the close's extremes. */
struct stretch_lanes {
    vd begin, end, lowest, highest;
};

/* The range of lane l, whose stretch is bars begin … end-1. Of none, any price will do. */
static inline void find_range(const struct price_ranges *ranges, struct stretch_lanes *s,
                              unsigned l, size_t begin, size_t end)
{
    if (begin >= end)
        return;
    struct price_range range = range_of(&ranges->close, begin, end);
    s->lowest[l] = range.low;
    s->highest[l] = range.high;
}

/* One lane's numbers, for what is done lane by lane. */
struct stretch_lane {
    const double *close;
    double cash, units;
    size_t begin, end;
};

static inline struct stretch_lane lane_of(const struct desk *desk, const struct portfolio *q,
                                          const struct stretch_lanes *s, unsigned l)
{
    return (struct stretch_lane){.close = desk->tile->close,
                                 .cash = q->cash[l],
                                 .units = q->units[l],
                                 .begin = (size_t)s->begin[l],
                                 .end = (size_t)s->end[l]};
}

static inline double equity_at(const struct stretch_lane *s, double price)
{
    return s->cash + s->units * price;
}

/* The close that is best for the position. */
static inline double best_price(const struct stretch_lane *s, const struct price_ranges *ranges,
                                size_t begin, size_t end)
{
    return s->units < 0 ? lowest(&ranges->close, begin, end) : highest(&ranges->close, begin, end);
}

#endif
