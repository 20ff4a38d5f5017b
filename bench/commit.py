# SPDX-License-Identifier: Apache-2.0
"""The commit of a build."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def output(*command):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout


def commit_of(bench):
    """As admf-bench has it; what bench/performance.py itself has written since makes no other program."""
    commit = output(bench, "--version").split()[-1]
    if not commit.endswith("-dirty"):
        return commit
    changed = output("git", "-C", ROOT, "diff", "--name-only", "HEAD").split()
    own = all(re.fullmatch(r"README\.md|docs/PERFORMANCE\.md|docs/.*\.svg", name) for name in changed)
    return commit.removesuffix("-dirty") if own else commit
