/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums by regime of lanes that jumped, lane by lane, from one change of the label to the next.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_JUMP_REGIMES_H
#define ADMF_KERNELS_PORTFOLIO_JUMP_REGIMES_H

#include <string.h>

#include "kernels/portfolio/jump_past.h"

/* The first of bars begin … end-1 with another label; end if none. */
static size_t other_label(const uint8_t *label, uint8_t than, size_t begin, size_t end)
{
    uint64_t eight, same = than * UINT64_C(0x0101010101010101);
    for (; begin + 8 <= end; begin += 8) {
        memcpy(&eight, label + begin, sizeof eight);
        if (eight != same)
            break;
    }
    while (begin < end && label[begin] == than)
        begin++;
    return begin;
}

/* As follow_regimes, from one change of the label to the next. */
static __attribute__((noinline)) void
sum_regimes(const struct desk *desk, const struct portfolio *q, const struct past *past, int l)
{
    const struct lane_tile *tile = desk->tile;
    struct regime_sums *sums = desk->group->regime[desk->lane + l];
    const uint8_t *label = desk->group->label[desk->lane + l];
    size_t place = 0;
    for (size_t t = tile->begin; t < tile->end;) {
        /* The bar of another label is the last one of the regime. */
        size_t last = other_label(label, sums->regime, t, tile->end);
        bool goes_on = last == tile->end;
        last -= goes_on;
        sums->bars[sums->regime] += (double)(last + 1 - t);
        t = last + 1;
        if (goes_on && !tile->last)
            break;
        struct held held = held_by(desk, past, l, (double)last, &place);
        if (past->closed && last + 1 == tile->end)
            held = (struct held){q->cash[l], q->units[l], INFINITY};
        double now = held.cash + held.units * tile->close[last];
        sums->profit[sums->regime] += now - sums->stretch_equity;
        sums->stretch_equity = now;
        sums->regime = label[last];
    }
}

#endif
