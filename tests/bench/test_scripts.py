#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the scripts of bench/ that need no measuring: what they keep, refuse and write.

    python3 tests/bench/test_scripts.py build/admf-bench
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True      # nothing is left beside the sources
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench/peers")]

import asked
import performance


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

    def run_it(self, *arguments):
        script = self.copy("bench/instructions/count.py")
        return subprocess.run([sys.executable, script, "--program", PROGRAM.parent / "admf", *arguments], timeout=60,
                              capture_output=True, text=True, check=False)

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

    def test_instruction_sets_have_a_verdict_against_avx512(self):
        self.assertEqual(self.sets(v2=1, v3=1.9, v4=4), [["≥ 0.25 ×", "yes"], ["≥ 0.5 ×", "no"], ["–", "–"]])
        self.assertEqual(self.sets(v2=1, v3=2), [["–", "–"], ["–", "–"]])


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


if __name__ == "__main__":
    unittest.main()
