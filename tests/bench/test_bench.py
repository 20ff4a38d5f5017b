#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of admf-bench as its users meet it. No test looks at how long anything took.

    python3 tests/bench/test_bench.py build/admf-bench
"""
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
ADMF = PROGRAM.parent / "admf"
X86 = platform.machine() == "x86_64"
# A program leaves a signal alone that it finds ignored, as under nohup; one that is caught here is its default.
for number in signal.SIGHUP, signal.SIGINT, signal.SIGTERM:
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, lambda *_: None)


def run(*arguments, environment=None, **more):
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=600,
                          env=os.environ | (environment or {}), check=False, **more)


def kernel(name, seconds, deviation=0.0, rounds=15, isa="v2"):
    return {"name": name, "isa": isa, "seconds": seconds, "deviation": deviation, "rounds": rounds}


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, content):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def report(self, name, *kernels, **more):
        return self.write(name, {"program": "admf-bench", "kernels": kernels, **more})

    def succeeds(self, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def fails(self, code, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr


class Names(Case):
    def test_help_starts_with_examples(self):
        for command in ([], ["kernels"], ["works"], ["growth"], ["compare"], ["list"],
                        ["read-csv"], ["write-cube"]):
            self.assertRegex(self.succeeds(*command, "--help"), r"^Examples:\n  .*admf-bench ")

    def test_help_fits_a_terminal(self):
        for command in ([], *([c] for c in ("kernels", "works", "growth", "compare", "list", "read-csv", "write-cube"))):
            for line in self.succeeds(*command, "--help").splitlines():
                self.assertLessEqual(len(line), 100, (command, line))

    def test_version_names_the_commit(self):
        self.assertRegex(self.succeeds("--version"), r"^admf-bench \d+\.\d+\.\d+, commit \S+\n$")

    def test_list_has_every_row_of_the_catalogue(self):
        names = self.succeeds("list", "kernels").split()
        self.assertEqual(len(set(names)), len(names))
        for kind, prefixes in (("features", ["feature"]), ("strategies", ["strategy"]),
                               ("classifiers", ["classifier", "days"])):
            listed = subprocess.run([ADMF, "list", kind, "--json"], capture_output=True, text=True,
                                    check=True).stdout
            for row in json.loads(listed):
                starts = tuple(f"{p}.{row['name']}" for p in prefixes)
                self.assertTrue([n for n in names if n.startswith(starts)], row["name"])
        self.assertIn("lanes.events", names)
        self.assertIn("feature.rsi.simple", names)

    def test_list_has_every_kernel_of_the_table(self):
        names = self.succeeds("list", "kernels").split()
        table = (pathlib.Path(__file__).resolve().parents[2] / "kernels/table.h").read_text()
        groups = {"strategy": "strategy.", "coded": "coded.", "strength": "strength.", "classifier": "classifier.",
                  "confidence": "confidence.", "encode": "columns.encode", "defined": "columns.defined",
                  "ranges": "columns.ranges", "lockstep": "lanes.lockstep", "events": "lanes.events",
                  "finish": "lanes.finish"}
        for kernel in re.findall(r"^    \w+_kernel \*(\w+)", table, re.M):
            start = groups.get(kernel, f"analysis.{kernel}")
            self.assertTrue([n for n in names if n.startswith(start)], kernel)

    def test_unknown_names_get_the_nearest(self):
        self.assertIn("did you mean 'kernels'?", self.fails(2, "kernel"))
        self.assertIn("did you mean 'kernels'?", self.fails(2, "list", "kernls"))
        self.assertIn("did you mean 'feature'?", self.fails(2, "kernels", "featur"))
        self.assertIn("did you mean 'rsi'?", self.fails(2, "kernels", "ris"))
        self.assertIn("list kernels", self.fails(2, "kernels", "no_such_thing_at_all"))
        self.assertIn("did you mean '--json'?", self.fails(2, "kernels", "--jsn"))

    def test_messages_name_this_program(self):
        for arguments in (["kernels", "--bogus"], ["works", "--threads"], ["compare"], ["growth", "big_grid"],
                          ["no_such_command"]):
            message = self.fails(2, *arguments)
            self.assertTrue(message.startswith("admf-bench: error: "), message)
            self.assertNotIn("`admf ", message)

    def test_two_forms_at_once_are_refused(self):
        one = self.report("one.json", kernel("a", 1.0))
        for command in (["kernels", "encode", "--quick"], ["works", "momentum_hmm", "--quick"],
                        ["growth", "--quick"], ["compare", one, one]):
            done = run(*command, "--json", "--markdown")
            self.assertEqual((done.returncode, done.stdout), (2, ""), command)
            self.assertIn("--json and --markdown: choose one\nusage: ", done.stderr)

    def test_lists_can_be_had_apart(self):
        both = self.succeeds("list").split()
        self.assertEqual(self.succeeds("list", "kernels").split() + self.succeeds("list", "works").split(), both)
        self.assertIn("[kernels|works]", self.succeeds("list", "--help"))


class Kernels(Case):
    def test_every_kernel_is_right_on_every_instruction_set(self):
        report = json.loads(self.succeeds("kernels", "--quick", "--json"))
        names = set(self.succeeds("list", "kernels").split())
        sets = {limit["isa"] for limit in report["limits"]}
        self.assertEqual({(k["name"], k["isa"]) for k in report["kernels"]},
                         {(name, isa) for name in names for isa in sets})
        for k in report["kernels"]:
            self.assertGreater(k["seconds"], 0)
            self.assertEqual(k["rounds"], 1)
        self.assertEqual(report["program"], "admf-bench")
        for key in ("version", "commit", "compiler"):
            self.assertTrue(report[key])
        self.assertTrue(report["machine"]["processor"])

    def test_names_choose(self):
        report = json.loads(self.succeeds("kernels", "--quick", "--json", "rsi", "columns.encode"))
        self.assertEqual({k["name"] for k in report["kernels"]},
                         {"feature.rsi", "feature.rsi.simple", "columns.encode"} |
                         {n for n in self.succeeds("list").split() if n == "strategy.rsi"})

    def test_one_instruction_set_can_be_had_alone(self):
        every = json.loads(self.succeeds("kernels", "--quick", "--json", "encode"))
        first = every["limits"][0]["isa"]
        one = json.loads(self.succeeds("kernels", "--quick", "--json", "encode", "--isa", first))
        self.assertEqual([(k["name"], k["isa"]) for k in one["kernels"]],
                         [(k["name"], k["isa"]) for k in every["kernels"] if k["isa"] == first])
        self.assertIn("cannot run instruction set", self.fails(2, "kernels", "--isa", "neon" if X86 else "v2"))
        self.assertIn("--isa", self.fails(2, "kernels", "--isa", "v9"))

    def test_tables_hold_what_was_asked_for(self):
        text = self.succeeds("kernels", "--quick", "feature.sma")
        self.assertIn("Limits of one core, measured", text)
        self.assertRegex(text, r"(?m)^feature\.sma +\w+ +[\d.]+ +")
        markdown = self.succeeds("kernels", "--quick", "feature.sma", "--markdown")
        self.assertRegex(markdown, r"(?m)^\| feature\.sma \| \w+ \| [\d.]+ \|")

    def test_memory_is_not_measured_quickly(self):
        report = json.loads(self.succeeds("kernels", "--quick", "--json", "encode"))
        self.assertEqual([report["machine"][f"memory_bytes_per_second_{who}"] for who in ("one_thread", "all_threads")],
                         [None, None])
        self.assertIn("\nfrom memory: - by one thread, - by all\n", self.succeeds("kernels", "--quick", "encode"))

    @unittest.skipUnless(X86, "operations are counted on x86 only")
    def test_the_picture_has_a_point_for_each_counted_kernel(self):
        svg = pathlib.Path(self.folder.name) / "roofs.svg"
        report = json.loads(self.succeeds("kernels", "columns", "--quick", "--svg", svg, "--json"))
        counted = [k for k in report["kernels"] if k["operations"]]
        if not counted:
            self.skipTest("this system does not let a process step through its child")
        points = xml.etree.ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}title")
        self.assertEqual(sorted(p.text.split(":")[0] for p in points),
                         sorted(f"{k['name']}, {k['isa']}" for k in counted))

    def test_a_picture_of_nothing_is_an_error(self):
        svg = self.write("roofs.svg", "an earlier one")
        self.assertIn("nothing to draw", self.fails(65, "kernels", "days", "--quick", "--svg", svg))
        self.assertEqual(svg.read_text(), "an earlier one")

    def test_a_picture_that_cannot_be_written_is_an_error_at_once(self):
        for command in (["kernels", "encode"], ["growth"]):
            done = run(*command, "--quick", "--svg", "/nowhere/x.svg")
            self.assertEqual(done.returncode, 74)
            self.assertIn("/nowhere/x.svg: error: cannot be written", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_signals_end_it_in_order(self):
        for number, code in ((signal.SIGTERM, 75), (signal.SIGHUP, 75), (signal.SIGINT, 130)):
            running = subprocess.Popen([PROGRAM, "kernels", "--quick"], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            while not self.watches(running.pid, number) and running.poll() is None:
                time.sleep(0.01)
            running.send_signal(number)
            output, messages = running.communicate(timeout=600)
            self.assertEqual((running.returncode, output), (code, ""), messages)
            word = "interrupted" if number == signal.SIGINT else "stopped"
            self.assertIn(f"admf-bench: {word}; nothing is kept\n", messages)

    def watches(self, process, number):
        """Whether the process handles that signal."""
        status = pathlib.Path(f"/proc/{process}/status").read_text()
        return int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16) >> (number - 1) & 1

    def test_rounds_have_an_end(self):
        self.assertIn("--rounds", self.fails(2, "kernels", "--rounds", "1000"))

    def test_one_round_has_no_spread(self):
        for command, rows, row in ((["kernels", "encode"], "kernels", r"columns\.encode +\w+ +[\d.]+ +[\d.]+"),
                                   (["works", "momentum_hmm"], "works", r"momentum_hmm +\w+ +\w+ +\d+ +[\d.]+")):
            for rounds, told in (1, "-"), (2, r"[\d.]+%"):
                quick = [*command, "--quick", "--rounds", rounds]
                report = json.loads(self.succeeds(*quick, "--json"))
                self.assertEqual({r["deviation"] is None for r in report[rows]}, {rounds == 1}, command)
                self.assertRegex(self.succeeds(*quick), f"(?m)^{row} +{told} ")

    def test_rounds_are_honoured_where_all_else_is_quick(self):
        for arguments, rows in ((["kernels", "encode"], "kernels"), (["works", "momentum_hmm"], "works"),
                                (["growth", "--threads", "1"], "works")):
            report = json.loads(self.succeeds(*arguments, "--quick", "--rounds", "2", "--json"))
            self.assertTrue(report["quick"])
            self.assertEqual({row["rounds"] for row in report[rows]}, {2}, arguments)


class Works(Case):
    def test_every_work_runs(self):
        report = json.loads(self.succeeds("works", "--quick", "--json", "--threads", "2"))
        self.assertEqual([w["name"] for w in report["works"]], self.succeeds("list", "works").split())
        self.assertTrue(report["quick"])
        self.assertEqual(report["targets"], [])     # they are meant for the whole works
        works = {w["name"]: w for w in report["works"]}
        for w in works.values():
            self.assertGreater(w["seconds"], 0)
            self.assertGreater(w["units"], 0)
            self.assertGreater(w["peak_memory_bytes"], 1 << 20)
        self.assertEqual(works["big_grid"]["units"], 16 * 16 * 4000)
        self.assertEqual(works["cross"]["units"], works["execution"]["units"])
        self.assertEqual(works["one_thread"]["threads"], 1)
        self.assertEqual(works["lockstep"]["lanes"], "lockstep")
        self.assertEqual(works["write_cube"]["units"], 50 * 50 * 40 * 8)

    def test_parameters_reach_the_work(self):
        report = json.loads(self.succeeds("works", "big_grid", "--quick", "--json", "--threads", "1",
                                          "--lanes", "events", "--isa", "v2" if X86 else "neon"))
        (work,) = report["works"]
        self.assertEqual((work["threads"], work["lanes"], work["isa"]),
                         (1, "events", "v2" if X86 else "neon"))

    def test_what_is_about_one_way_keeps_to_it(self):
        report = json.loads(self.succeeds("works", "lockstep", "halts", "--quick", "--json",
                                          "--lanes", "events"))
        self.assertEqual({w["name"]: w["lanes"] for w in report["works"]},
                         {"lockstep": "lockstep", "halts": "events"})

    def test_growth_names_its_sweeps(self):
        report = json.loads(self.succeeds("growth", "--quick", "--json", "--threads", "2"))
        self.assertEqual([(w["name"], w["threads"], w["units"]) for w in report["works"]],
                         [("16x16000", 2, 16 * 16000), ("64x16000", 2, 64 * 16000),
                          ("256x16000", 2, 256 * 16000), ("256x4000", 2, 256 * 4000),
                          ("256x8000", 2, 256 * 8000), ("256x32000", 2, 256 * 32000),
                          ("256x16000", 1, 256 * 16000)])

    def test_the_picture_of_growth_has_a_point_for_each_sweep(self):
        svg = pathlib.Path(self.folder.name) / "growth.svg"
        report = json.loads(self.succeeds("growth", "--quick", "--json", "--threads", "2", "--svg", svg))
        rows = [(*map(int, w["name"].split("x")), w["threads"]) for w in report["works"]]
        names = {row: f"{w['name']}, threads: {w['threads']}" for row, w in zip(rows, report["works"])}
        space = "{http://www.w3.org/2000/svg}"
        panels = {g.get("id"): g for g in xml.etree.ElementTree.parse(svg).iter(space + "g") if g.get("id")}
        self.assertEqual(list(panels), ["combinations", "bars", "threads"])
        for axis, panel in enumerate(panels.values()):
            along = [row for row in rows if row[:axis] + row[axis + 1:] ==
                     (256, 16000, 2)[:axis] + (256, 16000, 2)[axis + 1:]]
            points = [title.text.rsplit(":", 1)[0] for title in panel.iter(space + "title")]
            self.assertEqual(sorted(points), sorted(names[row] for row in along))
            words = [text.text for text in panel.iter(space + "text")]
            self.assertLessEqual({str(row[axis]) for row in along}, set(words))
            self.assertEqual(len([w for w in words if w and w.endswith(" MiB")]), len(along))

    def test_nothing_is_left_behind(self):
        run("works", "momentum_hmm", "--quick", environment={"TMPDIR": self.folder.name})
        self.assertEqual(list(pathlib.Path(self.folder.name).iterdir()), [])

    def test_an_interrupted_run_leaves_nothing_behind(self):
        folder = pathlib.Path(self.folder.name)
        running = subprocess.Popen([PROGRAM, "works", "--quick"], env=os.environ | {"TMPDIR": str(folder)},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True)
        while not list(folder.iterdir()) and running.poll() is None:
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)
        output, messages = running.communicate(timeout=600)
        self.assertEqual(running.returncode, 130, messages)
        self.assertEqual(output, b"")
        self.assertIn(b"admf-bench: interrupted; nothing is kept\n", messages)
        self.assertNotIn(b"error:", messages)
        self.assertEqual(list(folder.iterdir()), [])

    def beside(self, script):
        """The program beside an admf that is this script; $ADMF_REAL is the real one."""
        folder = pathlib.Path(self.folder.name) / "programs"
        folder.mkdir()
        shutil.copy2(PROGRAM, folder)
        (folder / "admf").write_text("#!/bin/sh\n" + script)
        (folder / "admf").chmod(0o755)
        return folder / PROGRAM.name

    def run_beside(self, script, *arguments):
        return subprocess.run([self.beside(script), *arguments], capture_output=True, text=True, timeout=600,
                              stdin=subprocess.DEVNULL, env=os.environ | {"ADMF_REAL": str(ADMF)}, check=False)

    def test_a_work_that_fails_is_left_out(self):
        script = 'case "$*" in *momentum_hmm*) exit 66 ;; *costs*) exit 1 ;; esac\nexec "$ADMF_REAL" "$@"\n'
        done = self.run_beside(script, "works", "momentum_hmm", "big_grid", "costs", "--quick", "--json",
                               "--rounds", "2")
        self.assertEqual(done.returncode, 70, done.stderr)     # that of the first in the list
        self.assertEqual([w["name"] for w in json.loads(done.stdout)["works"]], ["big_grid"])
        for name, code in (("costs", 1), ("momentum_hmm", 66)):
            self.assertEqual(len(re.findall(f"error: {name} is left out: .* ended with exit code {code}", done.stderr)),
                             1, done.stderr)

    def test_only_what_was_measured_ends_with_1(self):
        for script, code in (("exit 66", 66), ("exit 65", 65), ("exit 1", 70), ("exit 78", 70), ("kill -9 $$", 70)):
            done = self.run_beside(script, "works", "momentum_hmm", "--quick")
            self.assertEqual(done.returncode, code, done.stderr)
            shutil.rmtree(pathlib.Path(self.folder.name) / "programs")

    def test_quick_works_are_not_called_whole_ones(self):
        text = self.succeeds("works", "big_grid", "--quick")
        self.assertIn("quick", text.splitlines()[0])
        self.assertNotIn("200 000", text)

    def test_works_need_no_sources(self):
        configs = pathlib.Path(__file__).resolve().parents[2] / "configs"
        self.assertNotIn(bytes(configs), PROGRAM.read_bytes())

    def test_wrong_arguments(self):
        self.assertIn("did you mean 'big_grid'?", self.fails(2, "works", "bi_grid"))
        self.assertIn("--lanes needs one of", self.fails(2, "works", "--lanes", "both"))
        self.assertIn("cannot run", self.fails(2, "works", "--isa", "neon" if X86 else "v2"))
        self.assertIn("--rounds", self.fails(2, "works", "--rounds", "100"))


class Parts(Case):
    def test_a_file_is_read_once_a_line(self):
        bars = pathlib.Path(self.folder.name) / "bars.csv"
        subprocess.run([ADMF, "synth", "-o", bars, "--bars", "100"], check=True, capture_output=True)
        for text in "\n\n", "a line that is longer than most, by far\nand one without an end":
            lines = run("read-csv", bars, "--threads", "2", input=text).stdout.splitlines()
            self.assertEqual([line.split()[0] for line in lines], ["100", "100"], text)
        self.assertEqual(run("read-csv", "/nowhere.csv", input="\n").returncode, 66)

    def test_a_cube_is_written(self):
        cube = pathlib.Path(self.folder.name) / "cube.h5"
        text = self.succeeds("write-cube", cube, "--side", "20", "--metrics", "3")
        self.assertIn(f" {20 * 20 * 3 * 8} bytes", text)
        self.assertTrue(cube.exists())

    def test_wrong_arguments(self):
        for command in ("read-csv", "write-cube"):
            self.assertIn("--threads goes up to 1024", self.fails(2, command, "x", "--threads", "1025"))
        message = self.fails(2, "write-cube", self.folder.name)
        self.assertIn("is no file", message)
        self.assertNotIn("--output", message)


class Comparison(Case):
    def verdicts(self, code, old, new):
        done = run("compare", old, new, "--json")
        self.assertEqual(done.returncode, code, done.stderr)
        return {row["name"]: row["verdict"] for row in json.loads(done.stdout)["comparison"]}

    def test_verdicts_are_beyond_noise(self):
        old = self.report("old.json", kernel("a", 1e-9, 1e-12), kernel("b", 1e-9, 1e-12),
                          kernel("c", 1e-9, 1e-10), kernel("d", 1e-9, 0, rounds=1),
                          kernel("gone", 1e-9))
        new = self.report("new.json", kernel("a", 1.1e-9, 1e-12), kernel("b", 0.9e-9, 1e-12),
                          kernel("c", 1.1e-9, 1e-10), kernel("d", 2e-9), kernel("come", 1e-9))
        self.assertEqual(self.verdicts(1, old, new), {"a, v2": "slower", "b, v2": "faster",
                                                      "c, v2": "same", "d, v2": "too few rounds"})

    def test_one_round_says_nothing_of_noise(self):
        many = self.report("many.json", kernel("a", 1.0))
        for deviation in (0, 0.0, None):        # older reports have 0
            one = self.report("one.json", kernel("a", 1.0, deviation, rounds=1))
            for pair in ((many, one), (one, many), (one, one)):
                (row,) = json.loads(self.succeeds("compare", *pair, "--json"))["comparison"]
                self.assertEqual((row["verdict"], row["noise"]), ("too few rounds", None))
            self.assertRegex(self.succeeds("compare", many, one), r"(?m)^a, v2 .* 1\.00 +- +too few rounds$")
        bad = self.report("bad.json", kernel("a", 1.0, None, rounds=2))
        self.assertIn("`deviation` must be a number", self.fails(65, "compare", many, bad))

    def test_three_percent_are_no_difference(self):
        old = self.report("old.json", kernel("a", 1.0), kernel("b", 1.0))
        new = self.report("new.json", kernel("a", 1.029), kernel("b", 0.972))
        self.assertEqual(self.verdicts(0, old, new), {"a, v2": "same", "b, v2": "same"})

    def test_the_table_counts(self):
        old = self.report("old.json", kernel("a", 1.0), kernel("gone", 1.0))
        new = self.report("new.json", kernel("a", 0.5))
        self.assertIn("\n1 faster, 0 slower, 0 the same, 0 with too few rounds; 1 only before, 0 only now\n"
                      "only before:\n  gone, v2\n", self.succeeds("compare", old, new))

    def test_too_few_rounds_are_counted(self):
        old = self.report("old.json", kernel("a", 1.0), *(kernel(name, 1.0, rounds=2) for name in "bcd"))
        new = self.report("new.json", *(kernel(name, 1.0) for name in "abcd"))
        self.assertIn("\n0 faster, 0 slower, 1 the same, 3 with too few rounds; 0 only before, 0 only now\n",
                      self.succeeds("compare", old, new))
        self.assertEqual(json.loads(self.succeeds("compare", old, new, "--json"))["verdicts"],
                         {"faster": 0, "slower": 0, "same": 1, "too_few_rounds": 3, "larger": 0})

    def test_memory_is_compared(self):
        def report(name, mebibytes, seconds=1.0, threads=2, **more):
            more |= {} if mebibytes is None else {"peak_memory_bytes": mebibytes * 2**20}
            return self.write(name, {"program": "admf-bench", "works": [
                kernel("big_grid", seconds, isa="v4") | {"lanes": "auto", "threads": threads} | more]})

        for before, now, ratio, larger, told in (
                (100, 150, 1.5, True, "1.50  same, memory 1.5 ×"), (100, 109, 1.09, False, "1.09  same"),
                (100, 110.5, 1.105, True, "1.10  same, memory 1.1 ×"), (10, 12, 1.2, False, "1.20  same"),
                (10, 12.5, 1.25, True, "1.25  same, memory 1.25 ×"), (150, 100, 2 / 3, False, "0.667  same"),
                (None, 100, None, False, "same"), (100, None, None, False, "same"), (0, 100, None, False, "same")):
            old, new = report("old.json", before), report("new.json", now)
            done = run("compare", old, new)
            self.assertEqual((done.returncode, done.stderr), (int(larger), ""), (before, now))
            self.assertRegex(done.stdout, f"(?m)^big_grid, v4, auto, 2 threads +1 s +1 s +1.00 +3.0% +{told}$")
            self.assertIn(f"0 with too few rounds{'' if ratio is None else f', {int(larger)} larger'}; ", done.stdout)
            whole = json.loads(run("compare", old, new, "--json").stdout)
            (row,) = whole["comparison"]
            self.assertEqual((row["larger"], row["verdict"], whole["verdicts"]["larger"]), (larger, "same", int(larger)))
            self.assertEqual(row["memory_ratio"] is None, ratio is None)
            self.assertAlmostEqual(row["memory_ratio"] or 0, ratio or 0)
        # One round is enough for it; other settings are no change.
        old = report("old.json", 100, rounds=1)
        self.assertIn("too few rounds, memory 2 ×", run("compare", old, report("new.json", 200)).stdout)
        self.fails(1, "compare", old, report("new.json", 200))
        self.assertIn("memory 2 ×", self.succeeds("compare", old, report("new.json", 200, threads=4)))

    def test_kernels_have_no_memory(self):
        one = self.report("one.json", kernel("a", 1.0))
        self.assertNotRegex(self.succeeds("compare", one, one), "memory|larger")
        self.assertNotIn("memory", json.loads(self.succeeds("compare", one, one, "--json"))["comparison"][0])

    def test_what_is_left_out_is_named(self):
        for count in 0, 1, 12, 13, 40:
            names = [f"k{k}" for k in range(count)]
            rows = [f"{name}, v2" for name in names]
            few = self.report("few.json", kernel("a", 1.0))
            many = self.report("many.json", kernel("a", 1.0), *(kernel(name, 1.0) for name in names))
            for pair, title, key, other in (((few, many), "only now", "only_now", "only_before"),
                                            ((many, few), "only before", "only_before", "only_now")):
                whole = json.loads(self.succeeds("compare", *pair, "--json"))
                self.assertEqual((whole[key], whole[other]), (rows, []))
                named = rows[:12] + ([f"and {count - 12} more"] if count > 12 else [])
                for form, before, item in ([], "", "  "), (["--markdown"], "\n", "- "):
                    text = self.succeeds("compare", *pair, *form).split(" only now\n", 1)[1]
                    self.assertEqual(text.replace("\n\n", "\n") if form else text,
                                     before + "\n".join([title + ":", *(item + n for n in named)]) + "\n"
                                     if count else "")
        self.assertIn("only before:\n  a, v2\nonly now:\n  b, v2\n",
                      run("compare", few, self.report("other.json", kernel("b", 1.0))).stdout)

    def test_works_are_told_apart_by_how_they_ran(self):
        def work(seconds, threads):
            return kernel("big_grid", seconds, isa="v3") | {"lanes": "auto", "threads": threads}

        old = self.write("old.json", {"program": "admf-bench", "works": [work(2.0, 1), work(1.0, 2)]})
        new = self.write("new.json", {"program": "admf-bench", "works": [work(2.0, 1), work(2.0, 2)]})
        self.assertEqual(self.verdicts(1, old, new), {"big_grid, v3, auto, 1 thread": "same",
                                                      "big_grid, v3, auto, 2 threads": "slower"})

    def test_works_with_other_settings_are_compared_all_the_same(self):
        def report(name, *settings):
            return self.write(name, {"program": "admf-bench", "works": [
                kernel("big_grid", seconds, isa=isa) | {"lanes": lanes, "threads": threads}
                for seconds, isa, lanes, threads in settings]})

        def rows(old, new):
            done = json.loads(self.succeeds("compare", old, new, "--json"))["comparison"]
            return [(r["name"], r["verdict"], *r["settings_before"].values(), *r["settings"].values()) for r in done]

        old = report("old.json", (1.0, "v4", "auto", 2))
        for isa, lanes, threads in ("v2", "auto", 2), ("v4", "lockstep", 2), ("v4", "auto", 1), ("neon", "events", 8):
            new = report("new.json", (2.0, isa, lanes, threads))
            self.assertEqual(rows(old, new), [("big_grid", "slower", "v4", "auto", 2, isa, lanes, threads)])
            text = self.succeeds("compare", old, new)
            self.assertRegex(text, f"(?m)^big_grid, v4 auto 2 → {isa} {lanes} {threads} +1 s +2 s +2.00 .*slower$")
            self.assertIn("0 faster, 0 slower, 0 the same, 0 with too few rounds; 0 only before, 0 only now\n"
                          "with other settings: 0 faster, 1 slower, 0 the same, 0 with too few rounds\n", text)
        # Settings that are in both come first, and what is there twice is not guessed.
        both = report("both.json", (1.0, "v4", "auto", 2), (9.0, "v2", "auto", 2))
        self.assertEqual(rows(old, both), [("big_grid, v4, auto, 2 threads", "same", "v4", "auto", 2, "v4", "auto", 2)])
        self.assertNotIn("→", self.succeeds("compare", old, both))
        other = report("other.json", (1.0, "v3", "auto", 2))
        self.assertIn("nothing that was measured is in both", self.fails(65, "compare", other, both))
        # Sweeps that grow are there once for each number of threads.
        grown = report("grown.json", (4.0, "v2", "auto", 4), (2.0, "v2", "auto", 2), (1.0, "v2", "auto", 1))
        few = report("few.json", (2.0, "v4", "auto", 2), (1.0, "v4", "auto", 1))
        self.assertEqual([row[1:] for row in rows(few, grown)], [("same", "v4", "auto", 2, "v2", "auto", 2),
                                                                 ("same", "v4", "auto", 1, "v2", "auto", 1)])

    def test_kernels_of_machines_without_a_common_set_are_compared_on_the_best(self):
        x86 = self.report("x86.json", *(kernel("a", 4.0 / n, isa=f"v{n}") for n in (2, 3, 4)))
        arm = self.report("arm.json", kernel("a", 1.5, isa="neon"), kernel("b", 1.5, isa="neon"))
        for old, new, verdict, sets in (x86, arm, "slower", "v4 → neon"), (arm, x86, "faster", "neon → v4"):
            (row,) = json.loads(self.succeeds("compare", old, new, "--json"))["comparison"]
            self.assertEqual((row["name"], row["verdict"], row["same_settings"]), ("a", verdict, False))
            self.assertRegex(self.succeeds("compare", old, new), f"(?m)^a, {sets} .*{verdict}$")
        little = self.report("little.json", kernel("a", 2.0, isa="v2"), kernel("b", 2.0, isa="v2"))
        self.assertEqual(self.verdicts(0, x86, little), {"a, v2": "same"})

    def test_a_run_with_other_settings_compares_at_once(self):
        before = self.write("before.json", self.succeeds("works", "momentum_hmm", "--quick", "--threads", "2", "--json"))
        done = run("works", "momentum_hmm", "--quick", "--threads", "1", "--json", "--compare", before)
        self.assertEqual(done.returncode, 0, done.stderr)
        (row,) = json.loads(done.stdout)["comparison"]
        self.assertEqual((row["name"], row["settings_before"]["threads"], row["settings"]["threads"]),
                         ("small momentum_hmm", 2, 1))

    def test_another_machine_is_pointed_out(self):
        old = self.report("old.json", kernel("a", 1.0), machine={"processor": "A"})
        new = self.report("new.json", kernel("a", 1.0), machine={"processor": "B"})
        self.assertIn("another processor: A before, B now", run("compare", old, new).stderr)

    def test_what_was_measured_otherwise_is_pointed_out(self):
        def measured(name, threads=2, load=0.2, cycles=3e9, additions=24e9, loads=150e9, quick=False):
            return self.report(
                name, kernel("a", 1.0), quick=quick, compiler="gcc 12",
                machine={"processor": "A", "threads": threads, "load_before": load, "cycles_per_second": cycles},
                limits=[{"isa": "v2", "additions_per_second": 12e9, "load_bytes_per_second": loads},
                        {"isa": "v3", "additions_per_second": additions}])

        old = measured("old.json")
        for differs, note in (
                ({"threads": 4}, "another number of threads: 2 before, 4 now"),
                ({"load": 2.25}, "another load: 0.20 before, 2.25 now"),
                ({"cycles": 2.6e9}, "other limits of the core, most of all cycles: 3 G/s before, 2.6 G/s now"),
                ({"additions": 28e9, "cycles": 3.4e9},
                 "other limits of the core, most of all v3 additions: 24 G/s before, 28 G/s now"),
                ({"loads": 190e9}, "other limits of the core, most of all v2 loads: 150 GB/s before, 190 GB/s now"),
                ({"quick": True}, "--quick now, not before: works of another size, rough times")):
            new = measured("new.json", **differs)
            for form in ([], ["--json"], ["--markdown"]):
                self.assertEqual(run("compare", old, new, *form).stderr, f"admf-bench: {note}\n")
        for same in ({}, {"load": 0.6}, {"load": None}, {"cycles": 2.8e9, "additions": 26e9, "loads": 130e9}):
            self.succeeds("compare", old, measured("new.json", **same))

    def test_a_run_compares_at_once(self):
        slow = self.report("slow.json", *(kernel("columns.encode", 1e3, isa=isa)
                                          for isa in ("v2", "v3", "v4", "neon")))
        done = run("kernels", "columns.encode", "--quick", "--rounds", "3", "--compare", slow, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({r["verdict"] for r in json.loads(done.stdout)["comparison"]}, {"faster"})

    def test_bad_reports_are_refused_with_their_place(self):
        good = self.report("good.json", kernel("a", 1.0))
        for content, code, message in (
                ('{"program": "admf-bench",\n "kernels": [}', 65, "bad.json:2:14: error: this is no JSON"),
                ('{"program": "another"}', 65, "no report of `admf-bench"),
                ("", 65, "no report of `admf-bench"),
                ('{"program": "admf-bench", "kernels": 1}', 65, ":1:38: error: `kernels` must be a list"),
                ('{"program": "admf-bench",\n"kernels": [1]}', 65, ":2:13: error: `kernels` must hold objects"),
                ({"program": "admf-bench", "kernels": [{"name": "a", "isa": "v2"}]}, 65,
                 "`seconds` is missing"),
                ({"program": "admf-bench", "kernels": [kernel("a", -1)]}, 65,
                 "`seconds` must be a number"),
                ({"program": "admf-bench", "kernels": [kernel(["a"], 1)]}, 65, "must be texts")):
            bad = self.write("bad.json", content)
            for arguments in (("compare", good, bad), ("compare", bad, good),
                              ("kernels", "--quick", "encode", "--compare", bad)):
                self.assertIn(message, self.fails(code, *arguments))
        self.assertIn("cannot be opened", self.fails(66, "compare", good, "/nowhere.json"))
        self.assertIn("needs OLD and NEW", self.fails(2, "compare"))
        self.assertIn(f"{self.folder.name}: error: cannot be read: Is a directory",
                      self.fails(74, "compare", good, self.folder.name))

    def test_a_comparison_of_nothing_is_an_error(self):
        one = self.report("one.json", kernel("a", 1.0))
        other, empty = self.report("other.json", kernel("b", 1.0)), self.report("empty.json")
        for arguments in ((one, other), (one, empty), (empty, one), (empty, empty, "--json")):
            self.assertIn("nothing that was measured is in both", self.fails(65, "compare", *arguments))

    def test_a_report_of_other_things_is_refused_before_anything_is_measured(self):
        def works(name, quick):
            row = {"name": "big_grid", "isa": "v2", "lanes": "auto", "threads": 2, "seconds": 1.0, "rounds": 1}
            return self.write(name, {"program": "admf-bench", "quick": quick, "works": [row]})

        kernels, small, whole = self.report("k.json", kernel("a", 1.0)), works("s.json", True), works("w.json", False)
        for command, message in (
                (["kernels", "encode", "--compare", kernels], "k.json has nothing of what is to be measured"),
                (["works", "big_grid", "--quick", "--compare", whole], "it was made without --quick"),
                (["works", "big_grid", "--compare", small], "it was made with --quick"),
                (["works", "dense", "--compare", whole], "w.json has nothing of what is to be measured\n")):
            done = run(*command, environment={"TMPDIR": "/nowhere"})    # where no work can run
            self.assertEqual((done.returncode, done.stdout), (65, ""), done.stderr)
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
