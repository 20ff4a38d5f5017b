/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the signal words of a lane to its events of a tile: where the allowed signal
 * changes, the price the order fills at and the range of the close until then. Depends
 * on words and prices alone, so it is made once for all lanes that have them in common.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_CHANGES_H
#define ADMF_KERNELS_PORTFOLIO_CHANGES_H

#include <math.h>
#include <string.h>

#include "kernels/portfolio/lanes.h"
#include "kernels/signal_types.h"

static inline bool same_source(const struct change_source *a, const struct change_source *b)
{
    return a->up == b->up && a->down == b->down && a->may_long == b->may_long &&
           a->may_short == b->may_short && a->window_bar == b->window_bar && a->carry == b->carry &&
           a->fill == b->fill && a->allow_short == b->allow_short &&
           a->stops_short == b->stops_short;
}

/*
 * Fills scratch->moved with the bits of the bars at which the signal differs from the bar
 * before, within the bars of the tile; returns how many there are.
 */
static inline size_t find_changes(const struct lane_tile *tile, const struct change_source *source,
                                  struct event_scratch *scratch)
{
    size_t first = tile->begin / WORD_BARS, words = (tile->end + WORD_BARS - 1) / WORD_BARS;
    unsigned skip = (unsigned)(tile->begin % WORD_BARS);
    uint64_t *up = scratch->up, *down = scratch->down, *moved = scratch->moved;
    for (size_t w = first; w < words; w++)
        up[w + 1] = source->up[w] & source->may_long[w];
    if (source->allow_short)
        for (size_t w = first; w < words; w++)
            down[w + 1] = source->down[w] & source->may_short[w];
    else
        memset(down + first + 1, 0, (words - first) * sizeof *down);
    /* Bars before the first, where a window begins inside a word, had what was carried. */
    uint64_t unseen = ((uint64_t)1 << skip) - 1;
    up[first] = source->carry > 0 ? UINT64_MAX : 0;
    down[first] = source->carry < 0 ? UINT64_MAX : 0;
    up[first + 1] = (up[first + 1] & ~unseen) | (up[first] & unseen);
    down[first + 1] = (down[first + 1] & ~unseen) | (down[first] & unseen);
    for (size_t w = first; w < words; w++)
        moved[w] = (up[w + 1] ^ (up[w + 1] << 1 | up[w] >> 63)) |
                   (down[w + 1] ^ (down[w + 1] << 1 | down[w] >> 63));
    if (tile->end % WORD_BARS)
        moved[words - 1] &= UINT64_MAX >> (WORD_BARS - tile->end % WORD_BARS);
    size_t count = 0;
    for (size_t w = first; w < words; w++)
        count += (size_t)__builtin_popcountll(moved[w]);
    return count;
}

static inline double direction_at(const struct event_scratch *scratch, size_t t)
{
    size_t w = t / WORD_BARS + 1, bit = t % WORD_BARS;
    return (double)(int)((scratch->up[w] >> bit & 1) - (scratch->down[w] >> bit & 1));
}

/* The extremes of the close over bars begin … end-1 in event `k` of a lane. */
static inline void set_stretch(const struct lane_tile *tile, struct lane_event *event, int lane,
                               size_t begin, size_t end, bool flat)
{
    double low = tile->close[begin < tile->end ? begin : tile->begin], high = low;
    if (!flat && end > begin) {
        low = lowest(&tile->ranges->lowest_close, begin, end);
        high = highest(&tile->ranges->highest_close, begin, end);
    }
    event->lowest[lane] = low;
    event->highest[lane] = high;
}

/* Events from scratch->moved. False: an order would meet an undefined price. */
static inline bool list_events(const struct lane_tile *tile, const struct change_source *source,
                               struct event_scratch *scratch, int lane)
{
    size_t words = (tile->end + WORD_BARS - 1) / WORD_BARS, k = 0;
    size_t delay = source->fill == FILL_CLOSE ? 0 : 1, begin = tile->begin;
    const double *price = source->fill == FILL_NEXT_OPEN ? tile->open : tile->close;
    double direction = source->carry, left = NAN;
    for (size_t w = tile->begin / WORD_BARS; w < words; w++) {
        for (uint64_t moved = scratch->moved[w]; moved; moved &= moved - 1) {
            size_t decided = w * WORD_BARS + (size_t)__builtin_ctzll(moved);
            size_t bar = decided + delay;
            double wanted = direction_at(scratch, decided);
            if (bar == tile->end) {
                left = wanted;
                break;
            }
            struct lane_event *event = &scratch->event[k++];
            event->bar[lane] = (double)bar;
            event->price[lane] = price[bar];
            event->direction[lane] = wanted;
            if (price[bar] != price[bar])
                return false;
            /* Once an order to 0 has filled there is no position. */
            set_stretch(tile, event, lane, begin, bar, direction == 0);
            direction = wanted;
            begin = bar;
        }
    }
    size_t end = tile->end - source->stops_short;
    scratch->event[k].bar[lane] = (double)end;
    set_stretch(tile, &scratch->event[k], lane, begin, end, direction == 0);
    scratch->count[lane] = k;
    scratch->left[lane] = left;
    return true;
}

#endif
