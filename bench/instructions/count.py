#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions of a fixed list of works, counted by callgrind: the same on every run and machine.

    bench/instructions/count.py                compares with table.md; exit 1 if a work grew by over 2 %,
                                               or there is nothing to compare with
    bench/instructions/count.py --update       counts again and rewrites table.md
    bench/instructions/count.py --only dense   counts that work and shows it

One thread, AVX2 kernels, the release build (build/release, or --program). Each work is a whole process.
"own" counts the code of admf itself and is what matters; "all" has the libraries too. Counts belong to a
compiler: where another one built the program nothing is compared, and "all" belongs to the
versions of the libraries as well. Needs valgrind and a processor with AVX2.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TABLE = HERE / "table.md"
GROWTH = 0.02
ENVIRONMENT = {
    "ADMF_ISA": "v3", "OMP_NUM_THREADS": "1", "LC_ALL": "C", "PATH": os.environ["PATH"],
    # Set, or the program starts itself again with it, unseen by valgrind.
    "OMP_WAIT_POLICY": "passive",
    # String functions as on any processor with AVX2: none that count a byte as an instruction.
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS,-FSRM,-RTM:"
                      "glibc.cpu.x86_non_temporal_threshold=0xc0000",
}

SERIES = "data: [{symbol: BARS, path: bars.h5, session: 24x7}]\n"
GRID = ("strategies: [{type: sma_crossover, parameters: {fast_period: {start: 5, stop: 83, step: 2}, "
        "slow_period: {start: 213, stop: 408, step: 5}}}]\n")
SMALL = ("strategies: [{type: sma_crossover, parameters: {fast_period: {start: 5, stop: 41, step: 4}, "
         "slow_period: {start: 213, stop: 258, step: 5}}}]\n")
LONG = "portfolio: {allow_short: false}\nexecution: {fill: close}\n"
SHORT = "execution: {fill: next_open, fee_rate: 0.0005, slippage: 0.0002}\n"
# Name: what it is for, the configuration that is run, or the arguments of the program.
WORKS = {
    "big_grid": ("1600 crossovers, long only", SERIES + GRID + LONG),
    "costs": ("the same, long and short, next open, costs", SERIES + GRID + SHORT),
    "bracket": ("the same with stop and target", SERIES + GRID + SHORT
                + "risk: {stop_loss: 0.01, take_profit: 0.02}\n"),
    "halts": ("100 crossovers that halt on drawdown and daily loss", SERIES + SMALL + LONG
              + "risk: {max_drawdown: 0.2, max_daily_loss: 0.02}\n"),
    "every_bar": ("1600 crossovers sampled at every bar", SERIES + GRID + LONG
                  + "metrics: {sampling: bar}\n"),
    "dense": ("8 combinations that turn at every bar",
              "data: [{symbol: BARS, path: zigzag.csv, session: 24x7}]\n"
              "strategies: [{type: momentum, parameters: {lookback_period: 1, signal_threshold: "
              "{start: 0, stop: 0.00007, step: 0.00001}}}]\nportfolio: {size: 0.001}\n"
              "execution: {fill: close, fee_rate: 0.00001, slippage: 0.00001}\n"),
    "cross": ("100 crossovers × 16 trend classifiers", SERIES + SMALL + LONG
              + "classifiers: [{type: trend, parameters: {fast_period: [10, 20, 30, 40], "
                "slow_period: [100, 120, 140, 160]}}]\n"),
    "execution": ("100 crossovers × 16 execution models", SERIES + SMALL
                  + "portfolio: {allow_short: false}\nexecution: {fill: close, "
                    "fee_rate: [0, 0.0001, 0.0002, 0.0003], slippage: [0, 0.0001, 0.0002, 0.0003]}\n"),
    "features": ("a strategy of each kind, few combinations",
                 SERIES + "strategies:\n"
                 + "".join(f"  - {{type: {name}}}\n" for name in (
                     "ema_crossover", "macd_crossover", "mean_reversion", "bollinger_breakout",
                     "donchian_breakout", "rsi_bands", "adx_trend"))),
    "hmm": ("one hidden Markov model, four years of days",
            f"data: [{{symbol: SP500, path: {ROOT}/data/sp500_daily.csv, start: 2010-01-01, "
            "end: 2013-12-31}]\nstrategies: [{type: buy_and_hold}]\n"
            "classifiers: [{type: hmm, parameters: {model_type: hmm, lookback_days: 60}}]\n"),
    "momentum_hmm": ("configs/momentum_hmm.yaml, 24 combinations",
                     ["run", ROOT / "configs/momentum_hmm.yaml", "-o", "momentum_hmm.h5"]),
    "csv": ("20 000 bars read from CSV", ["import", "bars.csv"]),
    "cube": ("25 600 combinations of 400 bars: mostly writing",
             SERIES.replace("bars.h5", "few.h5") + "strategies: [{type: momentum, parameters: "
             "{lookback_period: {start: 1, stop: 160, step: 1}, "
             "signal_threshold: {start: 0, stop: 0.0159, step: 0.0001}}}]\n"),
    "plan": ("plan of 10¹² combinations, a sample of 10 000",
             "strategies: [{type: macd_crossover, parameters: {fast_period: {start: 1, stop: 1000, step: 1}, "
             "slow_period: {start: 1001, stop: 11000, step: 1}, signal_period: {start: 1, stop: 1000, step: 1}, "
             "min_histogram: {start: 0, stop: 0.0099, step: 0.0001}}, sample: {n: 10000}}]\n"),
    "trace": ("one crossover bar by bar, its fills printed", SERIES + SMALL + SHORT),
}


def fail(text):
    print(f"instructions: {text}", file=sys.stderr)
    raise SystemExit(1)


def run(command, folder):
    done = subprocess.run([str(c) for c in command], cwd=folder, env=ENVIRONMENT,
                          capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def zigzag(path):
    """20 000 minute bars that turn at every bar."""
    price = 100.0
    with open(path, "w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for t in range(20_000):
            last, price = price, 100.0 * (1 + 0.001 * (t % 2) + 0.00001 * (t * 7919 % 10))
            file.write(f"{1577836800 + 60 * t},{last:.6f},{max(last, price):.6f},"
                       f"{min(last, price):.6f},{price:.6f},1\n")


def counts(path, program):
    """Instructions of the program's own code, and all, from callgrind's file."""
    # HDF5 and gcc's OpenMP may be linked statically; no function of admf has a name like theirs.
    names, functions, objects = {}, {}, collections.Counter()
    current, called, library = None, False, False
    with open(path) as file:
        for line in file:
            if match := re.match(r"ob=\((\d+)\)(?: (.*))?", line):
                if match[2]:
                    names[match[1]] = match[2].strip()
                current = match[1]
            elif match := re.match(r"cob=\((\d+)\) (.*)", line):
                names[match[1]] = match[2].strip()
            elif match := re.match(r"fn=\((\d+)\)(?: (.*))?", line):
                if match[2]:
                    functions[match[1]] = match[2].strip()
                library = functions[match[1]].startswith(("H5", "GOMP_", "gomp_", "omp_"))
            elif match := re.match(r"cfn=\((\d+)\) (.*)", line):
                functions[match[1]] = match[2].strip()
            elif line.startswith("calls="):
                called = True       # the next line has the cost of what was called
            elif line[0] in "0123456789+-*":
                if not called:
                    objects[current, library] += int(line.split()[1])
                called = False
    own = sum(n for (key, library), n in objects.items()
              if names.get(key) == str(program) and not library)
    return own, sum(objects.values())


def count(name, program, folder):
    """(own, all) instructions of a work."""
    work = WORKS[name][1]
    if isinstance(work, str):
        (folder / f"{name}.yaml").write_text(work)
        cube = f"{name}.h5"
        if name == "plan":
            work = ["plan", "plan.yaml"]
        elif name == "trace":
            run([program, "run", "trace.yaml", "-o", cube, "--threads", 1, "--analytics", "off"],
                folder)
            work = ["trace", cube, "--combo", 5, "--types", "FILL"]
        else:
            work = ["run", f"{name}.yaml", "-o", cube]
    limits = ["--threads", "1", "--memory", "1G", "--analytics", "off"] if work[0] == "run" else []
    out = folder / f"{name}.callgrind"
    run(["valgrind", "--tool=callgrind", "-q", f"--callgrind-out-file={out}", program, *work,
         *limits], folder)
    return counts(out, program)


def about(program):
    """Compiler and libraries of the program."""
    try:
        said = subprocess.run([program, "doctor", "--json"], env=ENVIRONMENT, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=True).stdout
        doctor = json.loads(said)
        doctor["isa"]["found"], doctor["libraries"], doctor["compiler"]
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError, TypeError):
        fail(f"{program} is no admf: it does not answer `doctor --json`")
    if "v3" not in doctor["isa"]["found"]:
        return None, None
    libraries = doctor["libraries"] | {"glibc": os.confstr("CS_GNU_LIBC_VERSION").split()[1]}
    return doctor["compiler"], ", ".join(f"{k} {v}" for k, v in sorted(libraries.items()))


def read_table():
    """Compiler, libraries, and {work: (own, all)} of table.md; None where it has none."""
    text = TABLE.read_text() if TABLE.exists() else ""
    rows = {m[1]: (int(m[2].replace(" ", "")), int(m[3].replace(" ", "")))
            for m in re.finditer(r"^\| (\w+) \|.*\| ([\d ]+) \| ([\d ]+) \|$", text, re.M)}
    compiler, libraries = (re.search(rf"^{word}: (.*)\.$", text, re.M) for word in ("Compiler", "Libraries"))
    return compiler and compiler[1], libraries and libraries[1], rows


def spaced(n):
    return f"{n:,}".replace(",", " ")


def write_table(compiler, libraries, rows):
    lines = ["# Instructions of a fixed list of works", "",
             "Counted by `bench/instructions/count.py --update`, which says how; not edited by hand. One "
             "thread, AVX2.", "",
             f"Compiler: {compiler}.", "", f"Libraries: {libraries}.", "",
             "| work | what it is | own | all |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {WORKS[name][0]} | {spaced(own)} | {spaced(every)} |"
              for name, (own, every) in rows.items()]
    TABLE.write_text("\n".join(lines) + "\n")


def verdict(name, new, old, libraries_differ):
    """Text about a work, and whether it grew too much."""
    if name not in old:
        return f"{name:13} not in the table: --update", True
    growth = [n / o - 1 for n, o in zip(new, old[name])]
    grew = growth[0] > GROWTH or (growth[1] > GROWTH and not libraries_differ)
    shrank = growth[0] < -GROWTH
    word = "GREW by over 2 %" if grew else "shrank: --update keeps it so" if shrank else "ok"
    return (f"{name:13} own {spaced(new[0]):>15} ({growth[0]:+7.2%})   all {spaced(new[1]):>15} "
            f"({growth[1]:+7.2%})   {word}", grew)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true",
                        help="rewrite table.md with what is counted, instead of comparing; with --only, these rows")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/admf",
                        help="the admf that is counted (default: build/release/admf)")
    parser.add_argument("--only", choices=list(WORKS), action="append",
                        help="this work; may be given several times (default: all)")
    arguments = parser.parse_args()
    old_compiler, old_libraries, old = read_table()
    # Not SKIPPED, on any machine: without a table nothing would ever be compared.
    if not arguments.update and not (old_compiler and old_libraries and old):
        fail(f"{TABLE} {'is no whole table' if TABLE.exists() else 'is not there'}: "
             "bring it back, or make it with bench/instructions/count.py --update")
    program = arguments.program.resolve()
    if not program.is_file():
        fail(f"no {program}: cmake --preset release && cmake --build --preset release")
    compiler, libraries = about(program)
    if not shutil.which("valgrind"):
        fail("no valgrind: scripts/setup --counts")
    if compiler is None:
        print("instructions: SKIPPED: this processor has no AVX2, which the table is for")
        return 0
    if not arguments.update and compiler != old_compiler:
        print(f"instructions: SKIPPED: the program is built by {compiler}, the table by "
              f"{old_compiler}; other compilers make other counts")
        return 0

    if arguments.update and arguments.only and (compiler, libraries) != (old_compiler, old_libraries):
        fail("the table is of another compiler or other libraries: --update without --only")

    names = arguments.only or list(WORKS)
    with tempfile.TemporaryDirectory(prefix="admf_instructions_") as path:
        folder = pathlib.Path(path)
        run([program, "synth", "-o", "bars.h5", "--bars", 20000], folder)
        run([program, "synth", "-o", "few.h5", "--bars", 400], folder)
        run([program, "synth", "-o", "bars.csv", "--bars", 20000], folder)
        zigzag(folder / "zigzag.csv")
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            new = dict(zip(names, pool.map(lambda n: count(n, program, folder), names)))

    if arguments.update:
        rows = {n: new.get(n) or old[n] for n in WORKS if n in new or n in old}
        write_table(compiler, libraries, rows)
        print(f"instructions: wrote {TABLE}")
        return 0
    if libraries != old_libraries:
        print(f"instructions: libraries are {libraries}; the table has {old_libraries}: only the "
              "program's own code is compared")
    failed = False
    for name in names:
        text, grew = verdict(name, new[name], old, libraries != old_libraries)
        failed |= grew
        print(text)
    if failed:
        print("instructions: FAILED: if the growth is worth it, run bench/instructions/count.py --update "
              "and say why in the commit message")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
