"""Golden columns of the features: tests/golden/features and features_sp500.

Where TA-Lib has the function the numbers are TA-Lib's, everything else comes
from reference.py. TA-Lib's are compared with the reference on the way, at the
tolerance the engine is held to, so a formula that drifts from its oracle stops
the generator.
"""
import numpy as np
import talib

import reference as ref
from reference import GOLDEN, LD, ROOT, call, load_bars, write_table

PRICE, ONE = "price", "one"     # scale of the tolerance: the close, or 1


def ta(function, *columns, **fixed):
    """A TA-Lib function as (bars, n) -> {member: column}."""
    def evaluate(B, n):
        arrays = [B[c].astype(float) for c in columns]
        return {"": getattr(talib, function)(*arrays, timeperiod=n, **fixed)}
    return evaluate


def ta_bollinger(B, n, k):
    upper, mid, lower = talib.BBANDS(B["close"].astype(float), n, k, k)
    return {"mid": mid, "upper": upper, "lower": lower}


def ta_macd(B, fast, slow, signal):
    line, average, histogram = talib.MACD(B["close"].astype(float), fast, slow, signal)
    return {"line": line, "signal": average, "histogram": histogram}


# name: (reference, TA-Lib or None, its smallest period, scale,
#        parameter sets for bars.csv, the default ones first,
#        name in reference where it differs)
FEATURES = {
    "sma": (ref.sma, ta("SMA", "close"), 2, PRICE, [(20,), (1,), (2,), (5,), (200,)]),
    "wma": (ref.wma, ta("WMA", "close"), 2, PRICE, [(20,), (1,), (2,), (7,), (150,)]),
    "ema": (ref.ema, ta("EMA", "close"), 2, PRICE,
            [(20,), (1,), (2,), (100,), (10, "first"), (50, "first")]),
    "rsi": (ref.rsi, ta("RSI", "close"), 2, ONE,
            [(14,), (2,), (100,), (14, "simple"), (2, "simple")]),
    "macd": (ref.macd, ta_macd, 2, PRICE,
             [(12, 26, 9), (1, 2, 1), (5, 35, 5), (3, 10, 16), (40, 100, 30)]),
    "bollinger": (ref.bollinger, ta_bollinger, 2, PRICE,
                  [(20, 2), (2, 1), (50, 2.5), (20, 2, "sample")]),
    "atr": (ref.atr, ta("ATR", "high", "low", "close"), 2, PRICE,
            [(14,), (1,), (2,), (100,), (14, "sma"), (14, "ema")]),
    "atr_mean": (ref.atr_mean, None, 0, PRICE, [(14, 20), (1, 1), (5, 50)]),
    "plus_di": (ref.plus_di, ta("PLUS_DI", "high", "low", "close"), 2, ONE,
                [(14,), (2,), (50,)]),
    "minus_di": (ref.minus_di, ta("MINUS_DI", "high", "low", "close"), 2, ONE,
                 [(14,), (2,), (50,)]),
    "adx": (ref.adx, ta("ADX", "high", "low", "close"), 2, ONE, [(14,), (2,), (50,)]),
    "roc": (ref.roc, ta("ROCP", "close"), 1, ONE, [(10,), (1,), (100,)]),
    "return": (ref.returns, None, 0, ONE, [(1,), (20,), (100,)]),
    "donchian": (ref.donchian, None, 0, PRICE, [(20,), (1,), (55,), (20, "inclusive"),
                                                (1, "inclusive")]),
    "stddev": (ref.stddev, ta("STDDEV", "close"), 2, PRICE,
               [(20,), (2,), (100,), (20, "sample"), (2, "sample")]),
    "zscore": (ref.zscore, None, 0, ONE, [(20,), (2,), (100,), (20, "sample")]),
    "volatility": (ref.volatility, None, 0, ONE, [(20,), (2,), (60,)]),
}


def tolerance(value, scale, close):
    return 1e-9 * np.maximum(abs(value), close if scale == PRICE else LD(1))


def first_bar(column):
    return int(np.argmax(~np.isnan(column)))


def series(name, args, member):
    return call(name, args) + (f".{member}" if member else "")


def merge(name, args, member, oracle, plain, B, scale):
    """TA-Lib's column, checked; empty where the formula is 0/0 and TA-Lib says 0."""
    start = first_bar(oracle)
    assert np.isnan(plain[:start]).all() or name == "macd", (name, args, member)
    header = series(name, args, member)
    if name == "macd":
        start = 10 * max(args[1], args[2])
    t = np.arange(len(plain))
    defined = (t >= start) & ~np.isnan(plain)
    wrong = defined & ~(abs(oracle - plain) <= tolerance(oracle, scale, B["close"]))
    if wrong.any():
        bar = int(np.argmax(wrong))
        raise SystemExit(f"{header} bar {bar}: TA-Lib {oracle[bar]!r}, reference "
                         f"{plain[bar]!r}, {wrong.sum()} bars")
    return header, f"talib:{start}", np.where(np.isnan(plain), np.nan, oracle)


def columns(B, name, sets):
    """Yield (header, oracle:first bar to compare, values)."""
    plain_function, oracle_function, smallest, scale, _ = FEATURES[name]
    for args in sets:
        plain = plain_function(B, *args)
        oracle = {}
        if oracle_function and args[0] >= smallest and not isinstance(args[-1], str):
            oracle = oracle_function(B, *args)
        for member, values in plain.items():
            if oracle and (name != "macd" or 10 * max(args[1:]) < len(values)):
                yield merge(name, args, member, oracle[member], values, B, scale)
            if not oracle or name == "macd":
                yield series(name, args, member), f"reference:{first_bar(values)}", values


def make():
    B = load_bars(GOLDEN / "bars.csv")
    real = load_bars(ROOT / "data" / "sp500_daily.csv")
    for name, spec in FEATURES.items():
        print(name)
        header, oracle, values = zip(*columns(B, name, spec[4]))
        write_table(GOLDEN / "features" / f"{name}.csv", header, [oracle, *zip(*values)])
        header, oracle, values = zip(*columns(real, name, spec[4][:1]))
        rows = [(t, *(v[t] for v in values)) for t in range(0, len(values[0]), 7)]
        write_table(GOLDEN / "features_sp500" / f"{name}.csv",
                    ("bar", *header), [("", *oracle), *rows])


if __name__ == "__main__":
    make()
