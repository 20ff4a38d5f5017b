#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws docs/heatmap.png from a cube of docs/heatmap.yaml.

    build/release/admf run docs/heatmap.yaml -o heatmap.h5
    python3 docs/make_picture.py heatmap.h5

Needs xarray, h5netcdf and matplotlib. Run again with the same packages, it makes the same file.
"""
import sys
from pathlib import Path

import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

OUT = Path(__file__).with_name("heatmap.png")


def grid(path):
    """Sharpe over slow x fast; NaN where the pair was not tried."""
    ds = xr.open_dataset(path, engine="h5netcdf")
    fast, slow = "sma_crossover__fast_period", "sma_crossover__slow_period"
    best = ds.sharpe.isel(symbol=0, window=0, classifier=0, risk=0, execution=0)
    table = best.drop_vars("strategy").set_index(strategy=[slow, fast]).unstack("strategy")
    return table[fast].values, table[slow].values, table.transpose(slow, fast).values


def draw(fast, slow, sharpe):
    plt.rcParams.update({"font.size": 10, "font.family": "DejaVu Sans"})
    figure, axes = plt.subplots(figsize=(8, 4.6), dpi=130, layout="constrained")
    reach = np.nanmax(np.abs(sharpe))
    image = axes.pcolormesh(fast, slow, sharpe, cmap="RdBu", vmin=-reach, vmax=reach)
    figure.colorbar(image, ax=axes, label="Sharpe ratio, annualised", pad=0.02)
    row, column = np.unravel_index(np.nanargmax(sharpe), sharpe.shape)
    axes.plot(fast[column], slow[row], "o", mfc="none", mec="black", ms=9, mew=1.5)
    axes.annotate(f"best: {fast[column]:.0f} / {slow[row]:.0f}, {sharpe[row, column]:.2f}",
                  (fast[column], slow[row]), xytext=(10, 10), textcoords="offset points",
                  bbox={"boxstyle": "round", "fc": "white", "ec": "none", "alpha": 0.85})
    axes.set(xlabel="fast_period (bars)", ylabel="slow_period (bars)",
             title=f"sma_crossover on the S&P 500, 1999–2018, long only, with costs: "
                   f"{np.isfinite(sharpe).sum()} pairs")
    axes.title.set_fontsize(10)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(OUT, metadata={"Software": None})
    print(f"{OUT}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    draw(*grid(sys.argv[1]))
