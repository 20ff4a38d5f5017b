"""Plain reference of the formulas: long double, naive windows, no cleverness.

It shares nothing with the engine. Where the engine folds windows into blocks
and resumes recursions, this file sums every window anew and runs every
recursion from bar 0, in the widest float that numpy has (80 bits on x86-64).
Arrays have one value per bar, NaN where undefined. `B` is a dict of the
columns open high low close volume.

Formulas: docs of the features; sources: Wilder 1978 (rsi, atr, di, adx),
Appel (macd), Donchian, Bollinger.
"""
import csv
from pathlib import Path

import numpy as np

LD = np.longdouble
NAN = LD("nan")
ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


# ---------------------------------------------------------------- files

def load_bars(path):
    """Columns of a market-data CSV as long double, timestamps as text."""
    with open(path, newline="") as f:
        table = list(csv.DictReader(f))
    bars = {k: np.array([float(r[k]) for r in table], dtype=LD)
            for k in ("open", "high", "low", "close", "volume")}
    bars["timestamp"] = [r["timestamp"] for r in table]
    return bars


def cell(value):
    """Text of one golden value: shortest float64, integers plain, NaN empty."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    value = float(value)
    return "" if np.isnan(value) else repr(value + 0.0)


def write_table(path, header, rows):
    """A golden file: `;` between fields, `\\n` after each line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [";".join(header)] + [";".join(cell(v) for v in row) for row in rows]
    path.write_bytes(("\n".join(lines) + "\n").encode())


def call(name, args):
    """`ema(10,first)`, the way the goldens name a series."""
    return f"{name}({','.join(str(a) for a in args)})"


# ---------------------------------------------------------------- windows

def windows(x, n):
    """All windows of n bars as rows; row i ends at bar i + n - 1."""
    if len(x) < n:
        return np.empty((0, n), dtype=LD)
    return np.lib.stride_tricks.sliding_window_view(x, n)


def padded(values, total):
    out = np.full(total, NAN)
    out[total - len(values):] = values
    return out


def window_sum(x, n):
    return padded(windows(x, n).sum(axis=1), len(x))


def mean(x, n):
    return window_sum(x, n) / n


def variance(x, n, sample=False):
    w = windows(x, n)
    d = w - w.mean(axis=1, keepdims=True)
    return padded((d * d).sum(axis=1) / (n - 1 if sample else n), len(x))


def weighted_mean(x, n):
    weight = np.arange(1, n + 1, dtype=LD)
    return padded((windows(x, n) * weight).sum(axis=1) / weight.sum(), len(x))


def highest(x, n):
    return padded(windows(x, n).max(axis=1), len(x))


def lowest(x, n):
    return padded(windows(x, n).min(axis=1), len(x))


def before(x, n=1):
    """x[n]: the value n bars earlier, NaN where there is none."""
    out = np.full(len(x), NAN)
    if n < len(x):
        out[n:] = x[:len(x) - n]
    return out


# ---------------------------------------------------------------- recursions

def recursion(x, n, alpha):
    """Seed: mean of the first n defined values; then e += alpha·(x - e).

    A NaN in x ends the recursion; it starts anew, seed included, after it.
    """
    out = np.full(len(x), NAN)
    seed, e = [], None
    for t, value in enumerate(x):
        if np.isnan(value):
            seed, e = [], None
        elif e is not None:
            e = e + alpha * (value - e)
            out[t] = e
        else:
            seed.append(value)
            if len(seed) == n:
                e = out[t] = sum(seed, LD(0)) / n
    return out


def exponential(x, n):
    return recursion(x, n, LD(2) / (n + 1))


def exponential_first(x, n):
    """ema variant `first`: starts with the first value, same first bar shown."""
    out = recursion(x, 1, LD(2) / (n + 1))
    start = int(np.argmax(~np.isnan(x)))
    out[start:start + n - 1] = NAN
    return out


def wilder(x, n):
    return recursion(x, n, LD(1) / n)


def wilder_sum(x, n):
    """Wilder's running sum of x from bar 1: sum of n-1 bars, then s - s/n + x."""
    out = np.full(len(x), NAN)
    if len(x) < n:
        return out
    s = x[1:n].sum()
    for t in range(n, len(x)):
        s = (s - s / n) + x[t]
        out[t] = s
    return out


def true_range(B):
    h, l, c1 = B["high"], B["low"], before(B["close"])
    return np.maximum(np.maximum(h - l, abs(h - c1)), abs(l - c1))


def divide(a, b, if_zero=NAN):
    zero = b == 0
    return np.where(zero, if_zero, a / np.where(zero, LD(1), b))


# ---------------------------------------------------------------- features
# Each takes (B, *args) and returns {member: column}; "" where there is one.

def sma(B, n):
    return {"": mean(B["close"], n)}


def wma(B, n):
    return {"": weighted_mean(B["close"], n)}


def ema(B, n, variant="standard"):
    return {"": (exponential_first if variant == "first" else exponential)(B["close"], n)}


def rsi(B, n, variant="standard"):
    change = B["close"] - before(B["close"])
    smooth = window_sum if variant == "simple" else wilder
    gain, loss = smooth(np.maximum(change, 0), n), smooth(np.maximum(-change, 0), n)
    return {"": divide(100 * gain, gain + loss)}


def macd(B, fast, slow, signal):
    line = exponential(B["close"], fast) - exponential(B["close"], slow)
    average = exponential(line, signal)
    return {"line": line, "signal": average, "histogram": line - average}


def bollinger(B, n, k, variant="standard"):
    mid = mean(B["close"], n)
    width = LD(k) * np.sqrt(variance(B["close"], n, variant == "sample"))
    return {"mid": mid, "upper": mid + width, "lower": mid - width}


def atr(B, n, variant="standard"):
    smooth = {"standard": wilder, "sma": mean, "ema": exponential}[variant]
    return {"": smooth(true_range(B), n)}


def atr_mean(B, atr_period, n):
    return {"": mean(atr(B, atr_period)[""], n)}


def directional(B, n):
    up, down = B["high"] - before(B["high"]), before(B["low"]) - B["low"]
    plus = np.where((up > down) & (up > 0), up, LD(0))
    minus = np.where((down > up) & (down > 0), down, LD(0))
    tr = wilder_sum(true_range(B), n)
    return [divide(100 * wilder_sum(dm, n), tr, LD(0)) for dm in (plus, minus)]


def plus_di(B, n):
    return {"": directional(B, n)[0]}


def minus_di(B, n):
    return {"": directional(B, n)[1]}


def adx(B, n):
    plus, minus = directional(B, n)
    return {"": wilder(divide(100 * abs(plus - minus), plus + minus, LD(0)), n)}


def roc(B, n):
    old = before(B["close"], n)
    return {"": (B["close"] - old) / old}


def returns(B, n):
    return {"": B["close"] / before(B["close"], n) - 1}


def donchian(B, n, variant="standard"):
    upper, lower = highest(B["high"], n), lowest(B["low"], n)
    if variant != "inclusive":
        upper, lower = before(upper), before(lower)
    return {"upper": upper, "lower": lower, "mid": (upper + lower) / 2}


def stddev(B, n, variant="standard"):
    return {"": np.sqrt(variance(B["close"], n, variant == "sample"))}


def zscore(B, n, variant="standard"):
    sigma = stddev(B, n, variant)[""]
    return {"": divide(B["close"] - mean(B["close"], n), sigma)}


def volatility(B, n, periods_per_year=252):
    logs = np.log(B["close"] / before(B["close"]))
    return {"": np.sqrt(variance(logs, n, sample=True)) * np.sqrt(LD(periods_per_year))}


# ---------------------------------------------------------------- comparisons

def compare(a, b, exact=None):
    """(a > b, a < b, doubtful) per bar.

    Doubtful: so near (1e-9 relative) that rounding may decide, unless `exact`
    says that both sides are the same number in any sound evaluation, such as
    two averages of a constant.
    """
    near = abs(a - b) <= LD("1e-9") * np.maximum(abs(a), abs(b))
    if exact is not None:
        near &= ~(exact & (a == b))
    return a > b, a < b, near


def constant(x, n):
    """True where the last n values are all equal."""
    return highest(x, n) == lowest(x, n)


def constant_so_far(x):
    return np.maximum.accumulate(x) == np.minimum.accumulate(x)
