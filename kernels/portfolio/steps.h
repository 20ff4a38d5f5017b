/* SPDX-License-Identifier: Apache-2.0 */
/* What all lanes in step share: where signals change, and bars that are only marked. */
#ifndef ADMF_KERNELS_PORTFOLIO_STEPS_H
#define ADMF_KERNELS_PORTFOLIO_STEPS_H

#include "kernels/portfolio/decide.h"
#include "kernels/portfolio/mark.h"

VEC vd bar_number(const struct lane_tile *tile, size_t t)
{
    return splat((double)(tile->window_bar + (t - tile->begin)));
}

/* Bits of the bars of word w at which some lane's allowed signal differs from the bar before. */
VEC uint64_t changes(const struct signal_words *words, vu *last_up, vu *last_down)
{
    vu moved =
        (words->up ^ (words->up << 1 | *last_up)) | (words->down ^ (words->down << 1 | *last_down));
    *last_up = words->up >> 63;
    *last_down = words->down >> 63;
    uint64_t bits_of[WIDTH], all_lanes = 0;
    memcpy(bits_of, &moved, sizeof bits_of);
    for (int l = 0; l < WIDTH; l++)
        all_lanes |= bits_of[l];
    return all_lanes;
}

/* Marks bars begin … end-1 of the tile, taking the samples that fall among them. */
VEC void mark_and_sample(const struct desk *desk, struct portfolio *q, size_t begin, size_t end,
                         size_t *sample)
{
    const struct lane_tile *tile = desk->tile;
    while (begin < end) {
        size_t stop = end;
        bool samples = *sample < tile->samples && tile->sample_bar[*sample] < end;
        if (samples)
            stop = tile->sample_bar[*sample] + 1;
        mark_quiet(desk, q, begin, stop, splat((double)(tile->window_bar + (begin - tile->begin))));
        if (samples) {
            sample_portfolio(desk, q, tile->close[stop - 1], *sample);
            ++*sample;
        }
        begin = stop;
    }
}

#endif
