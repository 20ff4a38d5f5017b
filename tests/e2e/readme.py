#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does README.md show the example as it is, and what the program really prints? Does STATISTICS.md?
Do the pages link to files that exist, and show digests that examples have?

    python3 readme.py PROGRAM
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMES_AND_PATHS = re.compile(r"^(data |cube |done |\.\.\.)")


def blocks(text):
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def main():
    text = (ROOT / "README.md").read_text()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([sys.argv[1], "run", ROOT / "configs/momentum_hmm.yaml", "-o",
                              f"{folder}/momentum_hmm.h5", "--analytics", "off"], check=True,
                             capture_output=True, stdin=subprocess.DEVNULL, text=True)
        printed = set(run.stdout.splitlines())
        (example,) = [code for language, code in blocks(text) if language == "yaml"]
        if example != (ROOT / "configs/momentum_hmm.yaml").read_text():
            faults.append("the example is not configs/momentum_hmm.yaml")
        (output,) = [code for _, code in blocks(text) if code.startswith("data ")]
        faults += [f"not printed: {line}" for line in output.splitlines()
                   if line not in printed and not TIMES_AND_PATHS.match(line)]
        command, output = [code for _, code in blocks((ROOT / "docs/STATISTICS.md").read_text())][:2]
        top = subprocess.run([sys.argv[1], *command.split()[1:]], check=True, capture_output=True,
                             stdin=subprocess.DEVNULL, text=True, cwd=folder)
        if top.stdout != output:
            faults.append(f"STATISTICS.md: {command}prints {top.stdout}")
    commands = set(re.findall(r"^\| `admf (\w+)|, `admf (\w+)`", text, re.MULTILINE))
    shown = {word for pair in commands for word in pair if word}
    helped = subprocess.run([sys.argv[1], "--help"], check=True, capture_output=True,
                            stdin=subprocess.DEVNULL, text=True).stdout
    real = set(re.findall(r"^  (\w+)  ", helped.split("Commands:")[1].split("\n\n")[0], re.MULTILINE))
    if shown != real:
        faults.append(f"commands: {sorted(shown ^ real)}")
    digests = (ROOT / "tests/golden/digests.txt").read_text().split()
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        shown = set(re.findall(r"^digest +([0-9a-f]{16})$", page.read_text(), re.MULTILINE))
        faults += [f"{page.name}: no example has the digest {d}" for d in shown - set(digests)]
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in link and not (page.parent / link).exists():
                faults.append(f"{page.name}: no {link}")
    if faults:
        sys.exit("\n".join(faults))
    print("ok")


if __name__ == "__main__":
    main()
