#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows docs/ADDING.md word by word in a copy of the sources.

    python3 adding.py [--print]      --print: show what the commands print

A comment before a code block says what to do with it:
    append FILE            add it to the end of FILE
    file FILE              make FILE of it
    case FUNCTION FILE     put it before the next `default:` of FUNCTION
    before|after NAME FILE put it before or after the line that begins with NAME
    run                    run it; with set -e
    output                 what the block before has printed; `…` stands for anything
Blocks without a comment are only for reading. Needs what building needs, and numpy.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/ADDING.md"
KEPT_OUT = (".git", "build", ".venv", "__pycache__", "*.h5", "*.h5.*")
BLOCK = re.compile(r"^<!-- (.+?) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def give_up(what, text=""):
    sys.exit(f"{PAGE}: {what}\n{text}".rstrip())


def insert(path, at, code):
    lines = path.read_text().splitlines(keepends=True)
    lines.insert(at(lines), code)
    path.write_text("".join(lines))


def line_of(lines, test, what, start=0):
    for k in range(start, len(lines)):
        if test(lines[k]):
            return k
    give_up(f"no {what}")


def case(lines, function):
    here = line_of(lines, lambda l: f"{function}(int" in l, function)
    return line_of(lines, lambda l: l.strip() == "default:", f"default: in {function}", here)


def run(code, copy):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", code], cwd=copy, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False,
                          env=os.environ | {"XDG_DATA_HOME": f"{copy}/records"})
    if done.returncode:
        give_up(f"this failed with {done.returncode}:\n{code}", done.stdout[-6000:])
    return done.stdout


def compare(expected, printed):
    pattern = "".join(".*" if part == "…" else re.escape(part)
                      for part in re.split("(…)", expected.strip()))
    if not re.fullmatch(pattern, printed.strip()):
        give_up(f"printed\n{printed}\nbut the page shows\n{expected}")


def follow(copy, show):
    printed = ""
    for order, code in BLOCK.findall((copy / PAGE).read_text()):
        verb, *words = order.split()
        path = copy / words[-1] if words else None
        if verb == "append":
            path.write_text(path.read_text() + code)
        elif verb == "file":
            path.write_text(code)
        elif verb == "case":
            insert(path, lambda lines: case(lines, words[0]), code)
        elif verb in ("before", "after"):
            insert(path, lambda lines: line_of(lines, lambda l: l.startswith(words[0]), words[0])
                   + (verb == "after"), code)
        elif verb == "run":
            printed = run(code, copy)
            if show:
                print(printed)
        elif verb == "output":
            compare(code, printed)
        else:
            give_up(f"unknown order: {order}")


def golden_files(root):
    return {p.name: p.read_bytes() for p in (root / "tests/golden/strategies").iterdir()}


def main():
    with tempfile.TemporaryDirectory(prefix="admf-adding-") as folder:
        copy = Path(folder) / "admf"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*KEPT_OUT))
        python = copy / "build/python/bin/python3"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        before = golden_files(copy)
        follow(copy, "--print" in sys.argv[1:])
        after = golden_files(copy)
        if set(after) - set(before) != {"weighted_distance.csv"}:
            give_up("the golden file is not there")
        if any(after[name] != before[name] for name in before):
            give_up("golden files of other strategies have changed")
    print("ok")


if __name__ == "__main__":
    main()
