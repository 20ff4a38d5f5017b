# SPDX-License-Identifier: Apache-2.0
"""backtesting: a class with a call at every bar. It trades whole units; its FractionalBacktest takes
ever smaller ones, small enough here to hold the tolerance."""
import warnings

import pandas as pd
from backtesting import Strategy
from backtesting.lib import FractionalBacktest

import works

warnings.filterwarnings("ignore")


def average(values, n):
    return pd.Series(values).rolling(n).mean()


class Crossover(Strategy):
    fast = slow = 1

    def init(self):
        # As attributes of their own: those are what it shows bar by bar.
        self.quick = self.I(average, self.data.Close, self.fast)
        self.lazy = self.I(average, self.data.Close, self.slow)

    def next(self):
        above = self.quick[-1] > self.lazy[-1]
        if above and not self.position:
            self.buy()
        elif not above and self.position:
            self.position.close()


def big_grid(bars, work, cells):
    frame = pd.DataFrame({key.capitalize(): bars[key]
                          for key in ("open", "high", "low", "close", "volume")},
                         index=pd.to_datetime(bars["time"]))
    out = {"final_equity": [], "trades": [], "max_drawdown": []}
    for fast, slow in cells:
        test = FractionalBacktest(frame, Crossover, cash=works.CASH, trade_on_close=True,
                                  fractional_unit=1e-9)
        stats = test.run(fast=fast, slow=slow)
        out["final_equity"].append(stats["Equity Final [$]"])
        out["trades"].append(len(stats["_trades"]))
        out["max_drawdown"].append(-stats["Max. Drawdown [%]"] / 100)
    return out
