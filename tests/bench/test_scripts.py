#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the scripts of bench/ that need no measuring: what they keep, refuse and write.

    python3 tests/bench/test_scripts.py build/admf-bench
"""
import contextlib
import copy
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True      # nothing is left beside the sources
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench/peers")]

import arguments
import asked
import earlier
import performance
import table
import traffic


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def copy(self, name):
        """A script in a tree of its own, where it finds its files and may write them."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, path)
        return path


class Installing(Case):
    """bench/peers/run, with a Python that only notes what is asked of it."""

    def setUp(self):
        super().setUp()
        self.script = self.copy("bench/peers/run")
        self.made = self.folder / "build/peers/python"
        (self.made / "bin").mkdir(parents=True)
        for folder in (self.made, self.script.parent):
            (folder / "requirements.txt").write_text("h5py==1\none==1\ntwo==2\n")
        self.missing = self.made / "missing.txt"

    def run_it(self, reachable=True):
        python = self.made / "bin/python"
        python.write_text(f"#!/bin/sh\necho \"$@\" >> {self.folder}/asked\n"
                          f"case $* in *pip*) {'exit 0' if reachable else 'echo ERROR: no network; exit 1'} ;; esac\n")
        python.chmod(0o755)
        done = subprocess.run([self.script], env={"PATH": "/usr/bin:/bin", "ADMF_BUILD": "build"}, timeout=60,
                              capture_output=True, text=True, check=False)
        asked = self.folder / "asked"
        lines = asked.read_text().splitlines() if asked.exists() else []
        asked.unlink(missing_ok=True)
        return done, [line.split()[-1] for line in lines if "pip" in line]

    def test_nothing_is_installed_where_nothing_is_missing(self):
        self.assertEqual(self.run_it()[1], [])

    def test_what_was_missing_is_tried_again(self):
        self.missing.write_text("two==2: ERROR: no network\n")
        _, asked = self.run_it(reachable=False)
        self.assertEqual(asked, ["two==2"])
        self.assertEqual(self.missing.read_text(), "two==2: ERROR: no network\n")
        done, asked = self.run_it()
        self.assertEqual((done.returncode, asked), (0, ["two==2"]), done.stderr)
        self.assertEqual(self.run_it()[1], [])

    def test_without_h5py_nothing_is_measured(self):
        self.missing.write_text("h5py==1: ERROR: no network\n")
        done, _ = self.run_it(reachable=False)
        self.assertEqual(done.returncode, 69)
        self.assertIn("nothing works without h5py", done.stderr)


class Counting(Case):
    """bench/instructions/count.py"""

    def run_it(self, *arguments, program=PROGRAM.parent / "admf"):
        """The script where there is no valgrind: nothing is counted here."""
        script = self.copy("bench/instructions/count.py")
        return subprocess.run([sys.executable, script, "--program", program, *arguments], timeout=60,
                              capture_output=True, text=True, check=False, env=os.environ | {"PATH": "/nowhere"})

    def test_without_a_whole_table_it_fails(self):
        table = self.copy("bench/instructions/table.md")
        whole = table.read_text()
        for content in (None, "", "# Instructions\n", whole[:whole.index("Libraries: ")], whole[:whole.index("| --- ")]):
            table.unlink(missing_ok=True)
            if content is not None:
                table.write_text(content)
            done = self.run_it()
            self.assertEqual((done.returncode, done.stdout), (1, ""), content)
            self.assertRegex(done.stderr, r"^instructions: .*table\.md is (not there|no whole table): .*--update\n$")

    def test_help_says_what_is_done_without_options(self):
        text = " ".join(self.run_it("--help").stdout.split())
        self.assertIn("(default: build/release/admf)", text)
        self.assertIn("rewrite table.md", text)

    def test_what_is_no_admf_is_told(self):
        self.copy("bench/instructions/table.md")
        for program, words in ((self.folder, "no /"), ("/bin/true", "is no admf"), ("/bin/ls", "is no admf"),
                               (self.folder / "bench/instructions/table.md", "is no admf")):
            done = self.run_it(program=program)
            self.assertEqual((done.returncode, done.stdout), (1, ""), program)
            self.assertRegex(done.stderr, rf"^instructions: [^\n]*{words}[^\n]*\n$")

    def test_caches_that_cannot_be_simulated_are_refused(self):
        for size in ("3M", "0M", "32K", "2G"):
            done = subprocess.run([sys.executable, ROOT / "bench/traffic.py", PROGRAM.parent, "--cache", size],
                                  timeout=60, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), size)
            self.assertIn("such as 512K or 2M", done.stderr)

    def test_traffic_is_counted_in_the_same_environment(self):
        self.assertIn("GLIBC_TUNABLES", traffic.ENVIRONMENT)


class Page(unittest.TestCase):
    """Blocks of docs/PERFORMANCE.md, from reports as they are kept."""

    def cells(self, text):
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()
                if line.startswith("|")][2:]

    def test_reading_a_cube_has_a_verdict(self):
        rows = [{"metrics": 40, "engine": "one", "one_metric_seconds": 0.2, "with_coordinates_seconds": 1},
                {"metrics": 1, "engine": "two", "one_metric_seconds": 0.21, "with_coordinates_seconds": 1}]
        blocks = types.SimpleNamespace(cube_report={"xarray": "1", "rows": rows})
        self.assertEqual([row[-2:] for row in self.cells(performance.Blocks.cube_read(blocks))],
                         [["≤ 0.2", "yes"], ["≤ 0.2", "no"]])

    def sets(self, **rates):
        blocks = types.SimpleNamespace(sets={isa: {"works": [
            {"name": name, "units": rate * 1e9, "processor_seconds": 1} for name in ("big_grid", "lockstep")]}
            for isa, rate in rates.items()})
        return [row[-2:] for row in self.cells(performance.Blocks.instruction_sets(blocks))]

    def write(self, only=(), **reports):
        """The page and the README after these reports, from ones whose blocks are all old; and what is printed."""
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
            folder = pathlib.Path(folder)
            kept = folder / "performance"
            kept.mkdir()
            for kind, report in reports.items():
                (kept / f"{kind}.json").write_text(json.dumps({"commit": "x", "report": report}))
            page, readme = folder / "PERFORMANCE.md", folder / "README.md"
            page.write_text("".join(f"<!-- figures: {name} -->\n\nold {name}\n\n<!-- end -->\n"
                                    for name in performance.NEEDS))
            readme.write_text("<!-- figure: big_grid_seconds -->old<!-- end -->\n")
            with mock.patch.multiple(performance, PAGE=page, README=readme, PEERS=folder / "none.json"):
                performance.write(kept, only, ["v2", "v3"])
            return page.read_text(), readme.read_text(), printed.getvalue()

    def test_one_kind_alone_has_its_block(self):
        million = {"phase": {"seconds": 90.8, "combination_bars": 1e12, "combinations": 1_000_000,
                             "peak_memory": 399 << 20}, "cube_bytes": 331 << 20,
                   "machine": {"threads": 2, "isa": {"chosen": "v4"}}}
        page, readme, printed = self.write(["million"], million=million)
        for text in page, printed:
            self.assertIn("2 threads, v4: **90.8 s** for 1 000 000 combinations", text)
        self.assertEqual(re.findall(r"(?m)^old (\w+)$", page), [name for name in performance.NEEDS if name != "million"])
        self.assertIn("old", readme)
        self.assertIn("never measured in ", printed)
        self.assertIn("kernels", printed)

    def test_what_nothing_measures_is_refused(self):
        for kind, words in (("set_v9", "did you mean 'set"), ("milion", "did you mean 'million'?"),
                            ("zzz", "there are kernels, works,"), ("works,traffic_3M", "did you mean 'traffic_")):
            done = subprocess.run([sys.executable, ROOT / "bench/performance.py", PROGRAM.parent, "--only", kind],
                                  timeout=60, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), kind)
            self.assertIn(words, done.stderr)

    def test_instruction_sets_have_a_verdict_against_avx512(self):
        self.assertEqual(self.sets(v2=1, v3=1.9, v4=4), [["≥ 0.25 ×", "yes"], ["≥ 0.5 ×", "no"], ["–", "–"]])
        self.assertEqual(self.sets(v2=1, v3=2), [["–", "–"], ["–", "–"]])

    def test_instruction_sets_stay_until_all_are_measured(self):
        report = {"works": [{"name": name, "units": 1e9, "processor_seconds": 1} for name in ("big_grid", "lockstep")]}
        page, _, printed = self.write(["set_v3"], set_v3=report)
        self.assertIn("old instruction_sets", page)
        self.assertRegex(printed, r"never measured in .*\bset_v2\b")
        self.assertNotIn("set_v3", printed)
        page, _, printed = self.write(["set_v3"], set_v3=report, set_v2=report)
        self.assertNotIn("old instruction_sets", page)
        self.assertIn("| v3 | 1 G/s (1.00 ×) |", page)

    def test_memory_need_not_be_measured(self):
        def rate(*rates):
            kernels, works = ({"machine": {"memory_bytes_per_second_one_thread": r}} for r in rates)
            blocks = types.SimpleNamespace(kernel_report=kernels, work_report=works, growth_report=None, sets={})
            return performance.giga(performance.Blocks.memory_rate(blocks, "one_thread"))

        self.assertEqual([rate(1e9, 2e9), rate(None, 2e9), rate(None, None)], ["2", "2", "–"])


class Measuring(Case):
    """bench/performance.py, with programs that measure nothing."""

    def setUp(self):
        super().setUp()
        for name, script in (("admf", "echo '{\"isa\": {\"found\": [\"v2\"]}}'"), ("admf-bench", """case "$*" in
            --version) echo 'admf-bench 1, commit x' ;;
            "list works") echo big_grid costs ;;
            works*) echo '{"works": [{"name": "big_grid"}]}'; exit 70 ;;
            *) exit 1 ;;
            esac""")):
            (self.folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (self.folder / name).chmod(0o755)

    def test_what_works_is_kept_where_others_fail(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertFalse(performance.measure(self.folder, self.folder, 1, ["works", "growth"]))
        self.assertEqual([p.name for p in self.folder.glob("*.json")], ["works.json"])
        self.assertEqual(json.loads((self.folder / "works.json").read_text())["report"], {"works": [{"name": "big_grid"}]})
        self.assertIn("works: without costs\n", printed.getvalue())
        self.assertIn("growth failed: exit 1", printed.getvalue())

    def test_traffic_without_valgrind_is_refused_at_once(self):
        for kind in "traffic", "traffic_2M":
            with mock.patch.object(performance, "there_is_valgrind", return_value=True):
                self.assertEqual(performance.kinds_to_measure(self.folder, kind), [kind])
            with mock.patch.object(performance, "there_is_valgrind", return_value=False):
                with self.assertRaisesRegex(ValueError, "needs valgrind"):
                    performance.kinds_to_measure(self.folder, kind)


class Writing(Case):
    """Files that bench/peers/compare.py is to write, looked at before it measures."""

    def test_what_cannot_be_written_is_told(self):
        self.assertIn("is a folder", arguments.unwritable(self.folder))
        self.assertIn("there is no folder", arguments.unwritable(self.folder / "none/x.md"))
        self.assertIsNone(arguments.unwritable(self.folder / "x.md"))
        (self.folder / "x.md").touch()
        self.assertIsNone(arguments.unwritable(self.folder / "x.md"))


class Asking(unittest.TestCase):
    """bench/peers/asked.py"""

    def ask(self, code):
        return asked.Asked([sys.executable, "-c", code])

    def test_each_line_is_answered(self):
        with self.ask("for _ in __import__('sys').stdin: print(1, flush=True)") as process:
            self.assertEqual([process.ask(), process.ask()], ["1\n", "1\n"])

    def test_a_process_that_dies_is_told_from_its_last_message(self):
        for code, words in (("raise ValueError('no such thing')", "ValueError: no such thing (exit 1)"),
                            ("input(); print('ha', end=''); exit('half an answer')", "half an answer (exit 1)"),
                            ("import os; os.kill(os.getpid(), 9)", "no message (exit -9)")):
            with self.assertRaisesRegex(asked.Failed, re.escape(words)), self.ask(code) as process:
                process.ask()
        with self.assertRaisesRegex(asked.Failed, "gone"), self.ask("exit('gone')") as process:
            process.answer()

    def test_whom_nobody_waits_for_is_ended(self):
        with self.assertRaises(KeyboardInterrupt), self.ask("import time; time.sleep(600)") as process:
            raise KeyboardInterrupt
        self.assertEqual(process.process.returncode, -9)


class Keeping(Case):
    """bench/peers/earlier.py: rows of one run beside those of another."""
    WORKS, PACKAGES = ["big_grid", "start", "features"], {"raptorbt": ["r"], "vectorbt": ["v", "v-rust"], "talib": ["t"]}

    def row(self, work, peer, title="a", **more):
        return {"work": work, "title": title, "peer": peer, "unit": "bar", "peer_cells": 1,
                "rounds": [{"admf": 1, "peer": 2, "ratio": 2}]} | more

    def report(self, *rows):
        return {"machine": "A", "about": {"version": "1", "compiler": "gcc 12", "isa": {"chosen": "v4"}}, "threads": 2,
                "python": "3.11", "versions": {"r": "1", "v": "1", "v-rust": "1", "t": "1"}, "missing": [],
                "rows": list(rows)}

    def rows(self, content, report=None):
        path = self.folder / "peers.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return earlier.rows(path, report or self.report(), self.PACKAGES)

    def test_rows_of_the_same_machine_are_kept(self):
        kept, notes = self.rows(self.report(self.row("start", "vectorbt", commit="x"), self.row("features", "talib")))
        self.assertEqual([(r["work"], r["commit"]) for r in kept], [("start", "x"), ("features", "unknown")])
        self.assertEqual(notes, [])
        self.assertEqual(earlier.rows(self.folder / "none.json", self.report(), self.PACKAGES), ([], []))

    def test_rows_of_another_machine_are_not(self):
        for change, words in (({"machine": "B"}, "another processor: B there, A here"),
                              ({"threads": 4}, "another number of threads: 4 there, 2 here"),
                              ({"about": {"version": "1", "compiler": "gcc 13", "isa": {"chosen": "v3"}}},
                               "another compiler: gcc 13 there, gcc 12 here, another instruction set: v3 there")):
            kept, notes = self.rows(self.report(self.row("start", "vectorbt")) | change)
            self.assertEqual(kept, [])
            self.assertIn(words, *notes)

    def test_rows_of_another_version_of_a_peer_are_not(self):
        old = self.report(self.row("start", "vectorbt"), self.row("features", "talib"))
        for version in ("0", None):
            changed = copy.deepcopy(old)
            changed["versions"]["v-rust"] = version
            kept, notes = self.rows(changed)
            self.assertEqual([r["peer"] for r in kept], ["talib"])
            self.assertIn("another version of vectorbt", *notes)

    def test_what_is_no_table_is_told(self):
        for content in ("", "{", "[]", "{}", self.report({}), self.report(self.row("start", "nobody")),
                        self.report(self.row("start", "vectorbt", rounds=[]))):
            kept, notes = self.rows(content)
            self.assertEqual(kept, [])
            self.assertIn("it is no table", *notes)

    def merged(self, before, new, finished):
        found = earlier.merged(before, new, finished, self.WORKS, list(self.PACKAGES))
        return [(r["work"], r["peer"], r["title"], r.get("commit")) for r in found]

    def test_a_work_is_replaced_where_it_stands(self):
        before = [self.row("big_grid", "raptorbt"), self.row("big_grid", "vectorbt"), self.row("start", "vectorbt"),
                  self.row("features", "talib", "sma"), self.row("features", "talib", "gone"),
                  self.row("features", "talib", "ema"), self.row("no such work", "talib")]
        new = [self.row("features", "talib", "ema", commit="x"), self.row("big_grid", "raptorbt", commit="x")]
        others = [("big_grid", "raptorbt", "a", "x"), ("big_grid", "vectorbt", "a", None), ("start", "vectorbt", "a", None)]
        ema = ("features", "talib", "ema", "x")
        self.assertEqual(self.merged(before, new, []), [*others, ("features", "talib", "sma", None),
                                                        ("features", "talib", "gone", None), ema])
        self.assertEqual(self.merged(before, new, ["features"]), [*others, ema])

    def test_the_table_names_other_commits_and_a_shared_machine(self):
        rows = [self.row("start", "vectorbt", commit="x", load_before=0.1),
                self.row("features", "talib", commit="y", load_before=1.26)]
        text = table.markdown(self.report(*rows) | {"commit": "x"})
        self.assertIn("commit x, gcc 12", text)
        self.assertIn("At other commits: features y. **The machine was shared**: up to 1.3 other processes", text)
        text = table.markdown(self.report(rows[0]) | {"commit": "x"})
        self.assertNotIn("other", text.split("admf 1")[1])

    def test_a_wrong_feature_is_named(self):
        wrong = {"work": "features", "title": "wma(20), 10 M bars", "peer": "talib",
                 "disagreements": ["3 × the tolerance of 1e-9"]}
        self.assertEqual(table.outcome(wrong),
                         "wma(20), 10 M bars: the numbers of talib differ by 3 × the tolerance of 1e-9")
        cells = table.outcome(wrong | {"work": "big_grid", "title": "big grid", "disagreements": ["a", "b"]})
        self.assertEqual(cells, "big grid: the numbers of talib differ in 2 combinations:\na\nb")

    def test_each_missing_package_has_a_paragraph(self):
        text = table.markdown(self.report(self.row("start", "vectorbt")) | {"missing": ["a", "b"]})
        self.assertIn("\n\nMissing: a could not be installed.\n\nMissing: b could not be installed.\n\nA, 2 threads", text)

    def test_the_table_says_what_features_are_judged_by(self):
        self.assertIn(table.FEATURES, table.markdown(self.report(self.row("features", "talib"))))
        self.assertNotIn(table.FEATURES, table.markdown(self.report(self.row("start", "vectorbt"))))


if __name__ == "__main__":
    unittest.main()
