#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reading a million minute bars from CSV, against pandas' C reader.

    build/python/bin/python3 bench/csv_pandas.py BUILD     a build folder, such as build/release

Needs pandas (`scripts/setup --python`). Both read the same file in turns, one at a time; the least of
the rounds counts. pandas, whose reader has one thread, is timed twice: leaving timestamps as text,
which is less work than ours, and parsing them. Last prices must agree before a time counts.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import pandas as pd
from arguments import at_least_one, build_folder

BARS = 1_000_000


def timed(read):
    start = time.perf_counter()
    frame = read()
    return time.perf_counter() - start, float(frame.close.iloc[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=build_folder)
    parser.add_argument("--rounds", type=at_least_one, default=9)
    parser.add_argument("--threads", type=at_least_one, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    build, threads = arguments.build, arguments.threads
    admf = f"admf, {threads} thread{'s' if threads > 1 else ''}"
    least = {admf: [], "pandas, timestamps as text": [], "pandas, timestamps parsed": []}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "bars.csv"
        subprocess.run([build / "admf", "synth", "-o", path, "--bars", str(BARS)], check=True,
                       stdout=subprocess.DEVNULL)
        size = path.stat().st_size
        ours = subprocess.Popen([build / "admf-bench", "read-csv", path, "--threads", str(threads)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(arguments.rounds):
            ours.stdin.write("\n")
            ours.stdin.flush()
            count, close, seconds = ours.stdout.readline().split()
            found = {
                admf: (float(seconds), float(close)),
                "pandas, timestamps as text": timed(lambda: pd.read_csv(path, engine="c")),
                "pandas, timestamps parsed": timed(
                    lambda: pd.read_csv(path, engine="c", parse_dates=["timestamp"])),
            }
            assert int(count) == BARS
            assert len({close for _, close in found.values()}) == 1, found
            for name, (seconds, _) in found.items():
                least[name].append(seconds)
        ours.stdin.close()
        ours.wait()
    best = {name: min(seconds) for name, seconds in least.items()}
    rows = [{"reader": name, "seconds": seconds, "bytes_per_second": size / seconds,
             "times_that_of_admf": seconds / best[admf]} for name, seconds in best.items()]
    if arguments.json:
        print(json.dumps({"bars": BARS, "pandas": pd.__version__, "readers": rows}))
        return
    for row in rows:
        print(f"{row['reader']:27} {row['seconds']:.4f} s  {row['bytes_per_second'] / 1e6:6.0f} MB/s  "
              f"{row['times_that_of_admf']:5.2f} x admf's time")


if __name__ == "__main__":
    main()
