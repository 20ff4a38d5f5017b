#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of `admf schema`, judged by a validator that is not ours.

    python3 schema_configs.py PROGRAM

It must be a sound schema, accept every file in configs/ and refuse plain mistakes.
"""
import json
import re
import subprocess
import sys
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
    faults += [f"accepted: {wrong}" for wrong in WRONG if judge.is_valid(wrong)]
    if faults:
        sys.exit("\n".join(faults))
    print(f"ok: {len(files)} configurations")


if __name__ == "__main__":
    main()
