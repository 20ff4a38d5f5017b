/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/momentum_hmm.h"
#include "bench/work.h"

#define SERIES(file) "data: [{symbol: BARS, path: " file ", session: 24x7}]\n"
#define CROSSOVERS(fast, fast_step, slow, slow_step)                                               \
    "strategies: [{type: sma_crossover, parameters: {fast_period: {start: 5, stop: " fast          \
    ", step: " fast_step "}, slow_period: {start: 213, stop: " slow ", step: " slow_step "}}}]\n"
#define GRID SERIES("minutes.h5") CROSSOVERS("@F", "@G", "@S", "@T")
/* From all over the grid: short averages alone would order three times as often. */
#define SMALL SERIES("minutes.h5") CROSSOVERS("@f", "@g", "@s", "@h")
#define SOME SERIES("bars.csv") CROSSOVERS("@c", "2", "@d", "5")
#define LONG "portfolio: {allow_short: false}\n"
#define AT_CLOSE "execution: {fill: close}\n"

const struct work works[] = {
    {.name = "big_grid",
     .title = "100 x 100 crossovers, 200 000 minute bars, long only, filled at the close",
     .config = GRID LONG AT_CLOSE,
     .core_rate_least = 8e9,
     .memory_most = 128 << 20},
    {.name = "one_thread",
     .title = "the same on one thread",
     .config = GRID LONG AT_CLOSE,
     .threads = 1,
     .base = "big_grid",
     .ratio_least = 1.9},
    {.name = "little_memory",
     .title = "the same with --memory 64M",
     .config = GRID LONG AT_CLOSE,
     .memory = "64M",
     .base = "big_grid",
     .ratio_most = 1.5},
    {.name = "costs",
     .title = "the same long and short, filled at the next open, fees and slippage",
     .config = GRID "execution: {fill: next_open, fee_rate: 0.0005, slippage: 0.0002}\n",
     .base = "big_grid",
     .ratio_most = 1.3},
    {.name = "bracket",
     .title = "the same with stop_loss and take_profit",
     .config = GRID LONG AT_CLOSE "risk: {stop_loss: 0.01, take_profit: 0.02}\n",
     .base = "big_grid",
     .ratio_most = 1.6},
    {.name = "every_bar",
     .title = "the same sampled at every bar",
     .config = GRID LONG AT_CLOSE "metrics: {sampling: bar}\n",
     .base = "big_grid",
     .ratio_most = 3},
    {.name = "lockstep",
     .title = "the same with lanes in step",
     .config = GRID LONG AT_CLOSE,
     .lanes = "lockstep"},
    {.name = "halts",
     .title = "the same with max_drawdown and max_daily_loss",
     .config = GRID LONG AT_CLOSE "risk: {max_drawdown: 0.2, max_daily_loss: 0.02}\n",
     .base = "lockstep",
     .ratio_most = 1.3},
    {.name = "cross",
     .title = "10 x 10 crossovers of these with each of 10 x 10 trend classifiers",
     .config = SMALL LONG AT_CLOSE
     "classifiers: [{type: trend, parameters: {fast_period: {start: 10, stop: @a, step: 2}, "
     "slow_period: {start: 100, stop: @b, step: 20}}}]\n",
     .base = "big_grid",
     .ratio_most = 0.7},
    {.name = "execution",
     .title = "10 x 10 crossovers of these with each of 10 x 10 execution models",
     .config = SMALL LONG
     "execution: {fill: close, fee_rate: {start: 0, stop: @x, step: 0.0001}, slippage: {start: 0, "
     "stop: @x, step: 0.0001}}\n",
     .base = "big_grid",
     .ratio_most = 0.5},
    {.name = "one_window",
     .title = "30 x 30 crossovers over 1 000 000 minute bars",
     .bars = BARS_CSV,
     .config = SOME LONG AT_CLOSE},
    {.name = "twenty_windows",
     .title = "the same in 20 windows of a walk forward, ten winners stitched",
     .bars = BARS_CSV,
     .config = SOME LONG AT_CLOSE "windows: {walk_forward: {train: @t, test: @u, step: @v}}\n",
     .base = "one_window",
     .ratio_most = 1.3},
    {.name = "dense",
     .title = "8 combinations that turn at every one of 1 000 000 bars, with costs, one thread",
     .threads = 1,
     .unit = "order",
     .bars = BARS_ZIGZAG,
     .config =
         SERIES("zigzag.h5") "strategies: [{type: momentum, parameters: {lookback_period: 1, "
                             "signal_threshold: {start: 0, stop: 0.00007, step: 0.00001}}}]\n"
                             "portfolio: {size: 0.001}\n"
                             "execution: {fill: close, fee_rate: 0.00001, slippage: 0.00001}\n"},
    {.name = "single_run",
     .title = "one crossover over 10 000 000 bars, the whole summary, one thread",
     .threads = 1,
     .bars = BARS_LONG,
     .config = SERIES("long.h5") "strategies: [{type: sma_crossover, parameters: {fast_period: 30, "
                                 "slow_period: 150}}]\n" LONG AT_CLOSE},
    {.name = "momentum_hmm",
     .title = "configs/momentum_hmm.yaml, 24 combinations, as a whole process",
     .unit = "process",
     .kind = WORK_PROCESS,
     .bars = BARS_NONE,
     .config = momentum_hmm_yaml,
     .seconds_most = 0.05},
    {.name = "read_csv",
     .title = "1 000 000 minute bars from CSV into memory",
     .unit = "byte",
     .kind = WORK_READ_CSV,
     .bars = BARS_CSV},
    {.name = "write_cube",
     .title = "1 000 000 combinations x 40 metrics to a cube on disk",
     .unit = "byte",
     .kind = WORK_WRITE_CUBE,
     .bars = BARS_NONE,
     .rate_least = 150e6},
};
const size_t work_count = sizeof works / sizeof *works;
