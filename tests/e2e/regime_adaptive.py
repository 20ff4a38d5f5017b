#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""workflow.type: regime_adaptive from end to end.

    python3 regime_adaptive.py ADMF

What is chosen is found once more from /by_regime of the training cube; equity is walked through once
more, from the signals and regimes of the combinations themselves; one strategy in all regimes is that
strategy, bit for bit; nothing of the test window has a say; the cube of the test phase gives itself
again.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = sys.argv[1]
DATA = f"data: [{{symbol: SP500, path: {ROOT}/data/sp500_daily.csv}}]\n"
WINDOWS = "windows: {train: {end: 2009-12-31}, test: {start: 2010-01-01}}\n"
STRATEGIES = """strategies:
  - {type: rsi_bands, parameters: {period: [14, 21], lower: [25, 35]}}
  - {type: mean_reversion, parameters: {period: [10, 20]}}
  - {type: momentum, parameters: {lookback_period: [10, 60]}}
  - {type: donchian_breakout, parameters: {period: [20, 55]}}
"""
# Fills at the close, all equity, the fee out of the cash: what `walk` follows.
WALKED = DATA + WINDOWS + STRATEGIES + """workflow: {type: regime_adaptive, n: 50}
classifiers:
  - {type: trend, parameters: {threshold: [0.005, 0.02]}, policy: observe}
  - {type: hmm, parameters: {lookback_days: 60, refit_days: 60}, policy: observe}
execution: {fill: close, fee_rate: [0, 0.001], fee_in_cash: true}
output: {keep: all}
"""
# Policies, exits, strength, stored precision, two symbols.
MIXED = f"""workflow: {{type: regime_adaptive, n: 7, min_trades: 5, objective: calmar}}
data:
  - {{symbol: SP500, path: {ROOT}/data/sp500_daily.csv, end: 2008-12-31}}
  - {{symbol: LATER, path: {ROOT}/data/sp500_daily.csv, start: 2008-01-01}}
windows: {{split: 0.6}}
classifiers:
  - {{type: trend, policy_mode: block_entries}}
  - {{type: volatility}}
risk:
  - {{name: plain}}
  - {{name: stops, stop_loss: [0.02, 0.05], scale_by_strength: true}}
output: {{precision: float32}}
""" + STRATEGIES


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def adapt(name, text, *options):
    Path(f"{name}.yaml").write_text(text)
    run("run", f"{name}.yaml", "-o", f"{name}.h5", "--force", *options)


def digest(path):
    return run("hash", path).split()[0]


def texts(dataset):
    return [t.decode() for t in dataset[()].ravel()]


def chosen_in(path):
    """{(symbol, triple): {label: (combo, profit)}} of a training cube; combo -1 where flat."""
    with h5py.File(path) as cube:
        triples = int(np.prod(cube["sharpe"].shape[3:]))
        table = cube["by_regime"]
        rows = zip(texts(table["symbol"]), table["combo"][()], texts(table["label"]),
                   table["profit"][()].astype(float), table["trades"][()])
        best, active = {}, {}
        for symbol, combo, label, profit, trades in rows:
            place = (symbol, int(combo) % triples)
            best.setdefault(place, {}).setdefault(label, (-1, -np.inf))
            if profit > best[place][label][1]:
                best[place][label] = (int(combo), profit)
            active[place, label] = active.get((place, label), False) or trades > 0 or profit != 0
        for place, labels in best.items():
            for label in labels:
                if not active[place, label]:
                    labels[label] = (-1, np.nan)
        return best, triples


def choice_of(path):
    """The same of /regime_choice."""
    with h5py.File(path) as cube:
        rows = cube["regime_choice"]
        shape = cube["sharpe"].shape[3:]
        triple = np.ravel_multi_index([rows[a][()] for a in ("classifier", "risk", "execution")],
                                      shape)
        out = {}
        for symbol, t, label, combo, profit in zip(texts(rows["symbol"]), triple,
                                                   texts(rows["label"]), rows["combo"][()],
                                                   rows["profit"][()]):
            out.setdefault((symbol, int(t)), {})[label] = (int(combo), profit)
        return out


def check_choice(name):
    expected, _ = chosen_in(f"{name}.train.h5")
    found = choice_of(f"{name}.test.h5")
    assert found and list(found) == sorted(found, key=lambda k: (symbols(name).index(k[0]), k[1]))
    for place, labels in found.items():
        assert list(labels) == list(expected[place]), place
        for label, (combo, profit) in labels.items():
            assert combo == expected[place][label][0], (place, label, combo, expected[place])
            np.testing.assert_equal(profit, expected[place][label][1])
    with h5py.File(f"{name}.test.h5") as cube:
        computed = np.flatnonzero(cube["status"][0, 0].ravel())
        wanted = {c for labels in found.values() for c, _ in labels.values() if c >= 0}
        assert set(computed) == wanted
    return found, expected


def symbols(name):
    with h5py.File(f"{name}.test.h5") as cube:
        return texts(cube["symbol"])


def changes(group, value, combo, count):
    """A value for each bar, from its changes."""
    row = list(group["combo"][()]).index(combo)
    at, n = int(group["offset"][row]), int(group["count"][row])
    bars = group["bar"][at:at + n]
    return np.repeat(group[value][at:at + n], np.diff(np.append(bars, count)))


def walk(close, target, fee_rate, cash=100000.0):
    """fill: close, percent_equity 1, fee_in_cash."""
    units, wanted, equity = 0.0, 0, []
    for p, d in zip(close, target):
        if d != wanted:
            wanted, value = d, cash + units * p
            delta = (d * value) / p - units
            if delta > 0 and delta * p * (1 + fee_rate) > cash * (1 + 1e-12):
                delta = cash / (p * (1 + fee_rate))
            cash -= delta * p + abs(delta) * p * fee_rate
            units += delta
        equity.append(cash + units * p)
    return np.array(equity)


def check_equity(name, found):
    closes = {}
    for line in (ROOT / "data/sp500_daily.csv").read_text().splitlines()[1:]:
        fields = line.split(",")
        closes[np.datetime64(fields[0][:10])] = float(fields[4])
    with h5py.File(f"{name}.test.h5") as cube:
        adaptive, triples = cube["adaptive"], int(np.prod(cube["sharpe"].shape[3:]))
        fees = cube["execution__fee_rate"][()]
        assert len(adaptive["train"]) == len(found) > 4
        switched = 0
        for row, place in enumerate(found):
            at, count = int(adaptive["offset"][row]), int(adaptive["count"][row])
            combo, equity = (adaptive[k][at:at + count] for k in ("combo", "equity"))
            one = next(c for c, _ in found[place].values() if c >= 0)
            labels = [t.decode() for t in changes(cube["regime_series"], "label", one, count)]
            assert [found[place][label][0] for label in labels] == combo.tolist()
            target = np.zeros(count, int)
            for c in set(combo.tolist()) - {-1}:
                signal = changes(cube["signals"], "signal", c, count)
                target[combo == c] = signal[combo == c]
            time = adaptive["time"][at:at + count].astype("datetime64[ns]").astype("datetime64[D]")
            close = [closes[t] for t in time]
            np.testing.assert_allclose(
                equity, walk(close, target, fees[place[1] % len(fees)]), rtol=1e-9)
            assert equity[-1] / 100000 - 1 == adaptive["total_return"][row]
            assert adaptive["test"][row] == adaptive["sharpe"][row]
            switched += len(set(combo.tolist())) > 1
        assert switched > 2 and np.all(np.isfinite(adaptive["train"]))
        return len(found)


def one_strategy_is_itself():
    one = DATA + WINDOWS + """workflow: {type: regime_adaptive}
strategies: [{type: rsi_bands, parameters: {period: 7}}]
classifiers:
  - {type: trend, policy: observe}
  - {type: hmm, parameters: {lookback_days: 30, refit_days: 60}, policy: observe}
risk: {stop_loss: [off, 0.03], scale_by_strength: [false, true]}
execution: {slippage: 0.0003, fill: [next_open, close]}
output: {keep: all}
"""
    adapt("one", one)
    with h5py.File("one.test.h5") as cube:
        adaptive, kept, shape = cube["adaptive"], cube["kept_equity"], cube["sharpe"].shape[3:]
        for row in range(len(adaptive["train"])):
            place = tuple(int(adaptive[a][row]) for a in ("classifier", "risk", "execution"))
            combo = int(np.ravel_multi_index(place, shape))  # of the only strategy
            k = list(kept["combo"][()]).index(combo)
            at, count = int(adaptive["offset"][row]), int(adaptive["count"][row])
            assert set(adaptive["combo"][at:at + count].tolist()) == {combo}
            theirs = kept["equity"][int(kept["offset"][k]):int(kept["offset"][k]) + count]
            assert adaptive["equity"][at:at + count].tobytes() == theirs.tobytes()
            for name in set(adaptive) & set(cube) - {"symbol", "window", "classifier", "risk",
                                                     "execution", "status"}:
                cell = cube[name][0, 0, 0][place]
                np.testing.assert_equal(adaptive[name][row], cell, err_msg=name)
        with h5py.File("one.train.h5") as train:
            best = train["sharpe"][0, 0, 0]
            for row in range(len(adaptive["train"])):
                place = tuple(int(adaptive[a][row]) for a in ("classifier", "risk", "execution"))
                assert adaptive["train"][row] <= np.nanmax(best)
        return len(adaptive["train"])


def the_future_has_no_say(found):
    lines = (ROOT / "data/sp500_daily.csv").read_text().splitlines()
    for i, line in enumerate(lines):
        day, *fields = line.split(",")
        if "2010-01-01" <= day < "2100":
            scale = float(1 + 0.3 * np.sin(i / 7))
            lines[i] = ",".join([day] + [repr(float(f) * scale) for f in fields[:4]] + fields[4:])
    Path("future.csv").write_text("\n".join(lines) + "\n")
    adapt("future", WALKED.replace(f"{ROOT}/data/sp500_daily.csv", "future.csv"))
    assert digest("future.train.h5") == digest("walked.train.h5")
    assert digest("future.test.h5") != digest("walked.test.h5")
    assert str(choice_of("future.test.h5")) == str(found)
    with h5py.File("future.test.h5") as ours, h5py.File("walked.test.h5") as theirs:
        assert (ours["adaptive/train"][()] == theirs["adaptive/train"][()]).all()


def again(name):
    """Its own configuration, replayed too; other threads; all and half of it, resumed."""
    expected = digest(f"{name}.test.h5")
    run("run", f"{name}.test.h5", "-o", "again.h5", "--force", "--threads", 1)
    assert digest("again.h5") == expected
    with h5py.File(f"{name}.test.h5") as cube:
        Path("stored.yaml").write_text(cube["provenance/resolved_configuration"].asstr()[()])
    run("signals", "stored.yaml", "-o", "stored.signals.h5", "--force")
    run("replay", "stored.signals.h5", "stored.yaml", "-o", "replayed.h5", "--force")
    assert digest("replayed.h5") == expected
    adapt(f"{name}_threads", Path(f"{name}.yaml").read_text(), "--threads", 3)
    assert digest(f"{name}_threads.test.h5") == expected
    said = json.loads(run("run", f"{name}.yaml", "-o", f"{name}.h5", "--resume", "--json"))
    rows = said["phases"][1]["adaptive"]
    with h5py.File(f"{name}.test.h5") as cube:
        assert rows[0]["train"] == np.max(cube["adaptive/train"][()])
    Path(f"{name}.test.h5").unlink()
    run("run", f"{name}.yaml", "-o", f"{name}.h5", "--resume")
    assert digest(f"{name}.test.h5") == expected


def check_traces(name):
    """Each row of /adaptive traced: the same summary, the same combination with the say."""
    with h5py.File(f"{name}.test.h5") as cube:
        rows = cube["adaptive"]
        for row in range(len(rows["train"])):
            done = run("trace", f"{name}.test.h5", "--adaptive", f"adaptive_{row}")
            assert f"the summary equals adaptive_{row} of {name}.test.h5, bit for bit" in done, done
            events = [json.loads(line) for line in done.splitlines() if line.startswith("{")]
            at, count = int(rows["offset"][row]), int(rows["count"][row])
            say = np.full(count, -2)
            by_id = {event["event_id"]: event for event in events}
            inputs = {}
            for event in events:
                payload, bar = event["payload"], event["bar"]
                assert event["combo_id"] == f"adaptive_{row}"
                if event["type"] == "FEATURES":
                    inputs = payload
                if event["type"] == "SIGNAL":
                    say[bar:] = int((payload["combo"] or "combo_-1")[6:])
                    assert payload["inputs"].items() <= inputs.items()
                    assert payload["combo"] or (payload["signal"] == 0 and not payload["strategy"])
                    cause = by_id[event["causation_id"]]
                    assert cause["bar"] == bar and cause["type"] in ("FEATURES", "CLASSIFICATION")
            assert say.tolist() == rows["combo"][at:at + count].tolist()
        rows = len(rows["train"])
    said = run("trace", f"{name}.test.h5", "--adaptive", rows, code=2)
    assert f"no adaptive portfolio {rows}; there are {rows}, the last is adaptive_{rows - 1}" in said
    return rows


def order_of_choices_makes_no_difference(name):
    """Portfolios are in order of symbol and triple, however their choices stand in the file."""
    with h5py.File(f"{name}.test.h5") as cube:
        text = cube["provenance/resolved_configuration"].asstr()[()]
    head, rows = text.split("  regime_choice:\n", 1)
    choices = []
    while rows.startswith("    - "):
        end = rows.find("\n    - ", 1) + 1 or re.search(r"\n(?! {5})", rows).end()
        choices.append(rows[:end])
        rows = rows[end:]
    assert len(choices) > 10
    Path("turned.yaml").write_text(head + "  regime_choice:\n" + "".join(choices[::-1]) + rows)
    run("run", "turned.yaml", "-o", "turned.h5", "--force")
    with h5py.File("turned.h5") as ours, h5py.File(f"{name}.test.h5") as theirs:
        for group in "adaptive", "regime_choice":
            for variable in theirs[group]:
                np.testing.assert_array_equal(ours[group][variable][()],
                                              theirs[group][variable][()])


def wrong():
    rows = "  regime_choice:\n" + "".join(
        f"    - {{symbol: {s}, label: {l}, combo: {c}}}\n"
        for s, l, c in (("SP500", "up", 0), ("DAX", "up", 0), ("SP500", "rising", 0),
                        ("SP500", "up", 0)))
    plain = DATA + "strategies: [{type: momentum}]\nclassifiers: [{type: trend}]\n"
    Path("wrong.yaml").write_text("workflow:\n" + rows + plain)
    said = run("run", "wrong.yaml", "-o", "wrong.h5", code=78)
    for line, text in ((4, "there is no symbol 'DAX'"), (5, "its classifier has no label 'rising'"),
                       (6, "there is a choice already for 'up'")):
        assert f"wrong.yaml:{line}:7: error: 'regime_choice' of combination 0: {text}" in said, said
    Path("wrong.yaml").write_text("workflow:\n" + rows.replace("combo: 0", "combo: 7") + plain)
    assert "'regime_choice' names combination 7; there are 1" in run("check", "wrong.yaml", code=78)
    Path("none.yaml").write_text(WALKED.replace("n: 50", "n: 50, min_trades: 90000"))
    said = run("run", "none.yaml", "-o", "none.h5", "--force", code=78)
    assert "phase 'test' has nothing to trade" in said, said
    assert Path("none.train.h5").exists() and not Path("none.test.h5").exists()
    assert "the best strategy of each regime in 'train'" in run("plan", "walked.yaml")


def main():
    adapt("walked", WALKED)
    found, expected = check_choice("walked")
    assert set(found) == set(expected)  # all of them: n is large
    portfolios = check_equity("walked", found)
    adapt("mixed", MIXED)
    mixed, _ = check_choice("mixed")
    assert len(mixed) == 7 and {s for s, _ in mixed} == {"SP500", "LATER"}
    traced = check_traces("walked") + check_traces("mixed")
    same = one_strategy_is_itself()
    the_future_has_no_say(found)
    again("walked")
    again("mixed")
    order_of_choices_makes_no_difference("mixed")
    order_of_choices_makes_no_difference("walked")
    wrong()
    print(f"ok: {portfolios} portfolios walked through, {traced} traced, {same} like their only "
          "strategy")


main()
