# SPDX-License-Identifier: Apache-2.0
"""Rows of an earlier run, so that one of a few works need not lose the others."""
import json

import table


def common(report):
    """What all rows of a table share: it is told once, below them."""
    return {"processor": report["machine"], "compiler": report["about"]["compiler"],
            "instruction set": report["about"]["isa"]["chosen"], "number of threads": report["threads"],
            "Python": report["python"]}


def rows(path, report, packages):
    """Those of the file that may stand in the table of `report`, and texts on why others may not.

    `packages`: of each peer, in the order of the table."""
    if not path.exists():
        return [], []
    try:
        old = json.loads(path.read_text())
        table.markdown(old)     # what cannot be shown cannot be kept
        here, there = common(report), common(old)
        if other := [f"{key}: {there[key]} there, {here[key]} here" for key in here if here[key] != there[key]]:
            return [], [f"no row of {path} is kept; it is of another {', another '.join(other)}"]
        same = {peer: all(old["versions"].get(p) == report["versions"][p] for p in needed)
                for peer, needed in packages.items()}
        kept = [{"commit": "unknown"} | row for row in old["rows"] if same[row["peer"]]]
        gone = sorted({row["peer"] for row in old["rows"] if not same[row["peer"]]})
        return kept, [f"rows of {path} with another version of {peer} are not kept" for peer in gone]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return [], [f"no row of {path} is kept; it is no table of this program"]


def merged(before, new, finished, works, peers):
    """`new` in place of the same rows of before, and of all rows of the works that are `finished`."""
    def key(row):
        return row["work"], row["title"], row["peer"]

    found = {key(row): row for row in before if row["work"] in works and row["work"] not in finished}
    found |= {key(row): row for row in new}
    return sorted(found.values(), key=lambda row: (works.index(row["work"]), peers.index(row["peer"])))
