# SPDX-License-Identifier: Apache-2.0
"""Arguments that several scripts of this folder have, refused before anything is measured."""
import argparse
import pathlib


def build_folder(text):
    folder = pathlib.Path(text).resolve()
    for program in ("admf", "admf-bench"):
        if not (folder / program).is_file():
            raise argparse.ArgumentTypeError(
                f"no {folder / program}: cmake --preset release && cmake --build --preset release")
    return folder


def at_least_one(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a whole number of at least 1, not {text!r}")
    return int(text)
