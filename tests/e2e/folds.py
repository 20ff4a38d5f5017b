#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""/selection and /stitched of a cube, made once more from its metrics with numpy.

    python3 folds.py CUBE

The chosen combinations and their objectives must be the same numbers, and the stitched equity
must be that of the test windows multiplied up (relative difference below 1e-12).
"""
import sys

import h5py
import numpy as np


def texts(dataset):
    return [t.decode() if isinstance(t, bytes) else t for t in dataset[()].ravel()]


def mean_by_samples(values, samples):
    return sum(v * n for v, n in zip(values, samples)) / sum(samples)


def main():
    with h5py.File(sys.argv[1]) as cube:
        windows, symbols = texts(cube["window"]), texts(cube["symbol"])
        shape = cube["sharpe"].shape
        sharpe = cube["sharpe"][()].reshape(shape[0], shape[1], -1)
        total = cube["total_return"][()].reshape(shape[0], shape[1], -1)
        samples = cube["block_n"][()].sum(axis=-1).reshape(shape[0], shape[1], -1)
        cash = 100000.0
        chosen = cube["selection"]
        rows = list(zip(texts(chosen["symbol"]), texts(chosen["window"]), chosen["combo"][()],
                        chosen["fold"][()], chosen["train"][()], chosen["test"][()]))
        folds = sorted({w.split("_")[1] for w in windows}, key=int)
        assert len(rows) == len(symbols) * len(folds) > 1, rows
        stitched = cube["stitched"]
        at = 0
        for row, (symbol, window, combo, fold, train, test) in enumerate(rows):
            s = symbols.index(symbol)
            if fold == 1:
                money = cash
            parts = [w for w, name in enumerate(windows)
                     if name.split("_")[:2] == ["train", str(fold)]]
            assert parts and window == f"test_{fold}"
            if len(parts) == 1:
                objective = sharpe[s, parts[0]]
            else:
                objective = mean_by_samples([sharpe[s, w] for w in parts],
                                            [samples[s, w, 0] for w in parts])
            best = int(np.nanargmax(objective))
            assert combo == best, (fold, combo, best)
            assert np.isclose(train, objective[best], rtol=1e-14, atol=0), (train, objective[best])
            w = windows.index(window)
            assert test == sharpe[s, w, combo] or np.isnan([test, sharpe[s, w, combo]]).all()
            count = int(stitched["count"][row])
            assert int(stitched["offset"][row]) == at and int(stitched["fold"][row]) == fold
            equity = stitched["equity"][at:at + count]
            time = stitched["time"][at:at + count]
            assert time[0] == cube["window_start"][w] and time[-1] == cube["window_end"][w]
            assert np.all(np.diff(time) > 0) and abs(equity[0] / money - 1) < 0.2
            money *= 1 + total[s, w, combo]
            assert abs(equity[-1] / money - 1) < 1e-12, (fold, equity[-1], money)
            at += count
        assert at == len(stitched["equity"])
    print(f"ok: {len(rows)} folds, {at} bars out of sample")


main()
