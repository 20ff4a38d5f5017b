#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what docs/PERFORMANCE.md and README.md tell, and writes it into them.

    bench/performance.py BUILD              measures (some ten minutes), then writes
    bench/performance.py BUILD --keep       writes what was measured last
    bench/performance.py BUILD --only works,growth     measures these anew
    bench/performance.py BUILD --only million          and this, which all do not include: minutes

BUILD is a build folder, such as build/release. Results are kept in BUILD/performance; a block of what was never
measured there stays as it is. The peers' table is of what `bench/peers/run` has kept, if it was ever run. Traffic
is counted where there is valgrind (`scripts/setup --counts`); other readers of CSV and cubes are measured where
`scripts/setup --python` has installed them.
"""
import argparse
import difflib
import json
import re
import shutil
import subprocess
import sys

import peers.table
import traffic
from arguments import at_least_one, build_folder
from commit import ROOT, commit_of, output
from targets import CUBE_READ_SECONDS, SHARES_OF_AVX512, verdict

PAGE = ROOT / "docs/PERFORMANCE.md"
README = ROOT / "README.md"
PEERS = ROOT / "build/peers/peers.json"
PYTHON = ROOT / "build/python/bin/python3"
KINDS = ("kernels", "works", "growth", "set", "traffic", "plan", "csv", "cube_read", "million")
MANY = ("set", "traffic")   # of these there are several: set_v4, traffic_2M
OTHERS = ("csv", "cube_read")   # against other readers
SHARED_CACHE = "32M"
CACHES = ("2M", SHARED_CACHE)
BARS = 200_000       # of the big grid
MILLION = """\
data: [{symbol: BARS, path: million.h5, session: 24x7}]
strategies:
  - type: sma_crossover
    parameters: {fast_period: {start: 2, stop: 1001, step: 1}, slow_period: {start: 1010, stop: 11000, step: 10}}
portfolio: {allow_short: false}
execution: {fill: close}
resources: {memory: 512M}
"""


def is_of(kind, only):
    """Whether a kind of report is one of `only`, some of which stand for several."""
    return any(kind == k or (k in MANY and kind.startswith(k)) or (kind in MANY and k.startswith(kind)) for k in only)


def sets_of(build):
    """The instruction sets of this machine."""
    return json.loads(output(build / "admf", "doctor", "--json"))["isa"]["found"]


def there_is_valgrind():
    return shutil.which("valgrind") is not None


def measure(build, folder, rounds, only):
    """Each kind into a file of its own; all of them, or those of `only`. Whether nothing failed."""
    bench = build / "admf-bench"
    kinds = {"kernels": (bench, "kernels", "--json", "--svg", folder / "kernels.svg"),
             "works": (bench, "works", "--json", "--rounds", rounds),
             "growth": (bench, "growth", "--json", "--svg", folder / "growth.svg", "--rounds", rounds)}
    kinds |= {f"set_{isa}": (bench, "works", "big_grid", "lockstep", "--json", "--threads", 1, "--rounds", rounds,
                             "--isa", isa) for isa in sets_of(build)}
    if there_is_valgrind():
        kinds |= {f"traffic_{size}": (ROOT / "bench/traffic.py", build, "--cache", size, "--json")
                  for size in CACHES}
    else:
        print("performance: no traffic: scripts/setup --counts")
    (folder / "grid.yaml").write_text(traffic.CONFIG.replace("bars.h5", str(folder / "bars.h5")))
    output(build / "admf", "synth", "-o", folder / "bars.h5", "--bars", BARS, "--force")
    kinds["plan"] = (build / "admf", "plan", folder / "grid.yaml", "--json")
    if PYTHON.exists():
        kinds["csv"] = (PYTHON, ROOT / "bench/csv_pandas.py", build, "--json")
        kinds["cube_read"] = (PYTHON, ROOT / "bench/cube_read.py", build, "--json")
    else:
        print("performance: no other readers of CSV and cubes: scripts/setup --python")
    whole = True
    for kind, command in kinds.items():
        if only and not is_of(kind, only):
            continue
        print(f"performance: {kind}", flush=True)
        done = subprocess.run(list(map(str, command)), check=False, stdout=subprocess.PIPE, text=True)
        if done.returncode == 0:
            keep(folder, kind, bench, json.loads(done.stdout))
            continue
        whole = False
        # It has said why; the works that did not fail have their figures all the same.
        if kind == "works" and done.stdout:
            report = json.loads(done.stdout)
            keep(folder, kind, bench, report)
            missing = set(output(bench, "list", "works").split()) - {w["name"] for w in report["works"]}
            print(f"performance: works: without {', '.join(sorted(missing))}")
        else:
            print(f"performance: {kind} failed: exit {done.returncode}; what was measured before stays")
    if "million" in only:
        print("performance: million", flush=True)
        keep(folder, "million", bench, measure_million(build / "admf", folder))
    return whole


def keep(folder, kind, bench, report):
    """With the commit that it was measured at."""
    commit = commit_of(bench)
    (folder / f"{kind}.json").write_text(json.dumps({"commit": commit, "report": report}))


def measure_million(program, folder):
    """A million combinations over a million bars under `memory: 512M`."""
    output(program, "synth", "-o", folder / "million.h5", "--bars", 1_000_000, "--force")
    (folder / "million.yaml").write_text(MILLION)
    cube = folder / "million_cube.h5"
    run = json.loads(output(program, "run", folder / "million.yaml", "-o", cube, "--force", "--json",
                            "--analytics", "off"))
    doctor = json.loads(output(program, "doctor", "--json"))
    size = cube.stat().st_size
    cube.unlink()
    return {"phase": run["phases"][0], "cube_bytes": size, "machine": doctor}


# ---- text ------------------------------------------------------------------------------------


def figure(x):
    """Three digits."""
    if x is None:
        return "–"
    return f"{x:,.0f}".replace(",", " ") if abs(x) >= 100 else f"{x:.3g}"


def giga(x):
    return figure(x and x / 1e9)


def table(titles, rows):
    """Titles that begin with '>' are those of columns set to the right."""
    lines = ["| " + " | ".join(t.lstrip(">") for t in titles) + " |",
             "|" + "|".join(" ---: " if t.startswith(">") else " --- " for t in titles) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def percent(share):
    return "–" if share is None else f"{100 * share:.0f} %"


def spread(row):
    return percent(row["deviation"] / row["seconds"] if row["rounds"] > 1 else None)


class Phrases:
    """Each method is the text of the figure of that name in README.md."""

    def __init__(self, works):
        self.work = {w["name"]: w for w in works["works"]}

    def big_grid_memory(self):
        return f"{self.work['big_grid']['peak_memory_bytes'] / 2**20:.0f} MiB"

    def big_grid_seconds(self):
        w = self.work["big_grid"]
        names = {"v2": "SSE4.2", "v3": "AVX2", "v4": "AVX-512", "neon": "NEON"}
        return f"{w['seconds']:.1g} s on {w['threads']} threads with {names[w['isa']]}"

    def ratios_to_big_grid(self):
        def times(name):
            return f"{self.work[name]['seconds'] / self.work['big_grid']['seconds']:.2g} ×"

        return (f"costs it takes {times('costs')} that, with stops and targets {times('bracket')}, with samples at "
                f"every bar {times('every_bar')}, with halts {times('halts')}")


TRAFFIC = tuple(f"traffic_{size}" for size in CACHES)
# What a block is made from, where that was ever measured; else it stays as it is.
NEEDS = {"machine": ("kernels", "works", "growth"), "limits": ("kernels",), "kernels": ("kernels",),
         "works": ("works",), "targets": ("works",), "instruction_sets": ("set",), "growth": ("growth",),
         "memory": ("plan",), "bandwidth": ("growth", *TRAFFIC), "csv": ("csv",), "cube_read": ("cube_read",),
         "million": ("million",), "peers": ("peers",)}
# Where the page is of this machine, these say that they are not.
OPTIONAL = ("csv", "cube_read", "million", "peers")


class Blocks:
    """Each method is the text of the block of that name; `sets` are those of this machine."""

    def __init__(self, folder, sets):
        kept = {p.stem: json.loads(p.read_text()) for p in folder.glob("*.json")}
        self.commits = {kind: k["commit"] for kind, k in kept.items()}
        read = {kind: k["report"] for kind, k in kept.items()}
        self.kernel_report, self.work_report, self.growth_report, self.plan = (
            read.get(k) for k in ("kernels", "works", "growth", "plan"))
        self.million_report, self.csv_report, self.cube_report = map(read.get, ("million", "csv", "cube_read"))
        self.sets = {k.removeprefix("set_"): v for k, v in read.items() if k.startswith("set_")}
        self.own, self.shared = (read.get(k, {}).get("bytes_per_combination_bar") for k in TRAFFIC)
        self.work = {w["name"]: w for w in (self.work_report or {"works": []})["works"]}
        self.grown = {(w["name"], w["threads"]): w for w in (self.growth_report or {"works": []})["works"]}
        self.threads = max((t for _, t in self.grown), default=0)
        self.measured = set(read) | ({"peers"} if PEERS.exists() else set())
        self.needs = NEEDS | {"instruction_sets": [f"set_{isa}" for isa in sets]}

    def lacking(self, name):
        """Of what the block of that name needs, what was never measured."""
        needed = self.needs["machine" if name in OPTIONAL and NEEDS[name][0] not in self.measured else name]
        return [kind for kind in needed if kind not in self.measured]

    def memory_rate(self, who):
        """The best of all reports: other processes only take away from it."""
        reports = [self.kernel_report, self.work_report, self.growth_report, *self.sets.values()]
        rates = [r["machine"][f"memory_bytes_per_second_{who}"] for r in reports if r]
        return max((rate for rate in rates if rate is not None), default=None)

    def machine(self):
        m = self.kernel_report["machine"]
        loads = [r["machine"]["load_before"] for r in (self.kernel_report, self.work_report, self.growth_report)]
        text = (f"{m['processor']}, {m['threads']} threads, {m['cycles_per_second'] / 1e9:.2f} GHz; "
                f"{self.kernel_report['compiler']}; commit {self.commits['kernels']}.")
        if others := {k: c for k, c in sorted(self.commits.items()) if c != self.commits["kernels"]}:
            text += " At other commits: " + ", ".join(f"{k} {c}" for k, c in others.items()) + "."
        busy = max(loads)
        if busy > 0.5:
            text += (f" **The machine was shared**: up to {busy:.1f} other processes wanted a processor when "
                     "measuring began. Kernels are timed by the time that they had a processor and suffer "
                     "little. Seconds of works are those of a busy machine; what they had of the processors (`CPU s`) "
                     "says more.")
        return text

    def limits(self):
        rows = [[k["isa"], figure(k["additions_per_second"] / 1e9), figure(k["divisions_per_second"] / 1e9),
                 figure(k["load_bytes_per_second"] / 1e9), figure(k["store_bytes_per_second"] / 1e9)]
                for k in self.kernel_report["limits"]]
        return (table(["set", ">additions G/s", ">divisions G/s", ">loads GB/s", ">stores GB/s"], rows)
                + f"\n\nBeyond the core's caches: {giga(self.memory_rate('one_thread'))} GB/s read by one "
                f"thread, {giga(self.memory_rate('all_threads'))} GB/s by all.")

    def kernels(self):
        sets = [k["isa"] for k in self.kernel_report["limits"]]
        found = {}
        for k in self.kernel_report["kernels"]:
            found.setdefault(k["name"], {})[k["isa"]] = k
        rows = []
        for name, by_set in found.items():
            best = by_set[sets[-1]]
            rows.append([f"`{name}`", *(figure(by_set[s]["seconds"] * 1e9) for s in sets), figure(best["cycles"]),
                         figure((best["bytes_read"] + best["bytes_written"]) / best["seconds"] / 1e9),
                         figure(best["instructions"]), figure(best["operations"]), best["element"],
                         best["bound_by"].replace("-", "–"),
                         percent(best["share_of_bound"]) if best["instructions"] else "–"])
        return table(["kernel", *(f">{s} ns" for s in sets), ">cycles", ">GB/s", ">instr.", ">ops", "element",
                      "bound by", ">of it"], rows)

    def works(self):
        rows = [[f"`{w['name']}`", w["title"], w["lanes"], str(w["threads"]), figure(w["seconds"]),
                 spread(w), figure(w["processor_seconds"]),
                 f"{figure(w['units'] / w['seconds'] / 1e9)} G {w['unit']}s" if w["units"] > 1 else "–",
                 figure(w["peak_memory_bytes"] / 2**20)] for w in self.work.values()]
        return table(["work", "what it is", "lanes", ">threads", ">seconds", ">spread", ">CPU s", ">a second",
                      ">peak MiB"], rows)

    def targets(self):
        rows = []
        for t in self.work_report["targets"]:
            at_most = "at_most" in t
            wanted = t["at_most"] if at_most else t["at_least"]
            reached = t["value"] <= wanted if at_most else t["value"] >= wanted
            against = f"{t['measure']}" if "x its" not in t["unit"] else f"against `{t['measure']}`"
            rows.append([f"`{t['work']}`", against, f"{figure(t['value'])} {t['unit'].replace('x its', '× its')}",
                         figure(t["value_by_processor"]),
                         f"{'≤' if at_most else '≥'} {wanted:g}", verdict(reached)])
        return table(["work", "measure", ">value", ">by CPU s", ">target", "reached"], rows)

    def csv(self):
        if not self.csv_report:
            return "Not measured on this machine yet: `build/python/bin/python3 bench/csv_pandas.py BUILD`."
        rows = [[r["reader"], figure(r["seconds"]), figure(r["bytes_per_second"] / 1e6),
                 f"{figure(r['times_that_of_admf'])} ×"] for r in self.csv_report["readers"]]
        return (table(["reader", ">seconds", ">MB/s", ">against admf"], rows)
                + f"\n\n{figure(self.csv_report['bars'])} minute bars; pandas {self.csv_report['pandas']}; the least "
                "of several rounds in turn. The target is 5 ×.")

    def cube_read(self):
        if not self.cube_report:
            return "Not measured on this machine yet: `build/python/bin/python3 bench/cube_read.py BUILD`."
        rows = [[f"1 M × {r['metrics']}", r["engine"], figure(r["one_metric_seconds"]),
                 figure(r["with_coordinates_seconds"]), f"≤ {CUBE_READ_SECONDS:g}",
                 verdict(r["one_metric_seconds"] <= CUBE_READ_SECONDS)] for r in self.cube_report["rows"]]
        return (table(["cube", "engine", ">one metric, s", ">with its coordinates, s", ">target", "reached"], rows)
                + f"\n\nxarray {self.cube_report['xarray']}; the least of several. The target is that of one metric; "
                "xarray takes netcdf4 where both engines are there.")

    def instruction_sets(self):
        def rate(work):
            return work["units"] / work["processor_seconds"] / 1e9

        runs = {isa: {w["name"]: w for w in r["works"]} for isa, r in self.sets.items()}
        best = sorted(runs)[-1]
        rows = []
        for isa, run in sorted(runs.items()):
            shares = {work: rate(run[work]) / rate(runs[best][work]) for work in ("big_grid", "lockstep")}
            wanted = SHARES_OF_AVX512.get(isa) if best == "v4" else None
            target = [f"≥ {wanted:g} ×", verdict(shares["big_grid"] >= wanted)] if wanted else ["–", "–"]
            rows.append([isa, *(f"{figure(rate(run[work]))} G/s ({share:.2f} ×)" for work, share in shares.items()),
                         *target])
        return (table(["set", ">big grid, one thread, by CPU s", ">the same in step", ">target", "reached"], rows)
                + "\n\nThe target is that of the big grid, against AVX-512 (v4); v3 is AVX2, v2 the baseline.")

    def slope(self):
        """Seconds of a processor for a combination-bar, and seconds that do not depend on bars."""
        points = sorted((w["units"], w["processor_seconds"]) for (name, t), w in self.grown.items()
                        if t == self.threads and name.startswith("10000x"))
        (a, b), (c, d) = points[0], points[-1]
        each = (d - b) / (c - a)
        return each, b - a * each

    def growth(self):
        rows = [[*name.split("x"), str(t), figure(w["seconds"]), spread(w),
                 figure(w["processor_seconds"]), figure(w["units"] / w["processor_seconds"] / 1e9), figure(w["peak_memory_bytes"] / 2**20)]
                for (name, t), w in self.grown.items()]
        each, fixed = self.slope()
        return (table([">combinations", ">bars", ">threads", ">seconds", ">spread", ">CPU s", ">G a CPU s",
                       ">peak MiB"], rows)
                + f"\n\nFrom the smallest to the largest count of bars a combination-bar takes "
                f"{figure(each * 1e9)} ns of a processor; {figure(max(fixed, 0))} s of the big grid do not depend on bars.")

    def memory(self):
        m, bars = self.plan["memory"], self.plan["symbols"][0]["bars"]
        combinations, columns = self.plan["combinations"], len(self.plan["features"])
        rows = [["bars", figure(m["bars"] / 2**20), f"{figure(m['bars'] / bars)} bytes a bar"],
                ["axes", figure(m["axes"] / 2**20), f"{figure(m['axes'] / combinations)} bytes an instance"],
                ["columns of one tile", figure(m["columns"] / 2**20),
                 f"{figure(m['columns'] / columns / self.plan['tile_bars'])} bytes a column and bar of the tile"],
                ["signals of one tile", figure(m["signals"] / 2**20), "does not depend on the combinations"],
                ["portfolios and results", figure(m["portfolios"] / 2**20),
                 f"{figure(m['portfolios'] / combinations)} bytes a combination of a block, of which "
                 f"{self.plan['topology']['bytes_per_portfolio']} are its portfolio"],
                ["in all, with libraries", figure(m["total"] / 2**20), ""]]
        return table(["big grid", ">MiB", "that is"], rows)

    def million(self):
        if not self.million_report:
            return "Not measured on this machine yet: `bench/performance.py BUILD --only million`."
        phase, machine = self.million_report["phase"], self.million_report["machine"]
        seconds, units = phase["seconds"], phase["combination_bars"]
        combinations = f"{phase['combinations']:,}".replace(",", " ")
        return (f"{machine['threads']} threads, {machine['isa']['chosen']}: **{figure(seconds)} s** for "
                f"{combinations} combinations, {figure(units / seconds / 1e9)} G combination-bars/s; peak memory "
                f"**{figure(phase['peak_memory'] / 2**20)} MiB** of the 512 allowed; a cube of "
                f"{figure(self.million_report['cube_bytes'] / 2**20)} MiB with every metric.")

    def bandwidth(self):
        each, _ = self.slope()
        memory = self.memory_rate("all_threads")
        rows = [[cache, figure(size), figure(size / each / 1e9), figure(memory and memory / (size / each))]
                for cache, size in (("2 MiB, a core's own", self.own), (f"{SHARED_CACHE[:-1]} MiB, shared", self.shared))]
        return (table(["cache", ">bytes beyond it a combination-bar", ">GB/s a core",
                       ">cores until memory binds"], rows)
                + f"\n\nThe last column divides the {giga(memory)} GB/s that all threads read together here.")

    def peers(self):
        if not PEERS.exists():
            return "Not measured on this machine yet: `bench/peers/run`."
        return peers.table.markdown(json.loads(PEERS.read_text())).strip()


def write(folder, only, sets):
    """Each block that there are reports for; those of the kinds `only` are shown, too."""
    blocks, filled, left = Blocks(folder, sets), [], {}

    def fill(match):
        if lacking := blocks.lacking(match[2]):
            left.update(dict.fromkeys(lacking))
            return match[0]
        text = getattr(blocks, match[2])()
        filled.append(match[2])
        if any(is_of(need, only) for need in NEEDS[match[2]]):
            print(f"\n{text}\n")
        return f"{match[1]}\n\n{text}\n\n<!-- end -->"

    PAGE.write_text(re.sub(r"(<!-- figures: (\w+) -->)\n.*?<!-- end -->", fill, PAGE.read_text(), flags=re.S))
    if blocks.work:
        phrases = Phrases(blocks.work_report)

        def phrase(match):
            try:
                return f"{match[1]}{getattr(phrases, match[2])()}<!-- end -->"
            except KeyError:    # of a work that failed
                return match[0]

        README.write_text(re.sub(r"(<!-- figure: (\w+) -->).*?<!-- end -->", phrase, README.read_text(), flags=re.S))
    for picture in folder.glob("*.svg"):
        (PAGE.parent / picture.name).write_text(picture.read_text())
    print(f"performance: wrote {len(filled)} blocks of {PAGE}")
    if left:
        print(f"performance: never measured in {folder.parent}, so that their blocks are as they were: "
              + ", ".join(left))


def kinds_to_measure(build, text):
    """Those named in a list, if this machine has them; `set` and `traffic` are all of their kind."""
    there = [*KINDS, *(f"set_{isa}" for isa in sets_of(build)), *TRAFFIC]
    for kind in (kinds := text.split(",")):
        if kind not in there:
            like = difflib.get_close_matches(kind, there, 1)
            raise ValueError(f"nothing is called '{kind}'; "
                             + (f"did you mean '{like[0]}'?" if like else f"there are {', '.join(there)}"))
        if kind in OTHERS and not PYTHON.exists():
            raise ValueError(f"{kind} needs other readers: scripts/setup --python")
        if kind.startswith("traffic") and not there_is_valgrind():
            raise ValueError(f"{kind} needs valgrind: scripts/setup --counts")
    return kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=build_folder)
    parser.add_argument("--keep", action="store_true", help="measure nothing")
    parser.add_argument("--only", metavar="KIND,…",
                        help=", ".join(KINDS) + "; set_v3 or traffic_2M is one of several")
    parser.add_argument("--rounds", type=at_least_one, default=5)
    arguments = parser.parse_args()
    build, only = arguments.build, []
    if arguments.only:
        try:
            only = kinds_to_measure(build, arguments.only)
        except ValueError as error:
            parser.error(str(error))
    folder = build / "performance"
    folder.mkdir(exist_ok=True)
    whole = arguments.keep or measure(build, folder, arguments.rounds, only)
    write(folder, only, sets_of(build))
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
