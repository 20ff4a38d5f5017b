#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes cubes of a million combinations and reads one metric of them in xarray.

    build/python/bin/python3 bench/cube_read.py BUILD     a build folder, such as build/release

Needs xarray, h5netcdf, netCDF4 (`scripts/setup --python`). For each engine: seconds to open the file and have the values of
one metric, the best of several; and the same with all that is beside them, names included.
"""
import argparse
import json
import subprocess
import tempfile
import time

import xarray as xr
from arguments import build_folder
from targets import CUBE_READ_SECONDS, verdict

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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=build_folder)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    program, rows = arguments.build / "admf-bench", []
    with tempfile.TemporaryDirectory() as folder:
        paths = {n: f"{folder}/{n}.h5" for n in METRICS}
        for metrics, path in paths.items():
            subprocess.run([program, "write-cube", path, "--metrics", str(metrics)], check=True,
                           stdout=subprocess.DEVNULL)
        for metrics, path in paths.items():
            for engine in ("h5netcdf", "netcdf4"):
                values = min(seconds(path, engine, False) for _ in range(REPEATS))
                whole = min(seconds(path, engine, True) for _ in range(REPEATS))
                rows.append({"metrics": metrics, "engine": engine, "one_metric_seconds": values,
                             "with_coordinates_seconds": whole})
    if arguments.json:
        print(json.dumps({"xarray": xr.__version__, "rows": rows}))
        return
    for row in rows:
        reached = verdict(row["one_metric_seconds"] <= CUBE_READ_SECONDS)
        print(f"{row['metrics']:2} metrics, {row['engine']:8}: one metric {row['one_metric_seconds']:.3f} s "
              f"(at most {CUBE_READ_SECONDS:g}: {reached}), with its coordinates {row['with_coordinates_seconds']:.3f} s")


if __name__ == "__main__":
    main()
