#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the Python session of docs/CUBE.md and compares what it prints.

    python3 cube_session.py [--update]      in a folder with the cubes it opens

--update writes what it prints into the page. Needs tests/e2e/requirements.txt.
"""
import contextlib
import io
import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/CUBE.md"
BLOCK = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main():
    text, names, faults = PAGE.read_text(), {}, []

    def run(block):
        code, expected = block.groups()
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, str(PAGE), "exec"), names)  # the page is ours
        printed = "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())
        if printed != expected:
            faults.append(f"{code}prints\n{printed}but {PAGE.name} shows\n{expected}")
        return f"```python\n{code}```\n```text\n{printed}```"

    updated, count = BLOCK.subn(run, text)
    assert count == text.count("```python\n") > 0
    if "--update" in sys.argv[1:]:
        PAGE.write_text(updated)
    elif faults:
        sys.exit("\n".join(faults))
    print(f"ok: {count} blocks")


if __name__ == "__main__":
    main()
