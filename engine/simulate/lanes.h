/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lanes of a block: its cells sorted by chunk of strategies and by shape and dealt to
 * groups of eight, with their states, and their results in the order of the cells.
 */
#ifndef ADMF_ENGINE_SIMULATE_LANES_H
#define ADMF_ENGINE_SIMULATE_LANES_H

#include "engine/simulate/events.h"
#include "engine/simulate/samples.h"
#include "engine/simulate/signals.h"

/* Neighbouring strategies and the groups of all cells that have them. */
struct lane_chunk {
    size_t first_group, groups;
    size_t first_strategy, strategies; /* of the plan */
};

struct lanes {
    const struct plan *plan;
    const struct plan_window *window;
    uint64_t first, count; /* cells of the block */
    size_t chunk_count, group_count;
    struct lane_chunk *chunks;
    struct lane_group *groups;
    struct portfolio_lanes *states; /* [group_count] */
    uint32_t *cell;              /* [group_count * LANES]: cell of the block; UINT32_MAX: unused */
    struct regime_sums *regimes; /* [group_count * LANES]; NULL unless by_regime */
    double *block_sum, *block_sum2; /* [count][blocks] */
};

/* Lanes at their start for those of cells first … first+count-1 that are to be run, at least one.
 * False: out of memory. */
bool lanes_init(struct lanes *lanes, const struct plan *plan, const struct plan_window *window,
                uint64_t first, uint64_t count);
void lanes_deinit(struct lanes *lanes);

/* One thread: where the lanes find what stays in place from tile to tile. */
void lanes_connect(struct lanes *lanes, const struct signals *signals,
                   const struct columns *columns);

/* A window's bars begin … end-1 of a tile. */
struct lane_part {
    struct lanes *lanes;
    const struct samples *samples;
    size_t begin, end;
};

/*
 * Every thread of the region: chunk by chunk the signals of its strategies and then all their
 * groups in all windows, over the tile of bars first … first+count-1. All parts have the same
 * cells; without parts nothing happens.
 */
void lanes_advance(const struct lane_part *parts, size_t part_count, struct signals *signals,
                   const struct columns *columns, struct events *events, size_t first,
                   size_t count);

/* Values of the block's cells, in order. */
struct lane_results {
    double *metric[METRIC_COUNT]; /* each [count] */
    uint8_t *status;              /* [count] */
    double *block_n;              /* [count][blocks] */
    /* [rows]: per cell its classifier's labels by code; NULL unless by_regime */
    double *regime_profit, *regime_bars, *regime_trades, *regime_wins;
    double *storage;
    size_t rows;
};
/* One thread, after the last tile: metrics and the rest. False: out of memory. */
bool lanes_finish(const struct lanes *lanes, const struct samples *samples,
                  struct lane_results *out);
void lane_results_deinit(struct lane_results *results);

#endif
