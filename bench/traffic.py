#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bytes that a combination-bar of the big grid moves beyond a cache, counted by callgrind.

    bench/traffic.py BUILD                 a build folder, such as build/release
    bench/traffic.py BUILD --cache 1M      beyond a cache of another size (default: 2M, 16 ways)

Two runs of 100 x 100 crossovers on one thread, AVX2 kernels, the second over twice as many bars:
what the second moves beside is what grows with the bars, lines read and changed lines written
back. The cache is a simulated one, so that neither the processor nor what else runs matters; compiler,
libraries and where memory happens to lie change the third digit. Needs valgrind.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from arguments import build_folder
from instructions.count import ENVIRONMENT

LINE = 64
CONFIG = """\
data: [{symbol: BARS, path: bars.h5, session: 24x7}]
strategies: [{type: sma_crossover, parameters: {fast_period: {start: 5, stop: 203, step: 2}, slow_period: {start: 213, stop: 708, step: 5}}}]
portfolio: {allow_short: false}
execution: {fill: close}
"""
COMBINATIONS, BARS = 100 * 100, 8192      # whole tiles, as a run cuts them


def lines_moved(program, folder, bars, cache):
    """Lines read from beyond the cache or written back to there."""
    subprocess.run([program, "synth", "-o", "bars.h5", "--bars", str(bars), "--force"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--cache-sim=yes", "--simulate-wb=yes", "--I1=32768,8,64",
         "--D1=32768,8,64", f"--LL={cache},16,{LINE}", "--callgrind-out-file=counts", program, "run",
         "grid.yaml", "-o", "grid.h5", "--force", "--threads", "1", "--memory", "1G", "--analytics", "off"],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"traffic: the run failed\n{done.stderr[-2000:]}")
    text = (folder / "counts").read_text()
    events = re.search(r"^events: (.*)$", text, re.M)[1].split()
    counts = dict(zip(events, map(int, re.search(r"^(?:summary|totals): (.*)$", text, re.M)[1].split())))
    return sum(counts.get(e, 0) for e in ("DLmr", "DLmw", "DLdmr", "DLdmw"))


def size(text):
    if not (match := re.fullmatch(r"(\d+)([KM])", text)):
        raise argparse.ArgumentTypeError(f"a size such as 512K or 2M, not {text!r}")
    size = int(match[1]) << {"K": 10, "M": 20}[match[2]]
    if size < 64 << 10 or size & (size - 1):     # the simulated cache finds its sets by bits of an address
        raise argparse.ArgumentTypeError(f"a power of two from 64K on, such as 512K or 2M, not {text!r}")
    return size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=build_folder)
    parser.add_argument("--cache", type=size, default=2 << 20, help="bytes, such as 512K (default: 2M)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("traffic: no valgrind: scripts/setup --counts")
    program = arguments.build / "admf"
    with tempfile.TemporaryDirectory(prefix="admf_traffic_") as path:
        folder = pathlib.Path(path)
        (folder / "grid.yaml").write_text(CONFIG)
        few, many = (lines_moved(program, folder, n, arguments.cache) for n in (BARS, 2 * BARS))
    each = LINE * (many - few) / (COMBINATIONS * BARS)
    if arguments.json:
        print(json.dumps({"cache_bytes": arguments.cache, "bytes_per_combination_bar": each}))
    else:
        print(f"{each:.3f} bytes for each combination-bar beyond a cache of {arguments.cache >> 10} KiB")


if __name__ == "__main__":
    main()
