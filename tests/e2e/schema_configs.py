#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of `admf schema`, judged by a validator that is not ours.

    python3 schema_configs.py PROGRAM

It must be a sound schema, accept every file in configs/ and refuse plain mistakes. What `admf
check` accepts of the values below, it must accept too.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema
import yaml

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
WRONG = [
    {},
    {"strategies": [{"type": "momentum"}], "nonsense": 1},
    {"strategies": [{"type": "momentum", "nonsense": 1}]},
    {"strategies": [{"type": "momentum", "parameters": {"nonsense": 1}}]},
    {"strategies": [{"type": "nonsense"}]},
]
HEAD = "strategies: [{type: momentum}]\n"
# Odd forms of numbers, with what may stand behind them.
NUMBERS = ["8", "+8", "-8", "-0", "0", "8.0", "8.5", "8.", ".5", "+.5e1", "1E3", "1e+3", "5e-1",
           "1_000", "1_0.0_1", "1__0", "_1", "1_", "1_.5", "1._5", "010", "0x8", "1e", "e3", "",
           "inf", "1e1_0", "8 ", "1048576", "1e9", "1048576.5"]
FORMS = [(["", "M", "g", "T", "KB"], "resources: {{memory: {}}}\n"),
         (["", "d", "m", "D"], "windows: {{walk_forward: {{train: 1, test: 1, purge: {}}}}}\n")]


class Loader(yaml.SafeLoader):
    """Scalars as the engine reads them (YAML 1.2): `off` is a word, a date is text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag.endswith((":null", ":merge"))]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
for kind, pattern, first in [
        ("bool", r"^(true|false)$", "tf"),
        ("int", r"^[-+]?[0-9][0-9_]*$", "-+0123456789"),
        ("float", r"^[-+]?([0-9][0-9_]*)?\.?[0-9_]*([eE][-+]?[0-9]+)?$", "-+0123456789.")]:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(pattern), list(first))


def values():
    """Each form of a number as a value of each key that takes a unit, plain and in quotes."""
    for units, line in FORMS:
        for text in (number + unit for number in NUMBERS for unit in units):
            yield line.format(text)
            yield line.format(f'"{text}"')


def unlike(program, judge):
    """Of the values, those that the program takes and the schema does not."""
    taken, found = 0, []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "value.yaml"
        for text in map(HEAD.__add__, values()):
            path.write_text(text)
            done = subprocess.run([program, "check", path], capture_output=True,
                                  stdin=subprocess.DEVNULL, check=False)
            assert done.returncode in (0, 78), (text, done.stderr)
            if done.returncode == 0:
                taken += 1
                if not judge.is_valid(yaml.load(text, Loader)):
                    found.append(f"refused, and the program takes it: {text}")
    assert taken > 100, taken
    return found


def main():
    schema = json.loads(subprocess.run([sys.argv[1], "schema"], check=True, capture_output=True,
                                       stdin=subprocess.DEVNULL, text=True).stdout)
    judge = jsonschema.validators.validator_for(schema)
    judge.check_schema(schema)
    judge = judge(schema)
    files = sorted(CONFIGS.glob("*.yaml"))
    assert files
    faults = [f"{file.name}: {error.json_path}: {error.message}" for file in files
              for error in judge.iter_errors(yaml.load(file.read_text(), Loader))]
    faults += unlike(sys.argv[1], judge)
    faults += [f"accepted: {wrong}" for wrong in WRONG if judge.is_valid(wrong)]
    if faults:
        sys.exit("\n".join(faults))
    print(f"ok: {len(files)} configurations")


if __name__ == "__main__":
    main()
