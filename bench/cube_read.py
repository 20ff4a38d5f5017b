#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes cubes of a million combinations and reads one metric of them in xarray.

    python3 bench/cube_read.py BUILD     a build folder, such as build/release

Needs xarray, h5netcdf, netCDF4. For each engine: seconds to open the file and have the values of
one metric, the best of several; and the same with all that is beside them, names included.
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

import xarray as xr

REPEATS = 5
METRICS = (40, 1)


def seconds(path, engine, whole):
    start = time.perf_counter()
    with xr.open_dataset(path, engine=engine) as ds:
        if whole:
            ds.metric_0.load()
        else:
            ds.metric_0.values
    return time.perf_counter() - start


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("build", type=pathlib.Path)
    program = arguments.parse_args().build / "admf-bench"
    with tempfile.TemporaryDirectory() as folder:
        paths = {n: f"{folder}/{n}.h5" for n in METRICS}
        for metrics, path in paths.items():
            for _ in range(REPEATS):
                subprocess.run([program, "write-cube", path, "--metrics", str(metrics)], check=True)
        for metrics, path in paths.items():
            for engine in ("h5netcdf", "netcdf4"):
                values = min(seconds(path, engine, False) for _ in range(REPEATS))
                whole = min(seconds(path, engine, True) for _ in range(REPEATS))
                print(f"{metrics:2} metrics, {engine:8}: one metric {values:.3f} s, "
                      f"with its coordinates {whole:.3f} s")


if __name__ == "__main__":
    main()
