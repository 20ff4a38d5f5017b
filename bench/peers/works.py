# SPDX-License-Identifier: Apache-2.0
"""What is measured: bars, the configuration that admf runs, the slice that a peer can do.

A cell is one combination: (fast, slow) of sma_crossover, or the threshold of momentum. Peers take a
part of the grid with few distinct periods, as the whole has, so that none pays for more averages a
combination than it would there.
"""
import dataclasses

import numpy as np

CASH = 100_000.0
FAST, SLOW = range(5, 204, 2), range(213, 709, 5)
MINUTE = 60_000_000_000
GRID = """\
data:
  - {{symbol: BARS, path: {bars}, session: 24x7}}
strategies:
  - type: sma_crossover
    parameters: {{fast_period: {fast}, slow_period: {slow}}}
portfolio: {{allow_short: false, initial_cash: 100000}}
execution: {{fill: close}}
"""
DENSE = """\
data:
  - {{symbol: BARS, path: {bars}, session: 24x7}}
strategies:
  - type: momentum
    parameters: {{lookback_period: 1, signal_threshold: {thresholds}}}
portfolio: {{initial_cash: 100000, size: {size}}}
execution: {{fill: close, fee_rate: {fee_rate}, slippage: {slippage}}}
"""
DENSE_COSTS = {"size": 0.001, "fee_rate": 1e-5, "slippage": 1e-5}
THRESHOLDS = [k * 1e-5 for k in range(8)]


@dataclasses.dataclass
class Work:
    name: str
    title: str
    bars: int
    series: str             # walk: random; zigzag: another direction at every bar
    configuration: str      # of admf, with {bars} for the file
    parameters: tuple       # of the strategy, in the cube
    cells: list             # all that admf runs
    slices: dict            # peer: the cells that it runs
    unit: str               # what a time is divided by
    one_thread: bool = False
    summary: bool = False   # the peer makes its whole summary of statistics
    note: str = ""

    def units(self, cells, orders):
        """What `cells` combinations are in units."""
        return orders if self.unit == "order" else cells * self.bars


def spread(values, count):
    """`count` of the values, first and last among them."""
    at = np.linspace(0, len(values) - 1, count).round().astype(int) if count > 1 else [0]
    return [values[i] for i in at]


def grid_part(fast, slow):
    return [(f, s) for f in spread(FAST, fast) for s in spread(SLOW, slow)]


def flow(values):
    return f"{{start: {values.start}, stop: {values[-1]}, step: {values.step}}}"


WORKS = [
    Work("big_grid", "big grid, 100 × 100 moving averages", 200_000, "walk",
         GRID.format(bars="{bars}", fast=flow(FAST), slow=flow(SLOW)),
         ("sma_crossover__fast_period", "sma_crossover__slow_period"),
         [(f, s) for f in FAST for s in SLOW],
         {"raptorbt": grid_part(20, 10), "vectorbt": grid_part(10, 5),
          "backtesting": grid_part(2, 1)},
         "combination-bar",
         note="admf computes all of its metrics and writes the cube; vectorbt only what is "
              "compared"),
    Work("single_run", "single run of 10 M bars, sma 30/150, whole summary", 10_000_000, "walk",
         GRID.format(bars="{bars}", fast="30", slow="150"),
         ("sma_crossover__fast_period", "sma_crossover__slow_period"), [(30, 150)],
         {"raptorbt": [(30, 150)], "vectorbt": [(30, 150)]}, "combination-bar", summary=True),
    Work("dense", "a reversal at every bar, 8 × 1 M bars, costs on", 1_000_000, "zigzag",
         DENSE.format(bars="{bars}", thresholds=THRESHOLDS, **DENSE_COSTS),
         ("momentum__signal_threshold",), [(x,) for x in THRESHOLDS],
         {"vectorbt": [(x,) for x in THRESHOLDS]}, "order", one_thread=True),
]


def series(name, count):
    """Minute bars. Their prices have all digits of a double: where prices are ticks, averages are
    often equal but for rounding, and every engine rounds its own way."""
    rng = np.random.default_rng(1)
    if name == "zigzag":
        steps = rng.uniform(1e-4, 3e-3, count)
        steps[1::2] *= -1
        steps -= steps.mean()
    else:
        steps = rng.normal(0, 5e-4, count)
    close = 100 * np.exp(np.cumsum(steps))
    opening = np.concatenate(([close[0]], close[:-1]))
    return {"time": 1_577_836_800_000_000_000 + MINUTE * np.arange(count, dtype=np.int64),
            "open": opening, "high": np.maximum(opening, close) * 1.0001,
            "low": np.minimum(opening, close) * 0.9999, "close": close,
            "volume": np.full(count, 1000.0)}
