/* SPDX-License-Identifier: Apache-2.0 */
/* The bars at which equity is sampled, and what the symbol itself did between them. */
#ifndef ADMF_ENGINE_SIMULATE_SAMPLES_H
#define ADMF_ENGINE_SIMULATE_SAMPLES_H

#include "engine/plan/plan.h"

struct samples {
    const struct bars *bars;
    const struct plan_window *window;
    int blocks;        /* stretches of samples; 0: off */
    uint64_t taken;    /* before this tile */
    double last_close; /* of the last sample */
    double benchmark_sum, benchmark_sum2;
    /* of the tile */
    size_t count;
    uint32_t *bar; /* within the tile */
    double *benchmark;
    int32_t *block_end;              /* the stretch this sample ends; -1: none */
    uint32_t *block_last;            /* this sample or the next that ends one, or the tile's last */
    int32_t first_block, last_block; /* of those that end in the tile; first > last: none does */
    uint64_t *day_end;               /* words */
};

/* The samples of a window, in tiles of at most tile_bars. False: out of memory. */
bool samples_init(struct samples *samples, const struct plan *plan,
                  const struct plan_window *window, size_t tile_bars);
void samples_deinit(struct samples *samples);
/* One thread: the samples among bars begin … end-1 of the tile that starts at bar `first`. */
void samples_advance(struct samples *samples, size_t first, size_t begin, size_t end);
/* Samples of stretch j: floor((j+1)N/B) - floor(jN/B). */
double samples_in_block(const struct plan_window *window, int blocks, int j);

#endif
