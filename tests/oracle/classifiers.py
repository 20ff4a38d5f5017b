"""Golden labels: trend and volatility on bars.csv, tests/golden/classifiers.

Codes are 1, 2, 3 in the order of the labels, 0 unknown. Empty label: the
reference lies within 1e-9 of a threshold, a test skips it. The hidden Markov
model and the support vector machine have files of their own (hmm.py, svm.py).
"""
import numpy as np

import reference as ref
from reference import GOLDEN, LD, call, compare, load_bars, write_table


def label(low, high, doubt, undefined):
    """1 low, 2 in between, 3 high, 0 unknown, None in doubt."""
    code = np.where(undefined, 0, np.where(low, 1, np.where(high, 3, 2)))
    return [None if d else int(c) for c, d in zip(code, doubt & ~undefined)]


def trend(B, fast, slow, threshold):
    """down, ranging, up and the confidence."""
    S = ref.sma(B, slow)[""]
    d = (ref.sma(B, fast)[""] - S) / S
    t = LD(threshold)
    up, _, near_up = compare(d, t + 0 * d)
    _, down, near_down = compare(d, -t + 0 * d)
    if t == 0:
        share = np.where(np.isnan(d), d, LD(1))
    else:
        share = abs(d) / (2 * t)
        share = np.where(up | down, np.minimum(LD(1), share), 1 - share)
    return label(down, up, near_up | near_down, np.isnan(d)), np.nan_to_num(share)


def volatility(B, atr_period, average_period, low, high):
    """low, normal, high; the confidence is 1."""
    a = ref.atr(B, atr_period)[""]
    q = ref.divide(a, ref.mean(a, average_period))
    _, below, near_low = compare(q, LD(low) + 0 * q)
    above, _, near_high = compare(q, LD(high) + 0 * q)
    known = np.where(np.isnan(q), 0, 1)
    return label(below, above, near_low | near_high, np.isnan(q)), known


CLASSIFIERS = {
    trend: [(10, 20, 0.02), (5, 50, 0.01), (1, 3, 0.005)],
    volatility: [(14, 20, 0.5, 1.5), (5, 50, 0.7, 1.2), (1, 10, 0.8, 1.1)],
}


def make():
    B = load_bars(GOLDEN / "bars.csv")
    for classifier, sets in CLASSIFIERS.items():
        name, table = classifier.__name__, {}
        for a in sets:
            code, confidence = classifier(B, *a)
            table[call(name, a) + ".label"] = code
            table[call(name, a) + ".confidence"] = confidence
            print(call(name, a), "unknown and codes 1 2 3, not compared:",
                  *(code.count(k) for k in (0, 1, 2, 3, None)))
        write_table(GOLDEN / "classifiers" / f"{name}.csv", list(table), zip(*table.values()))


if __name__ == "__main__":
    make()
