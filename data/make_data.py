#!/usr/bin/env python3
"""Write the CSV files of this folder from the packages that ship the series.

    python -m venv VENV && VENV/bin/pip install arch==8.0.0
    VENV/bin/pip install --no-deps gym-anytrading==2.0.0
    VENV/bin/python data/make_data.py [--check]

Only standard library. The raw files are read as text out of the installed
packages (neither package is imported), and each price keeps the digits it was
shipped with, so the output is the same on every machine. `--check` writes
nothing and fails if the committed files differ.
"""
import csv
import gzip
import hashlib
import io
import sys
from datetime import datetime
from importlib.metadata import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = "timestamp,open,high,low,close,volume"


def packaged(package, name):
    """Text of one file of an installed package."""
    path = next(f.locate() for f in files(package) if f.name == name)
    raw = Path(path).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("ascii")


def shortest(text):
    """The shortest decimal that reads back as the same float64."""
    value = float(text)
    return str(int(value)) if value == int(value) else repr(value)


def rows(text, column, pattern, out):
    """Yield CSV lines: time reformatted, open high low close volume kept."""
    for row in csv.DictReader(io.StringIO(text)):
        time = datetime.strptime(row[column], pattern).strftime(out)
        yield [time] + [shortest(row[k]) for k in ("Open", "High", "Low", "Close", "Volume")]


def check_bars(name, table):
    """The rules every market-data file has to obey; raises on the first breach."""
    times = [r[0] for r in table]
    if times != sorted(set(times)):
        raise SystemExit(f"{name}: timestamps unsorted or not unique")
    for r in table:
        o, h, l, c, v = map(float, r[1:])
        if not (0 < l <= min(o, c) and max(o, c) <= h < float("inf") and v >= 0):
            raise SystemExit(f"{name}: bad bar {r}")


def main():
    series = {
        "sp500_daily.csv": rows(packaged("arch", "sp500.csv.gz"),
                                "Date", "%m/%d/%Y", "%Y-%m-%d"),
        "eurusd_hourly.csv": rows(packaged("gym-anytrading", "FOREX_EURUSD_1H_ASK.csv"),
                                  "Time", "%d.%m.%Y %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%SZ"),
    }
    for name, table in series.items():
        table = list(table)
        check_bars(name, table)
        text = "\n".join([HEADER] + [",".join(r) for r in table]) + "\n"
        path = HERE / name
        if "--check" in sys.argv:
            if path.read_bytes() != text.encode():
                raise SystemExit(f"{name}: differs from what the packages give")
        else:
            path.write_bytes(text.encode())
        print(hashlib.sha256(text.encode()).hexdigest(), name, len(table), "bars")


if __name__ == "__main__":
    main()
