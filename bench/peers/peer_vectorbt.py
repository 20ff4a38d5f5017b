# SPDX-License-Identifier: Apache-2.0
"""vectorbt with its Rust kernels; where these cannot be installed, with Numba's."""
import numpy as np
import vectorbt as vbt
from vectorbt._engine import is_rust_available

import works

vbt.settings["engine"] = "rust" if is_rust_available() else "numba"


def columns(close, windows):
    """Averages side by side, each window computed once."""
    unique = sorted(set(windows))
    averages = vbt.MA.run(close, unique).ma.to_numpy().reshape(len(close), -1)
    return averages[:, [unique.index(n) for n in windows]]


def portfolio(bars, cells):
    close = bars["close"]
    fast = columns(close, [f for f, _ in cells])
    slow = columns(close, [s for _, s in cells])
    with np.errstate(invalid="ignore"):
        above, below = fast > slow, fast <= slow
    return vbt.Portfolio.from_signals(close[:, None], above, below, init_cash=works.CASH, freq="1min")


def results(done, trades):
    drawdown = done.drawdowns.max_drawdown()      # of records: faster than Portfolio.max_drawdown
    return {"final_equity": np.atleast_1d(done.final_value()),
            "trades": np.atleast_1d(trades.closed.count()),
            "max_drawdown": -np.atleast_1d(drawdown)}


def big_grid(bars, work, cells):
    done = portfolio(bars, cells)
    return results(done, done.trades)


def single_run(bars, work, cells):
    done = portfolio(bars, cells)
    done.iloc[0].stats()
    return results(done, done.trades)


def dense(bars, work, cells):
    close = bars["close"]
    change = np.empty_like(close)
    change[0], change[1:] = np.nan, close[1:] / close[:-1] - 1
    limit = np.array([x for x, in cells])[None, :]
    with np.errstate(invalid="ignore"):
        side = np.where(change[:, None] > limit, 1.0, np.where(change[:, None] < -limit, -1.0, 0.0))
    turned = np.diff(side, axis=0, prepend=0) != 0
    size = np.where(turned, side * works.DENSE_COSTS["size"], np.nan)
    done = vbt.Portfolio.from_orders(
        close[:, None], size=size, size_type="targetpercent", fees=works.DENSE_COSTS["fee_rate"],
        slippage=works.DENSE_COSTS["slippage"], init_cash=works.CASH, freq="1min")
    return results(done, done.positions)
