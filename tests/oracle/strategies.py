"""Golden signals of the strategies on bars.csv: tests/golden/strategies.

One column per parameter set with the state at every bar, -1, 0 or 1. A field
is empty where the reference lies so near a threshold (1e-9 relative) that
rounding may decide; a test skips it. `.strength` columns hold the strength
where the feature is defined and are empty elsewhere.
"""
import numpy as np

import reference as ref
from reference import GOLDEN, LD, call, compare, constant, constant_so_far, load_bars, write_table


def state(up, down, doubt, *features):
    """Signal column: +1, -1, 0; 0 where any feature is NaN; None in doubt."""
    undefined = np.any([np.isnan(f) for f in features], axis=0)
    s = np.where(undefined, 0, np.where(up, 1, np.where(down, -1, 0)))
    return [None if d else int(x) for x, d in zip(s, doubt & ~undefined)]


def sign(x, threshold):
    """sg(x, threshold) as up, down, doubtful."""
    up, _, near_up = compare(x, LD(threshold) + 0 * x)
    _, down, near_down = compare(x, -LD(threshold) + 0 * x)
    return up, down, near_up | near_down


def buy_and_hold(B):
    return [1] * len(B["close"])


def momentum(B, n, threshold):
    m = ref.returns(B, n)[""]
    up, down, doubt = sign(m, threshold)
    return state(up, down, doubt & (m != 0), m)


def momentum_strength(B, n, threshold):
    m = ref.returns(B, n)[""]
    if threshold == 0:
        return np.where(np.isnan(m), m, LD(1))
    return np.minimum(LD(1), abs(m) / (2 * LD(threshold)))


def sma_crossover(B, fast, slow):
    a, b = ref.sma(B, fast)[""], ref.sma(B, slow)[""]
    return state(*compare(a, b, constant(B["close"], slow)), a, b)


def ema_crossover(B, fast, slow):
    a, b = ref.ema(B, fast)[""], ref.ema(B, slow)[""]
    return state(*compare(a, b, constant_so_far(B["close"])), a, b)


def macd_crossover(B, fast, slow, signal, min_histogram):
    m = ref.macd(B, fast, slow, signal)
    up, down, doubt = sign(m["histogram"], min_histogram)
    if min_histogram == 0:          # a difference: near means near its terms
        doubt = compare(m["line"], m["signal"], constant_so_far(B["close"]))[2]
    return state(up, down, doubt, m["histogram"])


def mean_reversion(B, n, threshold):
    z = ref.zscore(B, n)[""]
    up, down, doubt = sign(z, threshold)
    return state(down, up, doubt, z)


def bollinger_breakout(B, n, k):
    band = ref.bollinger(B, n, k)
    exact = constant(B["close"], n)
    up, _, near_up = compare(B["close"], band["upper"], exact)
    _, down, near_down = compare(B["close"], band["lower"], exact)
    return state(up, down, near_up | near_down, band["upper"])


def donchian_breakout(B, n):
    channel = ref.donchian(B, n)
    up, down = B["close"] > channel["upper"], B["close"] < channel["lower"]
    return state(up, down, np.zeros(len(up), dtype=bool), channel["upper"])


def rsi_bands(B, n, lower, upper):
    x = ref.rsi(B, n)[""]
    _, long, near_low = compare(x, LD(lower) + 0 * x)
    short, _, near_high = compare(x, LD(upper) + 0 * x)
    return state(long, short, near_low | near_high, x)


def adx_trend(B, n, threshold):
    plus, minus = ref.directional(B, n)
    strength = ref.adx(B, n)[""]
    strong, _, near_strong = compare(strength, LD(threshold) + 0 * strength)
    up, down, near = compare(plus, minus, (plus == 0) & (minus == 0))
    return state(up & strong, down & strong, near_strong | (near & strong), plus, strength)


STRATEGIES = {
    buy_and_hold: [()],
    momentum: [(20, 0.02), (10, 0.01), (5, 0), (60, 0.1)],
    sma_crossover: [(10, 20), (1, 2), (5, 50), (20, 200)],
    ema_crossover: [(10, 20), (1, 2), (5, 50), (20, 200)],
    macd_crossover: [(12, 26, 9, 0), (5, 35, 5, 0.1), (3, 10, 16, 0.5)],
    mean_reversion: [(20, 2), (5, 1), (50, 1.5), (20, 0.5)],
    bollinger_breakout: [(20, 2), (3, 0.5), (50, 1)],
    donchian_breakout: [(20,), (1,), (55,)],
    rsi_bands: [(14, 30, 70), (2, 10, 90), (5, 40, 60)],
    adx_trend: [(14, 25), (5, 20), (30, 15)],
}


def make():
    B = load_bars(GOLDEN / "bars.csv")
    for strategy, sets in STRATEGIES.items():
        name = strategy.__name__
        table = {(call(name, a) if a else name): strategy(B, *a) for a in sets}
        counts = [f"{c.count(1)}/{c.count(0)}/{c.count(-1)}/{c.count(None)}"
                  for c in table.values()]
        print(f"{name}: long/flat/short/not compared {' '.join(counts)}")
        if strategy is momentum:
            for a in sets:
                table[call(name, a) + ".strength"] = momentum_strength(B, *a)
        write_table(GOLDEN / "strategies" / f"{name}.csv", list(table), zip(*table.values()))


if __name__ == "__main__":
    make()
