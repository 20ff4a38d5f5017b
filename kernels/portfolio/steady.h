/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes in step whose decisions follow from the signals alone: the words tell which bars can
 * bring an order, and everything between is marked in a tight loop.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_STEADY_H
#define ADMF_KERNELS_PORTFOLIO_STEADY_H

#include "kernels/portfolio/pending.h"
#include "kernels/portfolio/steps.h"

/* One bar that may bring an order, all steps that a steady group has. */
static __attribute__((noinline)) void steady_bar(const struct desk *desk, struct portfolio *q,
                                                 const struct signal_words *words, size_t t, vd bar)
{
    const struct shape *shape = desk->shape;
    vd close = splat(desk->tile->close[t]);
    if (shape->fill == FILL_NEXT_OPEN)
        fill_at_open(desk, q, t, bar);
    vd direction = raw_direction(desk, q, words, (unsigned)(t % WORD_BARS));
    vm orders = both(set(q->alive), ne(direction, q->wanted));
    q->wanted = sel(orders, direction, q->wanted);
    if (shape->fill == FILL_NEXT_CLOSE) {
        vm m = set(q->pending);
        if (any(m))
            fill_pending(desk, q, m, close, bar);
    }
    place(desk, q, orders, direction, t);
    if (shape->fill == FILL_CLOSE && any(orders))
        fill_pending(desk, q, orders, close, bar);
}

VEC void run_steady(const struct desk *desk, struct portfolio *q)
{
    const struct lane_tile *tile = desk->tile;
    /* What was wanted last is what the signals said last: a steady lane follows them. */
    vu last_up = (vu)(q->wanted > 0) & 1, last_down = (vu)(q->wanted < 0) & 1;
    size_t sample = 0, marked = tile->begin;
    bool waits = any(set(q->pending)), at_close = desk->shape->fill == FILL_CLOSE;
    for (size_t t = tile->begin; t < tile->end;) {
        size_t w = t / WORD_BARS, word_end = (w + 1) * WORD_BARS;
        size_t end = word_end < tile->end ? word_end : tile->end;
        struct signal_words words;
        words_load(desk, w, &words);
        /* Bits before t, where a window begins inside a word, are not ours to see. */
        unsigned skip = (unsigned)(t % WORD_BARS);
        uint64_t seen = UINT64_MAX << skip, moved;
        if (skip) {
            vu first_up = last_up << (skip - 1), first_down = last_down << (skip - 1);
            words.up = (words.up & seen) | first_up;
            words.down = (words.down & seen) | first_down;
            last_up = last_up ^ last_up;
            last_down = last_down ^ last_down;
        }
        moved = changes(&words, &last_up, &last_down) & seen;
        if (end < word_end)
            moved &= UINT64_MAX >> (word_end - end);
        while (waits || moved) {
            size_t bit = waits ? t : w * WORD_BARS + (size_t)__builtin_ctzll(moved);
            if (bit >= end)
                break;
            mark_and_sample(desk, q, marked, bit, &sample);
            steady_bar(desk, q, &words, bit, bar_number(tile, bit));
            if (tile->last && bit + 1 == tile->end && desk->shape->close_at_end)
                close_held(desk, q, bit, bar_number(tile, bit));
            mark_and_sample(desk, q, bit, bit + 1, &sample);
            marked = t = bit + 1;
            moved &= bit % WORD_BARS == 63 ? 0 : UINT64_MAX << (bit % WORD_BARS + 1);
            waits = !at_close && any(set(q->pending));
        }
        t = end;
    }
    if (tile->last && desk->shape->close_at_end && marked < tile->end) {
        mark_and_sample(desk, q, marked, tile->end - 1, &sample);
        close_held(desk, q, tile->end - 1, bar_number(tile, tile->end - 1));
        marked = tile->end - 1;
    }
    mark_and_sample(desk, q, marked, tile->end, &sample);
}

#endif
