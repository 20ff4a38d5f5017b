/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the signal words of a lane to the bars of a tile at which something else is wanted than in
 * the bar before: a vector of words at a time, each bar a bit, and no branch that hangs on them.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_MOVES_H
#define ADMF_KERNELS_PORTFOLIO_MOVES_H

#include "kernels/portfolio/lanes.h"
#include "kernels/signal_types.h"
#include "kernels/vec.h"

enum { TILE_WORDS_MOST = RANGE_TILE_MOST / WORD_BARS };

/* What is wanted of the words; a constant where they are gone through. */
struct move_kind {
    bool shorts;
    bool flat_at; /* nothing from the last bar of a day on */
    bool keeps;   /* a position through signals that are not allowed: block_entries */
};

/* Bits of the bars from `bar` on, in words w … w+WIDTH-1. */
VEC vu from_bar(size_t w, size_t bar)
{
    uint64_t word[WIDTH];
    for (size_t l = 0; l < WIDTH; l++) {
        size_t first = (w + l) * WORD_BARS;
        word[l] = bar <= first               ? UINT64_MAX
                  : bar - first >= WORD_BARS ? 0
                                             : UINT64_MAX << (bar - first);
    }
    return load_words(word);
}

/* Bits that differ from the bar before; *before: words w-WIDTH … w-1, then these. */
VEC vu moved_bits(vu words, vu *before)
{
    vu last = words_before(words, *before) >> 63;
    *before = words;
    return words ^ (words << 1 | last);
}

/*
 * Bars at which a position is kept: from one whose signal is allowed, for as long as the signal
 * lasts. *before: whether one was in the bar before these words, then in their last.
 */
VEC vu kept_bits(vu allowed, vu signal, uint64_t *before)
{
    uint64_t kept[WIDTH], lasting[WIDTH];
    store_words(kept, allowed);
    store_words(lasting, signal);
    for (size_t l = 0; l < WIDTH; l++) {
        uint64_t bits_kept = kept[l] | (lasting[l] & *before), run = lasting[l];
        for (int distance = 1; distance < WORD_BARS; distance *= 2) {
            bits_kept |= run & bits_kept << distance;
            run &= run << distance;
        }
        kept[l] = bits_kept;
        *before = bits_kept >> (WORD_BARS - 1);
    }
    return load_words(kept);
}

/* Bits of one direction in words w … w+WIDTH-1: what of its signal becomes an order. */
struct direction_words {
    const uint64_t *signal, *may;
    vu carried; /* in place of bars that are not seen */
    vu before;  /* the words before, then these */
    uint64_t kept;
};

VEC vu wanted_bits(struct direction_words *d, size_t w, vu seen, vu last_bars,
                   struct move_kind kind)
{
    vu signal = load_words(d->signal + w) & ~last_bars, wanted = signal & load_words(d->may + w);
    wanted = (wanted & seen) | (d->carried & ~seen);
    if (kind.keeps)
        wanted = kept_bits(wanted, (signal & seen) | (d->carried & ~seen), &d->kept);
    return wanted;
}

/* Before the first word: what was carried, also in bars of that word before the window's first. */
VEC struct direction_words carried_words(const uint64_t *signal, const uint64_t *may, bool carried)
{
    vu nothing = (vu){0}, words = carried ? ~nothing : nothing;
    return (struct direction_words){
        .signal = signal, .may = may, .carried = words, .before = words, .kept = carried};
}

/* Both directions of a lane. */
struct lane_words {
    struct direction_words up, down;
};

/* Bars of a tile at which something else is wanted than in the bar before, and what. */
struct moves {
    uint64_t moved[TILE_WORDS_MOST], up[TILE_WORDS_MOST], down[TILE_WORDS_MOST];
    uint64_t some[TILE_WORDS_MOST / WORD_BARS]; /* which words of `moved` are not 0, a bit each */
};

/* Of words w … w+WIDTH-1, bars of `seen` alone. */
VEC void find_moves_in(struct lane_words *words, const struct lane_tile *tile, size_t w, vu seen,
                       struct moves *moves, struct move_kind kind)
{
    vu down, last_bars = (vu){0};
    if (kind.flat_at)
        last_bars = load_words(tile->day_end + w);
    vu up = wanted_bits(&words->up, w, seen, last_bars, kind);
    vu moved = moved_bits(up, &words->up.before);
    store_words(moves->up + w, up);
    if (kind.shorts) {
        down = wanted_bits(&words->down, w, seen, last_bars, kind);
        moved |= moved_bits(down, &words->down.before);
        store_words(moves->down + w, down);
    }
    moved &= seen;
    store_words(moves->moved + w, moved);
    moves->some[w / WORD_BARS] |= (uint64_t)bits(some(moved)) << w % WORD_BARS;
}

/* Of a tile of at most RANGE_TILE_MOST bars. Words of *moves without a bit in `some` are not to be
 * looked at; those of `down` only where kind.shorts. */
VEC void find_moves(const struct lane_tile *tile, const struct change_source *source,
                    struct moves *moves, struct move_kind kind)
{
    struct lane_words words = {
        .up = carried_words(source->up, source->may_long, source->carry > 0),
        .down = carried_words(source->down, source->may_short, source->carry < 0)};
    memset(moves->some, 0, sizeof moves->some);
    for (size_t w = tile->begin / WORD_BARS / WIDTH * WIDTH; w * WORD_BARS < tile->end; w += WIDTH)
        if (w * WORD_BARS >= tile->begin && (w + WIDTH) * WORD_BARS <= tile->end)
            find_moves_in(&words, tile, w, ~(vu){0}, moves, kind);
        else
            find_moves_in(&words, tile, w, from_bar(w, tile->begin) & ~from_bar(w, tile->end),
                          moves, kind);
}

#endif
