# SPDX-License-Identifier: Apache-2.0
"""raptorbt: averages and signals with its own `sma` and NumPy, the sweep as one batch in all cores."""
import numpy as np
import raptorbt

import works


def signals(bars, cells):
    """Entries and exits of each cell: bars at which both averages are there, fast above slow or not."""
    close = bars["close"]
    averages = {n: raptorbt.sma(close, n) for n in {n for cell in cells for n in cell}}
    for fast, slow in cells:
        with np.errstate(invalid="ignore"):
            above = averages[fast] > averages[slow]
            below = averages[fast] <= averages[slow]
        yield above, below


def arrays(bars):
    return [bars[key] for key in ("time", "open", "high", "low", "close", "volume")]


def configuration():
    return raptorbt.BacktestConfig(initial_capital=works.CASH, fees=0.0, slippage=0.0,
                                   fill_timing="same_bar_close")


def results(metrics):
    return {"final_equity": [m.end_value for m in metrics],
            "trades": [m.total_closed_trades for m in metrics],
            "max_drawdown": [m.max_drawdown_pct / 100 for m in metrics]}


def big_grid(bars, work, cells):
    items = [raptorbt.BatchSingleItem(str(i), *pair)
             for i, pair in enumerate(signals(bars, cells))]
    done = raptorbt.batch_single_backtest(*arrays(bars), items, configuration())
    return results([result.metrics for _, result in done])


def single_run(bars, work, cells):
    (pair,) = signals(bars, cells)
    done = raptorbt.run_single_backtest(*arrays(bars), *pair, config=configuration())
    done.metrics.to_dict()
    return results([done.metrics])
