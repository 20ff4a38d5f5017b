#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Storing signals, as a user of the program meets it."""
import json
import unittest

from test_cli import CONFIG, ROOT, Case, admf

GENERATION = ROOT / "configs/signal_generation.yaml"


class Signals(Case):
    def test_what_it_says(self):
        text = self.works("signals", CONFIG, "-o", "s.h5")
        self.assertRegex(text, r"signals  10 instances x 5031 bars = 50310 values in \d+ changes, "
                               r"compression ratio \d+\.\d, ")
        self.assertIn("features 3 columns, signals 10 instances", text)
        digest = self.works("hash", "s.h5").strip()
        self.assertIn(f"digest   {digest}\n", text)
        again = json.loads(self.works("signals", CONFIG, "-o", "s.h5", "--force", "--json"))
        self.assertEqual(again["phases"][0]["digest"], digest)
        signals = again["phases"][0]["signals"]
        self.assertEqual((signals["instances"], signals["bars"], signals["values"]),
                         (10, 5031, 50310))

    def test_the_digest_depends_on_the_work_alone(self):
        digests = set()
        for options in [], ["--threads", "1"], ["--threads", "3", "--tile-bars", "64"], \
                ["--memory", "25M"], ["--tile-bars", "1000"]:
            self.works("signals", CONFIG, "-o", "s.h5", "--force", *options)
            digests.add(self.works("hash", "s.h5"))
        self.assertEqual(len(digests), 1)

    def test_nothing_is_replaced_unasked(self):
        self.works("signals", CONFIG, "-o", "s.h5")
        self.fails(74, "signals", CONFIG, "-o", "s.h5", says="--force replaces it")
        self.write("other.h5.partial", "of another run")
        self.fails(74, "signals", CONFIG, "-o", "other.h5", says="an unfinished run is here")
        self.assertFalse((self.dir / "other.h5").exists())
        self.works("signals", CONFIG, "-o", "other.h5", "--force")
        self.assertEqual([p.name for p in self.dir.glob("*.partial")], [])
        self.fails(74, "signals", CONFIG, "-o", self.dir, says="is a directory")

    def test_as_a_type_of_workflow(self):
        plan = json.loads(self.works("plan", GENERATION, "--json"))
        self.assertEqual((plan["base_pattern"], plan["instances"], plan["combinations"]),
                         ("signal_generation", 9, 0))
        self.assertEqual(plan["topology"]["containers"], 2)
        self.assertIn("instances   9", self.works("plan", GENERATION))
        path = self.write("mine.yaml", GENERATION.read_text())
        self.assertIn("store    ", self.works("run", path))
        self.assertTrue((self.dir / "mine.signals.h5").exists())
        done = self.works("run", path, "--resume")
        self.assertIn("features 0 columns, signals 0 instances", done)
        digest = self.works("hash", "mine.signals.h5")
        self.works("signals", path, "-o", "again.h5")
        self.assertEqual(self.works("hash", "again.h5"), digest)

    def test_a_store_is_no_cube(self):
        self.works("signals", CONFIG, "-o", "s.h5")
        for arguments in ["top", "s.h5"], ["show", "s.h5", "1"], ["trace", "s.h5", "--combo", "1"]:
            self.fails(65, *arguments, says="it is a store of signals")

    def test_several_phases_have_no_single_store(self):
        self.fails(78, "signals", ROOT / "configs/train_test.yaml", says="runs several phases")

    def test_too_little_memory(self):
        self.fails(78, "signals", CONFIG, "-o", "s.h5", "--memory", "8M", says="needs at least")

    def test_nothing_is_left_where_the_disk_is_full(self):
        done = admf("signals", CONFIG, "-o", "/dev/full", cwd=self.dir)
        self.assertEqual(done.returncode, 74)


if __name__ == "__main__":
    unittest.main()
