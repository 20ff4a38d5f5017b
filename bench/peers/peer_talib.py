# SPDX-License-Identifier: Apache-2.0
"""TA-Lib: features over whole columns, in a process of its own.

    peer_talib.py FOLDER ROW

Computes row ROW of ROWS, compares it with what feature_column wrote to FOLDER and prints the largest
difference, relative to the tolerance of docs/NUMERICS.md (1e-9 of the value, and of the close or 1).
Then, for every line on standard input, computes again and prints the seconds it took.
"""
import pathlib
import sys
import time

import numpy as np
import talib

# Feature, its parameters, members, what TA-Lib calls it, and whether it is in currency. Long windows
# too: they show that TA-Lib sums none of these again at every bar, as it does in CCI and AVGDEV, and
# table.py says so.
ROWS = [
    ("sma", (20,), ("",), lambda b: [talib.SMA(b["close"], 20)], True),
    ("sma", (500,), ("",), lambda b: [talib.SMA(b["close"], 500)], True),
    ("ema", (20,), ("",), lambda b: [talib.EMA(b["close"], 20)], True),
    ("wma", (20,), ("",), lambda b: [talib.WMA(b["close"], 20)], True),
    ("rsi", (14,), ("",), lambda b: [talib.RSI(b["close"], 14)], False),
    ("macd", (12, 26, 9), ("line", "signal", "histogram"),
     lambda b: talib.MACD(b["close"], 12, 26, 9), True),
    ("bollinger", (20, 2), ("upper", "mid", "lower"), lambda b: talib.BBANDS(b["close"], 20, 2, 2), True),
    ("atr", (14,), ("",), lambda b: [talib.ATR(b["high"], b["low"], b["close"], 14)], True),
    ("plus_di", (14,), ("",), lambda b: [talib.PLUS_DI(b["high"], b["low"], b["close"], 14)], False),
    ("minus_di", (14,), ("",), lambda b: [talib.MINUS_DI(b["high"], b["low"], b["close"], 14)], False),
    ("adx", (14,), ("",), lambda b: [talib.ADX(b["high"], b["low"], b["close"], 14)], False),
    ("roc", (10,), ("",), lambda b: [talib.ROCP(b["close"], 10)], False),
    # 1: with the present bar
    ("donchian", (20, 1), ("upper", "lower"),
     lambda b: [talib.MAX(b["high"], 20), talib.MIN(b["low"], 20)], True),
    ("donchian", (500, 1), ("upper", "lower"),
     lambda b: [talib.MAX(b["high"], 500), talib.MIN(b["low"], 500)], True),
    ("stddev", (20,), ("",), lambda b: [talib.STDDEV(b["close"], 20)], True),
]
SETTLED = 10_000    # bars after which recursions have forgotten how they were begun


def difference(theirs, ours, close, currency):
    """Largest difference in units of the tolerance; infinite where only one is defined."""
    theirs, ours, close = theirs[SETTLED:], ours[SETTLED:], close[SETTLED:]
    scale = np.maximum(np.abs(theirs), close if currency else 1.0)
    error = np.abs(theirs - ours) / (1e-9 * scale)
    return float("inf") if np.isnan(error).any() else float(error.max())


def main():
    folder, (name, _, members, call, currency) = pathlib.Path(sys.argv[1]), ROWS[int(sys.argv[2])]
    bars = {key: np.fromfile(folder / key) for key in ("high", "low", "close")}
    worst = 0.0
    for member, column in zip(members, call(bars)):
        worst = max(worst, difference(column, np.fromfile(folder / f"out_{member}"), bars["close"],
                                      currency))
    print(worst, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        call(bars)
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
