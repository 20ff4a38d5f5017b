# SPDX-License-Identifier: Apache-2.0
"""One peer in a process of its own: loads the bars once, then runs whenever it is asked.

    worker.py PEER WORK BARS

Answers each line on standard input with a line of JSON: seconds of one run from bars in memory to its
results, the results, and the peak memory of the process so far.
"""
import importlib
import json
import pathlib
import re
import sys
import time

import h5py
import numpy as np

import works


def peak_memory():
    """Of this process, as admf tells its own; ru_maxrss has that of whoever started it as well."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) * 1024


def main():
    name, work_name, path = sys.argv[1:]
    work = next(w for w in works.WORKS if w.name == work_name)
    peer = importlib.import_module(f"peer_{name}")
    with h5py.File(path) as file:
        bars = {key: np.ascontiguousarray(file[key][:])
                for key in ("time", "open", "high", "low", "close", "volume")}
    run = getattr(peer, work.name)
    answers = sys.stdout
    sys.stdout = sys.stderr     # peers may print what they like
    for _ in sys.stdin:
        start = time.perf_counter()
        results = run(bars, work, work.slices[name])
        seconds = time.perf_counter() - start
        answers.write(json.dumps({
            "seconds": seconds,
            "memory": peak_memory(),
            "results": {key: np.asarray(value, dtype=float).tolist()
                        for key, value in results.items()}}) + "\n")
        answers.flush()


main()
