# SPDX-License-Identifier: Apache-2.0
"""Writes the table of a comparison."""
import statistics

UNITS = {"combination-bar": (1e9, "ns per combination-bar"), "order": (1e9, "ns per order"),
         "process": (1e3, "ms per process"), "bar": (1e9, "ns per bar")}
# What the ratio to a peer should be at least.
TARGETS = {("big_grid", "raptorbt"): 1000, ("single_run", "raptorbt"): 20, ("dense", "vectorbt"): 50,
           ("start", "vectorbt"): 20, ("features", "talib"): 1}
FEATURES = ("A feature is to take no longer than TA-Lib's, and a third of its time where TA-Lib sums a window again at "
            "every bar; it does so in none of these rows (sums run on from bar to bar, and the highest and lowest of a "
            "window are not sought anew at each), so that 1 × is what all of them are judged by.")
# ManifoldBT cannot be installed from the index; its own published comparison of the big grid.
BRIDGE = (35, 63)


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":", 1)[1].strip() for line in file
                     if line.startswith("model name")), "unknown processor")


def spread(values):
    """Median and range."""
    return statistics.median(values), min(values), max(values)


def digits(x):
    return f"{x:,.0f}".replace(",", " ") if x >= 100 else f"{x:.3g}"


def ratio(row):
    middle, low, high = spread([r["ratio"] for r in row["rounds"]])
    return f"{digits(middle)} × ({digits(low)} … {digits(high)})"


def target(row):
    wanted = TARGETS.get((row["work"], row["peer"]))
    if wanted is None:
        return "–"
    reached = statistics.median(r["ratio"] for r in row["rounds"]) >= wanted
    return f"≥ {digits(wanted)}: {'yes' if reached else 'no'}"


def outcome(row):
    """One line about a row."""
    if "failure" in row:
        return f"{row['title']}: {row['peer']} failed: {row['failure']}"
    if "disagreements" in row:
        # A feature differs in its values, of which there is one line; other works in combinations.
        if row["work"] == "features":
            return f"{row['title']}: the numbers of {row['peer']} differ by {row['disagreements'][0]}"
        return "\n".join([f"{row['title']}: the numbers of {row['peer']} differ in "
                          f"{len(row['disagreements'])} combinations:"] + row["disagreements"][:5])
    return f"{row['title']}: {ratio(row)} {row['peer']}"


def largest_difference(row):
    if "differences" not in row:
        return "–"
    d = row["differences"]
    return f"{max(d.values()):.0e}"


def line(row):
    if "rounds" not in row:
        why = "failed" if "failure" in row else "numbers differ: no time counts"
        return f"| {row['title']} | {row['peer']} | {why} | | | | | |"
    scale, unit = UNITS[row["unit"]]
    ours, theirs = (statistics.median(r[k] for r in row["rounds"]) * scale for k in ("admf", "peer"))
    memory = " / ".join(f"{row['memory'][k] / 2**20:.0f}" for k in ("admf", "peer")) \
        if "memory" in row else "–"
    return (f"| {row['title']} | {row['peer']} | {ratio(row)} | {target(row)} | {ours:.3g} / {theirs:.3g} {unit} | "
            f"{row.get('threads', '–')} | {memory} | {largest_difference(row)} |")


def bridge(report):
    for row in report["rows"]:
        if row["work"] == "big_grid" and row["peer"] == "raptorbt" and "rounds" in row:
            middle = statistics.median(r["ratio"] for r in row["rounds"])
            low, high = middle / BRIDGE[1], middle / BRIDGE[0]
            return (f"ManifoldBT is not on the package index, so nothing was measured against it. A "
                    f"bridge only: its own published comparison says {BRIDGE[0]}–{BRIDGE[1]} × raptorbt on "
                    f"the big grid, which would make the row above {low:.1f}–{high:.1f} × ManifoldBT.")
    return None


def commits(report):
    """Of works that were measured at others than the last run."""
    others = {}
    for row in report["rows"]:
        if row.get("commit") != report.get("commit"):
            others.setdefault(f"{row['work']} {row['commit']}")
    return f" At other commits: {', '.join(others)}." if others else ""


def shared(report):
    busy = max((row.get("load_before", 0) for row in report["rows"]), default=0)
    if busy <= 0.5:
        return ""
    return (f" **The machine was shared**: up to {busy:.1f} other processes wanted a processor when measuring began. "
            "Both sides of a ratio meet that in turn; times are those of a busy machine.")


def markdown(report):
    about = report["about"]
    commit = f"commit {report['commit']}, " if "commit" in report else ""
    versions = ", ".join(f"{k} {v}" for k, v in report["versions"].items() if v)
    lines = [
        "| work | peer | admf is faster by | target: reached | admf / peer | threads | "
        "peak MiB, admf / peer | largest difference |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *map(line, report["rows"]), "",
        "Medians, lowest and highest of alternating rounds. The largest difference is that of final "
        "equity (relative to the capital), drawdown, or the value of a feature (relative); trade counts "
        "are equal. A run goes from bars in memory to results: that of admf has all its metrics and the "
        "cube on disk. Peak memory is that of the whole process."]
    if any(r["work"] == "features" for r in report["rows"]):
        lines += ["", FEATURES]
    slices = [f"{r['peer_cells']} ({r['peer']})" for r in report["rows"] if r["work"] == "big_grid"]
    if slices:
        lines += ["", f"Of the big grid admf runs every combination, a peer {', '.join(slices)} of them."]
    lines += [""]
    for package in report["missing"]:
        lines += [f"Missing: {package} could not be installed.", ""]
    if text := bridge(report):
        lines += [text, ""]
    lines += [f"{report['machine']}, {report['threads']} threads; admf {about['version']}, {commit}"
              f"{about['compiler']}, {about['isa']['chosen']}; {versions}; Python {report['python']}."
              f"{commits(report)}{shared(report)} Made by `bench/peers/run`."]
    return "\n".join(lines) + "\n"
