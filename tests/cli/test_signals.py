#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Storing and replaying signals, as a user of the program meets it."""
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
        path = self.write("t.yaml", (ROOT / "configs/train_test.yaml").read_text())
        self.fails(78, "signals", path, says="t.yaml:2:18: error: type train_test runs several phases")

    def test_patterns(self):
        for name, stateful in [("signal_generation", "data, feature_hub"),
                               ("signal_replay", "data, portfolio, execution")]:
            self.assertIn(stateful, self.works("list", "patterns", name))

    def test_too_little_memory(self):
        self.fails(78, "signals", CONFIG, "-o", "s.h5", "--memory", "8M", says="needs at least")

    def test_nothing_is_left_where_the_disk_is_full(self):
        done = admf("signals", CONFIG, "-o", "/dev/full", cwd=self.dir)
        self.assertEqual(done.returncode, 74)


SMALL = """strategies:
  - type: momentum
    parameters: {lookback_period: [10, 20], signal_threshold: 0.01}
classifiers: [{type: trend}, {type: hmm}]
"""
MANY = "execution: {fee_rate: {linspace: [0, 0.002, 100]}}\n"


class Replay(Case):
    def setUp(self):
        super().setUp()
        self.small = self.write("small.yaml", SMALL)
        self.works("signals", self.small)

    def refused(self, code, text, says):
        return self.fails(code, "replay", "small.signals.h5", self.write("other.yaml", text),
                          says=says)

    def test_no_feature_and_no_signal_is_computed(self):
        many = self.write("many.yaml", SMALL + MANY)
        text = self.works("replay", "small.signals.h5", many, "-o", "replayed.h5")
        self.assertRegex(text, r"done     400 combinations in .*, features 0 columns, "
                               r"signals 0 instances, read 4, peak")
        self.works("run", many, "-o", "run.h5")
        self.assertEqual(self.works("hash", "replayed.h5"), self.works("hash", "run.h5"))
        # The cube remembers its store, and its trace where the signals in it come from.
        self.works("run", "replayed.h5", "-o", "again.h5")
        self.assertEqual(self.works("hash", "again.h5"), self.works("hash", "run.h5"))
        done = admf("trace", "replayed.h5", "--combo", "123", cwd=self.dir)
        self.assertIn("equals combo_123", done.stderr)
        self.assertIn('"type":"FEATURES"', done.stdout)

    def test_its_plan_counts(self):
        replay = self.write("replay.yaml", "workflow: {type: signal_replay, "
                            "signals: small.signals.h5}\n" + SMALL + MANY)
        self.works("check", replay)
        plan = json.loads(self.works("plan", replay, "--json"))
        self.assertEqual((plan["base_pattern"], plan["combinations"], plan["features"]),
                         ("signal_replay", 400, []))
        self.assertEqual((plan["signals"]["computed"], plan["signals"]["read"]), (0, 4))
        self.assertEqual(plan["topology"]["containers"], 402)
        text = self.works("plan", replay)
        self.assertIn("signals     0 instances computed, 4 read from ", text)
        self.assertIn("features    0 columns of 0 features\n", text)
        self.assertIn("digest", self.works("run", replay))

    def test_sizes_may_need_features(self):
        text = self.works("replay", "small.signals.h5", self.write("atr.yaml", SMALL +
                          "portfolio: {size_type: atr_risk, size: 0.01}\n"))
        self.assertIn("features 1 column, signals 0 instances, read 4", text)

    def test_another_configuration_is_refused(self):
        for text, says in [
                (SMALL.replace("[10, 20]", "[10, 30]"),
                 "strategy 1 is momentum[lookback_period=20,signal_threshold=0.01] there and "
                 "momentum[lookback_period=30,signal_threshold=0.01] in the configuration"),
                (SMALL.replace("[10, 20]", "10"), "strategies: 2 there, 1 in the configuration"),
                (SMALL.replace(", {type: hmm}", ""), "classifiers: 2 there, 1 in"),
                (SMALL.replace("{type: trend}", "{type: trend, policy_mode: block_entries}"),
                 "; close there and "),
                (SMALL.replace("{type: trend}", "{type: trend, policy: observe}"),
                 "classifier 0 is unknown flat"),
                (SMALL + "portfolio: {scale_by_strength: true}\n", "needs the strength")]:
            with self.subTest(says):
                self.refused(78, text, says)

    def test_other_types_of_the_same_name_are_refused(self):
        named = "strategies: [{type: %s, name: mine}]\n"
        self.works("signals", self.write("a.yaml", named % "ema_crossover"), "-o", "a.h5")
        self.fails(78, "replay", "a.h5", self.write("b.yaml", named % "sma_crossover"),
                   says="is of another configuration: 'strategies: 1 instances")

    def test_other_data_are_refused(self):
        for data, says in [
                ("start: 2001-01-01", "is of other data: 'SP500: 5031 bars"),
                ("timezone: Asia/Tokyo", "is of other data")]:
            text = (f"data: [{{symbol: SP500, path: {ROOT}/data/sp500_daily.csv, {data}}}]\n"
                    + SMALL)
            self.refused(65, text, says)

    def test_nothing_is_resampled(self):
        self.refused(78, "workflow: {type: monte_carlo}\n" + SMALL,
                     says=":1:18: error: type monte_carlo resamples what it has run, and a replay "
                          "does not; type optimization is replayed")

    def test_metrics_are_its_own(self):
        path = self.write("metrics.yaml", SMALL + "metrics: {periods_per_year: 250, blocks: 4}\n"
                          "windows: {split: 0.5}\n")
        self.works("replay", "small.signals.h5", path, "-o", "replayed.h5")
        self.works("run", path, "-o", "run.h5")
        self.assertEqual(self.works("hash", "replayed.h5"), self.works("hash", "run.h5"))

    def test_what_is_no_store_is_refused(self):
        self.fails(66, "replay", "none.h5", self.small, says="none.h5: error: cannot open")
        self.write("text.h5", "text")
        self.fails(65, "replay", "text.h5", self.small, says="no readable HDF5 file")
        self.works("run", self.small, "-o", "cube.h5")
        self.fails(65, "replay", "cube.h5", self.small, says="no store of signals")
        path = self.write("none.yaml", "workflow: {type: signal_replay}\n" + SMALL)
        for command in "check", "plan", "run":
            self.fails(78, command, path, says="none.yaml:1:18: error: type signal_replay needs a "
                                               "store")
        path = self.write("gone.yaml", "workflow: {type: signal_replay, signals: gone.h5}\n" + SMALL)
        self.fails(66, "check", path, says="gone.yaml:1:42: error: ")
        self.works("replay", "small.signals.h5", path)

    def test_a_store_is_not_replaced_by_its_replay(self):
        self.fails(2, "replay", "small.signals.h5", self.small, "-o", "small.signals.h5", "--force",
                   says="is the store that is replayed")
        self.works("replay", "small.signals.h5", self.small)

    def test_a_broken_store_is_refused(self):
        whole = (self.dir / "small.signals.h5").read_bytes()
        for size in len(whole) // 3, len(whole) - 100:
            self.write("broken.h5", whole[:size])
            done = admf("replay", "broken.h5", self.small, "--force", cwd=self.dir)
            self.assertEqual(done.returncode, 65, done.stderr)


if __name__ == "__main__":
    unittest.main()
