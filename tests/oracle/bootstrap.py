"""Golden values of the stationary bootstrap, tests/golden/bootstrap.

Politis and Romano 1994, written out: a path takes its returns one after the other from where a
block points to. Random numbers are Philox4x32-10 with the counters that docs/NUMERICS.md names, so
that paths, not only their distribution, are the engine's; numpy does the rest. Before anything is
written, the distribution is compared with that of arch's StationaryBootstrap.

returns.csv  returns: one line a sample
cases.csv    one line a case: arguments, then losing share and quantiles of what paths come to
bands.csv    case;sample, quantiles of equity after it
"""
import math

import numpy as np

from reference import GOLDEN, write_table

FOLDER = GOLDEN / "bootstrap"
PERCENT = [5, 25, 50, 75, 95]
FOR_CELL, FOR_BLOCK = 0x43454C4C, 0x424C4F43
MASK = np.uint64(0xFFFFFFFF)


def philox(seed, purpose, index, attempt):
    """Halves of a block as integers; arrays of indices and attempts."""
    index, attempt = (np.asarray(x, dtype=np.uint64) for x in (index, attempt))
    index, attempt = np.broadcast_arrays(index, attempt)
    c = [index & MASK, index >> np.uint64(32), attempt, np.full(index.shape, purpose, np.uint64)]
    key = [int(seed) & 0xFFFFFFFF, int(seed) >> 32]
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(key[0]), b & MASK,
             (a >> np.uint64(32)) ^ c[3] ^ np.uint64(key[1]), a & MASK]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return [c[1] << np.uint64(32) | c[0], c[3] << np.uint64(32) | c[2]]


def unit(bits):
    return (bits >> np.uint64(11)).astype(float) * 2.0 ** -53


def cell_seed(seed, combo, symbol, window):
    first = int(philox(seed, FOR_CELL, combo, 0)[0])
    return int(philox(first, FOR_CELL, symbol << 32 | window, 0)[0])


def default_block(samples):
    return next(b for b in range(1, samples + 1) if b ** 3 >= samples)


def places(samples, paths, block, seed):
    """[samples, paths]: which return each path takes at each sample."""
    out = np.empty((samples, paths), dtype=np.int64)
    for path in range(paths):
        filled, number, chunk = 0, 0, max(16, 2 * samples // block)
        while filled < samples:
            bits = philox(seed, FOR_BLOCK, path, np.arange(number, number + chunk))
            number += chunk
            if block == 1:
                lengths = np.ones(chunk)
            else:
                lengths = 1 + np.floor(np.log(1 - unit(bits[0])) / math.log(1 - 1 / block))
            starts = np.floor(unit(bits[1]) * samples).astype(int)
            for length, start in zip(np.minimum(lengths, samples).astype(int), starts):
                take = min(length, samples - filled)
                out[filled:filled + take, path] = (start + np.arange(take)) % samples
                filled += take
                if filled == samples:
                    break
    return out


def quantiles(values):
    values = values[~np.isnan(values)]
    return np.percentile(values, PERCENT) if values.size else np.full(len(PERCENT), np.nan)


def steps(samples, most=512):
    if samples <= most:
        return np.arange(samples)
    return np.array([(i + 1) * samples // most - 1 for i in range(most)])


def bands(returns, paths, block, seed, initial=100000.0, periods=252.0, risk_free=0.0):
    """(rows of steps, equity quantiles at each; losing, quantiles of return, drawdown, Sharpe)"""
    n = len(returns)
    drawn = np.asarray(returns)[places(n, paths, block, seed)]
    equity = np.cumprod(np.vstack([np.full(paths, initial), 1 + drawn]), axis=0)
    broke = np.vstack([np.zeros(paths, bool), np.cumsum(equity[1:] == 0, axis=0) > 1])[1:]
    drawn = np.where(broke, 0, drawn)
    peak = np.maximum.accumulate(equity, axis=0)
    drawdown = ((peak - equity) / peak).max(axis=0)
    mean, q = drawn.mean(axis=0), (drawn ** 2).mean(axis=0)
    v = q - mean ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.sqrt(np.where(v <= 4 * n * 2.0 ** -53 * q, np.nan, v) * n / (n - 1))
        sharpe = (mean - risk_free / periods) / s * np.sqrt(periods)
    at = steps(n)
    ends = [np.mean(equity[-1] < initial), *quantiles(equity[-1] / initial - 1),
            *quantiles(drawdown), *quantiles(sharpe)]
    return [[t, *quantiles(equity[t + 1])] for t in at], ends


def check_distribution(returns):
    """The mean of a path is distributed as arch says."""
    from arch.bootstrap import StationaryBootstrap
    from scipy.stats import ks_2samp
    paths, n = 4000, len(returns)
    for block in (1, 5, 40):
        ours = np.asarray(returns)[places(n, paths, block, 3)].mean(axis=0)
        theirs = StationaryBootstrap(block, np.asarray(returns), seed=1).apply(np.mean, paths)
        agreement = ks_2samp(ours, theirs.ravel()).pvalue
        assert agreement > 0.01, (block, agreement)


def make():
    rng = np.random.default_rng(17)
    returns = rng.normal(0.0006, 0.01, 1300)
    returns[1:] += 0.3 * returns[:-1]  # neighbours have to do with one another
    returns[700] = -1.0  # bankruptcy, for whoever comes by
    write_table(FOLDER / "returns.csv", ["returns"], [[r] for r in returns])
    check_distribution(returns[:700])
    header = ["samples", "initial", "periods", "risk_free", "paths", "block", "seed", "combo",
              "symbol", "window", "losing"]
    for name in ("total_return", "max_drawdown", "sharpe"):
        header += [f"{name}_q{p:02d}" for p in PERCENT]
    cases, rows = [], []
    for number, (n, rf, paths, block, seed, combo, symbol, window) in enumerate([
            (1, 0, 3, 0, 0, 0, 0, 0), (2, 0, 20, 0, 0, 1, 0, 0), (400, 0, 101, 0, 0, 0, 0, 0),
            (400, 0.02, 101, 1, 0, 0, 0, 0), (512, 0, 50, 30, 9, 2 ** 40, 3, 2),
            (513, 0, 50, 5000, 2 ** 62 + 2 ** 20, 7, 0, 1), (1300, 0, 60, 0, 1, 0, 0, 0)]):
        used = block or default_block(n)
        table, ends = bands(returns[:n], paths, used, cell_seed(seed, combo, symbol, window),
                            risk_free=rf)
        cases.append([n, 100000.0, 252.0, rf, paths, block, seed, combo, symbol, window, *ends])
        rows += [[number, *row] for row in table[:: 1 if n < 10 else 37]]
    write_table(FOLDER / "cases.csv", header, cases)
    write_table(FOLDER / "bands.csv", ["case", "sample"] + [f"q{p:02d}" for p in PERCENT], rows)


if __name__ == "__main__":
    make()
