/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What portfolios and their metrics are held against: the scalar simulation, event by event, that
 * `admf trace` is. It shares no line that decides or computes with the kernels of lanes, so that
 * what is wrong on every instruction set is found too, and a set is blamed for its own mistakes.
 */
#ifndef ADMF_BENCH_LANE_REFERENCE_H
#define ADMF_BENCH_LANE_REFERENCE_H

#include "kernels/portfolio/lanes.h"

enum { REFERENCE_BARS = 1024, REFERENCE_BLOCKS = 16 }; /* of a lane, at most */

/* A power of two: a rate a year is that of a sample times this, and back, to the bit. */
enum { REFERENCE_PERIODS = 256 };

/* One combination: bars, what a strategy and a policy say of them, and its terms. */
struct reference_lane {
    size_t bars, first, end; /* of the data; the window is first … end-1 */
    const double *open, *high, *low, *close;
    const bool *day_end;
    bool daily_or_longer, every_bar; /* every_bar: equity is sampled at each */
    const signed char *signal;
    const unsigned char *allow; /* bit 0 long, bit 1 short */
    const double *strength, *scale;
    const struct shape *shape;
    const double *risk, *execution; /* numbers; words and switches are those of the shape */
    double initial_cash, risk_free; /* a sample */
    int blocks;
};

struct reference_result {
    double metric[METRIC_COUNT];
    uint8_t status;
    double block_sum[REFERENCE_BLOCKS], block_sum2[REFERENCE_BLOCKS];
};

/* What should come of the lane, which has no more bars and blocks than that. False: no memory. */
bool reference_simulate(const struct reference_lane *lane, struct reference_result *result);

/* What the finishing kernel needs to know of the lane's window. */
struct finish_inputs reference_inputs(const struct reference_lane *lane);

/* What the finishing kernel should make of lane `l`; `close` are the window's. */
void reference_finish(const struct finish_inputs *inputs, const double *close,
                      const struct portfolio_lanes *state, int l, struct reference_result *result);

#endif
