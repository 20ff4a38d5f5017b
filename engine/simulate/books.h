/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The books of a block's lanes in one window: states while the window runs, and what comes of them
 * in the order of the cells. They are opened at the window's first bar and closed behind its last,
 * so that no more of them are in memory, or in the caches, than windows run at a time.
 */
#ifndef ADMF_ENGINE_SIMULATE_BOOKS_H
#define ADMF_ENGINE_SIMULATE_BOOKS_H

#include "engine/simulate/samples.h"

struct lanes;

/* Values of the block's cells, in order. */
struct lane_results {
    double *metric[METRIC_COUNT];             /* each [count] */
    uint8_t *status;                          /* [count] */
    double *block_sum, *block_sum2, *block_n; /* [count][blocks] */
    /* [rows]: per cell its classifier's labels by code; NULL unless by_regime */
    double *regime_profit, *regime_bars, *regime_trades, *regime_wins;
    size_t rows;
};

struct lane_books {
    const struct plan_window *window;
    struct samples samples;
    struct portfolio_lanes *states; /* [group_count] */
    struct block_sums *blocks;      /* [group_count * blocks]; NULL: none are wanted */
    struct regime_sums *regimes;    /* [group_count * LANES]; NULL unless by_regime */
    struct finish_inputs totals;    /* of the whole window, for its last bar */
    struct lane_results results;
    double *storage; /* owned, of the results */
    size_t *row;     /* owned: where the labels of each cell begin */
};

/*
 * What windows leave to later ones of the same lanes, arrays of the same sizes: some megabytes need
 * not go back to the system and come again, nor lie in pieces that fit nothing. Each is a list,
 * the next of an array at its begin. All NULL at first.
 */
struct books_memory {
    void *states, *blocks, *regimes, *storage, *row, *status;
};
void books_memory_deinit(struct books_memory *memory);

/* One thread, before the window's first tile. False: out of memory; nothing is left to close. Takes
 * what `left` has. */
bool books_open(struct lane_books *books, const struct lanes *lanes,
                const struct plan_window *window, size_t tile_bars, struct books_memory *left);
/* Lets go of all but the results; and of everything. Fine where they are not open. */
void books_close(struct lane_books *books, struct books_memory *left);
void books_deinit(struct lane_books *books, struct books_memory *left);

/* One thread, in each tile of the window, whose bars begin … end-1 are bars first + begin … : its
 * samples, and with the last bar its totals. */
void books_advance(struct lane_books *books, size_t first, size_t begin, size_t end);

/* A group that runs in the window from now on: where its books are. */
void books_connect(struct lane_books *books, const struct lanes *lanes, size_t g);
/* Group g before the window's first bar, and behind its last: into the results. */
void books_start(struct lane_books *books, const struct lanes *lanes, size_t g);
void books_finish(struct lane_books *books, const struct lanes *lanes, size_t g);

#endif
