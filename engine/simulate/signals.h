/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signal words of a block, tile by tile: per strategy instance where it is long and
 * short, per classifier instance what its policy allows. Each is made once, whoever
 * combines them. Those of classifiers stand for the whole tile; strategies come in chunks,
 * each thread making those of the chunk whose portfolios it is about to run, so that the
 * words are still in its cache.
 */
#ifndef ADMF_ENGINE_SIMULATE_SIGNALS_H
#define ADMF_ENGINE_SIMULATE_SIGNALS_H

#include "engine/features/stored_signals.h"
#include "engine/simulate/computed.h"

struct signals {
    const struct plan *plan;
    struct computed computed;
    const struct stored_signals *stored; /* where a store is replayed; else NULL */
    size_t chunk;                        /* strategies of a chunk at most */
    size_t classifiers;
    size_t words;                   /* of a row */
    size_t down_rows;               /* chunk; 1, written over and over, where no one goes short */
    uint64_t *up;                   /* [threads][chunk][words] */
    uint64_t *down;                 /* [threads][down_rows][words] */
    uint64_t *may_long, *may_short; /* [classifiers][words] */
    double *strength;               /* [threads][chunk][words * 64]; NULL: nobody asks */
    uint8_t *label;                 /* [classifiers][words * 64]; NULL: nobody asks */
    uint64_t *scratch;              /* [threads][ADMF_LABELS_MAX][words] */
};

/*
 * For strategies first … first+count-1, at most `chunk` at a time, and all classifiers; `stored`
 * holds them where a store is replayed, else NULL. False: out of memory.
 */
bool signals_init(struct signals *signals, const struct plan *plan, const struct bars *bars,
                  const struct day_labels *days, const struct stored_signals *stored, size_t first,
                  size_t count, size_t chunk, size_t tile_bars);
void signals_deinit(struct signals *signals);

/* Every thread of the region: classifiers' words of the tile of bars first … first+count-1. */
void signals_advance(struct signals *signals, const struct columns *columns, size_t first,
                     size_t count);
/*
 * One thread: words of the same tile, whose first bar is `bar`, of strategies first …
 * first+count-1 of the plan, into the thread's rows. Those none of whose combinations is to be run
 * are left out.
 */
void signals_make(struct signals *signals, const struct columns *columns, size_t first,
                  size_t count, size_t bar, size_t bars);
/* The calling thread's words of the first strategy of its chunk; those of strategy k are k steps
 * on. `down` says nothing where no one goes short. */
struct chunk_words {
    uint64_t *up, *down;
    double *strength; /* NULL: nobody asks */
    size_t up_step, down_step, strength_step;
};
struct chunk_words signals_of_chunk(const struct signals *signals);

#endif
