#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""workflow.type: monte_carlo from end to end.

    python3 monte_carlo.py ADMF

/monte_carlo is made once more from /kept_equity by tests/oracle/bootstrap.py, for equity of every
bar and of every day; a run that is interrupted while it resamples goes on to the same digest; the
cube's own configuration gives it again; another seed does not.
"""
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/oracle"))
import bootstrap  # noqa: E402

PROGRAM = sys.argv[1]
DAILY = f"""
workflow: {{type: monte_carlo, n: 3, min_trades: 5, paths: 60, objective: calmar}}
data: [{{symbol: SP500, path: {ROOT}/data/sp500_daily.csv, end: 2004-12-31}}]
windows: {{split: 0.6}}
metrics: {{risk_free_rate: 0.01}}
strategies:
  - {{type: rsi_bands, parameters: {{period: [5, 9, 14], lower: [20, 30]}}}}
output: {{keep: {{best: {{by: calmar, n: 3, min_trades: 5}}}}}}
"""
INTRADAY = f"""
workflow: {{type: monte_carlo, n: 2, paths: 50, block: 3}}
data: [{{symbol: EURUSD, path: {ROOT}/data/eurusd_hourly.csv, session: "07:00-19:00"}}]
metrics: {{sampling: day}}
strategies: [{{type: momentum, parameters: {{lookback_period: [3, 6, 12], signal_threshold: 0.0005}}}}]
resources: {{seed: 11}}
output: {{keep: {{best: {{by: sharpe, n: 2}}}}}}
"""


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def digest(path):
    return run("hash", path).split()[0]


def texts(dataset):
    return [t.decode() for t in dataset[()].ravel()]


def check(path, block, seed, risk_free):
    with h5py.File(path) as cube:
        kept, made = cube["kept_equity"], cube["monte_carlo"]
        symbols, windows = texts(cube["symbol"]), texts(cube["window"])
        daily = path.stem == "intraday"
        assert len(made["combo"]) == len(kept["combo"]) > 1
        for row in range(len(made["combo"])):
            combo, at, count = (int(kept[k][row]) for k in ("combo", "offset", "count"))
            symbol, window = (symbols.index(texts(kept["symbol"])[row]),
                              windows.index(texts(kept["window"])[row]))
            assert combo == made["combo"][row]
            assert texts(kept["window"])[row] == texts(made["window"])[row]
            equity, time = kept["equity"][at:at + count], kept["time"][at:at + count]
            if daily:
                day = time // 86_400_000_000_000
                last = np.append(day[1:] != day[:-1], True)
                equity, time = equity[last], time[last]
            returns = equity / np.append(100000.0, equity[:-1]) - 1
            used = block or bootstrap.default_block(len(returns))
            paths = 50 if daily else 60
            table, ends = bootstrap.bands(
                returns, paths, used, bootstrap.cell_seed(seed, combo, symbol, window),
                periods=252.0, risk_free=risk_free)
            names = ["losing"] + [f"{m}_q{p:02d}" for m in ("total_return", "max_drawdown", "sharpe")
                                  for p in bootstrap.PERCENT]
            np.testing.assert_allclose([made[n][row] for n in names], ends, rtol=1e-12, atol=1e-12)
            assert made["samples"][row] == len(returns) and made["block"][row] == used
            objective = cube["calmar" if not daily else "sharpe"]
            assert made["objective"][row] == objective[symbol, window].ravel()[combo]
            steps = slice(int(made["offset"][row]), int(made["offset"][row] + made["count"][row]))
            np.testing.assert_array_equal(made["sample"][steps], [t[0] for t in table])
            np.testing.assert_array_equal(made["time"][steps], time[made["sample"][steps]])
            for q, p in enumerate(bootstrap.PERCENT):
                np.testing.assert_allclose(made[f"equity_q{p:02d}"][steps],
                                           [t[1 + q] for t in table], rtol=1e-12)
        return len(made["combo"])


def interrupt():
    """While it resamples: then PATH.new is there and the cube is not."""
    Path("long.yaml").write_text(DAILY.replace("paths: 60", "paths: 12000"))
    run("run", "long.yaml", "-o", "whole.h5", "--force", "--analytics", "off")
    for name in ("long.h5", "long.h5.partial", "long.h5.partial.lock", "long.h5.making", "long.h5.new"):
        Path(name).unlink(missing_ok=True)
    started = subprocess.Popen([PROGRAM, "run", "long.yaml", "-o", "long.h5", "--analytics", "off"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not Path("long.h5.new").exists() and started.poll() is None:
        time.sleep(0.005)
    time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    said = started.communicate()[1]
    assert started.returncode == 130 and "--resume" in said, (started.returncode, said)
    assert not Path("long.h5").exists() and Path("long.h5.partial").exists()
    run("run", "long.yaml", "-o", "long.h5", "--resume", "--analytics", "off")
    assert digest("long.h5") == digest("whole.h5")


def main():
    cells = 0
    for name, text, block, seed, rate in (("daily", DAILY, 0, 0, 0.01),
                                          ("intraday", INTRADAY, 3, 11, 0)):
        Path(f"{name}.yaml").write_text(text)
        run("run", f"{name}.yaml", "-o", f"{name}.h5", "--force", "--threads", 1)
        cells += check(Path(f"{name}.h5"), block, seed, rate)
        run("run", f"{name}.h5", "-o", "again.h5", "--force", "--threads", 2)
        assert digest("again.h5") == digest(f"{name}.h5")
    finished = json.loads(run("run", "daily.yaml", "-o", "daily.h5", "--resume", "--json"))
    phase = finished["phases"][0]
    assert phase["paths"] == 60 and len(phase["resampled"]) == 3
    with h5py.File("daily.h5") as cube:
        best = int(np.argmax(cube["monte_carlo/objective"][()]))
        assert phase["resampled"][0]["combo"] == cube["monte_carlo/combo"][best]
        assert phase["resampled"][0]["sharpe"]["q95"] == cube["monte_carlo/sharpe_q95"][best]
    Path("seeded.yaml").write_text(DAILY + "resources: {seed: 1}\n")
    said = run("run", "seeded.yaml", "-o", "daily.h5", "--resume", code=78)
    assert "seed" in said, said
    run("run", "seeded.yaml", "-o", "seeded.h5", "--force")
    assert digest("seeded.h5") != digest("daily.h5")
    Path("none.yaml").write_text(DAILY.replace("min_trades: 5", "min_trades: 5000"))
    assert "Nothing was resampled" in run("run", "none.yaml", "-o", "none.h5", "--force")
    with h5py.File("none.h5") as cube:
        assert len(cube["monte_carlo/combo"]) == len(cube["monte_carlo/equity_q50"]) == 0
    said = run("run", "long.yaml" if Path("long.yaml").exists() else "daily.yaml", "-o", "x.h5",
               "--force", "--memory", "30M", code=78)
    assert "memory" in said, said
    interrupt()
    print(f"ok: {cells} combinations resampled once more")


main()
