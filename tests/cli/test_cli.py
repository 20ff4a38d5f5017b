#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the program as its users meet it: arguments, messages, exit codes, outputs.

ADMF_PROGRAM names the program. Nothing but the standard library is needed:

    ADMF_PROGRAM=build/admf python3 tests/cli/test_cli.py
"""
import fcntl
import json
import math
import os
import platform
import pty
import random
import re
import resource
import select
import shutil
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ADMF_PROGRAM", "")
CONFIG = ROOT / "configs" / "momentum_hmm.yaml"
LONG = ["plan", ROOT / "configs" / "sma_sample.yaml", "--json"]  # more than a buffer
COMMANDS = ["check", "plan", "run", "top", "show", "trace", "list", "schema", "synth", "import",
            "hash", "signals", "replay", "runs", "doctor"]
KINDS = ["features", "strategies", "classifiers", "validators", "risk", "metrics",
         "patterns"]
ALLOWED = {0, 1, 2, 65, 66, 70, 74, 75, 78, 130}
TIMEOUT = 300
# A program leaves a signal alone that it finds ignored, as under nohup; one that is caught here is its default.
for number in signal.SIGHUP, signal.SIGINT, signal.SIGTERM:
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, lambda *_: None)

RECORDS = tempfile.TemporaryDirectory(prefix="admf-cli-records-")  # not where a person's runs are
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "ADMF_ISA", "OMP_WAIT_POLICY")}
ENVIRONMENT["XDG_DATA_HOME"] = RECORDS.name


def admf(*arguments, cwd=None, env=None, **more):
    """Runs the program; stdout and stderr come as text."""
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd, timeout=TIMEOUT,
                          env={**ENVIRONMENT, **(env or {})}, stdin=subprocess.DEVNULL,
                          encoding="utf-8", errors="surrogateescape", **more)


def on_terminal(*arguments, cwd=None, env=None, columns=100):
    """Runs the program on a terminal; returns exit code and everything it printed."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=cwd, stdin=slave, stdout=slave,
                               stderr=slave, close_fds=True,
                               env={**ENVIRONMENT, "TERM": "xterm-256color", **(env or {})})
    os.close(slave)
    output = b""
    while True:
        ready, _, _ = select.select([master], [], [], TIMEOUT)
        try:
            part = os.read(master, 65536) if ready else b""
        except OSError:  # the other end is closed
            part = b""
        if not part:
            break
        output += part
    os.close(master)
    return process.wait(TIMEOUT), output.decode("utf-8", "replace").replace("\r\n", "\n")


def columns_of(text):
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="admf-cli-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def write(self, name, content):
        path = self.dir / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def fails(self, code, *arguments, says=None, **more):
        """Expects `code`, a message on stderr and nothing on stdout; returns the message."""
        done = admf(*arguments, cwd=self.dir, **more)
        self.assertEqual(done.returncode, code, (arguments, done.stderr))
        self.assertEqual(done.stdout, "", arguments)
        self.assertIn("error: ", done.stderr)
        if says:
            self.assertIn(says, done.stderr)
        return done.stderr

    def works(self, *arguments, **more):
        done = admf(*arguments, cwd=self.dir, **more)
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return done.stdout


class Help(Case):
    def test_every_command(self):
        for command in COMMANDS:
            with self.subTest(command):
                text = self.works(command, "--help")
                self.assertTrue(text.startswith("Examples:\n  admf " + command), text)
                self.assertIn("\nUsage: admf " + command, text)
                self.assertIn("--help", text)
                self.assertLessEqual(max(map(len, text.splitlines())), 100)
                self.assertEqual(text, self.works(command, "-h"))
                self.assertEqual(text, self.works("help", command))

    def test_program(self):
        text = self.works("--help")
        self.assertTrue(text.startswith("Examples:"))
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command} +\w")
        self.assertEqual(text, self.works("help"))
        self.assertEqual(text, self.works("-h"))

    def test_nothing_given(self):
        done = admf()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("Usage: admf COMMAND", done.stderr)

    def test_version(self):
        self.assertRegex(self.works("--version"), r"^admf \d+\.\d+\S*\n$")
        self.works("--version", env={"ADMF_ISA": "nonsense"})

    def test_tests_options_are_hidden(self):
        self.assertNotIn("tile-bars", self.works("run", "--help"))

    def test_examples_name_options_that_exist(self):
        for command in COMMANDS:
            text = self.works(command, "--help")
            examples, _, rest = text.partition("\nUsage:")
            for option in re.findall(r"--[a-z-]+", re.sub(r"\| .*", "", examples)):
                self.assertIn(option, rest, command)


class Usage(Case):
    def test_suggestions(self):
        for arguments, meant in [
                (["rum"], "'run'"), (["chekc"], "'check'"), (["--hlep"], "'--help'"),
                (["--versoin"], "'--version'"), (["run", "--thread", "2", "x"], "'--threads'"),
                (["run", "--memroy=2G", "x"], "'--memory'"), (["top", "x", "--buy", "y"], "'--by'"),
                (["show", "x", "1", "--jason"], "'--json'"), (["list", "strategy"], "'strategies'"),
                (["list", "feature"], "'features'"),
                (["list", "strategies", "momentm"], "'momentum'"),
                (["trace", "x", "--comb=1"], "'--combo'")]:
            with self.subTest(arguments):
                self.fails(2, *arguments, says="did you mean " + meant)

    def test_not_built_does_not_exist(self):
        for command in ["report", "merge", "top ", ""]:
            self.fails(2, command, says="unknown command")
        self.fails(2, "run", "x.yaml", "--part", "1/2", says="unknown option '--part'")

    def test_mistakes_show_the_usage(self):
        for arguments in [
                ["check"], ["check", "a", "b"], ["plan"], ["run"], ["show"], ["show", "a"],
                ["show", "a", "1", "2"], ["trace", "a"], ["hash"],
                ["trace", "a", "--combo", "1", "--adaptive", "1"],
                ["trace", "a", "--adaptive", "combo_1"], ["list"], ["synth"], ["import"],
                ["list", "strategies", "a", "b"], ["schema", "x"], ["doctor", "x"],
                ["run", "a", "--threads"], ["run", "a", "--threads", "0"],
                ["run", "a", "--threads", "two"], ["run", "a", "--threads", "1.5"],
                ["run", "a", "--threads", "-1"], ["run", "a", "--threads="],
                ["run", "a", "--threads", "99999999999"], ["run", "a", "--threads", "9" * 30],
                ["run", "a", "-t", " 2"], ["run", "a", "--memory", "8"],
                ["run", "a", "--memory", "8GB"], ["run", "a", "--memory", "-8G"],
                ["run", "a", "--memory", "nanG"], ["run", "a", "--memory", "0x8G"],
                ["run", "a", "--memory", "99999999999T"], ["run", "a", "--memory", "0K"],
                ["run", "a", "--isa", "v5"], ["run", "a", "--isa", ""],
                ["run", "a", "--isa", "v2|v3"], ["run", "a", "--resume=yes"],
                ["run", "a", "-fx"], ["run", "a", "--resume", "--force"],
                ["run", "a", "--output", "--force"], ["run", "a", "--output="],
                ["run", "", "--force"], ["top", "a", "-n", "0"], ["top", "a", "-n"],
                ["top", "a", "-n", "-3"], ["show", "a", "seven"], ["show", "a", "combo_"],
                ["show", "a", "combo_-1"], ["show", "a", "combo_7x"], ["show", "a", "7.0"],
                ["trace", "a", "--combo", "x"], ["trace", "a", "--combo", "combo_" + "9" * 30],
                ["synth", "-o", "a.csv", "--bars", "0"], ["synth", "-o", "a.csv", "--price", "0"],
                ["synth", "-o", "a.csv", "--volatility", "inf"],
                ["synth", "-o", "a.csv", "--price", "1 2"], ["import", "a", "--columns", "x"],
                ["import", "a", "--columns", "=x"], ["import", "a", "--stamp", "middle"],
                ["import", "a", "--repair", "all"], ["check", "-x", "a"],
                ["check", "a", "--json=1"], ["run", "a", "--analytics="],
                ["runs", "a", "b"], ["runs", "--limit", "0"], ["runs", "--status", "ok"],
                ["runs", "--analytics", "off"], ["runs", "a", "--limit", "3"],
                ["runs", "--config"], ["runs", "a", "--config", "--json"]]:
            with self.subTest(arguments):
                self.assertIn("usage: admf " + arguments[0], self.fails(2, *arguments))
        self.assertEqual(list(self.dir.iterdir()), [])
        self.fails(2, "synth", "-o", "a.csv", "--bars", "9" * 20, says="99999999999999999999 is "
                   "too large; the largest is 18446744073709551615")
        self.fails(2, "run", "a", "--threads", "9" * 10, says="is too large; the largest is 2147")

    def test_double_dash_ends_options(self):
        self.fails(66, "check", "--", "--json")
        self.fails(66, "check", "-")


class Errors(Case):
    WRONG = """workflow:
  type: optimization
  base_pattern: full_backtest

strategies:
  - type: momentum
    parameters:
      signal_threshold: 0.01
      lookback_perod: [10, 20]
"""
    MESSAGE = ("error: unknown parameter 'lookback_perod' of strategy 'momentum'; did you mean "
               "'lookback_period'?\n")

    def place_of(self, text, word):
        """Checks that the last underline of `text` stands under `word`."""
        lines = text.splitlines()
        at = max(i for i, line in enumerate(lines) if re.match(r"^ *\| +\^~*$", line))
        mark, line = lines[at], lines[at - 1]
        first = mark.index("^")
        self.assertEqual(columns_of(line[:line.index(word)]), first, text)
        self.assertEqual(len(mark) - first, columns_of(word), text)
        return line

    def test_exact_text(self):
        self.write("sweep.yaml", self.WRONG)
        expected = ("sweep.yaml:9:7: " + self.MESSAGE +
                    "    9 |       lookback_perod: [10, 20]\n"
                    "      |       ^~~~~~~~~~~~~~\n"
                    "1 error\n")
        for command in ["check", "plan", "run"]:
            self.assertEqual(self.fails(78, command, "sweep.yaml"), expected)

    def test_all_errors_are_counted(self):
        self.write("sweep.yaml", self.WRONG.replace("type: optimization", "typ: optimization"))
        text = self.fails(78, "check", "sweep.yaml")
        self.assertEqual(text.count(": error: "), 2)
        self.assertTrue(text.endswith("\n2 errors\n"), text)

    def test_windows_line_ends_and_a_byte_order_mark(self):
        self.write("sweep.yaml", b"\xef\xbb\xbf" + self.WRONG.replace("\n", "\r\n").encode())
        text = self.fails(78, "check", "sweep.yaml")
        self.assertNotIn("\r", text)
        self.place_of(text, "lookback_perod")

    def test_every_line_end_of_yaml(self):
        for end in "\r", "\x85", "\u2028", "\u2029":
            for text in self.WRONG.replace("\n", end), self.WRONG.replace("\n", "\r\n" + end, 2), \
                    "# one line" + end + "# or two\n" + self.WRONG:
                self.write("sweep.yaml", text)
                said = self.fails(78, "check", "sweep.yaml")
                line = self.place_of(said, "lookback_perod")
                self.assertRegex(line, r"^ +\d+ \|       lookback_perod: \[10, 20\]$", repr(end))

    def test_market_data_have_line_feeds(self):
        """Whatever else stands in a row, and whether it is wrong or warned of."""
        for end in "\r", "\x85", "\u2028":
            self.write("x.csv", f"timestamp,close,note\n2024-01-02,1,a{end}b\n2024-01-03,x,c\n")
            said = self.fails(65, "import", "x.csv")
            self.assertIn("2024-01-03,x,c", said)
            self.assertIn("    2 | 2024-01-02,1,a", said)
            self.place_of(said, "x")

    def test_wide_characters_before_the_place(self):
        self.write("sweep.yaml", "strategies: [{type: momentum, name: bücher_日本語é, "
                                 "parameters: {lookback_perod: 3}}]\n")
        self.place_of(self.fails(78, "check", "sweep.yaml"), "lookback_perod")

    def test_tabs_before_the_place(self):
        self.write("sweep.yaml", "strategies: [{type:\tmomentum,\tparameters:\t\t"
                                 "{lookback_perod: 3}}]\n")
        text = self.fails(78, "check", "sweep.yaml")
        self.assertNotIn("\t", text)
        self.place_of(text, "lookback_perod")

    def test_long_lines_are_clipped_around_the_place(self):
        values = ", ".join(map(str, range(1, 20001)))
        self.write("sweep.yaml", "strategies: [{type: momentum, parameters: {lookback_period: ["
                   + values + "], lookback_perod: 3, signal_threshold: [" + values + "]}}]\n")
        text = self.fails(78, "check", "sweep.yaml")
        line = self.place_of(text, "lookback_perod")
        self.assertLess(len(line), 140)
        self.assertIn(" | ...", line)
        self.assertTrue(line.endswith("..."))

    def test_harmful_bytes_stay_harmless(self):
        for bad in [b"\x1b[31m", b"\x00", b"\xff\xfe", b"\x9b", b"\xe2\x80\xae", b"\x7f", b"\x07"]:
            with self.subTest(bad):
                self.write("sweep.yaml", b"strategies: [{type: momentum, x" + bad + b"y: 1}]\n")
                done = admf("check", "sweep.yaml", cwd=self.dir)
                self.assertEqual(done.returncode, 78, done.stderr)
                raw = done.stderr.encode("utf-8", "surrogateescape")
                self.assertEqual(raw.decode("utf-8"), done.stderr)
                for byte in "\x00\x1b\x07\x7f\x9b\u202e":
                    self.assertNotIn(byte, done.stderr)

    def test_missing_files(self):
        for command in ["check", "plan", "run"]:
            self.assertRegex(self.fails(66, command, "no.yaml"), r"^no\.yaml: error: ")
        self.fails(66, "check", ".")
        for arguments in [["top", "no.h5"], ["show", "no.h5", "1"], ["hash", "no.h5"],
                          ["trace", "no.h5", "--combo", "1"], ["import", "no.csv"]]:
            self.fails(66, *arguments, says="no.")

    def test_files_that_are_no_cubes(self):
        for content in [b"", b"hello\n", b"\x89HDF\r\n\x1a\n" + b"\0" * 100]:
            self.write("not.h5", content)
            self.fails(65, "top", "not.h5", says="not.h5")
            self.fails(65, "show", "not.h5", "1", says="not.h5")
            self.fails(65, "hash", "not.h5", says="not.h5")

    def test_market_data_errors_show_their_line(self):
        rows = "".join(f"2020-01-{day:02d},1,{'x' if day == 5 else 2},1,1,1\n"
                       for day in range(1, 31))
        self.write("bars.csv", "timestamp,open,high,low,close,volume\n" + rows)
        text = self.fails(65, "import", "bars.csv")
        self.assertIn("bars.csv:6:", text)
        self.assertIn("    6 | 2020-01-05,1,x,1,1,1\n", text)

    def test_the_first_20_of_many(self):
        rows = "".join(f"2020-01-{day:02d},1,1,1,-{day},1\n" for day in range(1, 31))
        self.write("bars.csv", "timestamp,open,high,low,close,volume\n" + rows)
        text = self.fails(65, "import", "bars.csv")
        self.assertEqual(text.count(": error: "), 20)
        self.assertTrue(text.endswith("\n20 of 30 errors shown\n"), text)

    def test_json(self):
        self.write("sweep.yaml", self.WRONG)
        done = admf("check", "--json", "sweep.yaml", cwd=self.dir)
        answer = json.loads(done.stdout)
        self.assertEqual((done.returncode, done.stderr), (78, ""))
        self.assertIs(answer["valid"], False)
        error = answer["errors"][0]
        self.assertEqual((error["line"], error["column"], error["length"]), (9, 7, 14))

    def test_colour_on_a_terminal_only(self):
        self.write("sweep.yaml", self.WRONG)
        self.assertNotIn("\033", admf("check", "sweep.yaml", cwd=self.dir).stderr)
        code, text = on_terminal("check", "sweep.yaml", cwd=self.dir)
        self.assertEqual(code, 78)
        self.assertIn("\033[", text)
        plain = re.sub("\033\\[[0-9;]*m", "", text)
        self.assertIn("sweep.yaml:9:7: " + self.MESSAGE, plain)
        for env in [{"NO_COLOR": "1"}, {"TERM": "dumb"}]:
            code, text = on_terminal("check", "sweep.yaml", cwd=self.dir, env=env)
            self.assertEqual((code, text), (78, plain))


class Catalogue(Case):
    def test_lists(self):
        for kind in KINDS:
            with self.subTest(kind):
                rows = json.loads(self.works("list", kind, "--json"))
                names = [row["name"] for row in rows]
                self.assertEqual(len(names), len(set(names)))
                lines = self.works("list", kind).splitlines()
                self.assertEqual([line.split()[0] for line in lines], names)
                for row in rows:
                    self.assertIn(row["name"], self.works("list", kind, row["name"]))
                    one = self.works("list", kind, row["name"], "--json")
                    self.assertEqual(json.loads(one), row)

    def test_keys_of_risk(self):
        rows = {row["name"]: row["kind"] for row in json.loads(self.works("list", "risk", "--json"))}
        self.assertEqual({rows[name] for name in ("size", "stop_loss", "max_drawdown", "reentry")},
                         {"sizing", "exit", "halt", "option"})
        validators = json.loads(self.works("list", "validators", "--json"))
        self.assertEqual([row["name"] for row in validators],
                         [name for name, kind in rows.items() if kind == "limit on orders"])
        self.assertIn("max_leverage", [row["name"] for row in validators])

    def test_a_metric(self):
        for name, says in (("sharpe", "none"), ("fees_paid", "currency"), ("trades", "whole")):
            text = self.works("list", "metrics", name)
            self.assertIn(says, text)
            self.assertIn(name, (ROOT / "docs" / "NUMERICS.md").read_text())
            self.assertIn("docs/NUMERICS.md", text)

    def test_parameters(self):
        momentum = json.loads(self.works("list", "strategies", "momentum", "--json"))
        period = momentum["parameters"][0]
        self.assertEqual((period["name"], period["type"], period["min"], period["default"]),
                         ("lookback_period", "int", 1, 20))
        self.assertRegex(self.works("list", "strategies", "momentum"),
                         r"lookback_period +whole number +1 to 100000 +20 +bars")

    def test_schema(self):
        schema = json.loads(self.works("schema"))
        self.assertIn("$schema", schema)
        self.assertTrue(self.works("schema", "--markdown").strip())

    def test_doctor(self):
        found = json.loads(self.works("doctor", "--json"))
        self.assertIn(found["isa"]["chosen"], found["isa"]["found"])
        self.assertGreaterEqual(found["threads"], 1)
        self.assertIn(found["version"], self.works("doctor"))
        self.assertIn("HDF5", self.works("doctor"))


class Outputs(Case):
    """Results that cannot be delivered."""

    def test_full_disk(self):
        for arguments in [["--help"], ["--version"], ["run", "--help"], ["list", "features"],
                          ["doctor"], ["schema"], ["list", "metrics", "--json"],
                          LONG]:
            with open("/dev/full", "w") as full:
                done = admf(*arguments, stdout=full)
            self.assertEqual(done.returncode, 74, arguments)
            self.assertIn("cannot write to standard output: No space left", done.stderr)

    def test_files_that_may_not_be_so_large(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
        for arguments in [["synth", "-o", "a.csv"], ["synth", "-o", "a.h5"],
                          ["run", LONG[1], "-o", "c.h5"]]:
            self.fails(74, *arguments, preexec_fn=limited, says="File too large")
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_another_run_is_not_taken_for_what_could_not_be_made(self):
        """The same with any number of threads, though more than one begin before there is a file."""
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
        other = self.dir / "c.h5.partial"
        other.write_bytes(b"of another run")
        told = {self.fails(74, "run", LONG[1], "-o", "c.h5", "--force", "--analytics", "off",
                           "--threads", str(threads), preexec_fn=limited, says="File too large")
                for threads in (1, 2, 3)}
        self.assertEqual(len(told), 1, told)
        self.assertNotIn("--resume", told.pop())
        self.assertEqual(other.read_bytes(), b"of another run")
        self.assertEqual(list(self.dir.iterdir()), [other])

    def test_what_does_not_fit_at_the_end_is_not_lost(self):
        """The cube of this is larger than what is there while it runs."""
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (450000, 450000))
        walk = ["run", ROOT / "configs/walk_forward.yaml", "-o", "w.h5"]
        self.fails(74, *walk, preexec_fn=limited,
                   says="w.h5.new: error: cannot write: File too large; what is finished is kept, "
                        "--resume goes on with it\n")
        self.assertEqual([p.name for p in self.dir.iterdir()], ["w.h5.partial"])
        self.fails(74, *walk, "--resume", preexec_fn=limited, says="--resume goes on with it\n")
        self.works(*walk, "--resume")

    def test_closed_output(self):
        for descriptor in (1, 0, 2):
            done = subprocess.run(["/bin/sh", "-c", f'exec "$0" list metrics {descriptor}>&-',
                                   PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 74 if descriptor == 1 else 0)

    def test_reader_that_leaves(self):
        for arguments in [["list", "features"], ["schema"], LONG]:
            reader, writer = os.pipe()
            os.close(reader)
            done = admf(*arguments, stdout=writer)
            os.close(writer)
            self.assertEqual((done.returncode, done.stderr), (74, ""), arguments)


class Sweep(Case):
    """The shipped example, from check to trace."""

    @classmethod
    def setUpClass(cls):
        cls.work = Path(tempfile.mkdtemp(prefix="admf-cli-sweep-"))
        cls.cube = cls.work / "sweep.h5"
        cls.ran = admf("run", CONFIG, "-o", cls.cube)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work, ignore_errors=True)

    def setUp(self):
        super().setUp()
        self.assertEqual(self.ran.returncode, 0, self.ran.stderr)

    def test_check_and_plan(self):
        self.assertEqual(self.works("check", CONFIG), f"{CONFIG}: valid\n")
        self.assertIs(json.loads(self.works("check", CONFIG, "--json"))["valid"], True)
        plan = json.loads(self.works("plan", CONFIG, "--json"))
        self.assertEqual(plan["combinations"], 24)
        self.assertIn("24", self.works("plan", CONFIG))
        self.assertIn("\nperiods     SP500: 252 bars a year; equity of every bar, "
                      "252 samples a year\n", self.works("plan", CONFIG))
        hourly = json.loads(self.works("plan", ROOT / "configs" / "intraday.yaml", "--json"))
        self.assertEqual(hourly["symbols"][0]["sampling"], "day")
        self.assertGreater(hourly["symbols"][0]["bars_outside"], 0)
        self.assertRegex(self.works("plan", ROOT / "configs" / "intraday.yaml"),
                         r"\ndata        EURUSD: .*; \d+ outside of the session, left out\n")

    def test_forms_of_options(self):
        def plan(*form):
            found = json.loads(self.works("plan", "--json", *form, "--", CONFIG))
            return {k: v for k, v in found.items() if not re.search("second|time|available", k)}
        expected = plan("--threads", "2", "--memory", "1G")
        for form in [["--threads=2", "--memory=1G"], ["-t", "2", "-m", "1024M"],
                     ["-t2", "-m1g"], ["--threads", "7", "--threads", "2", "--memory", "0.5G",
                                       "--memory=1048576K"]]:
            self.assertEqual(plan(*form), expected)

    def test_end_of_a_run(self):
        text = self.ran.stdout
        self.assertIn("shipped sample", text)
        self.assertRegex(text, r"(?m)^combo_\d+ .*momentum\[lookback_period=")
        self.assertRegex(text, r"(?m)^cube +.*sweep\.h5$")
        digest = re.search(r"(?m)^digest +([0-9a-f]{16})$", text).group(1)
        self.assertRegex(text, r"24 combinations in .*combination-bars/s, peak memory \d")
        self.assertEqual(self.works("hash", self.cube), digest + "\n")
        answer = json.loads(self.works("hash", self.cube, "--json"))
        self.assertEqual(list(answer.values()), [digest])
        self.assertNotIn("\033", text + self.ran.stderr)

    def test_a_cube_runs_again_from_itself(self):
        digest = re.search(r"(?m)^digest.*$", self.ran.stdout).group()
        self.assertIn("\n" + digest + "\n", self.works("run", self.cube, "-o", "again.h5"))
        self.assertIn("\n" + digest + "\n", self.works("run", "again.h5", "-o", "third.h5"))

    def test_what_is_undefined_looks_the_same_in_all_columns(self):
        self.write("bad.yaml", "strategies: [{type: buy_and_hold}]\n"
                   "portfolio: {size: 1e300, leverage: 1e300}\n")  # overflows: invalid
        for text in self.works("run", "bad.yaml"), self.works("top", "bad.h5"):
            self.assertNotIn("nan", text)
            self.assertRegex(text, r"(?m)^combo_0 +buy_and_hold( +-){4,}")

    def test_where_a_cube_cannot_be(self):
        self.fails(74, "run", CONFIG, "-o", "nowhere/a.h5",
                   says="nowhere/a.h5: error: cannot create a file in nowhere: No such file")
        self.write("plain", "a file")
        self.fails(74, "run", CONFIG, "-o", "plain/a.h5", says="plain is no directory")

    def test_json_tells_the_errors_too(self):
        """Of every command that may have several, the same as on standard error."""
        self.write("bad.yaml", "strategies: [{type: momentun}]\nrisk: {stop_loss: 2}\n")
        self.write("bad.csv", "timestamp,close\n" + "2020-01-01,0\n" * 25)
        for code, command, count in ((78, ("check", "bad.yaml"), 2), (78, ("plan", "bad.yaml"), 2),
                                     (78, ("run", "bad.yaml"), 2), (65, ("import", "bad.csv"), 25),
                                     (66, ("run", "no.yaml"), 1), (66, ("plan", "no.yaml"), 1)):
            done = admf(*command, "--json", cwd=self.dir)
            self.assertEqual(done.returncode, code, (command, done.stderr))
            answer = json.loads(done.stdout)
            self.assertEqual(answer.get("status", code), code)
            self.assertEqual((answer["error_count"], answer["warnings"]), (count, []))
            self.assertEqual(len(answer["errors"]), min(count, 20))
            self.assertEqual({e["code"] for e in answer["errors"]}, {code})
            if command[0] != "check":
                for error in answer["errors"]:
                    self.assertIn(error["message"], done.stderr)
        place = json.loads(admf("plan", "bad.yaml", "--json", cwd=self.dir).stdout)["errors"][0]
        self.assertEqual((place["file"], place["line"], place["column"]), ("bad.yaml", 1, 21))
        answer = json.loads(self.works("run", CONFIG, "-o", "good.h5", "--json"))
        self.assertEqual((answer["status"], answer["errors"]), (0, []))

    def test_an_input_is_never_replaced(self):
        """Not even by force: neither the configuration nor what it reads, under any name."""
        text = "data: [{symbol: S, path: s.csv}]\nstrategies: [{type: buy_and_hold}]\n"
        self.write("mine.yaml", text)
        self.works("synth", "-o", "s.csv", "--bars", "50")
        bars = (self.dir / "s.csv").read_text()
        os.symlink("s.csv", self.dir / "link.h5")
        for output, code, what in (("mine.yaml", 2, "the configuration itself"),
                                   ("s.csv", 2, "the market data of 'S'"),
                                   ("link.h5", 2, "the market data of 'S'")):
            self.fails(code, "run", "mine.yaml", "-o", output, "--force", says=what)
        self.write("own.yaml", text + "output: {path: s.csv}\n")
        self.fails(78, "run", "own.yaml", "--force", says="the market data of 'S'")
        for ending in ".making", ".partial", ".partial.lock", ".new":
            os.link(self.dir / "s.csv", self.dir / f"data.h5{ending}")
            os.link(self.dir / "mine.yaml", self.dir / f"mine.h5{ending}")
            self.fails(2, "run", "mine.yaml", "-o", "data.h5", "--force", says="the market data of 'S'")
            self.fails(2, "run", "mine.yaml", "-o", "mine.h5", "--force", says="the configuration itself")
            os.unlink(self.dir / f"data.h5{ending}")
            os.unlink(self.dir / f"mine.h5{ending}")
        self.assertEqual((self.dir / "mine.yaml").read_text(), text)
        self.assertEqual((self.dir / "s.csv").read_text(), bars)
        self.assertTrue((self.dir / "link.h5").is_symlink())
        self.works("run", "mine.yaml", "-o", "again.h5")
        self.works("run", "again.h5", "-o", "again.h5", "--force")  # keeps its configuration
        for ending in ".making", ".partial", ".partial.lock", ".new":
            os.link(self.dir / "again.h5", self.dir / f"other.h5{ending}")
            self.fails(2, "run", f"other.h5{ending}", "-o", "other.h5", "--force", says="the configuration itself")
            os.unlink(self.dir / f"other.h5{ending}")

    def test_links_stay_links(self):
        """What a link points to is written, there already or not; never half of it."""
        (self.dir / "elsewhere").mkdir()
        self.write("one.yaml", "strategies: [{type: momentum}]\n")
        self.write("two.yaml", "workflow: {type: train_test}\nwindows: {split: 0.5}\n"
                   "strategies: [{type: momentum}]\n")

        def link(name):
            os.symlink("elsewhere/" + name, self.dir / name)
            return name

        link("two.test.h5")
        for command in (["synth", "--bars", "50", "-o", link("s.csv")],
                        ["import", "s.csv", "-o", link("s.h5")],
                        ["run", "one.yaml", "-o", link("one.h5")],
                        ["signals", "one.yaml", "-o", link("one.signals.h5")],
                        ["run", "two.yaml", "-o", "two.h5"]):
            self.works(*command, "--force")  # there is nothing yet where it leads
            self.works(*command, "--force")
        self.works("trace", "one.h5", "--combo", "0", "-o", link("t.jsonl"), "--force")
        for name in "s.csv", "s.h5", "one.h5", "one.signals.h5", "two.test.h5", "t.jsonl":
            self.assertTrue((self.dir / name).is_symlink(), name)
            self.assertGreater((self.dir / "elsewhere" / name).stat().st_size, 0)
        self.assertEqual(len(list((self.dir / "elsewhere").iterdir())), 6)
        self.fails(74, "run", "one.yaml", "-o", "/dev/stdout", says="/dev/stdout")

    def test_the_result_of_a_workflow(self):
        answer = json.loads(self.works("run", CONFIG, "-o", "a.h5", "--json"))
        self.assertRegex(answer["correlation_id"], r"^workflow_\d{8}_\d{6}_[0-9a-f]{8}$")
        self.assertEqual(answer["pattern"], "auto_stateless_optimization")
        (phase,) = answer["phases"]
        self.assertEqual((phase["status"], phase["combinations"]), (0, 24))
        self.assertTrue(phase["cube"].endswith("a.h5"))
        self.assertRegex(phase["digest"], r"^[0-9a-f]{16}$")
        trace = self.works("trace", "a.h5", "--combo", "0", "--types", "SUMMARY")
        self.assertIn(answer["correlation_id"], trace)

    def test_threads_sleep_soon_unless_told_otherwise(self):
        """The runtime of OpenMP says what it read, the last time after the program's own start."""
        compiler = json.loads(self.works("doctor", "--json"))["compiler"]
        waits, short = (("KMP_BLOCKTIME", "1") if compiler.startswith("clang")
                        else ("GOMP_SPINCOUNT", "10000"))
        for said, soon in ((None, True), ("active", False)):
            env = {"OMP_DISPLAY_ENV": "verbose", **({"OMP_WAIT_POLICY": said} if said else {})}
            done = admf("run", CONFIG, "-o", "s.h5", "--force", cwd=self.dir, env=env)
            self.assertEqual(done.returncode, 0, done.stderr)
            spins = re.findall(rf"{waits} ?= ?'(\w+)'", done.stderr)
            self.assertEqual(spins[-1] == short, soon, spins)

    def test_objective(self):
        self.write("objective.yaml", "workflow: {objective: calmar}\nstrategies:\n"
                   "  - {type: momentum, parameters: {lookback_period: [10, 20]}}\n")
        self.assertIn("\nBest by calmar:\n", self.works("run", "objective.yaml"))
        self.assertEqual(json.loads(self.works("run", "objective.yaml", "--force", "--json"))
                         ["phases"][0]["best_by"], "calmar")

    def test_windows_of_the_best(self):
        self.write("split.yaml", "strategies:\n  - {type: momentum, parameters: {lookback_period: "
                   "[10, 20]}}\nwindows: {split: 0.7}\n")
        text = self.works("run", "split.yaml")
        self.assertRegex(text, r"(?m)^combination +window +strategy ")
        self.assertEqual(sorted(re.findall(r"(?m)^(combo_\d) +(\w+) ", text)),
                         [(f"combo_{c}", w) for c in (0, 1) for w in ("test", "train")])
        best = json.loads(self.works("run", "split.yaml", "--force", "--json"))["phases"][0]["best"]
        self.assertEqual([row["window"] for row in best], re.findall(r"(?m)^combo_\d +(\w+)", text))
        self.assertNotIn("  window  ", self.ran.stdout)

    def test_symbol_and_window_of_the_best(self):
        """One line shows where it is from even where all of them are from there."""
        data = "".join(f"  - {{symbol: {s}, path: {ROOT}/data/sp500_daily.csv, {at}}}\n"
                       for s, at in (("A", "end: 2004-12-31"), ("B", "start: 2005-01-01")))
        self.write("two.yaml", "workflow: {type: monte_carlo, n: 1, paths: 9, window: test}\n"
                   f"data:\n{data}strategies:\n  - {{type: momentum, parameters: {{"
                   "lookback_period: 10}}\nwindows: {split: 0.7}\n")
        text = self.works("run", "two.yaml")
        self.assertRegex(text, r"(?m)^combination +symbol +window +strategy ")
        self.assertRegex(text, r"(?m)^combination +symbol +window +losing ")

    def test_what_was_finished_before_has_no_rate(self):
        self.write("once.yaml", "workflow: {type: train_test}\nstrategies: [{type: buy_and_hold}]\n"
                   "windows: {split: 0.7}\n")
        self.assertEqual(self.works("run", "once.yaml").count(" combination-bars/s"), 2)
        again = self.works("run", "once.yaml", "--resume")
        self.assertEqual(again.count("done     1 combination, all found finished, in "), 2, again)
        self.assertNotIn("combination-bars/s", again)
        for phase in json.loads(self.works("run", "once.yaml", "--resume", "--json"))["phases"]:
            self.assertEqual(phase["combination_bars_found"], phase["combination_bars"])

    def test_nothing_to_inherit(self):
        for word, limit, asked in (("sharpe", "", "sharpe\n"),
                                   ("sharpe", ", min_trades: 1", "sharpe and 1 trade or more\n"),
                                   ("calmar", ", min_trades: 9", "calmar and 9 trades or more\n")):
            self.write("none.yaml", f"workflow: {{type: train_test, objective: {word}{limit}}}\n"
                       "strategies: [{type: momentum, parameters: {signal_threshold: 50}}]\n"
                       "windows: {split: 0.7}\n")
            self.fails(78, "run", "none.yaml", "--force", says="none.yaml:3:10: error: phase 'test' "
                       f"inherits nothing: no combination of 'train' has a {asked}")

    def test_plan_shows_the_window_of_a_phase(self):
        self.write("phases.yaml", "workflow: {type: train_test}\n"
                   "strategies: [{type: momentum}]\nwindows: {split: 0.7}\n")
        text = self.works("plan", "phases.yaml")
        self.assertEqual(re.findall(r"(?m)^windows +(\w+: \d+ bars), ", text),
                         ["train: 3521 bars", "test: 1510 bars"])
        self.write("all.yaml", "strategies: [{type: momentum}]\n")
        self.assertNotIn("windows", self.works("plan", "all.yaml"))

    def test_limits_of_resources(self):
        one = "strategies: [{type: momentum}]\n"
        self.write("one.yaml", one)
        self.write("isa.yaml", one + "resources: {isa: %s}\n" % (
            "v2" if platform.machine() == "aarch64" else "neon"))
        for command in ["plan"], ["trace", "--combo", "0"]:
            self.fails(78, *command, "isa.yaml",
                       says="isa.yaml:2:18: error: this machine cannot run")
        self.fails(2, "run", "one.yaml", "--threads", "70000", says="must be in [1, 1024]")

    def test_more_than_a_cube_can_hold(self):
        self.write("huge.yaml", "strategies: [{type: momentum, parameters: {"
                   "lookback_period: {start: 1, stop: 100, step: 1},"
                   " signal_threshold: {linspace: [0.001, 1, 100]}}}]\n"
                   "risk: {stop_loss: {linspace: [0.01, 0.1, 100]},"
                   " take_profit: {linspace: [0.01, 0.1, 100]}}\n"
                   "execution: {fee_rate: {linspace: [0, 0.01, 400]},"
                   " slippage: {linspace: [0, 0.01, 400]}}\n")
        for command in "plan", "run":
            self.fails(78, command, "huge.yaml", says="huge.yaml:3:12: error: 16000000000000 "
                       "combinations are more than a cube can hold; use fewer execution models")

    def test_ids_of_kept_combinations(self):
        self.write("kept.yaml", "strategies: [{type: momentum}]\noutput: {keep: [0, 5]}\n")
        for command in "check", "plan", "run":
            self.fails(78, command, "kept.yaml",
                       says="kept.yaml:2:16: error: 'keep' names combination 5; there are 1,")

    def test_every_combination_that_is_not_there_is_told(self):
        self.write("none.yaml", "workflow:\n  combinations: [0, 3]\n  regime_choice:\n"
                   "    - {symbol: SP500, label: up, combo: 1}\n"
                   "    - {symbol: SP500, label: down, combo: 2}\n"
                   "strategies: [{type: momentum}]\nclassifiers: [{type: trend}]\n"
                   "output: {keep: [4]}\n")
        done = admf("check", "none.yaml", cwd=self.dir)
        self.assertEqual(re.findall(r"none.yaml:(\d):\d+: error: '\w+' names combination (\d)",
                                    done.stderr), [("2", "3"), ("4", "1"), ("5", "2"), ("8", "4")])

    def test_results_are_not_replaced_unasked(self):
        before = self.cube.read_bytes()
        text = self.fails(admf("run", CONFIG, "-o", self.cube).returncode, "run", CONFIG, "-o",
                          self.cube, says="--force")
        self.assertIn("sweep.h5", text)
        self.assertEqual(self.cube.read_bytes(), before)

    def test_force_and_json(self):
        answer = json.loads(self.works("run", CONFIG, "-o", "a.h5", "--json"))
        self.assertEqual(answer["status"], 0)
        self.assertIs(answer["sample_data"], True)
        self.assertEqual(answer["phases"][0]["combinations"], 24)
        self.works("run", CONFIG, "-o", "a.h5", "--force")

    def test_top(self):
        text = self.works("top", self.cube)
        self.assertIn("24 combinations tried", text)
        self.assertEqual(len(re.findall(r"(?m)^combo_\d+", text)), 20)
        best = json.loads(self.works("top", self.cube, "--json", "-n5"))
        self.assertEqual((best["tried"], len(best["best"]), best["by"]), (24, 5, "sharpe"))
        sharpe = [row["sharpe"] for row in best["best"]]
        self.assertEqual(sharpe, sorted(sharpe, reverse=True))
        first = best["best"][0]
        self.assertIn("momentum__lookback_period", first["parameters"])
        self.fails(2, "top", self.cube, "--by", "sharp", says="did you mean 'sharpe'")
        self.fails(2, "top", self.cube, "--symbol", "NOSUCH", says="no symbol 'NOSUCH'")
        same = json.loads(self.works("top", self.cube, "--json", "-n", 5, "--symbol",
                                     first["symbol"], "--window", first["window"]))
        self.assertEqual(same, best)
        some = json.loads(self.works("top", self.cube, "--json", "--where",
                                     "momentum__lookback_period == 10"))
        self.assertEqual({r["parameters"]["momentum__lookback_period"] for r in some["best"]}, {10})
        self.assertEqual(some["tried"], 24)
        few = ["top", self.cube, "-n", 2, "--where", "sharpe > -9", "--min-trades"]
        self.assertIn("\n24 combinations tried, the best 2 by sharpe shown, of those with 1 trade or "
                      "more and for which sharpe > -9\n", self.works(*few, 1))
        self.assertEqual(self.works(*few, 10**9), "24 combinations tried, none with 1000000000 "
                         "trades or more and for which sharpe > -9\n")

    def test_top_by_status(self):
        self.write("fates.yaml", "strategies: [{type: momentum, parameters: "
                   "{signal_threshold: [0.01, 5]}}]\nrisk: {stop_loss: [off, 0.05]}\n")
        self.works("run", "fates.yaml")
        for where, expected in (("status == 'no_trades'", {2, 3}), ("status != 'no_trades'", {0, 1}),
                                ("status == 'bankrupt'", set()),
                                ("status == 'ok' and risk__stop_loss < 1", {1})):
            best = json.loads(self.works("top", "fates.h5", "--json", "--where", where))["best"]
            self.assertEqual({row["combo"] for row in best}, expected, where)
        self.fails(2, "top", "fates.h5", "--where", "status == ok", says="a word stands in quotes")
        self.fails(2, "top", "fates.h5", "--where", "risk__stop_loss == off",
                   says="risk_name == 'risk[stop_loss=off]'")

    def test_top_by_any_word(self):
        """No letter of a name is taken for something else."""
        names = ["A|B", "A", "B", "|", "a b"]
        self.write("names.yaml", "data:\n" + "".join(
            f"  - {{symbol: '{name}', path: {ROOT}/data/eurusd_hourly.csv}}\n" for name in names)
            + "strategies: [{type: momentum}]\n")
        self.works("run", "names.yaml", "-o", "names.h5")
        for name in names:
            best = json.loads(self.works("top", "names.h5", "--json", "--where",
                                         f"symbol == '{name}'"))["best"]
            self.assertEqual([row["symbol"] for row in best], [name])

    def test_top_shows_what_is_wrong_in_a_condition(self):
        self.assertEqual(
            self.fails(2, "top", self.cube, "--where", "sharpe > 1 and sharp < 2"),
            "--where:1:16: error: unknown name 'sharp' in the condition; did you mean 'sharpe'?\n"
            "    1 | sharpe > 1 and sharp < 2\n"
            "      |                ^~~~~\n")
        self.assertEqual(
            self.fails(2, "top", self.cube, "--where", "sharpe > 1 and\n  trades >"),
            "--where:2:11: error: the condition ends too early; expected a name, a number, "
            "'a word' or '('\n"
            "    2 |   trades >\n"
            "      |           ^\n")

    def test_top_tells_skill_from_luck(self):
        """The deflated Sharpe ratio (Bailey and López de Prado 2014) from what the program shows."""
        answer = json.loads(self.works("top", self.cube, "--json", "-n", 24))
        (series,) = answer["series"]
        self.assertEqual((answer["trials"], answer["not_deflated"]), (24, None))
        cells = {row["combo"]: json.loads(self.works("show", self.cube, row["combo"], "--json"))
                 ["metrics"] for row in answer["best"]}
        normal, n, gamma = statistics.NormalDist(), 24, 0.5772156649015329
        maximum = statistics.stdev(c["sharpe"] for c in cells.values()) * (
            (1 - gamma) * normal.inv_cdf(1 - 1 / n) + gamma * normal.inv_cdf(1 - 1 / (n * math.e)))
        self.assertAlmostEqual(answer["expected_maximum_sharpe"], maximum, 9)
        for row in answer["best"]:
            cell = cells[row["combo"]]
            g, g0 = cell["sharpe"] / 252 ** 0.5, maximum / 252 ** 0.5
            spread = 1 - cell["skew"] * g + (cell["kurtosis"] - 1) / 4 * g * g
            self.assertAlmostEqual(row["deflated_sharpe"],
                                   normal.cdf((g - g0) * (5031 - 1) ** 0.5 / spread ** 0.5), 9)
        best = answer["best"][0]
        names = ("momentum__lookback_period", "momentum__signal_threshold", "hmm__lookback_days")
        near = [row["sharpe"] / best["sharpe"] for row in answer["best"] if
                row["parameters"]["hmm__model_type"] == best["parameters"]["hmm__model_type"] and
                sorted(row["parameters"][n] == best["parameters"][n] for n in names) ==
                [False, True, True]]  # 20 is next to 10 and 30, and the others have two values
        self.assertEqual(best["neighbours"], {
            "count": 4, "median": statistics.median(near),
            "half_as_good": sum(q >= 0.5 for q in near) / 4})
        overfitting = series["overfitting"]
        self.assertEqual((overfitting["splits"], overfitting["blocks"], overfitting["compared"],
                          overfitting["missing"]), (12870, 16, 24, None))
        self.assertTrue(0 <= overfitting["probability"] <= 1)
        text = self.works("top", self.cube)
        self.assertRegex(text, r"deflated .* best of 24 trials without skill")
        self.assertRegex(text, r"overfitting +0\.\d{4}: .* 12870 ways .* 16 blocks")

    def test_top_says_what_cannot_be_told(self):
        grid = "strategies: [{type: momentum, parameters: {lookback_period: %s}}]\n"
        select = "metrics: {select: [sharpe, volatility, trades], blocks: 3}\n"
        for text, says in ((grid % "[10, 20]" + "metrics: {blocks: 0}\n", "metrics: blocks is 0"),
                           (grid % 20, "two combinations"), (grid % "[10, 20]" + select, "'skew'")):
            self.write("luck.yaml", text)
            self.works("run", "luck.yaml", "-o", "luck.h5", "--force")
            answer = json.loads(self.works("top", "luck.h5", "--json"))
            self.assertIn(says, answer["not_deflated"])
            overfitting = answer["series"][0]["overfitting"]
            self.assertIsNone(overfitting["probability"])
            self.assertIn("four blocks" if "select" in text else says, overfitting["missing"])
            self.assertIsNone(answer["best"][0]["deflated_sharpe"])
            shown = self.works("top", "luck.h5")
            self.assertRegex(shown, r"deflated +not available: .*" + re.escape(says))
            self.assertRegex(shown, r"overfitting +not available: ")
            self.assertEqual(bool(re.search(r"(?m)^neighbours +not available", shown)),
                             "[10, 20]" not in text)

    def test_top_of_several_symbols_counts_all_trials(self):
        self.write("both.yaml", f"""
data:
  - {{symbol: SP500, path: {ROOT}/data/sp500_daily.csv, start: 2014-01-01}}
  - {{symbol: EURUSD, path: {ROOT}/data/eurusd_hourly.csv}}
strategies: [{{type: momentum, parameters: {{lookback_period: [5, 10, 20],
                                              signal_threshold: 0.001}}}}]
""")
        self.works("run", "both.yaml", "-o", "both.h5")
        both = json.loads(self.works("top", "both.h5", "--json"))
        one = json.loads(self.works("top", "both.h5", "--json", "--symbol", "EURUSD"))
        self.assertEqual((both["trials"], one["trials"]), (6, 3))
        self.assertEqual([s["symbol"] for s in both["series"]], ["SP500", "EURUSD"])
        (alone,) = one["series"]
        self.assertEqual(alone, both["series"][1])
        spread = statistics.stdev(row["sharpe"] for row in both["best"])
        self.assertLess(spread, both["expected_maximum_sharpe"])
        self.assertGreater(2 * spread, both["expected_maximum_sharpe"])
        self.assertRegex(self.works("top", "both.h5"), r"overfitting +\S+ in EURUSD, all: ")

    def test_show(self):
        text = self.works("show", self.cube, "combo_7")
        self.assertTrue(text.startswith("combo_7\n"))
        cell = json.loads(self.works("show", self.cube, "7", "--json"))
        self.assertEqual(cell["combo"], 7)
        self.assertGreater(len(cell["metrics"]), 30)
        for name, value in {**cell["metrics"], **cell["parameters"]}.items():
            number = re.search(rf"(?m)^  {name} +(\S+)", text).group(1)
            if isinstance(value, (int, float)):
                self.assertEqual(float(number), value, name)
        for wrong in ["24", "combo_24", "18446744073709551615"]:
            self.fails(2, "show", self.cube, wrong, says="combo_0 to combo_23")

    def test_trace(self):
        text = self.works("trace", self.cube, "--combo", "combo_7")
        events = [json.loads(line) for line in text.splitlines()]
        self.assertEqual(events[-1]["type"], "SUMMARY")
        done = admf("trace", self.cube, "--combo=7", "-o", "t.jsonl", cwd=self.dir)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("the summary equals combo_7 of", done.stderr)
        self.assertNotIn("equals", admf("trace", CONFIG, "--combo", "7").stderr)
        written = [json.loads(line) for line in (self.dir / "t.jsonl").read_text().splitlines()]
        self.assertEqual(len(written), len(events))
        self.assertEqual([p.name for p in self.dir.iterdir()], ["t.jsonl"])
        fills = self.works("trace", CONFIG, "--combo", "7", "--types", "FILL")
        self.assertLessEqual({json.loads(l)["type"] for l in fills.splitlines()},
                             {"FILL", "SUMMARY"})
        done = admf("trace", self.cube, "--combo", "24")
        self.assertIn(done.returncode, (2, 78))
        self.assertIn("23", done.stderr)
        self.fails(2, "trace", self.cube, "--combo", 1, "-o", self.cube, says="is traced")
        self.fails(2, "trace", self.cube, "--combo", 1, "--from", "2021-01-01", "--to",
                   "2020-01-01", says="--from 2021-01-01 is after --to 2020-01-01")

    def test_a_trace_replaces_nothing_unless_told(self):
        trace = ["trace", self.cube, "--combo", "7", "--types", "SUMMARY", "-o"]
        for name in "t.jsonl", "notes.txt":
            self.write(name, "mine")
            self.fails(74, *trace, name, says=f"{name}: error: the file exists; --force replaces it")
            self.assertEqual((self.dir / name).read_text(), "mine")
        self.write("t.jsonl.partial", "of a run that is not over")
        self.works(*trace, "t.jsonl", "--force")
        self.works(*trace, "new.jsonl")
        self.works(*trace, "new.jsonl", "-f")
        self.assertIn('"SUMMARY"', (self.dir / "t.jsonl").read_text())
        self.assertEqual((self.dir / "t.jsonl.partial").read_text(), "of a run that is not over")
        (self.dir / "folder").mkdir()
        self.fails(74, *trace, "folder", "--force", says="is a directory")
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()),
                         ["folder", "new.jsonl", "notes.txt", "t.jsonl", "t.jsonl.partial"])

    def test_a_trace_replaces_no_input(self):
        """Not even by force: what is read of a configuration, by itself or by its cube."""
        self.works("synth", "-o", "bars.csv", "--bars", "500")
        self.works("import", "bars.csv", "-o", "bars.h5")
        self.write("bars.jsonl.writing", (self.dir / "bars.csv").read_bytes())
        text = "strategies: [{type: momentum}]\ndata:\n"
        for name in "bars.csv", "bars.h5", "bars.jsonl.writing":
            text += f"  - {{symbol: {name[4:].replace('.', '').upper()}, path: {name}}}\n"
        self.write("mine.yaml", text)
        self.works("run", "mine.yaml", "-o", "mine.h5")
        os.symlink("bars.h5", self.dir / "link")
        before = {p.name: p.read_bytes() for p in self.dir.iterdir()}
        for traced in "mine.yaml", "mine.h5":
            for output, says in (("bars.csv", "is market data that is read"),
                                 ("link", "is market data that is read"),
                                 ("bars.jsonl", "is market data that is read"),
                                 (traced, "is the file that is traced")):
                self.fails(2, "trace", traced, "--combo", "0", "-o", output, "--force", says=says)
        self.assertEqual({p.name: p.read_bytes() for p in self.dir.iterdir()}, before)

    def test_a_trace_to_a_path_that_is_too_long(self):
        deep = self.dir / "/".join(["d" * 200] * 6)
        deep.mkdir(parents=True)
        self.fails(74, "trace", self.cube, "--combo", "7", "-o", deep / "t.jsonl",
                   says="the path of the file is too long")
        self.fails(74, "run", CONFIG, "-o", deep / "c.h5", says="the path of the cube is too long")
        self.assertEqual([p for p in self.dir.rglob("*") if not p.is_dir()], [])

    def test_a_trace_that_differs_from_its_cube_is_kept(self):
        self.write("one.yaml", "strategies: [{type: momentum}]\n"
                               "data: [{symbol: S, path: bars.csv}]\n")
        self.works("synth", "-o", "bars.csv", "--bars", "500")
        self.works("run", "one.yaml")
        self.works("synth", "-o", "bars.csv", "--bars", "500", "--seed", "2", "--force")
        done = admf("trace", "one.h5", "--combo", "0", "-o", "t.jsonl", cwd=self.dir)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('"SUMMARY"', (self.dir / "t.jsonl").read_text())

    def test_a_trace_into_a_named_pipe(self):
        os.mkfifo(self.dir / "pipe")
        process = subprocess.Popen([PROGRAM, "trace", self.cube, "--combo", "7", "-o", "pipe"],
                                   cwd=self.dir, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        lines = (self.dir / "pipe").read_text().splitlines()
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertEqual(json.loads(lines[-1])["type"], "SUMMARY")
        self.assertEqual([p.name for p in self.dir.iterdir()], ["pipe"])

    def test_traces_of_several_symbols_and_of_stored_precision(self):
        """A trace of a cube fails where a bit of its summary is not the cell's."""
        self.write("two.yaml", f"""
data:
  - {{symbol: SP500, path: {ROOT}/data/sp500_daily.csv, start: 2014-01-01}}
  - {{symbol: EURUSD, path: {ROOT}/data/eurusd_hourly.csv, session: "07:00-19:00"}}
strategies: [{{type: ema_crossover, parameters: {{fast_period: [5, 10]}}}}]
classifiers:
  - {{type: trend, parameters: {{threshold: 0.001}}}}
  - {{type: volatility, policy: observe}}
execution: {{fee_rate: 0.001}}
metrics: {{by_regime: true}}
output: {{precision: float32}}
""")
        self.works("run", "two.yaml", "-o", "two.h5")
        final = set()
        for symbol in "SP500", "EURUSD":
            for combo in range(4):
                (line,) = self.works("trace", "two.h5", "--combo", combo, "--symbol", symbol,
                                     "--types", "SUMMARY").splitlines()
                final.add(json.loads(line)["payload"]["metrics"]["final_equity"])
        self.assertEqual(len(final), 8)
        self.fails(2, "trace", "two.h5", "--combo", 0, "--symbol", "DAX", says="DAX")

    def test_trace_into_a_pipe_that_closes(self):
        for output in "", " -o /dev/stdout":
            done = subprocess.run(["/bin/sh", "-c", f'"$0" trace "$1" --combo 7{output} | head -n 1',
                                   PROGRAM, self.cube], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=TIMEOUT)
            self.assertEqual(done.stderr, b"")
            json.loads(done.stdout)
        self.fails(74, "trace", self.cube, "--combo", "7", "-o", "/dev/full", says="No space left")
        with open("/dev/full", "w") as full:
            done = admf("trace", self.cube, "--combo", "7", stdout=full)
        self.assertEqual(done.returncode, 74)
        self.assertIn("No space left", done.stderr)
        done = admf("trace", self.cube, "--combo", "7", "-o", "/dev/full")
        self.assertEqual(done.returncode, 74)
        self.assertIn("No space left", done.stderr)

    def test_tables_fit_a_terminal_and_are_whole_elsewhere(self):
        code, text = on_terminal("top", self.cube, columns=100)
        self.assertEqual(code, 0)
        lines = text.splitlines()
        self.assertEqual(sum(line.startswith("combo_") for line in lines), 20)
        self.assertLessEqual(max(map(columns_of, lines)), 100)
        whole = self.works("top", self.cube)
        for label in re.findall(r"(?:momentum|hmm)\[\S+\]", whole):
            self.assertIn(label, text)
        code, text = on_terminal("top", self.cube, columns=60)
        self.assertLessEqual(max(map(columns_of, text.splitlines())), 60)
        self.assertEqual(sorted(text.split()), sorted(whole.split()))
        for kind in KINDS:
            code, text = on_terminal("list", kind, columns=80)
            self.assertEqual(code, 0)
            self.assertLessEqual(max(map(columns_of, text.splitlines())), 80)
            self.assertEqual(text.split(), self.works("list", kind).split())

    def test_long_words_are_whole_on_a_terminal(self):
        name = "n" * 300
        self.write("long.yaml", f"strategies: [{{type: buy_and_hold, name: {name}}}]\n")
        self.works("run", "long.yaml", "-o", "long.h5")
        code, text = on_terminal("show", self.dir / "long.h5", "0", columns=80)
        self.assertEqual(code, 0)
        self.assertIn(name, text)

    def test_progress_is_removed_from_the_terminal(self):
        code, text = on_terminal("run", CONFIG, "-o", self.dir / "t.h5")
        self.assertEqual(code, 0)
        self.assertNotIn("\033", text[text.index("Best by"):])
        code, text = on_terminal("run", CONFIG, "-o", self.dir / "n.h5", env={"NO_COLOR": "1"})
        self.assertEqual(code, 0)
        self.assertNotIn("\033", text)
        self.assertNotIn("\r", text)


class Plans(Case):
    """What a configuration comes to before anything is computed."""

    def plan(self, text):
        return json.loads(self.works("plan", "--json", self.write("plan.yaml", text)))

    def test_what_portfolios_do_is_in_the_estimate(self):
        """Whatever has to be looked at bar by bar takes longer, and is committed more often."""
        self.works("synth", "-o", "bars.h5", "--bars", "300000")

        def estimate(more):
            return self.plan("data: [{symbol: S, path: bars.h5}]\nstrategies:\n"
                             "  - type: sma_crossover\n"
                             "    parameters: {fast_period: {start: 1, stop: 200, step: 1}, "
                             "slow_period: {start: 201, stop: 400, step: 1}}\n" + more)

        plain = estimate("")
        for more, times in (("risk: {stop_loss: 0.01}", 1.2), ("metrics: {sampling: bar}", 2),
                            ("risk: {max_drawdown: 0.2}", 2), ("risk: {trailing_stop: 0.01}", 1.2),
                            ("risk: {stop_loss: 0.01, reentry: immediate, cooldown_bars: 3}", 4),
                            ("risk: {rebalance: every_bar}", 8)):
            plan = estimate(more)
            self.assertGreater(plan["seconds"], times * plain["seconds"], more)
            self.assertLessEqual(plan["block_combinations"], plain["block_combinations"], more)
        self.assertGreater(estimate("risk: {rebalance: every_bar}")["blocks"], 1)
        # Half of the profiles, about half of the time.
        half = estimate("risk: {rebalance: [on_change, every_bar]}")["seconds"] / 2
        self.assertTrue(1.5 * plain["seconds"] < half)
        self.assertTrue(half < 0.8 * estimate("risk: {rebalance: every_bar}")["seconds"])

    def refused(self, code, text, says):
        path = self.write("refused.yaml", text)
        for command in "plan", "run":
            self.fails(code, command, path, says=says)
        self.assertFalse((self.dir / "refused.h5").exists())
        self.assertFalse((self.dir / "refused.h5.partial").exists())

    def test_the_example(self):
        plan = json.loads(self.works("plan", CONFIG, "--json"))
        self.assertEqual((plan["pattern"], plan["base_pattern"]),
                         ("auto_stateless_optimization", "full_backtest"))
        topology = plan["topology"]
        self.assertEqual((topology["outer"], topology["inner"]), ("classifier", "strategy"))
        self.assertEqual((topology["portfolios"], topology["shared_containers"],
                          topology["containers"], topology["containers_otherwise"]),
                         (24, 3, 27, 75))
        self.assertEqual(topology["services"],
                         {"momentum_services": 6, "hmm_services": 4, "risk_services": 1})
        self.assertEqual(topology["communication"], "auto_wired_broadcast")
        self.assertLessEqual(topology["bytes_per_portfolio"], 512)
        self.assertEqual([f["column"] for f in plan["features"]],
                         ["return(10)", "return(20)", "return(30)"])
        text = self.works("plan", CONFIG)
        for word in ["27 stateful", "75", "momentum_services: 6", "hmm_services: 4",
                     "auto_wired_broadcast", "MiB", "about "]:
            self.assertIn(word, text)

    def test_patterns(self):
        one = "strategies: [{type: momentum, parameters: {lookback_period: %s}}]\n"
        simple = "workflow: {base_pattern: simple_backtest}\n"
        for text, pattern, base in [
                (one % "10", "full_backtest", "full_backtest"),
                (one % "[10]", "full_backtest", "full_backtest"),
                (simple + one % "10", "simple_backtest", "simple_backtest"),
                (simple + one % "[10, 20]", "auto_stateless_optimization", "simple_backtest"),
                (one % "{start: 10, stop: 20, step: 5}", "auto_stateless_optimization",
                 "full_backtest")]:
            with self.subTest(text):
                plan = self.plan(text)
                self.assertEqual((plan["pattern"], plan["base_pattern"]), (pattern, base))
        path = self.write("simple.yaml", simple + one % "10" + "classifiers: [{type: trend}]\n")
        for command in "check", "plan", "run":
            self.assertIn("simple.yaml:3:14: error: base_pattern simple_backtest has no "
                          "classifiers; remove them, or use full_backtest",
                          self.fails(78, command, path))

    def test_the_shorter_axis_is_the_outer_loop(self):
        for strategies, classifiers, outer in [(1, 2, "strategy"), (2, 1, "classifier"),
                                               (2, 2, "strategy")]:
            plan = self.plan("strategies: [{type: momentum, parameters: {lookback_period: %s}}]\n"
                             "classifiers: [{type: trend, parameters: {fast_period: %s}}]\n"
                             % ([10, 20][:strategies], [5, 10][:classifiers]))
            self.assertEqual(plan["topology"]["outer"], outer)

    def test_grids_too_large_to_make(self):
        grid = ("strategies:\n  - type: macd_crossover\n    parameters:\n"
                "      fast_period: {start: 1, stop: 1000, step: 1}\n"
                "      slow_period: {start: 1001, stop: 2000, step: 1}\n"
                "      min_histogram: {linspace: [0, 1, 1000000]}\n")
        self.assertEqual(self.works("check", self.write("huge.yaml", grid))[-6:], "valid\n")
        self.refused(78, grid, says="shorten 'min_histogram' (1000000 values)")
        for method in "random", "latin", "sobol":
            plan = self.plan(grid + "    sample: {n: 50, seed: 1, method: %s}\n" % method)
            self.assertEqual(plan["axes"]["strategy"], {"grid": 10**12, "instances": 50})

    def test_what_bars_cannot_do(self):
        self.refused(78, "strategies: [{type: momentum}]\nrisk: {flat_at: session_end}\n",
                     says="refused.yaml:2:7: error: flat_at: session_end needs bars shorter")
        self.write("close.csv", "timestamp,close\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n")
        data = "data: [{symbol: A, path: close.csv}]\n"
        self.refused(78, data + "strategies: [{type: momentum}]\n", says="fill 'next_open' needs "
                     "column 'open', which this file lacks; use fill 'close' or 'next_close'")
        self.refused(78, data + "strategies: [{type: adx_trend}]\nexecution: {fill: close}\n",
                     says="adx_trend needs column 'high', which this file lacks")
        self.refused(78, data + "strategies: [{type: momentum}]\nexecution: {fill: close}\n"
                     "risk: {take_profit: 0.1}\n",
                     says="take_profit needs column 'high', which this file lacks")
        self.refused(78, data + "strategies: [{type: momentum}]\nexecution: {fill: close}\n"
                     "portfolio: {size_type: atr_risk, size: 0.01}\n",
                     says="size_type needs column 'high', which this file lacks")
        self.write("quarters.csv", "timestamp,close\n2020-01-01,1\n2020-04-01,2\n2020-07-01,3\n")
        self.refused(65, "data: [{symbol: A, path: quarters.csv}]\n"
                     "strategies: [{type: buy_and_hold}]\nexecution: {fill: close}\n",
                     says="periods_per_year")

    def test_precedence(self):
        self.write("bad.csv", "timestamp,close\n2020-01-01,x\n")
        bad, none = "{symbol: A, path: bad.csv}", "{symbol: B, path: none.csv}"
        for data, kind, code in [(bad, "momentum", 65), (bad + ", " + none, "momentum", 66),
                                 (bad + ", " + none, "momentm", 78)]:
            path = self.write("wrong.yaml", "data: [%s]\nstrategies: [{type: %s}]\n" % (data, kind))
            for command in "plan", "run":
                self.fails(code, command, path)


class One(Case):
    """What there is one of is not spoken of as many."""

    def test_of_everything(self):
        self.write("one.csv", "timestamp,open,high,low,close\n2020-01-02,1,1,1,1\n")
        self.write("one.yaml", "metrics: {periods_per_year: 252}\n"
                   "data: [{symbol: S, path: one.csv}]\nstrategies: [{type: buy_and_hold}]\n")
        for command in (["plan", "one.yaml"], ["run", "one.yaml"], ["signals", "one.yaml"],
                        ["import", "one.csv"], ["synth", "-o", "s.csv", "--bars", "1"],
                        ["top", "one.h5", "--min-trades", "1"]):
            said = self.works(*command)
            self.assertNotRegex(said, r"(?<![\d.,])1 (bars|values|changes|trades|instances|columns|"
                                      r"features|portfolios|combinations)\b", command)
            if command[0] != "top":
                self.assertIn("1 bar", said)


class Stopping(Case):
    """A run that is ended says how to go on, and going on gives the same cube."""

    def sweep(self):
        self.works("synth", "-o", "bars.h5", "--bars", "100000", "--seed", "3")
        return self.write("big sweep.yaml", """
data:
  - {symbol: SYNTH, path: bars.h5, session: 24x7}
strategies:
  - type: momentum
    parameters:
      lookback_period: {start: 5, stop: 204, step: 1}
      signal_threshold: {linspace: [0.0001, 0.01, 50]}
""")

    def interrupted(self, config, number):
        """Exit code, output, messages of a run that got a signal once it had begun."""
        process = subprocess.Popen([PROGRAM, "run", config.name, "-o", "out.h5", "--threads", "1",
                                    "--force"], cwd=self.dir, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT)
        while process.poll() is None and not (self.dir / "out.h5.partial").exists():
            time.sleep(0.002)
        process.send_signal(number)
        output, messages = process.communicate(timeout=TIMEOUT)
        return process.returncode, output, messages

    def end(self, number, code, word):
        config = self.sweep()
        partial = self.dir / "out.h5.partial"
        for _ in range(10):  # on a machine that is busy elsewhere the run may be over first
            returncode, output, messages = self.interrupted(config, number)
            if returncode != 0:
                break
            (self.dir / "out.h5").unlink()
        self.assertEqual(returncode, code, messages)
        self.assertEqual(output, "")
        self.assertIn(word, messages)
        self.assertIn("  admf run 'big sweep.yaml' -o out.h5 --threads 1 --resume\n", messages)
        self.assertNotIn("error:", messages)
        self.assertTrue(partial.exists())
        self.assertFalse((self.dir / "out.h5").exists())
        resumed = self.works("run", config.name, "-o", "out.h5", "--resume")
        whole = self.works("run", config.name, "-o", "whole.h5")
        self.assertEqual(re.search(r"(?m)^digest.*$", resumed).group(),
                         re.search(r"(?m)^digest.*$", whole).group())
        self.assertFalse(partial.exists())

    def test_interrupt(self):
        self.end(signal.SIGINT, 130, "interrupted")

    def test_signals_that_are_not_all_there_are_none(self):
        """A store that is not finished is made anew: nothing is promised to be kept."""
        config = self.sweep()
        config.write_text("workflow: {type: signal_generation}\n" + config.read_text())
        for _ in range(10):
            returncode, _, messages = self.interrupted(config, signal.SIGINT)
            if returncode != 0:
                break
        self.assertEqual(returncode, 130, messages)
        self.assertIn("admf: interrupted; nothing is kept\n", messages)
        self.assertNotIn("--resume", messages)
        self.assertEqual(list(self.dir.glob("out.h5*")), [])

    def test_terminate(self):
        self.end(signal.SIGTERM, 75, "stopped")

    def ended(self, number, *arguments, **more):
        """Exit code and messages of a command that got a signal when it had begun to write."""
        before = set(self.dir.iterdir())
        for _ in range(10):  # as in end()
            process = subprocess.Popen([PROGRAM, *arguments], cwd=self.dir, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, encoding="utf-8", env=ENVIRONMENT, **more)
            while process.poll() is None and set(self.dir.iterdir()) == before:
                time.sleep(0.002)
            process.send_signal(number)
            _, messages = process.communicate(timeout=TIMEOUT)
            if process.returncode != 0:
                break
            for path in set(self.dir.iterdir()) - before:
                path.unlink()
        return process.returncode, messages

    def test_market_data_in_the_making(self):
        """Nothing of it is left, and what a kill leaves goes with the next of that name."""
        synth = ["synth", "-o", "bars.csv", "--bars", "2000000", "--force"]
        self.works("synth", "-o", "in.h5", "--bars", "2000000")
        convert = ["import", "in.h5", "-o", "out.csv", "--json"]
        for command, number, code, word in (
                (synth, signal.SIGTERM, 75, "stopped"), (convert, signal.SIGINT, 130, "interrupted"),
                (convert, signal.SIGHUP, 75, "stopped")):
            returncode, messages = self.ended(number, *command)
            self.assertEqual(returncode, code, messages)
            self.assertIn(f"admf: {word}; nothing is kept\n", messages)
            self.assertNotIn("error:", messages)
            self.assertEqual([p.name for p in self.dir.iterdir()], ["in.h5"])
        self.assertEqual(self.ended(signal.SIGKILL, *synth)[0], -signal.SIGKILL)
        self.assertFalse((self.dir / "bars.csv").exists())
        self.works("synth", "-o", "bars.csv", "--bars", "10")
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["bars.csv", "in.h5"])
        self.assertEqual(len((self.dir / "bars.csv").read_text().splitlines()), 11)

    def test_a_pipe_that_brings_nothing(self):
        process = subprocess.Popen([PROGRAM, "import", "/dev/stdin", "-o", "a.csv"], cwd=self.dir,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=ENVIRONMENT)
        process.stdin.write(b"timestamp,close\n2020-01-01,1\n")
        process.stdin.flush()
        self.ends_by_sigterm(process)
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_a_stop_is_none_of_the_errors(self):
        """Not where there are more bad rows than are shown, either."""
        process = subprocess.Popen([PROGRAM, "import", "/dev/stdin"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        process.stdin.write(b"timestamp,close\n" + b"2020-01-01,none\n" * 31)
        process.stdin.flush()
        while self.unread(process.stdin):
            self.assertIsNone(process.poll())
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)
        output, messages = process.communicate(timeout=TIMEOUT)
        self.assertEqual((process.returncode, output), (75, b""), messages)
        self.assertIn(b"\n20 of 31 errors shown\nadmf: stopped; nothing is kept\n", messages)

    def unread(self, pipe):
        """How many bytes are in it."""
        return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]

    def has_open(self, process, path):
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                if descriptor.samefile(path):
                    return True
            except OSError:     # closed meanwhile
                pass
        return False

    def ends_by_sigterm(self, process):
        """What waits for a pipe does, once it watches for that signal."""
        status = Path(f"/proc/{process.pid}/status")
        while not int(re.search(r"SigCgt:\s*(\w+)", status.read_text())[1], 16) >> 14 & 1:
            self.assertIsNone(process.poll())
            time.sleep(0.002)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        try:
            self.assertEqual(process.wait(TIMEOUT), 75)
        finally:
            process.kill()
            messages = process.communicate()[1].decode()
        self.assertNotIn("error", messages)
        return messages

    def test_a_pipe_with_nobody_at_its_other_end(self):
        os.mkfifo(self.dir / "pipe")
        self.works("run", CONFIG, "-o", "c.h5")
        self.write("piped.yaml", "strategies: [{type: momentum}]\ndata: [{symbol: S, path: pipe}]\n")
        for command in (("import", "pipe", "-o", "a.csv"), ("trace", "c.h5", "--combo", "0", "-o", "pipe"),
                        ("trace", "piped.yaml", "--combo", "0", "-o", "t.jsonl"), ("run", "piped.yaml")):
            messages = self.ends_by_sigterm(self.begun(*command))
            if command[-1] != "pipe":
                self.assertIn("admf: stopped; nothing is kept\n", messages)
            self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["c.h5", "pipe", "piped.yaml"])

    def begun(self, *command):
        return subprocess.Popen([PROGRAM, *command], cwd=self.dir, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)

    def test_a_run_of_bars_that_do_not_come(self):
        """One of several series; a run that was to go on with something has that as it was."""
        os.mkfifo(self.dir / "pipe")
        self.write("bars.csv", "timestamp,close\n2020-01-01,1\n2020-01-02,2\n")
        self.write("piped.yaml", "strategies: [{type: momentum}]\n"
                                 "data: [{symbol: S, path: pipe}, {symbol: T, path: bars.csv}]\n")
        for resume in [], ["--resume"]:
            process = self.begun("run", "piped.yaml", "-o", "c.h5", *resume)
            with open(self.dir / "pipe", "wb", buffering=0) as pipe:
                pipe.write(b"timestamp,close\n2020-01-01,1\n")
                messages = self.ends_by_sigterm(process)
            self.assertEqual("admf: stopped; what was to be gone on with is as it was\n" if resume else
                             "admf: stopped; nothing is kept\n", messages.splitlines(True)[-1])
            self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["bars.csv", "pipe", "piped.yaml"])

    def test_a_pipe_whose_reader_does_not_read(self):
        """Full in the middle of the trace, and when its last events are written."""
        os.mkfifo(self.dir / "pipe")
        reader = os.open(self.dir / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        process = self.begun("trace", CONFIG, "--combo", "0", "-o", "pipe")
        while not self.unread(reader):
            self.assertIsNone(process.poll())
            time.sleep(0.002)
        self.ends_by_sigterm(process)
        with open(self.dir / "pipe", "wb", buffering=0) as full:
            os.set_blocking(full.fileno(), False)
            while full.write(bytes(4096)):
                pass
        process = self.begun("trace", CONFIG, "--combo", "0", "--types", "SUMMARY", "-o", "pipe")
        while not self.has_open(process, self.dir / "pipe"):
            self.assertIsNone(process.poll())
            time.sleep(0.002)
        self.ends_by_sigterm(process)
        self.assertEqual([p.name for p in self.dir.iterdir()], ["pipe"])

    def test_a_pipe_that_somebody_comes_to_later(self):
        os.mkfifo(self.dir / "pipe")
        process = subprocess.Popen([PROGRAM, "import", "pipe", "-o", "a.csv"], cwd=self.dir,
                                   stdout=subprocess.PIPE, env=ENVIRONMENT)
        time.sleep(0.3)
        (self.dir / "pipe").write_text("timestamp,close\n2020-01-01,1\n2020-01-02,2\n")
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len((self.dir / "a.csv").read_text().splitlines()), 3)

    def test_two_writers_of_one_file(self):
        for _ in range(10):  # as in end()
            writing = subprocess.Popen([PROGRAM, "synth", "-o", "a.csv", "--bars", "1000000"],
                                       cwd=self.dir, stdout=subprocess.PIPE, env=ENVIRONMENT)
            while writing.poll() is None and not list(self.dir.iterdir()):
                time.sleep(0.002)
            writing.send_signal(signal.SIGSTOP)
            if writing.returncode is None:
                os.waitid(os.P_PID, writing.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if not (self.dir / "a.csv").exists():
                break
            writing.send_signal(signal.SIGCONT)
            writing.communicate(timeout=TIMEOUT)
            (self.dir / "a.csv").unlink()
        self.fails(74, "synth", "-o", "a.csv", "--bars", "5", "--force", says="another run is writing")
        writing.send_signal(signal.SIGCONT)
        writing.communicate(timeout=TIMEOUT)
        self.assertEqual(writing.returncode, 0)
        with open(self.dir / "a.csv") as rows:
            self.assertEqual(sum(1 for _ in rows), 1000001)


class Runs(Case):
    """The record of runs."""

    def setUp(self):
        super().setUp()
        self.home = {"XDG_DATA_HOME": str(self.dir / "home")}
        self.store = self.dir / "home" / "admf" / "analytics.db"

    def run_one(self, *more):
        return json.loads(self.works("run", CONFIG, "--json", *more, env=self.home))

    def listed(self, *more, **env):
        return json.loads(self.works("runs", "--json", *more, env={**self.home, **env}))

    def note(self, *arguments):
        done = admf("runs", *arguments, cwd=self.dir, env=self.home)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        return done.stderr

    def test_nothing_yet(self):
        self.assertIn("no run is recorded yet in " + str(self.store), self.note())
        self.assertEqual(self.listed(), [])
        self.fails(2, "runs", "1a2b", env=self.home, says="no run '1a2b': none is recorded yet")
        self.assertFalse(self.store.exists())
        self.fails(66, "runs", "--analytics", "none.db", says="No such file")

    def test_phases_are_a_blank_line_apart(self):
        self.works("run", ROOT / "configs/train_test.yaml", "-o", "two.h5", env=self.home)
        text = self.works("runs", self.listed()[0]["correlation_id"], env=self.home)
        self.assertEqual(text.count("\n\nPhase "), 2)
        self.assertIn("\n\nAgain:\n", text)
        self.assertNotIn("\n\n\n", text)

    def test_a_run_and_its_repetition(self):
        first = self.run_one("-o", "it's.h5")
        digest, whole = first["phases"][0]["digest"], first["correlation_id"]
        (entry,) = self.listed()
        self.assertEqual((entry["correlation_id"], entry["status"], entry["exit_code"]),
                         (whole, "done", 0))
        self.assertEqual(entry["phases"][0]["best"], first["phases"][0]["best"])
        self.assertEqual(entry["folder"], str(self.dir.resolve()))
        self.assertEqual(entry["command"], f"admf run {CONFIG} --json -o 'it'\\''s.h5'")
        table = self.works("runs", env=self.home).splitlines()
        self.assertEqual(len(table), 2)
        self.assertRegex(table[1], rf"^{whole}  done    \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ +"
                                   r"\S+ s +24  sharpe 0\.1393  /.*it's\.h5$")
        text = self.works("runs", whole[-8:], env=self.home)
        for part in [whole + "\n", "  digest         " + digest, "hash " + entry["configuration_hash"],
                     "Best by sharpe:\ncombination", "\nPhase run: done, 24 combinations in "]:
            self.assertIn(part, text)
        self.assertNotIn("\033", text)

        # The command shown, as a shell takes it; then without the cube.
        for number, gone in enumerate([False, True]):
            if gone:
                (self.dir / "it's.h5").unlink()
            shown = json.loads(self.works("runs", whole, "--json", env=self.home))["again"]
            self.assertIn("\nAgain:\n  " + shown, self.works("runs", whole, env=self.home))
            self.assertEqual("--config" in shown, gone)
            shown = shown.replace("again.h5", f"again{number}.h5")
            subprocess.run(["/bin/sh", "-c", f'admf() {{ "{PROGRAM}" "$@"; }}; ' + shown], cwd=self.dir,
                           check=True, stdout=subprocess.PIPE, env={**ENVIRONMENT, **self.home})
            self.assertEqual(self.works("hash", f"again{number}.h5"), digest + "\n")
        self.assertEqual([r["phases"][0]["digest"] for r in self.listed()], [digest] * 3)
        self.assertEqual({r["configuration_hash"] for r in self.listed()},
                         {entry["configuration_hash"]})

    def test_a_store_by_name(self):
        for name in "records/mine.db", ":memory:", "file:x.db?mode=ro":
            self.works("run", CONFIG, "-o", "a.h5", "--force", "--analytics", name)
            (entry,) = json.loads(self.works("runs", "--json", "--analytics", name))
            self.assertTrue((self.dir / name).exists())
        (self.dir / "a.h5").unlink()
        self.assertIn(" --analytics 'file:x.db?mode=ro' > again.yaml", self.works(
            "runs", entry["correlation_id"], "--analytics", name))
        self.works("run", CONFIG, "-o", "b.h5", "--analytics", "off", env=self.home)
        self.assertEqual(self.listed(), [])

    def test_the_page_names_every_column(self):
        self.run_one("-o", "a.h5")
        page = (ROOT / "docs" / "RUNS.md").read_text()
        store = sqlite3.connect(self.store)
        self.addCleanup(store.close)
        tables = [name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self.assertEqual(sorted(tables), ["best", "phase", "workflow"])
        for table in tables:
            row = re.search(rf"(?m)^\| `{table}` \| (.*)$", page).group(1)
            columns = {column[1] for column in store.execute(f"PRAGMA table_info({table})")}
            self.assertEqual(columns - {"correlation_id"} - set(re.findall(r"`(\w+)`", row)), set())
        self.assertIn("`user_version` the version of the tables (%d)"
                      % store.execute("PRAGMA user_version").fetchone(), page.replace("\n", " "))

    def test_where_it_is_without_being_told(self):
        for env, place in [({"XDG_DATA_HOME": "", "HOME": str(self.dir)}, ".local/share/admf"),
                           ({"XDG_DATA_HOME": "relative", "HOME": str(self.dir)}, ".local/share/admf"),
                           ({"XDG_DATA_HOME": str(self.dir / "xdg")}, "xdg/admf")]:
            self.works("run", CONFIG, "-o", "a.h5", "--force", env=env)
            self.assertTrue((self.dir / place / "analytics.db").exists())
        homeless = {"XDG_DATA_HOME": "", "HOME": ""}
        done = admf("run", CONFIG, "-o", "a.h5", "--force", cwd=self.dir, env=homeless)
        self.assertEqual(done.returncode, 0)
        self.assertIn("neither XDG_DATA_HOME nor HOME says where to record this run", done.stderr)
        self.fails(2, "runs", env=homeless, says="neither XDG_DATA_HOME nor HOME")

    def test_a_store_that_cannot_be_written_is_a_warning(self):
        self.write("text", "no database, though as long as the header of one has to be: one hundred\n" * 2)
        for place, says in [("/dev/null", "this is a folder or a device"), (self.dir, "a folder"),
                            ("text", "no SQLite database"), ("/proc/x/y.db", "cannot make this folder")]:
            done = admf("run", CONFIG, "-o", "a.h5", "--force", "--analytics", place, cwd=self.dir)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("\ndigest", done.stdout)
            self.assertRegex(done.stderr, f"warning: this run is not recorded: .*{says}")
        self.fails(65, "runs", "--analytics", "text", says="no SQLite database")
        self.fails(65, "runs", "--analytics", self.dir, says="a folder or a device")

    def test_a_store_without_room_says_why(self):
        for size in 8192, 1024:
            def limited(size=size):
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            said = self.fails(74, "run", CONFIG, "-o", "c.h5", "--analytics", "a.db",
                              preexec_fn=limited)
            # The second where SQLite does not keep what the system has said.
            self.assertRegex(said, "a.db: warning: this run is not recorded: cannot .*: "
                             ".*(File too large|the disk may be full)")

    def test_failures_and_filters(self):
        self.run_one("-o", "a.h5")
        self.fails(74, "run", CONFIG, "-o", "a.h5", env=self.home, says="the file exists")
        self.assertEqual([r["status"] for r in self.listed()], ["failed", "done"])
        (entry,) = self.listed("--status", "failed")
        self.assertEqual((entry["exit_code"], entry["phases"][0]["digest"]), (74, None))
        self.assertIn("  reason         the file exists", self.works(
            "runs", entry["correlation_id"], env=self.home))
        self.assertEqual(len(self.listed("-n1")), 1)
        self.assertEqual(len(self.listed("--since", "2026-01-01")), 2)
        self.assertEqual(self.listed("--since", "2200-01-01"), [])
        self.assertIn("no such run in", self.note("--status", "stopped"))
        self.assertIn("1 of 2 runs; --limit N", admf("runs", "-n", 1, env=self.home).stderr)
        self.fails(2, "runs", "--since", "tuesday", env=self.home,
                   says="since: 'tuesday' is no timestamp; expected a date (2024-01-31) or ISO")
        self.fails(2, "runs", "--status", "failing", env=self.home, says="one of running, done")
        known = entry["correlation_id"]
        self.fails(2, "runs", known[:-1] + "x", env=self.home, says=f"did you mean '{known}'?")
        self.fails(2, "runs", "workflow", env=self.home, says="could be 2 runs")

    def test_a_killed_run_stays_running(self):
        """...and what was under way at the same time is not lost."""
        self.write("long.yaml", "strategies: [{type: rsi_bands, parameters: {lower: {start: 1, stop: 40, "
                   "step: 1}, upper: {start: 51, stop: 90, step: 1}}}]\n"
                   "risk: {size: {linspace: [0.1, 1, 400]}}\n")
        long = subprocess.Popen([PROGRAM, "run", "long.yaml", "-o", "long.h5"], cwd=self.dir,
                                env={**ENVIRONMENT, **self.home}, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        try:
            while not (self.dir / "long.h5.partial").exists():
                self.assertIsNone(long.poll())
                time.sleep(0.01)
            short = [subprocess.Popen([PROGRAM, "run", CONFIG, "-o", f"{i}.h5"], cwd=self.dir,
                                      env={**ENVIRONMENT, **self.home}, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE) for i in range(6)]
            for process in short:
                _, messages = process.communicate(timeout=TIMEOUT)
                self.assertEqual((process.returncode, messages), (0, b""))
        finally:
            long.kill()
            long.wait()
        self.assertEqual(sorted(r["status"] for r in self.listed()), ["done"] * 6 + ["running"])
        (killed,) = self.listed("--status", "running")
        self.assertIsNone(killed["exit_code"])
        text = self.works("runs", killed["correlation_id"], env=self.home)
        self.assertIn("  status         running, or ended without a word (killed)\n", text)
        self.assertIn("  cube           long.h5\n", text)


class OneMeaning(Case):
    """What a configuration takes, the option of the same name does, and the other way round."""

    def configured(self, text):
        done = admf("check", self.write("c.yaml", text), cwd=self.dir)
        self.assertIn(done.returncode, (0, 78), (text, done.stderr))
        return done.returncode == 0, done.stderr

    def test_sizes(self):
        wanted = {"8G": 1, "8g": 1, "1.5T": 1, "+8m": 1, "1E3K": 1, "1e+3k": 1, ".5G": 1, "8.M": 1,
                  "1_024M": 1, "1073741824": 1, "1e9": 1, "1048576": 1, "1048575": 0,
                  "8": 0, "8GB": 0, "8 G": 0, "8GG": 0, "G": 0, "-8G": 0, "0K": 0, "0x8G": 0,
                  "08G": 0, "1__0M": 0, "_1M": 0, "nanG": 0, "infG": 0, "1e400K": 0, "8388608T": 0,
                  "8B": 0, "0.0001K": 0}
        for size, good in wanted.items():
            with self.subTest(size):
                taken = self.configured("strategies: [{type: momentum}]\n"
                                        "resources: {memory: %s}\n" % size)
                self.assertEqual(taken[0], good, taken[1])
                # Where the option is right, what is missing is the file.
                self.fails(66 if good else 2, "run", "none.yaml", "--memory=" + size)

    def test_calendars(self):
        self.write("d.csv", "timestamp,close\n" + "".join(
            f"2024-03-{day:02}T{hour:02}:00,1\n" for day in range(1, 10) for hour in range(24)))
        wanted = [("session", text, good) for text, good in {
            "09:30-16:00": 1, "18:00-17:00": 1, "09:30-09:30": 1, "17:00-17:00": 1, "24x7": 1,
            "00:00-24:00": 1, "00:00-00:00": 1, "24:00-09:30": 0, "9:30-16:00": 0, "24/7": 0,
            "09:30-24:01": 0, "09:30": 0, "09:30 - 16:00": 0}.items()]
        wanted += [("start", text, good) for text, good in {
            "2024-03-05": 1, "2024-03-05T01:00": 1, "2024-03-05 01:00:30.5": 1,
            "2024-03-05T00:00:00+01": 1, "2024-03-05T00:00:00+0100": 1,
            "2024-03-05T00:00:00-01:30": 1, "2024-03-05T00:00Z": 1, "1678-01-01": 1,
            "1677-12-31": 0, "1500-01-01": 0, "2024-03-05T24:00": 0, "2024-03-05T00:00:60": 0,
            "2024-3-5": 0, "2024-02-30": 0, "2024-03-05T00:00:00+1": 0, "20240305": 0,
            "2024-03-05T00:00:00.1234567891": 0, "2024-03-05Z": 0, "2024-W10-2": 0,
            "March": 0, "2024-03-05T00:00:00+24": 0}.items()]
        wanted += [("end", "2261-12-31", 1), ("end", "2262-01-01", 0),
                   ("timezone", "Europe/Berlin", 1), ("timezone", "Europe/Berln", 0),
                   ("timezone", "leapseconds", 0), ("timezone", "/etc/passwd", 0)]
        for key, text, good in wanted:
            with self.subTest(f"{key} {text}"):
                taken = self.configured('strategies: [{type: momentum}]\ndata:\n  - symbol: A\n'
                                        f'    path: d.csv\n    {key}: "{text}"\n')
                self.assertEqual(taken[0], good, taken[1])
                done = admf("import", "d.csv", f"--{key}={text}", cwd=self.dir)
                self.assertEqual(done.returncode, 0 if good else 2, done.stderr)
                if not good:
                    said = done.stderr.partition("error: ")[2].splitlines()[0]
                    self.assertIn(f"c.yaml:5:{7 + len(key)}: error: {said}\n", taken[1])

    def test_a_check_finds_what_a_run_would(self):
        head = "strategies: [{type: momentum}]\ndata:\n  - symbol: A\n    path: d.csv\n"
        self.write("d.csv", "timestamp,open,close\n2024-01-01,1,1\n2024-01-02,1,1\n")
        for tail, place, says in [
                ("    start: 1500-01-01\n", "5:12", "start: '1500-01-01' is outside the years 1678"),
                ("    end: 2024-03-10T02:30\n    timezone: America/New_York\n", "5:10",
                 "end: '2024-03-10T02:30' does not exist in America/New_York"),
                ("    timezone: America/New_York\nwindows:\n  w: {start: 2024-11-03 01:30}\n",
                 "7:14", "start: '2024-11-03 01:30' happens twice in America/New_York")]:
            path = self.write("c.yaml", head + tail)
            texts = {self.fails(78, command, path) for command in ("check", "plan", "run")}
            self.assertEqual(len(texts), 1, texts)
            self.assertIn(f"c.yaml:{place}: error: {says}", texts.pop())


class MarketData(Case):
    def test_synth_and_import(self):
        text = self.works("synth", "-o", "a.csv", "--bars", "500", "--seed", "7")
        self.assertIn("500 bars", text)
        self.fails(admf("synth", "-o", "a.csv", cwd=self.dir).returncode, "synth", "-o", "a.csv",
                   says="a.csv")
        self.works("synth", "-o", "b.csv", "-n500", "--seed=7")
        self.assertEqual((self.dir / "a.csv").read_bytes(), (self.dir / "b.csv").read_bytes())
        self.works("synth", "-o", "a.csv", "-n", "400", "--seed", "7", "--force")
        arguments = ["import", "a.csv", "--session", "24x7"]
        found = json.loads(self.works(*arguments, "--json"))
        self.assertEqual(found["bars"], 400)
        self.assertIn("400 bars", self.works(*arguments))
        self.works(*arguments, "-o", "a.h5")
        again = json.loads(self.works("import", "a.h5", "--session", "24x7", "--json"))
        self.assertEqual(again["digest"], found["digest"])

    def test_bars_of_a_quarter(self):
        self.write("q.csv", "timestamp,close\n2020-01-01,1\n2020-04-01,2\n")
        self.assertIsNone(json.loads(self.works("import", "q.csv", "--json"))["bars_per_year"])
        self.assertIn("bars a year  unknown: a run needs `metrics.periods_per_year`\n",
                      self.works("import", "q.csv", "-o", "q.h5"))


class AnyArguments(Case):
    """Whatever is typed, the program ends by itself with one of its exit codes."""
    WORDS = ["--json", "--help", "-h", "--", "-", "--threads", "--threads=2", "-t", "-t2", "2", "0",
             "-1", "7", "combo_7", "combo_99", "9" * 25, "1e3", "1.5", "2G", "abc", "", " ",
             "--memory", "--memory=1G", "--isa", "v2", "auto", "--resume", "--force", "-f", "-o",
             "--output", "o.h5", "o.csv", "--by", "sharpe", "trades", "-n", "-n3", "--min-trades",
             "--where", "sharpe > 0", "(((", "--symbol", "--window", "--combo", "--from", "--to",
             "2020-01-01", "--types", "FILL", "FILL,,BAR", "--timing", "features", "momentum",
             "strategies", "metrics", "good.yaml", "bad.yaml", "bars.csv", "nothing", ".",
             "/dev/null", "--tile-bars", "--tile-bars=7", "--block-cells=3",
             "--bars=50", "--seed=1", "--price=5", "--volatility=0.1", "--start=2020-01-01",
             "--columns", "close=open", "--repair", "drop", "--stamp", "end", "--session", "24x7",
             "--nonsense", "-x", "-=", "--=", "--=x", "---", "%s%n", "\u00e9\u4e2d", "\x1b[2J",
             "a" * 5000, "--" + "b" * 5000]

    def test_random(self):
        (self.dir / "good.yaml").write_text("strategies: [{type: buy_and_hold}]\n")
        (self.dir / "bad.yaml").write_text("strategies: {type: [}\n")
        (self.dir / "bars.csv").write_text("timestamp,close\n2020-01-01,1\n2020-01-02,2\n")
        chance = random.Random(20260101)
        for _ in range(int(os.environ.get("ADMF_FUZZ_RUNS", "400"))):
            command = chance.choice(COMMANDS + ["help", "--version", "nonsense", ""])
            words = [chance.choice(self.WORDS) for _ in range(chance.randrange(6))]
            done = admf(command, *words, cwd=self.dir)
            self.assertIn(done.returncode, ALLOWED, (command, words, done.stderr[-2000:]))
            self.assertNotEqual(done.returncode, 70, (command, words, done.stderr[-2000:]))
            self.assertNotIn("\x1b", done.stderr, (command, words))
            if done.returncode == 2:
                self.assertIn("error: ", done.stderr, (command, words))


if __name__ == "__main__":
    if not PROGRAM or not os.access(PROGRAM, os.X_OK):
        sys.exit("ADMF_PROGRAM must name the program to test")
    PROGRAM = os.path.abspath(PROGRAM)
    unittest.main()
