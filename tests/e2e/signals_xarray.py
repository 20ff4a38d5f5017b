#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A store of configs/signal_generation.yaml, read by xarray with both of its engines.

    python3 signals_xarray.py STORE

Changes filled forward must give the crossovers that pandas makes of the same prices.
"""
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

DATA = Path(__file__).resolve().parents[2] / "data/sp500_daily.csv"


def fill(store, changes, instance, bars):
    """The value at every bar: 0 before the first change."""
    first = int(store.strategy_offset[0, instance])
    mine = changes.isel(strategy_change=slice(first, first + int(store.strategy_count[0, instance])))
    values = np.full(bars, np.nan)
    values[mine.bar.values] = mine.signal.values
    return pd.Series(values).ffill().fillna(0).to_numpy()


def check(path, engine):
    prices = pd.read_csv(DATA, parse_dates=["timestamp"])
    store = xr.open_dataset(path, engine=engine)
    changes = xr.open_dataset(path, engine=engine, group="strategy_changes")
    labels = xr.open_dataset(path, engine=engine, group="classifier_changes")
    assert store.attrs["format"] == "admf signals"
    assert changes.sizes["strategy_change"] == int(store.strategy_count.sum())
    assert labels.sizes["classifier_change"] == int(store.classifier_count.sum())
    assert (changes.time.values == prices.timestamp.values[changes.bar.values]).all()
    names = [str(text).split() for text in store.classifier_labels.values]
    assert labels.label.max() < max(map(len, names)) and names[0][0] == "unknown"
    checked = 0
    for i, kind in enumerate(store.strategy_type.values):
        if kind != "sma_crossover":
            continue
        fast, slow = (prices.close.rolling(int(period)).mean() for period in
                      (store.sma_crossover__fast_period[i], store.sma_crossover__slow_period[i]))
        difference = fast - slow
        sure = ~(difference.abs() < 1e-6)  # where rounding has no say
        expected = np.sign(difference).fillna(0).to_numpy()
        assert (fill(store, changes, i, len(prices)) == expected)[sure].all(), (engine, i)
        checked += 1
    assert checked == 6, checked


def main():
    for engine in "h5netcdf", "netcdf4":
        check(sys.argv[1], engine)
    print("ok")


if __name__ == "__main__":
    main()
