#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is docs/REFERENCE.md what the program prints?

    python3 reference_page.py PROGRAM
"""
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/REFERENCE.md"


def main():
    made = subprocess.run([sys.argv[1], "schema", "--markdown"], check=True, capture_output=True,
                          stdin=subprocess.DEVNULL).stdout
    if made != PAGE.read_bytes():
        sys.exit(f"out of date: admf schema --markdown > {PAGE}")
    print("ok")


if __name__ == "__main__":
    main()
