# SPDX-License-Identifier: Apache-2.0
"""Runs admf and its peers alternately on the same bars and writes a table of ratios.

A time counts only where the numbers agree first: final equity to 1e-9 of the capital, the count of
trades, the largest drawdown to 1e-9. Started by bench/peers/run.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

import earlier
import table
import works
from admf import Admf
from asked import Asked, Failed, last_words

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.append(str(HERE.parent))

from arguments import at_least_one, unwritable
from commit import commit_of

PACKAGES = {"raptorbt": ["raptorbt"], "vectorbt": ["vectorbt", "vectorbt-rust"],
            "backtesting": ["backtesting"], "talib": ["TA-Lib"]}


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def say(text):
    print(f"peers: {text}", file=sys.stderr, flush=True)


def peer_process(name, work, bars, threads):
    count = str(1 if work.one_thread else threads)
    environment = os.environ | {key: count for key in (
        "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    return Asked([sys.executable, HERE / "worker.py", name, work.name, bars], environment)


def differences(cells, theirs, ours):
    """What does not agree, as texts; the largest relative difference of equity and of drawdown."""
    wrong, equity, drawdown = [], 0.0, 0.0
    for i, cell in enumerate(cells):
        mine = ours[cell]
        e = abs(theirs["final_equity"][i] - mine["final_equity"]) / works.CASH
        d = abs(theirs["max_drawdown"][i] - mine["max_drawdown"])
        equity, drawdown = max(equity, e), max(drawdown, d)
        if not (e <= 1e-9 and d <= 1e-9 and theirs["trades"][i] == mine["trades"]):
            wrong.append(f"{cell}: equity {theirs['final_equity'][i]!r} against "
                         f"{mine['final_equity']!r}, trades {theirs['trades'][i]:.0f} against "
                         f"{mine['trades']:.0f}, drawdown {theirs['max_drawdown'][i]!r} against "
                         f"{mine['max_drawdown']!r}")
    return wrong, {"equity": equity, "drawdown": drawdown}


def measure(admf, work, name, bars, threads, rounds):
    """One row of the table: a peer at a work."""
    cells = work.slices[name]
    row = {"work": work.name, "title": work.title, "peer": name, "unit": work.unit,
           "bars": work.bars, "cells": len(work.cells), "peer_cells": len(cells),
           "threads": 1 if work.one_thread else threads, "note": work.note}
    try:
        with peer_process(name, work, bars, threads) as peer:
            warm = json.loads(peer.ask())       # compiles, fills caches, and gives the numbers
            ours = admf.results(work, admf.run(work, bars, row["threads"])["cube"])
            wrong, row["differences"] = differences(cells, warm["results"], ours)
            if wrong:
                return row | {"disagreements": wrong}
            own = work.units(len(work.cells), sum(r["orders"] for r in ours.values()))
            other = work.units(len(cells), sum(ours[c]["orders"] for c in cells))
            taken = []
            for _ in range(rounds):
                a, p = admf.run(work, bars, row["threads"]), json.loads(peer.ask())
                taken.append({"admf": a["seconds"] / own, "peer": p["seconds"] / other,
                              "ratio": (p["seconds"] / other) / (a["seconds"] / own)})
            return row | {"rounds": taken, "memory": {"admf": a["memory"], "peer": p["memory"]}}
    except Failed as failure:
        return row | {"failure": str(failure)}


def features(admf, rounds):
    """Rows of the features that TA-Lib has too: whole columns, one core."""
    try:
        import peer_talib       # only where it is installed
    except ImportError as error:
        yield {"work": "features", "title": "features", "peer": "talib", "failure": str(error)}
        return

    work = next(w for w in works.WORKS if w.name == "single_run")
    folder = admf.folder / "columns"
    folder.mkdir(exist_ok=True)
    for key, values in admf.read_bars(admf.make_bars(work)).items():
        values.tofile(folder / key)
    for place, (name, parameters, members, *_) in enumerate(peer_talib.ROWS):
        title = f"{name}({', '.join(map(str, parameters))}), {work.bars // 1_000_000} M bars"
        asked = name + "." * any(members) + ",".join(members)    # no more than the peer makes
        ours = [admf.feature_column, folder, str(work.bars), asked, *map(str, parameters)]
        yield {"work": "features", "title": title, "peer": "talib", "unit": "bar", "threads": 1,
               "note": ""} | feature(ours, [sys.executable, HERE / "peer_talib.py", folder, str(place)],
                                     work.bars, rounds)


def feature(our_command, their_command, bars, rounds):
    """What a row of a feature says of its numbers and times."""
    # The memory of a column that is dropped stays with the process, as in feature_column: what
    # pages cost the system at their first touch is not what is compared.
    environment = os.environ | {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
    with Asked(our_command) as ours:
        try:
            ours.answer()       # its columns are written
            with Asked(their_command, environment) as theirs:
                worst = float(theirs.answer())
                found = {"differences": {"value": worst * 1e-9}}
                if not worst <= 1:
                    return found | {"disagreements": [f"{worst:.3g} × the tolerance of 1e-9"]}
                ours.ask(), theirs.ask()
                taken = []
                for _ in range(rounds):
                    a, p = float(ours.ask()) / bars, float(theirs.ask()) / bars
                    taken.append({"admf": a, "peer": p, "ratio": p / a})
                return found | {"rounds": taken}
        except Failed as failure:
            if failure.asked is ours:
                raise SystemExit(f"peers: feature_column failed: {failure}") from None
            return {"failure": str(failure)}


def start_up(admf, rounds):
    """A whole process with 24 combinations against the import of vectorbt."""
    def wall(*command):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, text=True)
        return time.perf_counter() - start

    row = {"work": "start", "title": "whole process, 24 combinations of daily bars, against "
           "`import vectorbt`", "peer": "vectorbt", "unit": "process", "note": ""}
    ours = [admf.program, "run", ROOT / "configs/momentum_hmm.yaml", "-o",
            admf.folder / "momentum_hmm.h5", "--force", "--analytics", "off"]
    theirs = [sys.executable, "-c", "import vectorbt"]
    try:
        wall(*ours), wall(*theirs)      # caches of files and of compiled code
        taken = []
        for _ in range(rounds):
            a, p = wall(*ours), wall(*theirs)
            taken.append({"admf": a, "peer": p, "ratio": p / a})
        return row | {"rounds": taken}
    except subprocess.CalledProcessError as error:
        failure = last_words(error.stderr, error.returncode)
        if error.cmd[0] == admf.program:
            raise SystemExit(f"peers: admf run failed: {failure}") from None
        return row | {"failure": failure}


def asked_peers(names):
    """The peers of these works."""
    others = {"start": ["vectorbt"], "features": ["talib"]}
    others |= {work.name: list(work.slices) for work in works.WORKS}
    return {peer for name in names for peer in others[name]}


def measured(name, admf, versions, threads, rounds):
    """Rows of a work, one after the other."""
    if name == "start":
        if versions["vectorbt"]:
            yield start_up(admf, rounds)
    elif name == "features":
        if versions["TA-Lib"]:
            yield from features(admf, rounds)
    else:
        work = next(w for w in works.WORKS if w.name == name)
        bars = admf.make_bars(work)
        for peer in work.slices:
            if versions[PACKAGES[peer][0]]:
                say(f"{name}: {peer}")
                yield measure(admf, work, peer, bars, threads, rounds)


def main():
    names = [w.name for w in works.WORKS] + ["start", "features"]
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=at_least_one, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=at_least_one, default=3)
    parser.add_argument("--only", type=lambda text: text.split(","), default=names,
                        help="works: " + ", ".join(names))
    parser.add_argument("--markdown", type=pathlib.Path, default=ROOT / "build/peers/peers.md")
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "build/peers/peers.json")
    arguments = parser.parse_args()
    if unknown := set(arguments.only) - set(names):
        parser.error(f"no such work: {', '.join(sorted(unknown))}; there are {', '.join(names)}")

    folder = ROOT / "build/peers/work"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (arguments.markdown, arguments.json):       # minutes later it would be too late
        if why := unwritable(path):
            parser.error(why)
    admf = Admf(arguments.build, folder)
    versions = {p: version(p) for packages in PACKAGES.values() for p in packages}
    missing = sorted(p for p, v in versions.items() if v is None)
    for package in missing:
        say(f"missing: {package} could not be installed")
    if all(versions[PACKAGES[peer][0]] is None for peer in asked_peers(arguments.only)):
        say("none of the peers that were asked for is there: nothing was measured or written")
        return os.EX_UNAVAILABLE
    now = {"commit": commit_of(admf.bench), "load_before": os.getloadavg()[0]}
    report = now | {"about": admf.about(), "machine": table.processor(), "python": platform.python_version(),
                    "threads": arguments.threads, "versions": versions, "missing": missing, "rows": []}
    before, notes = earlier.rows(arguments.json, report, PACKAGES)
    for note in notes:
        say(note)

    new, finished = [], []

    def write():
        report["rows"] = earlier.merged(before, new, finished, names, list(PACKAGES))
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")
        arguments.markdown.write_text(table.markdown(report))

    try:
        for name in [n for n in names if n in arguments.only]:
            for row in measured(name, admf, versions, arguments.threads, arguments.rounds):
                new.append(row | now)
                say(table.outcome(row))
                write()     # after each: whatever ends the run, this stays
            finished.append(name)
            write()
    except KeyboardInterrupt:
        if new:
            write()         # perhaps it was amid that
        say(f"interrupted; rows measured: {len(new)}" + f", in {arguments.markdown}" * bool(new))
        return 130

    print(table.markdown(report))
    failed = [r for r in new if "rounds" not in r]
    return 1 if failed else 0


sys.exit(main())
