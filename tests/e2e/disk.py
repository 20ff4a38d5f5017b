#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `admf plan` says of the disk, against the cubes that are made.

    python3 disk.py ADMF
"""
import json
import subprocess
import sys
from pathlib import Path

import h5py

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = sys.argv[1]
# Every group that a cube can have.
CONFIGURATIONS = ["keep_best", "policies", "walk_forward", "k_fold", "monte_carlo", "regime_adaptive"]
TEXT = 16  # bytes of a text, which HDF5 keeps elsewhere


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True,
                          text=True).stdout


def size_of(path):
    """Bytes of all variables, were they not compressed."""
    sizes = []

    def add(name, item):
        if isinstance(item, h5py.Dataset) and not name.startswith("provenance"):
            sizes.append(item.size * (TEXT if item.dtype.kind == "O" else item.dtype.itemsize))

    with h5py.File(path) as cube:
        cube.visititems(add)
    return sum(sizes)


def main():
    for name in CONFIGURATIONS:
        configuration, cube = ROOT / f"configs/{name}.yaml", f"disk_{name}.h5"
        plan = json.loads(run("plan", configuration, "--json"))
        plans = [phase["plan"] for phase in plan["phases"]] if "phases" in plan else [plan]
        done = json.loads(run("run", configuration, "-o", cube, "--force", "--json"))
        for phase, planned in zip(done["phases"], plans):
            size, said = size_of(phase["cube"]), planned["disk"]["cube"]
            print(f"{phase['cube']}: {said} bytes said, {size} made")
            assert said / 1.5 < size < said * 1.5, phase["cube"]
            assert planned["disk"]["partial"] <= said


main()
