"""tests/golden/bars.csv: 700 made-up daily bars with the awkward parts in.

A seeded random walk near 100, rounded to cents, weekdays only. It starts flat
(every ratio of the oscillators is 0/0 there) and holds a long flat stretch,
equal closes inside moving ranges, gaps, a trend, a quiet time and bars without
volume. The generator is written out below so that the file does not depend on
a library's random numbers.
"""
import math
from datetime import date, timedelta

from reference import GOLDEN

COUNT = 700
FLAT_START = range(0, 18)
FLAT = range(300, 345)
EQUAL_CLOSES = range(420, 432)
QUIET = range(470, 510)
TREND = range(540, 590)
GAPS = {120: 1.09, 200: 0.92, 410: 1.05, 345: 0.95, 620: 0.90}
NO_VOLUME = {7, 150, 151, 305, 306}


class Random:
    """Park and Miller's minimal standard generator (CACM 31, 1988)."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def normal(self):
        """Sum of twelve uniforms: near enough, and only additions."""
        return sum(self.uniform() for _ in range(12)) - 6


def bars(seed=20240607):
    random, close, day, out = Random(seed), 100.0, date(2001, 1, 1), []
    for t in range(COUNT):
        step, reach_up, reach_down = random.normal(), random.uniform(), random.uniform()
        size = math.floor(1e6 * (0.2 + random.uniform()) ** 2)
        scale = 0.001 if t in QUIET else 0.015
        drift = 0.008 if t in TREND else (100 - close) / 100 * 0.01
        opened = close * GAPS.get(t, 1 + scale * 0.2 * (random.uniform() - 0.5))
        last = close
        if t in FLAT_START or t in FLAT:
            o = h = l = c = round(opened if t == FLAT[0] else last, 2)
        else:
            o = round(opened, 2)
            c = round(last if t in EQUAL_CLOSES else opened * (1 + drift + scale * step), 2)
            h = round(max(o, c) * (1 + scale * reach_up), 2)
            l = round(min(o, c) * (1 - scale * reach_down), 2)
        close = c
        out.append((day.isoformat(), o, h, l, c, 0 if t in NO_VOLUME else size))
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return out


def make():
    table = bars()
    for _, o, h, l, c, v in table:
        assert 0 < l <= min(o, c) and max(o, c) <= h and v >= 0
    lines = ["timestamp,open,high,low,close,volume"]
    lines += [",".join([d] + [repr(x) for x in row]) for d, *row in table]
    (GOLDEN / "bars.csv").write_bytes(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    make()
