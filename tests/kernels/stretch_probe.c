/* SPDX-License-Identifier: Apache-2.0 */
/* kernels/portfolio/below_peak.h as code of one instruction set, a lane at a time. */
#include "tests/kernels/stretch_probe.h"

#include "kernels/portfolio/below_peak.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)

static struct stretch_lane lane_probed(const struct stretch_probed *s)
{
    return (struct stretch_lane){s->ranges->close.high, s->cash, s->units, s->begin, s->end};
}

static size_t probe_last_at(const struct stretch_probed *s, double best)
{
    const struct stretch_lane lane = lane_probed(s);
    return last_at(&lane, s->ranges, s->begin, s->end, best);
}

static size_t probe_first_from(const struct stretch_probed *s, double least)
{
    const struct stretch_lane lane = lane_probed(s);
    return first_from(&lane, s->ranges, s->begin, s->end, least);
}

static bool probe_settle_below(const struct stretch_probed *s, double peak, double most,
                               unsigned lane, struct times_below *below)
{
    const struct lane_tile tile = {
        .begin = s->begin, .end = s->end, .close = s->ranges->close.high, .ranges = s->ranges};
    const struct desk desk = {.tile = &tile};
    const vd others = splat(7);
    struct portfolio q = {.cash = others,
                          .units = others,
                          .peak = others,
                          .below_peak = others,
                          .longest_below = others};
    struct stretch_lanes stretch = {.begin = splat((double)s->begin),
                                    .end = splat((double)s->begin + 1)};
    q.cash[lane] = s->cash;
    q.units[lane] = s->units;
    q.below_peak[lane] = below->since;
    q.longest_below[lane] = below->longest;
    stretch.end[lane] = (double)s->end;
    below->last = settle_below(&desk, &q, &stretch, peak, most, lane);
    below->since = q.below_peak[lane];
    below->longest = q.longest_below[lane];
    q.below_peak[lane] = q.longest_below[lane] = 7;
    return every(eq(q.below_peak, others)) && every(eq(q.longest_below, others));
}

const struct stretch_probe KERNEL(stretch_probe) = {
    .isa = STRING(ADMF_ISA),
    .width = WIDTH,
    .last_at = probe_last_at,
    .first_from = probe_first_from,
    .settle_below = probe_settle_below,
};
