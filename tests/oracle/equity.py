"""Whole equity curves from vectorbt, tests/golden/equity.

Portfolio.from_orders(size_type="targetpercent") with a size only at the bars
where the target changes is the oracle for: fill at the close, percent_equity,
the fee taken from the cash, no exits, no limits. Cases are drawn with a seed;
signals come from the reference, and a draw with a signal near its threshold
(1e-9 relative) is thrown away, so that engine and oracle trade the same bars.

A second, independent walk through the bars (`walk`) follows the documented
rules one by one. It checks vectorbt, and it finds the first bar at which
vectorbt stops being valid (`valid_until` in index.csv: equity <= 0, a cover that
does not fit the cash, a sale that does not cover its fee). Compare up to and
without that bar; it equals `bars` where the whole curve holds.

index.csv      one line a case; orders, trades, total fees, final equity,
               drawdown and cash cuts are those of the whole run, empty where
               the oracle is not valid to its end
case_NN.csv    bar;equity, every 5th bar and the last
"""
import random

import numpy as np
import pandas as pd
import vectorbt as vbt

import strategies
from reference import GOLDEN, ROOT, load_bars, write_table

CASES, SEED = 20, 7
POOR = 2                        # further cases that the fees eat up
SERIES = {"sp500_daily.csv": 5031, "eurusd_hourly.csv": 2000}


def draw(rng, number):
    """Parameters of one case: series and strategy alternate, the rest is drawn."""
    case = {"case": f"case_{number:02d}",
            "data": list(SERIES)[number % 2],
            "strategy": ("sma_crossover", "momentum")[number // 2 % 2]}
    case["bars"] = SERIES[case["data"]]
    daily = case["data"].startswith("sp500")
    if case["strategy"] == "sma_crossover":
        fast = rng.randint(2, 30)
        case["params"] = (fast, rng.randint(fast + 1, 120))
    else:
        case["params"] = (rng.randint(2, 60),
                          round(rng.uniform(0, 0.05 if daily else 0.004), 4))
    case["allow_short"] = int(rng.random() < 0.6)
    case["size"] = rng.choice([1.0, round(rng.uniform(0.2, 1), 3)])
    case["fee_rate"] = rng.choice([0.0, 0.001, round(rng.uniform(0, 0.002), 5)])
    case["fee_fixed"] = rng.choice([0.0, 0.0, 1.0, round(rng.uniform(0, 5), 2)])
    case["slippage"] = rng.choice([0.0, 0.0005, round(rng.uniform(0, 0.001), 5)])
    case["initial_cash"] = rng.choice([10000.0, 100000.0, 2500.5])
    if number >= CASES:
        case["initial_cash"], case["fee_fixed"] = 120.0, 5.0
    return case


def targets(case, bars):
    """Target direction per bar, or None if a signal is in doubt."""
    signal = getattr(strategies, case["strategy"])(bars, *case["params"])
    if None in signal:
        return None
    return [s if s >= 0 or case["allow_short"] else 0 for s in signal]


def vectorbt_run(case, close, target):
    """Equity per bar, number of orders, closed trades, fees paid."""
    size, wanted = np.full(len(close), np.nan), 0
    for t, d in enumerate(target):
        if d != wanted:
            size[t], wanted = d * case["size"], d
    portfolio = vbt.Portfolio.from_orders(
        pd.Series(close), size=pd.Series(size), size_type="targetpercent",
        price=pd.Series(close), fees=case["fee_rate"], fixed_fees=case["fee_fixed"],
        slippage=case["slippage"], init_cash=case["initial_cash"], freq="1D")
    return {"equity": portfolio.value().to_numpy(), "orders": int(portfolio.orders.count()),
            "trades": int(portfolio.positions.closed.count()),
            "fees": float(portfolio.orders.records["fees"].sum())}


def walk(case, close, target):
    """The documented rules, bar by bar; also where the oracle stops being valid."""
    cash, units, wanted, was = case["initial_cash"], 0.0, 0, 0
    out = {"equity": [], "orders": 0, "trades": 0, "fees": 0.0, "valid": len(close), "cut": 0}
    for t, (p, d) in enumerate(zip(close, target)):
        if d != wanted:
            wanted, V = d, cash + units * p
            delta = ((d * case["size"]) * V) / p - units
            a = p * (1 + case["slippage"]) if delta > 0 else p * (1 - case["slippage"])
            fee = (abs(delta) * a) * case["fee_rate"] + case["fee_fixed"]
            if delta > 0 and delta * a + fee > cash * (1 + 1e-9):
                cut = min(delta, (cash - case["fee_fixed"]) / (a * (1 + case["fee_rate"])))
                if units < 0 and cut < -units:
                    out["valid"] = min(out["valid"], t)
                    cut = -units
                out["cut"] += 1
                delta = max(cut, 0.0)
                fee = (delta * a) * case["fee_rate"] + case["fee_fixed"]
            elif delta < 0 and abs(delta) * a < fee:
                out["valid"] = min(out["valid"], t)
            if delta != 0:
                cash, units = (cash - delta * a) - fee, units + delta
                units = 0.0 if abs(units) < 1e-12 * abs(delta) else units
                now = (units > 0) - (units < 0)
                out["trades"] += was != 0 and now != was
                was = now
                out["orders"] += 1
                out["fees"] += fee
        out["equity"].append(cash + units * p)
        if out["equity"][-1] <= 0:
            out["valid"] = min(out["valid"], t)
    return out


def drawdown(equity, initial_cash):
    peak = np.maximum.accumulate(np.maximum(equity, initial_cash))
    return float(((peak - equity) / peak).max())


def check(case, theirs, ours):
    n = ours["valid"]
    gap = abs(theirs["equity"][:n] / np.array(ours["equity"][:n]) - 1).max()
    assert gap < 1e-9, (case, gap)
    if n == len(ours["equity"]):
        assert theirs["orders"] == ours["orders"], (case, theirs["orders"], ours["orders"])
        assert theirs["trades"] == ours["trades"], (case, theirs["trades"], ours["trades"])
        assert abs(theirs["fees"] - ours["fees"]) <= 1e-9 * max(1, ours["fees"])
    return gap


def make():
    rng, rows = random.Random(SEED), []
    series = {name: {k: v[:n] for k, v in load_bars(ROOT / "data" / name).items()}
              for name, n in SERIES.items()}
    while len(rows) < CASES + POOR:
        case = draw(rng, len(rows))
        bars = series[case["data"]]
        target = targets(case, bars)
        if target is None:
            continue
        close = bars["close"].astype(float)
        theirs, ours = vectorbt_run(case, close, target), walk(case, close.tolist(), target)
        gap = check(case, theirs, ours)
        whole = {"orders": theirs["orders"], "trades": theirs["trades"],
                 "fees_paid": theirs["fees"], "final_equity": theirs["equity"][-1],
                 "max_drawdown": drawdown(theirs["equity"], case["initial_cash"]),
                 "orders_cash_cut": ours["cut"]}
        if ours["valid"] < len(close):
            whole = dict.fromkeys(whole)
        row = {**case, "params": ",".join(map(str, case["params"])),
               "valid_until": ours["valid"], **whole}
        rows.append(row)
        print(*(f"{v:.6g}" if isinstance(v, float) else v for v in row.values()),
              f"gap {gap:.1e}")
        last = len(close) - 1
        write_table(GOLDEN / "equity" / f"{case['case']}.csv", ["bar", "equity"],
                    [(t, theirs["equity"][t]) for t in range(last + 1)
                     if t % 5 == 0 or t == last])
    write_table(GOLDEN / "equity" / "index.csv", list(rows[0]), [r.values() for r in rows])


if __name__ == "__main__":
    make()
